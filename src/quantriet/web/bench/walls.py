"""The wall of sites while people are checked in: how long its pages take, whole and as changes only.

Meanwhile rows of 2,000 people a second are written anew as they stand and folded every second, as at a conference of
the whole country; afterwards the house is as it was.
"""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.urls import reverse

from quantriet.conferences.commands import counts
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import wall
from quantriet.conferences.queries.wall import Standing
from quantriet.org import access
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.serving import Client

GOAL_MS = 300.0
A_SECOND = 2000
SAMPLE = 100_000
WARMED_BY = 6
ROUNDS = 40


def measure(conference: Conference, client: Client, found: Results) -> None:
    """The wall from the top, of one unit below and of the silent sites; ``wall_p95_ms`` is the slowest of the three."""
    address = reverse("conference-wall", args=[conference.pk])
    with access.whole_house("bench"):
        standing = Standing(conference, by=access.operator("Đo tốc độ"))
        groups = wall.level(standing, None).groups
        people = _sample(conference)
    below = f"{address}?don_vi={groups[0].unit_id}" if groups else address
    with _checking_in(people):
        pages = [_page(client, one) for one in (address, below, f"{address}?loc=chua-bao-cao")]
        news = _news(client, address)
    told = f"{len(standing.rows)} sites, {int(standing.present.sum())} present, {min(A_SECOND, len(people))} rows/s"
    medians = ", ".join(f"{percentile(one, 0.5):.0f}" for one in pages)
    slowest = max(percentile(one, 0.95) for one in pages)
    beside = f"{told}; medians from the top, below, silent: {medians} ms"
    found.add("wall_p95_ms", slowest, "ms", goal=GOAL_MS, beside=beside)
    found.add("wall, only what changed, p95", percentile(news, 0.95), "ms", goal=GOAL_MS)


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


def _sample(conference: Conference) -> list[int]:
    """Attendances to write anew, spread over all sites."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM conferences_attendance WHERE conference_id = %s ORDER BY id LIMIT %s",
            [conference.pk, SAMPLE],
        )
        return [int(row[0]) for row in cursor.fetchall()]


@contextmanager
def _checking_in(people: Sequence[int]) -> Iterator[None]:
    """Write rows of people anew and fold, every second until the end; a failure there is a failure here."""
    over = threading.Event()
    faults: list[BaseException] = []
    chance = random.Random(2026)  # noqa: S311 - which rows, nothing secret

    def work() -> None:
        try:
            while not over.is_set():
                begun = time.monotonic()
                some = chance.sample(people, min(A_SECOND, len(people)))
                with access.whole_house("bench"), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE conferences_attendance SET version = version WHERE id = ANY(%s)", [some]
                    )
                counts.fold()
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
    if faults:
        raise faults[0]
