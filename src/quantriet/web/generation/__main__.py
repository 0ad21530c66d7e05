"""In the house to be filled: ``python -m quantriet.web.generation SCALE SEED TODAY PROCESSES WAY``."""

import json
import sys
from datetime import date

import django

django.setup()

from quantriet.core.errors import DomainError  # noqa: E402 - tables are known after the set-up
from quantriet.web.generation import running  # noqa: E402
from quantriet.web.generation.scales import Wanted  # noqa: E402


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _nothing(_words: str) -> None:
    return


def main(scale: str, seed: str, today: str, processes: str, way: str) -> int:
    """Make it; ``way`` is ``json`` for one object at the end, else words on the way."""
    wanted = Wanted(scale, int(seed), date.fromisoformat(today))
    try:
        made = running.run(wanted, tell=_nothing if way == "json" else _say, processes=int(processes))
    except DomainError as error:
        _say(json.dumps({"error": {"code": error.code, "detail": error.sentence}}, ensure_ascii=False))
        return 1
    facts = {"scale": scale, "seed": made.wanted.seed, "today": made.wanted.today.isoformat()}
    facts |= {"steps": made.steps, "before": made.before, "seconds": round(made.seconds, 1)}
    words = f"Xong: {made.steps} bước trong {made.seconds:.0f} giây."
    _say(json.dumps(facts, ensure_ascii=False) if way == "json" else words)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
