"""Figures in memory: the tallies of a book as prefix sums, advanced by each fold, exact at every read.

A web process keeps a bounded number of prefixes, one for (book, numbering, chosen slices). A read is one
statement: what changed since the fold the cache knows, and the unfolded rest. SQL (``queries.slices_below``)
is the cold start's twin and the cross-check.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from quantriet.ledger import queries
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import NOTHING, Amount, Cell, Numbering, Prefix, tail_between

MAX_PREFIXES = 24
MAX_NUMBERINGS = 8

Key = tuple[int, date, frozenset[int] | None]


@dataclass
class _Kept:
    """A prefix with what it stands for: the fold it has reached and the tallies it was built from."""

    epoch: int
    fold: int
    tree_version: int
    tallies: dict[tuple[int, int, int, int], int]
    prefix: Prefix


class Figures:
    """The counts of one book at one instant, over the trees of one date."""

    def __init__(self, prefix: Prefix, tail: tuple[Cell, ...]) -> None:
        self.numbering = prefix.numbering
        self._prefix = prefix
        self._tail = tail
        known = {measure for measure, _grade in prefix.sums} | {cell.measure for cell in tail}
        self._measures = [measure for measure in Measure if measure in known]

    def below(self, unit_id: int) -> dict[Measure, Amount]:
        """The counts of the unit and everything below it. Empty for a unit outside the trees."""
        span = self.numbering.span(unit_id)
        return {} if span is None else self._between(*span)

    def own(self, unit_id: int) -> dict[Measure, Amount]:
        """The counts recorded for the unit itself."""
        at = self.numbering.position.get(unit_id)
        return {} if at is None else self._between(at, at + 1)

    def table(self, unit_ids: Iterable[int]) -> dict[int, dict[Measure, Amount]]:
        """``below`` for several units: the rows of a board."""
        return {unit_id: self.below(unit_id) for unit_id in unit_ids}

    def _between(self, start: int, end: int) -> dict[Measure, Amount]:
        rest = tail_between(self._tail, self.numbering, self._prefix.keeps, start, end)
        found: dict[Measure, Amount] = {}
        for measure in self._measures:
            amount = self._prefix.between(start, end, measure) + rest.get(measure, NOTHING)
            if amount.by_grade != NOTHING.by_grade:
                found[measure] = amount
        return found


class FigureCache:
    """Prefixes and numberings of this process. Thread-safe; an older snapshot than the cache's is answered
    from its own rows, never from sums that already hold later folds.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._numberings: OrderedDict[tuple[int, date], Numbering] = OrderedDict()

    def forget(self) -> None:
        """Drop everything: another database is behind the connection (a restore, the next test)."""
        with self._lock:
            self._kept.clear()
            self._numberings.clear()

    def read(self, book_id: int, *, on: date, slices: frozenset[int] | None = None) -> Figures:
        """The book now, over the trees of ``on``; ``slices`` keeps only those cuts."""
        key = (book_id, on, slices)
        with self._lock:
            kept = self._kept.get(key)
            snapshot = queries.snapshot(book_id, since=kept.fold if kept else -1)
            stale = kept is None or kept.epoch != snapshot.epoch or kept.tree_version != snapshot.tree_version
            if kept is not None and not stale and snapshot.fold >= kept.fold:
                self._advance(kept, snapshot)
                self._kept.move_to_end(key)
                return Figures(_frozen(kept.prefix), snapshot.tail)
            if kept is not None:
                snapshot = queries.snapshot(book_id)
            built = self._build(snapshot, on, slices)
            if kept is None or snapshot.fold >= kept.fold or kept.epoch != snapshot.epoch:
                self._kept[key] = built
                self._kept.move_to_end(key)
                while len(self._kept) > MAX_PREFIXES:
                    self._kept.popitem(last=False)
            return Figures(_frozen(built.prefix), snapshot.tail)

    def numbering(self, tree_version: int, on: date) -> Numbering:
        """The numbering of a date, built once for each version of the tree."""
        key = (tree_version, on)
        found = self._numberings.get(key)
        if found is None:
            found = self._numberings[key] = queries.numbering(on)
            while len(self._numberings) > MAX_NUMBERINGS:
                self._numberings.popitem(last=False)
        return found

    def _build(self, snapshot: queries.Snapshot, on: date, slices: frozenset[int] | None) -> _Kept:
        prefix = Prefix(self.numbering(snapshot.tree_version, on), slices)
        prefix.add(snapshot.tallies)
        tallies = {
            (cell.unit_id, cell.measure, cell.slice, cell.grade): cell.amount for cell in snapshot.tallies
        }
        return _Kept(snapshot.epoch, snapshot.fold, snapshot.tree_version, tallies, prefix)

    @staticmethod
    def _advance(kept: _Kept, snapshot: queries.Snapshot) -> None:
        changes: list[Cell] = []
        for cell in snapshot.tallies:
            key = (cell.unit_id, cell.measure, cell.slice, cell.grade)
            before = kept.tallies.get(key, 0)
            kept.tallies[key] = cell.amount
            changes.append(Cell(*key, cell.amount - before))
        kept.prefix.add(changes)
        kept.fold = snapshot.fold


def _frozen(prefix: Prefix) -> Prefix:
    """The prefix as it stands: its arrays are replaced, never changed, when a fold advances it."""
    copy = Prefix(prefix.numbering, prefix.keeps)
    copy.sums = dict(prefix.sums)
    return copy


def as_of(
    book_id: int, *, on: date, known: date, tree_on: date, slices: frozenset[int] | None = None
) -> Figures:
    """The book as of a past date over the trees of ``tree_on``: not kept, counted by SQL."""
    prefix = Prefix(queries.numbering(tree_on), slices)
    prefix.add(queries.cells_at(book_id, on=on, known=known))
    return Figures(prefix, ())


CACHE = FigureCache()


def read(book_id: int, *, on: date, slices: frozenset[int] | None = None) -> Figures:
    """The book now, from this process's cache."""
    return CACHE.read(book_id, on=on, slices=slices)
