"""How far the wall is behind: from the commit of a change at a site to the answer by which an open page shows it.

Pages, live events and the folder are processes of their own, as in an installation. What measures does what the page
does: it hears an event, then asks for what changed. Drawing it is left out here; ``tests/proofs/test_wall_behind.py``
has a browser.
"""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from quantriet.conferences.models import Attendance, Conference
from quantriet.org import access
from quantriet.web.bench.measured import Results, percentile
from quantriet.web.bench.serving import Client, Server, server

GOAL_S = 2.0
ROUNDS = 20
LOST_S = 60.0
LIVE = "/live/folds"
_PRESENT = re.compile(r'class="stat-value">([\d.]+)<')


class Wall:
    """An open page of the wall: how many it shows as present, and the question it asks next."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self.present = -1
        self._take(client.get(address).text.split('id="wall-news"')[1])

    def ask(self) -> None:
        """What changed since it looked last; nothing is an answer as well."""
        answer = self._client.get(self._next)
        if answer.status == 200:
            self._take(answer.text)

    def _take(self, text: str) -> None:
        self._next = text.split('hx-get="')[1].split('"', maxsplit=1)[0].replace("&amp;", "&")
        shown = _PRESENT.search(text)
        if shown is None:
            raise RuntimeError("the wall tells no figure")
        self.present = int(shown.group(1).replace(".", ""))


@contextmanager
def live() -> Iterator[Server]:
    """The process of live events."""
    words = ["--interface", "asginl", "--workers", "1", "quantriet.web.live:application"]
    with server(words, os.environ) as running:
        yield running


@contextmanager
def folder() -> Iterator[None]:
    """The folder, which goes round once a second."""
    command = [sys.executable, "-m", "quantriet.web.cli", "fold"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env={**os.environ, "QUANTRIET_DB_ROLE": "worker"}, stdout=subprocess.DEVNULL
    ) as running:
        try:
            yield
            if running.poll() is not None:
                raise RuntimeError("the folder ended by itself")
        finally:
            running.terminate()


def measure(conference: Conference, address: str, client: Client, events: Server, found: Results) -> None:
    """``wall_behind_s``: the longest of twenty changes, each at another moment of the folder's second. Rows are put
    back as they were.
    """
    with access.whole_house("bench"):
        rows = Attendance.objects.filter(conference=conference, state="present").order_by("-pk")
        people = list(rows.values_list("pk", flat=True)[:ROUNDS])
    if not people:
        raise RuntimeError("nobody is there whose row could change")
    heard = client.listen(events.port, LIVE)
    next(heard)
    wall = Wall(client, address)
    chance = random.Random(2026)  # noqa: S311 - a moment, nothing secret
    taken = []
    for person in people:
        for state, change in (("absent", -1), ("present", 1)):
            time.sleep(chance.random())
            wanted = wall.present + change
            _record(person, state)
            taken.append(_seconds_until(wall, wanted, heard))
    beside = (
        f"{len(taken)} changes, median {percentile(taken, 0.5):.2f} s, p95 {percentile(taken, 0.95):.2f} s"
    )
    found.add("wall_behind_s", max(taken), "s", goal=GOAL_S, beside=beside)


def _record(person: int, state: str) -> None:
    """The row of an attendance gets another state; it is committed when this returns."""
    with access.whole_house("bench"), connection.cursor() as cursor:
        cursor.execute("UPDATE conferences_attendance SET state = %s WHERE id = %s", [state, person])


def _seconds_until(wall: Wall, wanted: int, heard: Iterator[str]) -> float:
    begun = time.perf_counter()
    while wall.present != wanted:
        if time.perf_counter() - begun > LOST_S:
            raise RuntimeError(f"the wall shows {wall.present}, not {wanted}")
        next(heard)
        wall.ask()
    return time.perf_counter() - begun
