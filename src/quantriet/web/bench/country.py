"""A generated house of any scale, up to the country: sums of any subtree, boards, folding, acts on the tree, proofs.

What is measured leaves the house as it was: entries of a measurement stand in a book of their own that is thrown
away, or are reversed; an act on the tree is undone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.ledger import commands as ledger
from quantriet.ledger import figures, queries
from quantriet.org import access
from quantriet.org.models import Account, Unit
from quantriet.web.bench import bursts, checkins, ledger_bench, mergers, walls
from quantriet.web.bench.measured import Results, peak_mib, percentile
from quantriet.web.bench.serving import Client, pages
from quantriet.web.demonstration.accounts import PASSWORD
from quantriet.web.generation import drive, logbook, seats, tree
from quantriet.web.generation.scales import Wanted
from quantriet.web.proofs.recount import recount

PAGE_MS = 150.0
PAST_MS = 300.0
FOLD_S = 60.0
PROOF_S = 60.0
READS = 100
ROUNDS = 40


@dataclass(frozen=True)
class House:
    """What was generated, and the units that are looked at."""

    wanted: Wanted
    campaign: Campaign
    book_id: int
    places: dict[str, Unit]
    on: date

    @property
    def top(self) -> Unit:
        """The centre."""
        return self.places["nation"]


def house() -> House:
    """The generated house behind this connection; raises ``ValueError`` where none is, or it is not finished."""
    with access.whole_house("bench"):
        wanted = logbook.begun()
        if wanted is None or "seats" not in logbook.done():
            raise ValueError("no finished generation in this database")
        campaign = drive.campaign()
        province = tree.provinces(wanted)[0]
        codes = {
            "nation": tree.TOP,
            "province": province.code,
            "commune": province.commune_code(province.communes[0]),
        }
        places = {name: Unit.objects.get(code=code) for name, code in codes.items()}
    return House(wanted, campaign, campaign.book_id or 0, places, timezone.localdate())


def run(found: Results) -> None:
    """Everything, into ``found``."""
    about = house()
    ledger.fold()
    _sums(about, found)
    ledger_bench.measure(about.book_id, found)
    _boards(about, found)
    bursts.measure(about.top, found, goal=FOLD_S)
    mergers.measure(about.wanted, found)
    _proofs(found)
    found.add("most memory of the measuring process", peak_mib(), "MiB")


def taken_ms(act: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _sums(about: House, found: Results) -> None:
    """The counts below any unit against walking the tree and adding entries for every reader."""
    ledger_bench.measure(about.book_id, found)
    with access.acting(access.operator("Đo tốc độ")):
        read = partial(figures.read, about.book_id, on=about.on)
        read()
        warm = percentile([taken_ms(lambda: read().below(about.top.pk)) for _time in range(READS)], 0.5)
        by_sql = taken_ms(lambda: queries.slices_below(about.book_id, about.top.pk, on=about.on))
        by_tree = taken_ms(lambda: _recursive(about))
    beside = f"warm {warm:.2f} ms, recursive SQL {by_tree:.0f} ms, SQL over tallies {by_sql:.0f} ms"
    found.add("recursive query against a warm read of the nation", by_tree / warm, "times", beside=beside)


_RECURSIVE = """
WITH RECURSIVE below AS (
    SELECT %(top)s::bigint AS unit_id
    UNION ALL
    SELECT placed.unit_id FROM below
    JOIN org_placement AS placed ON placed.parent_id = below.unit_id AND placed.valid @> quantriet_today()
)
SELECT entry.measure, entry.slice, entry.grade, sum(entry.amount) FROM below
JOIN ledger_entry AS entry ON entry.unit_id = below.unit_id AND entry.book_id = %(book)s
GROUP BY 1, 2, 3
"""


def _recursive(about: House) -> None:
    """What the sums cost without tallies: walk the tree and add the entries for every reader."""
    with connection.cursor() as cursor:
        cursor.execute(_RECURSIVE, {"top": about.top.pk, "book": about.book_id})
        cursor.fetchall()


def _address(about: House, place: str, on: date | None = None) -> str:
    day = f"&ngay={on.isoformat()}" if on else ""
    return f"{reverse('campaign', args=[about.campaign.pk])}?don_vi={about.places[place].pk}{day}"


def _boards(about: House, found: Results) -> None:
    """Boards over HTTP at three heights, today and as of past days; and how many queries each asks."""
    _queries(about, found)
    past = [about.on - timedelta(days=ago) for ago in range(2, drive.BEGAN)]
    with pages() as site:
        client = Client(site.port)
        client.sign_in(seats.NATION, PASSWORD)
        for place in about.places:
            _page(client, f"board of the {place}", [_address(about, place)], PAGE_MS, found)
            dated = [_address(about, place, on) for on in past]
            _page(client, f"board of the {place} as of past days", dated, PAST_MS, found)
        walls.measure(drive.conference(), _address(about, "nation"), client, found)
        found.add("most memory of a process for pages", site.most_mib(), "MiB", goal=checkins.PROCESS_MIB)


def _page(client: Client, name: str, addresses: Sequence[str], goal: float, found: Results) -> None:
    """p95 of 40 requests after 6: both processes have seen the page, every date is new to them."""
    for at in range(6):
        answer = client.get(addresses[at % len(addresses)])
        if answer.status != 200:
            raise RuntimeError(f"{name} answered {answer.status}")
    taken = [client.get(addresses[at % len(addresses)]).seconds * 1000 for at in range(ROUNDS)]
    beside = f"median {percentile(taken, 0.5):.0f} ms, longest {max(taken):.0f} ms"
    found.add(f"{name}, p95", percentile(taken, 0.95), "ms", goal=goal, beside=beside)


def _queries(about: House, found: Results) -> None:
    client = InProcess(headers={"host": "localhost"})
    with access.whole_house("bench"):
        officer = Account.objects.get(username=seats.NATION)
    client.force_login(officer, backend="quantriet.org.sign_in.AccountBackend")
    counts: dict[str, int] = {}
    for place in about.places:
        client.get(_address(about, place))
        with CaptureQueriesContext(connection) as captured:
            client.get(_address(about, place))
        counts[place] = len(captured)
    beside = ", ".join(f"{place} {count}" for place, count in counts.items())
    found.add("queries of a board, most of three heights", max(counts.values()), "queries", beside=beside)


def _proofs(found: Results) -> None:
    """Verify (entries against tallies) and recount (rows of work against tallies): equal, and how long."""
    ledger.fold()
    with access.whole_house("bench"):
        begun = time.perf_counter()
        verified = queries.verify()
        seconds = time.perf_counter() - begun
        beside = f"{verified.cells} cells, {len(verified.differences)} differ"
        found.add("ledger verify", seconds, "s", goal=PROOF_S, beside=beside)
        begun = time.perf_counter()
        counted = recount()
        seconds = time.perf_counter() - begun
        beside = f"{counted.cells} cells, {counted.differing} differ"
        found.add("ledger recount from the rows of work", seconds, "s", goal=PROOF_S, beside=beside)
        found.add("cells that differ", len(verified.differences) + counted.differing, "cells", goal=0)
