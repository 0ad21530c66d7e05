"""In the measured database: ``python -m quantriet.web.bench all SIZE JSON MILLION`` and its children, or
``python -m quantriet.web.bench generated JSON`` in a house that was generated.
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from quantriet.web.bench import country, importing, papers, suite  # noqa: E402 - tables are known after the set-up
from quantriet.web.bench.measured import Results  # noqa: E402
from quantriet.web.bench.province import SIZES  # noqa: E402


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main(way: str, *words: str) -> int:
    """``all``, ``generated``: every measurement. Others (``import``, ``bare``): one file in a process of its own."""
    if way == "excel":
        _say(json.dumps(papers.run(int(words[0]))))
        return 0
    if way not in ("all", "generated"):
        _say(json.dumps(importing.run(way, Path(words[0]))))
        return 0
    path = words[1] if way == "all" else words[0]
    found = Results(_say)
    try:
        if way == "all":
            suite.run(SIZES[words[0]], found, million=suite.MILLION if words[2] == "million" else 0)
        else:
            country.run(found)
    finally:
        found.write(Path(path))
    _say("\n" + found.table())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
