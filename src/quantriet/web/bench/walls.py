"""The wall of sites and the board while people are checked in: how long they take, and how far the wall is behind.

Meanwhile rows of 2,000 people a second are written anew as they stand, entries of as many are posted, and the folder
folds both every second, as at a conference of the whole country. Afterwards the entries are reversed: the house shows
what it showed.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.urls import reverse

from quantriet.conferences.models import Conference
from quantriet.conferences.queries import wall
from quantriet.conferences.queries.wall import Standing
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.org import access
from quantriet.web.bench import behind
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.serving import Client

GOAL_MS = 300.0
A_SECOND = 2000
SAMPLE = 100_000
A_SITE = 60
WARMED_BY = 6
ROUNDS = 40


def measure(conference: Conference, board: str, client: Client, found: Results) -> None:
    """The wall from the top, of one unit below and of the silent sites; ``wall_p95_ms`` is the slowest of the three.
    The board at the address ``board`` beside it, and how far the wall is behind.
    """
    address = reverse("conference-wall", args=[conference.pk])
    with access.whole_house("bench"):
        standing = Standing(conference, by=access.operator("Đo tốc độ"))
        groups = wall.level(standing, None).groups
        arrivals = Arrivals(conference)
    below = f"{address}?don_vi={groups[0].unit_id}" if groups else address
    with behind.folder(), behind.live() as events, _checking_in(arrivals):
        pages = [_page(client, one) for one in (address, below, f"{address}?loc=chua-bao-cao")]
        news = _news(client, address)
        boards = _page(client, board)
        behind.measure(conference, address, client, events, found)
    rows = min(A_SECOND, len(arrivals.people))
    told = f"{len(standing.rows)} sites, {int(standing.present.sum())} present, {rows} rows/s"
    medians = ", ".join(f"{percentile(one, 0.5):.0f}" for one in pages)
    slowest = max(percentile(one, 0.95) for one in pages)
    beside = f"{told}; medians from the top, below, silent: {medians} ms"
    found.add("wall_p95_ms", slowest, "ms", goal=GOAL_MS, beside=beside)
    found.add("wall, only what changed, p95", percentile(news, 0.95), "ms", goal=GOAL_MS)
    beside = f"{rows} rows and entries/s; median {percentile(boards, 0.5):.0f} ms"
    found.add("board_while_checking_in_p95_ms", percentile(boards, 0.95), "ms", goal=GOAL_MS, beside=beside)


def _page(client: Client, address: str) -> list[float]:
    """Milliseconds of each look; both processes have seen the page before."""
    taken = []
    for _time in range(WARMED_BY + ROUNDS):
        answer = client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"the wall answered {answer.status}")
        taken.append(answer.seconds * 1000)
    return taken[WARMED_BY:]


def _news(client: Client, address: str) -> list[float]:
    """The question an open page asks after each fold."""
    asked = client.get(address).text.split('id="wall-news"')[1].split('hx-get="')[1].split('"')[0]
    taken = []
    for _time in range(ROUNDS):
        answer = client.get(asked.replace("&amp;", "&"))
        taken.append(answer.seconds * 1000)
        if answer.status == 200:
            asked = answer.text.split('hx-get="')[1].split('"')[0]
        time.sleep(0.1)
    return taken


class Arrivals:
    """People who come again and again: rows written anew as they stand, entries that are reversed in the end."""

    def __init__(self, conference: Conference) -> None:
        self._chance = random.Random(2026)  # noqa: S311 - which rows, nothing secret
        self._by = access.operator("Đo tốc độ")
        self._day = access.local_day(conference.starts_at)
        self._book_id = conference.campaign.book_id if conference.campaign else None
        self._units = list(conference.sites.order_by("pk").values_list("unit_id", flat=True)[:SAMPLE])
        self._posted: list[int] = []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM conferences_attendance WHERE conference_id = %s ORDER BY id LIMIT %s",
                [conference.pk, SAMPLE],
            )
            self.people = [int(row[0]) for row in cursor.fetchall()]

    def come(self) -> None:
        """As many as come in a second, as the intake writes them: the rows, and one batch of sums by unit."""
        some = self._chance.sample(self.people, min(A_SECOND, len(self.people)))
        with access.whole_house("bench"), connection.cursor() as cursor:
            cursor.execute("UPDATE conferences_attendance SET version = version WHERE id = ANY(%s)", [some])
            if self._book_id is not None:
                posted = ledger.post(
                    self._book_id, self._lines(len(some)), by=self._by, origin="bench", key=self._key()
                )
                self._posted.append(posted.batch_id)

    def _key(self) -> str:
        return f"bench-arrivals:{time.time_ns()}"

    def _lines(self, people: int) -> list[Line]:
        """The people over as many units as send at once, a small site each."""
        count = min(len(self._units), -(-people // A_SITE))
        units = self._chance.sample(self._units, count)
        cut = Slice(0, 0, 0)
        return [Line(unit, Measure.PRESENT, Grade.ON_SPOT, self._day, A_SITE, cut) for unit in units]

    def leave(self) -> None:
        """Take the entries back."""
        with access.whole_house("bench"):
            for batch_id in self._posted:
                ledger.reverse(batch_id, by=self._by, reason="Đo tốc độ")


@contextmanager
def _checking_in(arrivals: Arrivals) -> Iterator[None]:
    """People come every second until the end; a failure there is a failure here."""
    over = threading.Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while not over.is_set():
                begun = time.monotonic()
                arrivals.come()
                over.wait(max(0.0, 1 - (time.monotonic() - begun)))
        except BaseException as fault:  # noqa: BLE001 - told to who waits
            faults.append(fault)
        finally:
            connection.close()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()
        arrivals.leave()
    if faults:
        raise faults[0]
