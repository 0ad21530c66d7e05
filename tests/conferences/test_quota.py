"""The yearly quota: limits above one another, the meter, what is told before a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences.quota import PRESET, Intended, Limits, Meter, Worry, strictest, warnings
from quantriet.org.models.units import Level


def meter(called: int, online: int, *, limit: int | None = 3, percent: int = 60) -> Meter:
    """A unit's year."""
    return Meter(2026, called, online, limit, percent, "226-KL/TW")


def test_the_preset_is_what_the_conclusion_says() -> None:
    found = [PRESET.of_level(level) for level in (Level.PROVINCE, Level.COMMUNE, Level.BASE)]

    assert (found, PRESET.online_percent) == ([2, 3, None], 60)


def test_the_strictest_of_all_limits_holds() -> None:
    told = [Limits(4, 6, 50, "A"), Limits(3, 8, 40, "B")]

    assert (strictest(told), strictest([])) == (Limits(3, 6, 50, "A; B"), PRESET)


@pytest.mark.parametrize(
    ("asked", "is_looser"),
    [
        (Limits(2, 3, 60, ""), False),
        (Limits(1, 3, 80, ""), False),
        (Limits(3, 3, 60, ""), True),
        (Limits(2, 4, 60, ""), True),
        (Limits(2, 3, 59, ""), True),
    ],
)
def test_looser_is_whatever_allows_more(asked: Limits, *, is_looser: bool) -> None:
    assert asked.is_looser_than(PRESET) is is_looser


def test_a_warning_comes_with_the_conference_that_goes_over() -> None:
    third = meter(2, 2).with_one_more(is_online=True)
    fourth = third.with_one_more(is_online=True)

    assert ([one.worry for one in warnings(third)], [one.worry for one in warnings(fourth)]) == (
        [],
        [Worry.OVER],
    )
    assert warnings(fourth)[0].sentence == (
        "Hội nghị này là hội nghị thứ 4 trong năm 2026, định mức là 3 (226-KL/TW)."
    )


def test_the_share_online_is_told_with_what_would_mend_it() -> None:
    told = warnings(meter(2, 1).with_one_more(is_online=False))

    assert [(one.worry, one.sentence) for one in told] == [
        (
            Worry.SHORT_OF_ONLINE,
            (
                "Tính cả hội nghị này, năm 2026 có 1/3 hội nghị trực tuyến, dưới mức 60 % (226-KL/TW). "
                "Cần thêm 2 hội nghị trực tuyến mới đủ mức."
            ),
        )
    ]
    assert [one.worry for one in warnings(meter(5, 3, limit=None))] == []  # exactly 60 percent


@given(st.integers(1, 200), st.integers(0, 200), st.integers(0, 99))
def test_so_many_more_online_and_not_one_less_lift_the_share(called: int, online: int, percent: int) -> None:
    year = meter(called, min(online, called), percent=percent)
    missing = year.online_missing
    assert missing is not None
    lifted = [meter(called + more, year.online + more, percent=percent) for more in (missing, missing - 1)]

    assert lifted[0].is_short_of_online is False
    assert missing == 0 or lifted[1].is_short_of_online is True


def test_where_all_must_be_online_nothing_mends_one_that_was_not() -> None:
    year = meter(2, 1, percent=100)

    assert (year.online_missing, warnings(year)[0].sentence.endswith("(226-KL/TW).")) == (None, True)


@pytest.mark.parametrize(
    ("mine", "theirs", "again"),
    [((), (), True), ((1,), (), True), ((), [2], True), ((1, 2), [2], True), ((1,), [2], False)],
)
def test_the_same_people_are_called_again(mine: tuple[int, ...], theirs: list[int], *, again: bool) -> None:
    assert Intended(2026, is_online=False, classes=frozenset(mine)).is_for_people_of(theirs) is again
