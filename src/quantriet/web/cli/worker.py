"""``quantriet worker``: does the queued work until a signal asks for the end."""

import argparse

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from quantriet.core import jobs
from quantriet.web.cli import Command


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at-once", type=int, default=2, metavar="N", help=_("số việc làm cùng lúc (mặc định 2)")
    )


def _run(options: argparse.Namespace) -> int:
    with override(settings.LANGUAGE_CODE):  # what it writes to people is not in the operator's language
        jobs.serve(concurrency=options.at_once)
    return 0


COMMANDS = {"worker": Command(_arguments, _run)}
