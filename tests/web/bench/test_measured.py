"""How measurements are kept and shown; the figures themselves are asserted nowhere."""

import json
from pathlib import Path

import pytest

from quantriet.web.bench.measured import Results, percentile


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def found(said: list[str]) -> Results:
    return Results(said.append, machine="2 cores")


def test_a_row_has_its_goal_what_stands_beside_it_and_the_machine(found: Results, tmp_path: Path) -> None:
    found.add("board, p95", 41.234, "ms", goal=150, beside="median 30 ms")
    found.write(tmp_path / "bench.json")

    assert json.loads((tmp_path / "bench.json").read_text(encoding="utf-8")) == [
        {
            "name": "board, p95",
            "value": 41.23,
            "unit": "ms",
            "goal": 150,
            "beside": "median 30 ms",
            "least": None,
            "machine": "2 cores",
        }
    ]


@pytest.mark.parametrize(
    ("value", "bounds", "mark"),
    [
        (150, {"goal": 150}, "✓"),
        (151, {"goal": 150}, "✗"),
        (1, {}, " "),
        (5000, {"least": 5000}, "✓"),
        (4999, {"least": 5000}, "✗"),
    ],
    ids=["met", "missed", "none", "enough", "too little"],
)
def test_each_row_is_said_at_once_with_its_mark(
    found: Results, said: list[str], value: float, bounds: dict[str, float], mark: str
) -> None:
    found.add("x", value, "ms", **bounds)  # type: ignore[arg-type]

    assert [line[0] for line in said] == [mark]
    assert found.table().splitlines()[1:] == said


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (1.0, 100)])
def test_percentile_is_a_value_that_was_taken(share: float, value: int) -> None:
    assert percentile([float(one) for one in range(1, 101)], share) == value
