"""A document that was squeezed is seen; the minutes add up."""

from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences.timing import Item, Minutes, timing


def document(planned: int, actual: int | None) -> Item:
    return Item("Truyền đạt", planned, actual, is_document=True, number="1-NQ/TW")


def test_a_document_that_lost_a_quarter_is_cut() -> None:
    found = timing([document(60, 45), document(60, 46), document(60, 60), document(0, 0)])

    assert [line.is_cut for line in found.lines] == [True, False, False, False]


def test_a_document_with_less_than_half_of_its_share_is_squeezed_between_the_others() -> None:
    found = timing([document(20, 19), document(90, 90), document(20, 20)])

    assert [(line.is_cut, line.is_between) for line in found.lines] == [
        (False, True),
        (False, False),
        (False, True),
    ]
    assert not timing([document(20, 20)]).squeezed


def test_before_the_end_nothing_is_squeezed() -> None:
    found = timing([document(60, None), document(10, None)])

    assert (found.squeezed, found.documents) == (0, Minutes(70, None))


def test_discussion_and_other_points_are_told_apart() -> None:
    talk, other = Item("Thảo luận", 40, 10, is_discussion=True), Item("Khai mạc", 10, 15)

    found = timing([other, document(60, 50), talk])

    assert (found.other, found.documents, found.discussion) == (
        Minutes(10, 15),
        Minutes(60, 50),
        Minutes(40, 10),
    )


items = st.builds(
    Item,
    title=st.just("x"),
    planned=st.integers(0, 300),
    actual=st.none() | st.integers(0, 300),
    is_document=st.booleans(),
)


@given(st.lists(items, max_size=8))
def test_minutes_add_up(given_items: list[Item]) -> None:
    found = timing(given_items)

    parts = (found.documents, found.discussion, found.other)
    assert sum(one.planned for one in parts) == sum(item.planned for item in given_items)
    assert sum(one.actual or 0 for one in parts) == sum(item.actual or 0 for item in given_items)
