"""What was proven so far: a long proof goes in parts, each with a seed of its own, and is gone on with where it ended.

``QUANTRIET_STEPS`` is how long it is, ``QUANTRIET_SEED`` what all is drawn from (anew each time, and printed, unless
given). The same seed again leaves out the parts that have passed on the same source.
"""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED, STEPS = "QUANTRIET_SEED", "QUANTRIET_STEPS"
LIFE = 100
"""Steps of one life of a province."""
A_PART = 20
"""Lives of one part: in a database of its own, since what many lives leave behind slows the next down."""


def draw_seed() -> str:
    """The seed of this proof; other processes of it inherit the one that the first has drawn."""
    return os.environ.setdefault(SEED, str(secrets.randbelow(10**9)))


def steps_wanted() -> int:
    """How many steps the whole proof takes."""
    return int(os.environ.get(STEPS, "100000"))


def parts_left() -> list[int]:
    """The numbers of the parts that have not passed yet."""
    parts = -(-steps_wanted() // (LIFE * A_PART))
    passed = _passed()
    return [number for number in range(parts) if number not in passed]


def steps_passed() -> int:
    """Steps that were taken in the parts that have passed."""
    return sum(_passed().values())


def keep(number: int, steps: int) -> None:
    """A part has passed."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"{number} {steps}\n")


def _passed() -> dict[int, int]:
    if SEED not in os.environ or not _file().exists():
        return {}
    lines = (line.split() for line in _file().read_text(encoding="utf-8").splitlines())
    return {int(number): int(steps) for number, steps in lines}


def _file() -> Path:
    return ROOT / "var" / "test" / "proofs" / f"{os.environ[SEED]}-{_source()}.txt"


@cache
def _source() -> str:
    """Of everything the proof is about, as it began: another source has proven nothing yet."""
    found = hashlib.sha256()
    for path in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests" / "proofs").glob("*.py")]):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
