"""``quantriet retention``: erase what is past its time."""

import argparse

from quantriet.web import retention
from quantriet.web.cli import Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, tell


def _arguments(parser: argparse.ArgumentParser) -> None:
    dry_run_argument(parser)
    json_argument(parser)


def _run(options: argparse.Namespace) -> int:
    found = retention.due() if options.dry_run else retention.erase()
    tell(options, [f"{what}: {count}" for what, count in found.items()], {"rows": dict(found)})
    return 0


COMMANDS = {"retention": Command(_arguments, _run)}
