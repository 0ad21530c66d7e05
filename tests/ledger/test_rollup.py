"""The arithmetic of the roll-up, against sums counted the slow way."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quantriet.ledger.columns import Changes, Facts, Period, code_of, summed
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.rollup import Amount, Numbering, Prefix, Slices

Tree = list[tuple[int, str]]


@dataclass(frozen=True)
class Cell:
    """A change as one row."""

    unit_id: int
    measure: int
    slice: int
    grade: int
    amount: int
    occurred: int = 0
    known: int = 0


def changes(cells: list[Cell]) -> Changes:
    def column(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    return Changes(
        column([cell.unit_id for cell in cells]),
        column([code_of(cell.measure, cell.slice, cell.grade) for cell in cells]),
        column([cell.amount for cell in cells]),
        column([cell.occurred for cell in cells]),
        column([cell.known for cell in cells]),
        np.ones(len(cells), dtype=bool),
    )


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A random forest as (unit, path) in path order, labels compared as ltree compares them: as text."""
    size = draw(st.integers(1, 25))
    ids = draw(st.permutations(range(1, size + 1)))
    paths: dict[int, str] = {}
    for unit_id in ids:
        parent = draw(st.sampled_from([0, *paths]))
        paths[unit_id] = f"{paths[parent]}.{unit_id}" if parent else str(unit_id)
    return sorted(paths.items(), key=lambda pair: pair[1].split("."))


@st.composite
def filled_trees(draw: st.DrawFn) -> tuple[Tree, list[Cell]]:
    tree = draw(trees())
    largest = draw(st.sampled_from([50, 2**40]))
    cell = st.builds(
        Cell,
        unit_id=st.sampled_from([unit for unit, _path in tree] + [999, 2**40]),
        measure=st.sampled_from([Measure.PRESENT, Measure.SUMMONED]),
        slice=st.sampled_from([0, Slice(3, 2, 1).code]),
        grade=st.sampled_from(list(Grade)),
        amount=st.integers(-largest, largest),
        occurred=st.integers(0, 5),
        known=st.integers(0, 5),
    )
    return tree, draw(st.lists(cell, max_size=60))


def slow_below(  # noqa: PLR0917 - the whole question, asked of rows
    tree: Tree, cells: list[Cell], unit: int, measure: int, slices: Slices, period: Period | None = None
) -> Amount:
    top = dict(tree)[unit]
    inside = {other for other, path in tree if path == top or path.startswith(top + ".")}
    parts = [0, 0, 0, 0]
    for cell in cells:
        is_kept = slices is None or cell.slice in slices
        is_there = period is None or (cell.occurred <= period.occurred and cell.known <= period.known)
        if cell.unit_id in inside and cell.measure == measure and is_kept and is_there:
            parts[cell.grade - 1] += cell.amount
    return Amount((parts[0], parts[1], parts[2], parts[3]))


def below(prefix: Prefix, unit: int, measure: int) -> Amount:
    span = prefix.numbering.span(unit)
    assert span is not None
    return between(prefix, *span, measure)


def between(prefix: Prefix, start: int, end: int, measure: int) -> Amount:
    return prefix.between(np.array([start]), np.array([end])).get(measure, [Amount()])[0]


@given(
    filled_trees(),
    st.integers(0, 60),
    st.sampled_from([None, frozenset({0})]),
    st.sampled_from([None, Period(3, 9), Period(4, 2)]),
)
def test_subtree_is_a_range(
    filled: tuple[Tree, list[Cell]], cut: int, slices: Slices, period: Period | None
) -> None:
    tree, cells = filled
    facts = Facts(changes(cells[:cut]))
    prefix = Prefix.of(facts, Numbering.of_paths(tree), slices, period)
    whole = prefix.plus(changes(cells[cut:]))  # what came later, as time brings it

    for unit, _path in tree:
        for measure in (Measure.PRESENT, Measure.SUMMONED):
            assert below(whole, unit, measure) == slow_below(tree, cells, unit, measure, slices, period)


