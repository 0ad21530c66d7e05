"""The arithmetic of the roll-up, against sums counted the slow way."""

from hypothesis import given
from hypothesis import strategies as st

from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.rollup import Amount, Cell, Numbering, Prefix, tail_between


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[int, str]]:
    """A random forest as (unit, path) in path order, labels compared as ltree compares them: as text."""
    size = draw(st.integers(1, 25))
    paths: dict[int, str] = {}
    for unit_id in range(1, size + 1):
        parent = draw(st.sampled_from([0, *paths]))
        paths[unit_id] = f"{paths[parent]}.{unit_id}" if parent else str(unit_id)
    return sorted(paths.items(), key=lambda pair: pair[1].split("."))


@st.composite
def filled_trees(draw: st.DrawFn) -> tuple[list[tuple[int, str]], list[Cell]]:
    tree = draw(trees())
    cell = st.builds(
        Cell,
        unit_id=st.sampled_from([unit for unit, _path in tree] + [999]),
        measure=st.sampled_from([Measure.PRESENT, Measure.SUMMONED]),
        slice=st.sampled_from([0, Slice(3, 2, 1).code]),
        grade=st.sampled_from(list(Grade)),
        amount=st.integers(-50, 50),
    )
    return tree, draw(st.lists(cell, max_size=60))


def slow_below(
    tree: list[tuple[int, str]], cells: list[Cell], unit: int, measure: int, keeps: object
) -> Amount:
    top = dict(tree)[unit]
    inside = {other for other, path in tree if path == top or path.startswith(top + ".")}
    parts = [0, 0, 0, 0]
    for cell in cells:
        kept = keeps is None or cell.slice in keeps  # type: ignore[operator]
        if cell.unit_id in inside and cell.measure == measure and kept:
            parts[cell.grade - 1] += cell.amount
    return Amount((parts[0], parts[1], parts[2], parts[3]))


@given(filled_trees(), st.integers(0, 60), st.sampled_from([None, frozenset({0})]))
def test_subtree_is_a_range(
    filled: tuple[list[tuple[int, str]], list[Cell]], cut: int, keeps: frozenset[int] | None
) -> None:
    tree, cells = filled
    numbering = Numbering(tree)
    prefix = Prefix(numbering, keeps)
    prefix.add(cells[:cut])  # in two folds, as time does
    prefix.add(cells[cut:])
    for unit, _path in tree:
        span = numbering.span(unit)
        assert span is not None
        assert prefix.between(*span, Measure.PRESENT) == slow_below(tree, cells, unit, Measure.PRESENT, keeps)


@given(filled_trees(), st.integers(0, 60))
def test_folded_part_and_rest_make_the_whole(
    filled: tuple[list[tuple[int, str]], list[Cell]], cut: int
) -> None:
    tree, cells = filled
    numbering = Numbering(tree)
    prefix = Prefix(numbering)
    prefix.add(cells[:cut])
    for unit, _path in tree:
        span = numbering.span(unit)
        assert span is not None
        rest = tail_between(cells[cut:], numbering, None, *span).get(Measure.PRESENT, Amount())
        whole = prefix.between(*span, Measure.PRESENT) + rest
        assert whole == slow_below(tree, cells, unit, Measure.PRESENT, None)


@given(filled_trees())
def test_own_and_children_make_the_total(filled: tuple[list[tuple[int, str]], list[Cell]]) -> None:
    tree, cells = filled
    numbering = Numbering(tree)
    prefix = Prefix(numbering)
    prefix.add(cells)
    paths = dict(tree)
    for unit, path in tree:
        at = numbering.position[unit]
        total = prefix.between(at, int(numbering.end[at]), Measure.PRESENT)
        summed = prefix.between(at, at + 1, Measure.PRESENT)
        for child, child_path in paths.items():
            if child_path.rpartition(".")[0] == path:
                start = numbering.position[child]
                summed = summed + prefix.between(start, int(numbering.end[start]), Measure.PRESENT)
        assert summed == total


def test_paths_are_compared_by_labels_not_by_text() -> None:
    numbering = Numbering([(1, "1"), (2, "1.2"), (20, "1.20"), (3, "1.20.3")])

    assert numbering.span(2) == (1, 2)
    assert numbering.span(20) == (2, 4)


def test_unit_outside_the_trees_has_no_span() -> None:
    assert Numbering([(1, "1")]).span(7) is None


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_slice_code_keeps_its_parts(person_class: int, level: int, form: int) -> None:
    cut = Slice(person_class, level, form)

    assert Slice.from_code(cut.code) == cut
