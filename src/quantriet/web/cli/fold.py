"""``quantriet fold``: adds what is new to the counts of sites and to the tallies every second until a signal asks for
the end. Listeners are told once for both.
"""

import argparse
import signal
import threading
import time

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from quantriet.conferences.commands import counts
from quantriet.ledger import commands as ledger
from quantriet.web.cli import Command

EVERY_S = 1.0
LATE_S = 10.0

_log = structlog.get_logger("fold")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help=_("gộp một lần rồi thôi"))


def _run(options: argparse.Namespace) -> int:
    stop = threading.Event()
    if not options.once:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
    last = time.monotonic()
    while True:
        last = _fold(last)
        if options.once or stop.wait(EVERY_S):
            return 0


def _fold(last: float) -> float:
    """Fold once; a database that is away is waited for. Returns when the last fold ended."""
    try:
        changed = counts.fold()
        if not ledger.fold() and changed:
            ledger.tell()
    except (OperationalError, InterfaceError) as error:
        _log.warning("fold.database_away", error=type(error).__name__)
        connection.close()
        return last
    now = time.monotonic()
    if now - last > LATE_S:
        _log.warning("fold.late", lag_s=round(now - last, 1))
    return now


COMMANDS = {"fold": Command(_arguments, _run)}
