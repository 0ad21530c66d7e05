"""``quantriet worker``: does the queued work until a signal asks for the end."""

import argparse

from quantriet.core import jobs
from quantriet.web.cli import Command


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at-once", type=int, default=2, metavar="N", help="số việc làm cùng lúc (mặc định 2)"
    )


def _run(options: argparse.Namespace) -> int:
    jobs.serve(concurrency=options.at_once)
    return 0


COMMANDS = {"worker": Command(_arguments, _run)}
