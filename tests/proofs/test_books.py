"""Numbers that cannot be wrong: long random lives of a province on a real PostgreSQL, with real commits and folds."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs import record
from tests.proofs.books import Books

ANY = list(HealthCheck)


@pytest.mark.usefixtures("planned_once")
@pytest.mark.django_db(transaction=True)
def test_a_thousand_steps() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=10,
            stateful_step_count=record.LIFE,
            deadline=None,
            suppress_health_check=ANY,
            derandomize=True,
        ),
    )


@pytest.mark.prove
@pytest.mark.parametrize("part", record.parts_left())
@pytest.mark.usefixtures("planned_once")
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_steps(part: int, record_property: Callable[[str, object], None]) -> None:
    """In parts, so that several processes share them, each with a database of its own."""
    drawn_from = f"{os.environ[record.SEED]}-{part}"
    steps = 0

    class Counted(Books):
        def teardown(self) -> None:
            nonlocal steps
            steps += self.taken
            super().teardown()

    run = 0
    while (missing := record.A_PART * record.LIFE - steps) > 0:  # a life may end early: others make up for it
        before = steps
        try:
            run_state_machine_as_test(
                seed(f"{drawn_from}-{run}" if run else drawn_from)(Counted),
                settings=settings(
                    max_examples=-(-missing // record.LIFE) + 1,
                    stateful_step_count=record.LIFE,
                    deadline=None,
                    suppress_health_check=ANY,
                    database=None,
                    print_blob=True,
                ),
            )
        except AssertionError as error:
            error.add_note(
                f"{record.SEED}={os.environ[record.SEED]} make prove-steps; part {part}, run {run}"
            )
            raise
        assert steps > before, "a run without a step proves nothing"
        run += 1
    record_property("part", part)
    record_property("steps", steps)
