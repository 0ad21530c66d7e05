"""In the measured database: ``python -m quantriet.web.bench all SIZE JSON MILLION`` and its children."""

import json
import sys
from pathlib import Path

import django

django.setup()

from quantriet.web.bench import importing, suite  # noqa: E402 - tables are known after the set-up
from quantriet.web.bench.measured import Results  # noqa: E402
from quantriet.web.bench.province import SIZES  # noqa: E402


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(way: str, *words: str) -> int:
    """``all``: every measurement. ``import``, ``bare``: one file in a process of its own."""
    if way != "all":
        _say(json.dumps(importing.run(way, Path(words[0]))))
        return 0
    size, path, million = words
    found = Results(_say)
    try:
        suite.run(SIZES[size], found, million=suite.MILLION if million == "million" else 0)
    finally:
        found.write(Path(path))
    _say("\n" + found.table())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