@given(filled_trees(), st.integers(0, 60))
def test_adding_changes_leaves_the_prefix_as_it_was(filled: tuple[Tree, list[Cell]], cut: int) -> None:
    """Readers hold a prefix while others advance it."""
    tree, cells = filled
    prefix = Prefix.of(Facts(changes(cells[:cut])), Numbering.of_paths(tree))
    before = [below(prefix, unit, Measure.PRESENT) for unit, _path in tree]
    prefix.plus(changes(cells[cut:]))

    assert [below(prefix, unit, Measure.PRESENT) for unit, _path in tree] == before


@given(filled_trees())
def test_own_and_children_make_the_total(filled: tuple[Tree, list[Cell]]) -> None:
    tree, cells = filled
    numbering = Numbering.of_paths(tree)
    prefix = Prefix.of(Facts(changes(cells)), numbering)
    for unit, path in tree:
        span = numbering.span(unit)
        assert span is not None
        added = between(prefix, span[0], span[0] + 1, Measure.PRESENT)
        for child, child_path in tree:
            if child_path.rpartition(".")[0] == path:
                added = added + below(prefix, child, Measure.PRESENT)
        assert added == below(prefix, unit, Measure.PRESENT)


@given(filled_trees(), st.sampled_from([Measure.PRESENT, Measure.EXCUSED]))
def test_each_position_holds_its_own_rows(filled: tuple[Tree, list[Cell]], measure: Measure) -> None:
    tree, cells = filled
    numbering = Numbering.of_paths(tree)
    prefix = Prefix.of(Facts(changes(cells)), numbering)
    expected = {
        unit: sum(cell.amount for cell in cells if cell.unit_id == unit and cell.measure == measure)
        for unit, _path in tree
    }

    held = dict(zip(numbering.unit_ids.tolist(), prefix.own(measure).tolist(), strict=True))

    assert held == expected


def test_control_dropping_own_rows_from_the_sum_is_caught() -> None:
    """The invariant above fails for a tree whose inner unit holds counts of its own."""
    tree = [(1, "1"), (2, "1.2")]
    prefix = Prefix.of(Facts(changes([Cell(1, 2, 0, 1, 5), Cell(2, 2, 0, 1, 7)])), Numbering.of_paths(tree))

    assert below(prefix, 1, Measure.PRESENT) != below(prefix, 2, Measure.PRESENT)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(2**60), 2**60)), max_size=8))
def test_sums_are_exact_beyond_what_a_float_holds(pairs: list[tuple[int, int]]) -> None:
    at = np.array([place for place, _amount in pairs], dtype=np.int64)
    amounts = np.array([amount for _place, amount in pairs], dtype=np.int64)

    found = summed(at, amounts, 4)

    assert found.tolist() == [sum(amount for place, amount in pairs if place == at) for at in range(4)]


def test_control_a_sum_in_floats_alone_would_lose_ones() -> None:
    at, amounts = np.array([0, 0]), np.array([2**60, 1])

    assert int(np.bincount(at, weights=amounts)[0]) != int(summed(at, amounts, 1)[0]) == 2**60 + 1


def test_paths_are_compared_by_labels_not_by_text() -> None:
    numbering = Numbering.of_paths([(1, "1"), (2, "1.2"), (20, "1.20"), (3, "1.20.3")])

    assert numbering.span(2) == (1, 2)
    assert numbering.span(20) == (2, 4)


def test_unit_outside_the_trees_has_no_span() -> None:
    assert Numbering.of_paths([(1, "1")]).span(7) is None
    assert Numbering.of_paths([]).span(7) is None


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_slice_code_keeps_its_parts(person_class: int, level: int, form: int) -> None:
    cut = Slice(person_class, level, form)

    assert Slice.from_code(cut.code) == cut


def test_every_measure_fits_into_a_packed_number() -> None:
    """Twenty bits hold measure·10000 + slice·10 + grade while measures have two digits."""
    assert max(code_of(measure, 999, grade) for measure in Measure for grade in Grade) < 2**20
