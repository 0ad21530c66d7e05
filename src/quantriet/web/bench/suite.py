"""What is measured, in order."""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.ledger import figures, queries
from quantriet.org import access
from quantriet.web.bench import checkins, importing, looking, papers, province, walls
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.province import Province, Size
from quantriet.web.bench.serving import Client, Server, open_loop, pages
from quantriet.web.demonstration import reporting, statistics
from quantriet.web.demonstration.accounts import PASSWORD

RATE = 200.0
MILLION = 1_000_000


def run(size: Size, found: Results, *, million: int) -> None:
    """Everything, into ``found``. ``million`` is how many people the long import takes; 0 leaves it out."""
    place = province.fill(size, found)
    with access.acting(place.ground.by):
        reporting.of_the_day(place.campaign, share=0.9, ground=place.ground)
    statistics.refresh()
    _queries(place, found)
    _figures(place, found)
    with pages() as site:
        looking.pages(place, site, found)
        _wall(place, site, found)
        _check_ins(place, site, size, found)
        papers.measure(place, site.port, found)
        found.add("most memory of a process for pages", site.most_mib(), "MiB", goal=checkins.PROCESS_MIB)
    crowd = checkins.gather(province.summoned_anew(place))
    checkins.steady(crowd, size.seconds, found)
    checkins.most(crowd, size.seconds, found)
    _imports(place, size.imported, found, seconds=10, mib=500)
    if million:
        _imports(place, million, found, seconds=60, mib=1500)
    province.fold(found)


def _queries(place: Province, found: Results) -> None:
    """How many queries a check-in of a program asks."""
    bearer = InProcess(headers={"host": "localhost", "authorization": f"Bearer {place.key}"})
    for _time in range(2):  # the first warms the process
        person_id, site_id = province.waiting(place, 1)[0]
        with CaptureQueriesContext(connection) as captured:
            bearer.post(f"/api/v1/sites/{site_id}/check-ins", _mark(person_id, person_id), "application/json")
    found.add("queries of a check-in", len(captured), "queries")


def _figures(place: Province, found: Results) -> None:
    """The sums of every child of the province: kept prefixes, and the same by SQL alone."""
    book = place.campaign.book_id or 0
    today = timezone.localdate()
    children = [unit.pk for unit in place.ground.subordinates]
    with access.acting(place.ground.by):
        figures.CACHE.forget()
        cold = _best(lambda: figures.read(book, on=today).table(children), 1)
        warm = _best(lambda: figures.read(book, on=today).table(children), 5)
        by_sql = _best(lambda: [queries.slices_below(book, pk, on=today) for pk in children], 1)
        by_tree = _best(lambda: _recursive(book, place.top.pk), 3)
    beside = f"recursive SQL at read time: {by_tree:.0f} ms; one query a child: {by_sql:.0f} ms"
    found.add("sums of a board, kept in memory", warm, "ms", beside=beside)
    found.add("sums of a board, first time in a process", cold, "ms")


def _wall(place: Province, site: Server, found: Results) -> None:
    """The wall of a conference to which some have come already."""
    people = province.waiting(place, 2 * walls.A_SECOND)
    province.arrive(place, people[: len(people) // 2])
    client = Client(site.port)
    client.sign_in("officer", PASSWORD)
    walls.measure(place.conference, looking.addresses(place, place.top)["board"], client, found)


_RECURSIVE = """
WITH RECURSIVE below AS (
    SELECT unit_id AS top, unit_id FROM org_placement
    WHERE parent_id = %(top)s AND valid @> quantriet_today()
    UNION ALL
    SELECT below.top, placed.unit_id FROM below
    JOIN org_placement AS placed ON placed.parent_id = below.unit_id AND placed.valid @> quantriet_today()
)
SELECT below.top, entry.measure, entry.grade, sum(entry.amount) FROM below
JOIN ledger_entry AS entry ON entry.unit_id = below.unit_id AND entry.book_id = %(book)s
GROUP BY 1, 2, 3
"""


def _recursive(book_id: int, top_id: int) -> None:
    """What a board costs without tallies: walk the tree and add the entries for every reader."""
    with connection.cursor() as cursor:
        cursor.execute(_RECURSIVE, {"book": book_id, "top": top_id})
        cursor.fetchall()


def _best(act: Callable[[], object], times: int) -> float:
    """The shortest of several runs, in milliseconds."""
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


def _check_ins(place: Province, site: Server, size: Size, found: Results) -> None:
    """Check-ins of a program through the pages, and whether each is on the board at once."""
    port = site.port
    wanted = int(RATE * size.seconds)
    people = province.waiting(place, wanted + 10)
    chance = place.ground.chance("check-ins")
    asks = [
        (f"/api/v1/sites/{site_id}/check-ins", _mark(person_id, chance.getrandbits(128)))
        for person_id, site_id in people
    ]
    _exact(place, port, asks[:10], found)
    client = Client(port, place.key)
    for path, value in asks[:10]:
        client.post_json(path, value)
    used = site.cpu_seconds()
    answers = open_loop(port, place.key, asks[10:], rate=RATE)
    used = (site.cpu_seconds() - used) * 1000 / max(1, len(answers))
    good = [answer for answer in answers if answer.status == 200 and '"is_done": true' in answer.text]
    taken = [answer.seconds * 1000 for answer in answers]
    found.add(
        f"check-in through the pages at {RATE:.0f}/s, p95",
        percentile(taken, 0.95),
        "ms",
        beside=f"median {percentile(taken, 0.5):.0f} ms, {used:.1f} ms of processor for pages each",
    )
    found.add(
        "check-ins through the pages recorded of those sent", 100 * len(good) / max(1, len(asks[10:])), "%"
    )


def _mark(person_id: int, random_bits: int) -> dict[str, object]:
    client_id = str(UUID(int=random_bits, version=4))
    return {"marks": [{"client_id": client_id, "person_id": person_id, "act": "in"}]}


def _exact(place: Province, port: int, asks: Sequence[tuple[str, object]], found: Results) -> None:
    """After each answered check-in the next read of the board must hold it."""
    client = Client(port, place.key)
    address = f"/api/v1/campaigns/{place.campaign.pk}/board?unit_id={place.top.pk}"
    seen = 0
    for path, value in asks:
        before = _present(client.get(address).text)
        answer = client.post_json(path, value)
        after = _present(client.get(address).text)
        seen += answer.status == 200 and after == before + 1
    found.add("check-ins on the board at the next read", 100 * seen / max(1, len(asks)), "%")


def _present(text: str) -> int:
    shares = json.loads(text)["top"]["figures"]
    return int(next(one["part"] for one in shares if one["code"] == "present"))


def _imports(place: Province, count: int, found: Results, *, seconds: float, mib: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people-{count}.xlsx"
        importing.write_sheet(path, place, count)
        importing.measure(path, count, found, seconds=seconds, mib=mib)
