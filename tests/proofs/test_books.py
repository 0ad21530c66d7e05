"""Numbers that cannot be wrong: long random lives of a province on a real PostgreSQL, with real commits and folds."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.books import Books

ANY = list(HealthCheck)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_steps() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=10,
            stateful_step_count=100,
            deadline=None,
            suppress_health_check=ANY,
            derandomize=True,
        ),
    )


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_steps() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=1_000, stateful_step_count=100, deadline=None, suppress_health_check=ANY
        ),
    )
