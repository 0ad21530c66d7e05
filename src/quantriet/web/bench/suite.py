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
from django.urls import reverse
from django.utils import timezone

from quantriet.ledger import figures, queries
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.reports.commands import exports, reports
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report
from quantriet.web.bench import checkins, importing, province
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.province import Province, Size
from quantriet.web.bench.serving import Client, Server, open_loop, pages
from quantriet.web.demonstration import reporting, statistics
from quantriet.web.demonstration.accounts import PASSWORD

PAGE_MS = 150.0
RATE = 200.0
ROUNDS = 40
MILLION = 1_000_000


def run(size: Size, found: Results, *, million: int) -> None:
    """Everything, into ``found``. ``million`` is how many people the long import takes; 0 leaves it out."""
    place = province.fill(size, found)
    statistics.refresh()
    _queries(place, found)
    _figures(place, found)
    with pages() as site:
        _pages(place, site, found)
        _check_ins(place, site, size, found)
        _papers(place, site.port, found)
    crowd = checkins.gather(province.summoned_anew(place))
    checkins.steady(crowd, size.seconds, found)
    checkins.most(crowd, size.seconds, found)
    _imports(place, size.imported, found, seconds=10, mib=500)
    if million:
        _imports(place, million, found, seconds=60, mib=1500)
    province.fold(found)


def _addresses(place: Province, unit: Unit) -> dict[str, str]:
    number = place.campaign.pk
    return {
        "board": f"{reverse('campaign', args=[number])}?don_vi={unit.pk}",
        "drill-down (rows of a figure)": (
            f"{reverse('campaign-figure', args=[number, 'present'])}?don_vi={unit.pk}"
        ),
        "missing people": f"{reverse('campaign-missing', args=[number])}?don_vi={unit.pk}",
        "missing units": f"{reverse('campaign-missing', args=[number])}?don_vi={unit.pk}&loai=essays",
    }


def _small(place: Province) -> Unit:
    return place.ground.subordinates[0]


def _queries(place: Province, found: Results) -> None:
    """How many queries a page asks, at the province and at one commune: the same."""
    client = InProcess(headers={"host": "localhost"})
    client.force_login(place.officer, backend="quantriet.org.sign_in.AccountBackend")
    for name, address in _addresses(place, place.top).items():
        counts = []
        for one in (address, _addresses(place, _small(place))[name]):
            client.get(one)
            with CaptureQueriesContext(connection) as captured:
                client.get(one)
            counts.append(len(captured))
        found.add(f"queries of {name}, province", counts[0], "queries", beside=f"one commune: {counts[1]}")
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


def _pages(place: Province, site: Server, found: Results) -> None:
    """One person looks at one page after another; both processes have seen each page before."""
    client = Client(site.port)
    client.sign_in("officer", PASSWORD)
    for name, address in _addresses(place, place.top).items():
        for _time in range(6):
            answer = client.get(address)
            if answer.status != 200:
                raise RuntimeError(f"{name} answered {answer.status}")
        used = site.cpu_seconds()
        taken = [client.get(address).seconds * 1000 for _time in range(ROUNDS)]
        used = (site.cpu_seconds() - used) * 1000 / ROUNDS
        found.add(
            f"{name}, province, p95",
            percentile(taken, 0.95),
            "ms",
            goal=PAGE_MS,
            beside=f"median {percentile(taken, 0.5):.0f} ms, {used:.0f} ms of processor",
        )


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


def _papers(place: Province, port: int, found: Results) -> None:
    """The report of the province as a Word file, and the workbook with everybody on the roll."""
    report = _report(place)
    client = Client(port)
    client.sign_in("officer", PASSWORD)
    address = reverse("report-docx", args=[report.pk])
    taken = [client.get(address) for _time in range(5)]
    if taken[0].status != 200:
        raise RuntimeError(f"the report's Word file answered {taken[0].status}")
    found.add("report's Word file", max(answer.seconds for answer in taken), "s", goal=1)
    with access.acting(place.ground.by):
        rows = exports.how_many(report)
        begun = time.perf_counter()
        exports.people_workbook(report, by=place.ground.by)
        whole = time.perf_counter() - begun
    found.add(
        "report's Excel, for each 100,000 rows",
        whole * 100_000 / rows,
        "s",
        goal=5,
        beside=f"{rows} rows: {whole:.1f} s",
    )


def _report(place: Province) -> Report:
    by = place.ground.by
    with access.acting(by):
        report = reports.draft(place.campaign, place.top, by=by)
        for section, texts in reporting.TEXTS.items():
            reports.write(report, section=section, text=texts[0], version=0, by=by)
        head = Head(
            version=report.version,
            number="99-BC/TU",
            place="Rạch Giá",
            dated_on=timezone.localdate(),
            authority=report.authority,
            signer_position=report.signer_position,
            signer_name="Người ký",
            recipients=report.recipients,
        )
        reports.set_head(report, head, by=by)
        return reports.send(report, by=by)


def _imports(place: Province, count: int, found: Results, *, seconds: float, mib: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people-{count}.xlsx"
        importing.write_sheet(path, place, count)
        importing.measure(path, count, found, seconds=seconds, mib=mib)
