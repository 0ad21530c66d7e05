"""What the machine proves is worth what its invariants would find: each seeded fault is shown to be found."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.books import Books
from tests.proofs.faults import FAULTS, Patch, Story

Fault = Callable[[Patch], None]


def live(story: Story) -> None:
    """A machine in which these things happen, with every invariant after every step."""
    books = Books()
    for step in (lambda _books: None, *story):
        step(books)
        books.everything_holds()
    books.teardown()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.usefixtures("planned_once")
@pytest.mark.django_db(transaction=True)
def test_a_fault_is_found_where_the_same_story_holds_without_it(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(FAULTS[fault])

    fault(monkeypatch)

    with pytest.raises(AssertionError):
        live(FAULTS[fault])


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.usefixtures("planned_once")
@pytest.mark.django_db(transaction=True)
def test_the_machine_finds_the_fault_by_itself(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=500,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
