"""Figures in memory: a book as prefix sums, exact at every read.

A web process keeps a bounded number of bytes: facts, one for a book (and one with days, once a past date is
asked for), and prefixes, one for a view of it. A warm read is one statement, what was written since the prefix
was made; it takes no lock that another reader could hold. SQL (``queries.slices_below``) is the cross-check.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from quantriet.ledger.columns import Facts, Ints, Period, day_number
from quantriet.ledger.courses import Course
from quantriet.ledger.measures import Measure
from quantriet.ledger.memory import Memory
from quantriet.ledger.queries import reading
from quantriet.ledger.queries.reading import Moment, Read
from quantriet.ledger.rollup import NOTHING, Amount, Numbering, Prefix, Slices

# Unit → its count at each of the days asked for.
Trend = dict[int, list[int]]

MAX_BYTES = 384 * 2**20
# Beyond so many changes since the facts were read, reading the tallies anew is the shorter way.
LONGEST_REST = 200_000


@dataclass(frozen=True)
class _Source:
    """Where cells come from: with their days, or without, which is half as much."""

    whole: Callable[[int], Read]
    since: Callable[[int, Moment], Read]


PLAIN = _Source(reading.whole, reading.since)
DATED = _Source(reading.dated, reading.dated_since)


@dataclass(frozen=True)
class View:
    """What is read: a book over the trees of a date, some slices, and for a past date what had happened by
    then and was known by then.
    """

    book_id: int
    tree_on: date
    slices: Slices = None
    period: Period | None = None

    @property
    def source(self) -> _Source:
        """Days are read only where a period asks for them."""
        return PLAIN if self.period is None else DATED


class Figures:
    """The counts of one book at one instant, over the trees of one date."""

    def __init__(self, prefix: Prefix) -> None:
        self.numbering = prefix.numbering
        self._prefix = prefix

    def below(self, unit_id: int) -> dict[Measure, Amount]:
        """The counts of the unit and everything below it. Empty for a unit outside the trees."""
        return self.table([unit_id])[unit_id]

    def own(self, unit_id: int) -> dict[Measure, Amount]:
        """The counts recorded for the unit itself."""
        return self.own_table([unit_id])[unit_id]

    def held(self, measure: Measure) -> dict[int, int]:
        """How much of a measure each unit holds itself, in the order of the tree; a unit with nothing is absent."""
        own = self._prefix.own(measure)
        at = np.flatnonzero(own)
        return dict(zip(self.numbering.unit_ids[at].tolist(), own[at].tolist(), strict=True))

    def column(self, measure: Measure) -> Ints:
        """How much of a measure each unit holds itself, by its position in the numbering."""
        return self._prefix.own(measure)

    def table(self, unit_ids: Iterable[int]) -> dict[int, dict[Measure, Amount]]:
        """``below`` for several units: the rows of a board."""
        return self._told(unit_ids, lambda starts: self.numbering.end[starts])

    def own_table(self, unit_ids: Iterable[int]) -> dict[int, dict[Measure, Amount]]:
        """``own`` for several units."""
        return self._told(unit_ids, lambda starts: starts + 1)

    def _told(
        self, unit_ids: Iterable[int], ends: Callable[[Ints], Ints]
    ) -> dict[int, dict[Measure, Amount]]:
        """The counts from each unit's position up to before the end of that position."""
        ids = list(unit_ids)
        at = self.numbering.positions(np.array(ids, dtype=np.int64))
        starts = at[at >= 0]
        found = iter(self._counts(starts, ends(starts)))
        return {unit_id: next(found) if place >= 0 else {} for unit_id, place in zip(ids, at, strict=True)}

    def _counts(self, starts: Ints, ends: Ints) -> list[dict[Measure, Amount]]:
        """One mapping a range; a measure that has nothing there is absent."""
        found: list[dict[Measure, Amount]] = [{} for _start in starts]
        for number, amounts in self._prefix.between(starts, ends).items():
            measure = Measure(number)
            for counts, amount in zip(found, amounts, strict=True):
                if amount.by_grade != NOTHING.by_grade:
                    counts[measure] = amount
        return found


@dataclass(frozen=True)
class _Base:
    """The cells of a book at a moment."""

    moment: Moment
    facts: Facts

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.facts.bytes


@dataclass(frozen=True)
class _Kept:
    """A prefix with the moment it stands for."""

    moment: Moment
    prefix: Prefix

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.prefix.bytes


@dataclass(frozen=True)
class _Course:
    """A course with the moment of the facts it was made from."""

    moment: Moment
    course: Course

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.course.bytes


@dataclass(frozen=True)
class _Turns:
    """The days on which the trees changed."""

    days: Sequence[date]

    @property
    def bytes(self) -> int:
        """Memory held, by a round figure a day."""
        return 64 * len(self.days)


class FigureCache:
    """Facts, numberings and prefixes of this process. Thread-safe; a snapshot older than the cache's is answered
    from its own rows, never from sums that already hold later ones.
    """

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self.memory = Memory(limit)

    def forget(self) -> None:
        """Drop everything: another database is behind the connection (a restore, the next test)."""
        self.memory.forget()

    def read(self, book_id: int, *, on: date, slices: Slices = None) -> Figures:
        """The book now, over the trees of ``on``; ``slices`` keeps only those cuts."""
        return self.view(View(book_id, on, slices))

    def view(self, view: View) -> Figures:
        """A book as one wants to see it."""
        kept = self._prefix(view)
        found = None if kept is None else self._warm(view, kept)
        if found is None:
            with self.memory.building(view):
                built = self._prefix(view)  # by whom we waited for
                found = None if built is None or built is kept else self._warm(view, built)
                found = found or self._cold(view)
        return Figures(found)

    def _prefix(self, view: View) -> _Kept | None:
        found = self.memory.get(view)
        return found if isinstance(found, _Kept) else None

    def _warm(self, view: View, kept: _Kept) -> Prefix | None:
        """The kept prefix with what came since; ``None`` if this reader may not use it."""
        fresh = view.source.since(view.book_id, kept.moment)
        if not fresh.moment.follows(kept.moment) or fresh.moment.tree_version != kept.moment.tree_version:
            return None
        return self._keep(view, kept.prefix, fresh)

    def _keep(self, view: View, prefix: Prefix, fresh: Read) -> Prefix:
        """Keep what every later reader sees too; give that and what only this one may be sure of."""
        finished = prefix.plus(fresh.changes.where(fresh.changes.finished))
        newest = self._prefix(view)
        if newest is None or not newest.moment.outdoes(fresh.moment):
            self.memory.put(view, _Kept(fresh.moment, finished))
        return finished.plus(fresh.changes.where(~fresh.changes.finished))

    def _cold(self, view: View) -> Prefix:
        base, fresh = self._base(view.book_id, view.source)
        numbering = self._numbering(fresh.moment.tree_version, view.tree_on)
        return self._keep(view, Prefix.of(base.facts, numbering, view.slices, view.period), fresh)

    def _base(self, book_id: int, source: _Source) -> tuple[_Base, Read]:
        """The facts of a book and what was written since; read anew when that has grown large."""
        key = (source, book_id)
        with self.memory.building(key):
            kept = self.memory.get(key)
            if isinstance(kept, _Base):
                fresh = source.since(book_id, kept.moment)
                if fresh.moment.follows(kept.moment) and len(fresh.changes) <= LONGEST_REST:
                    return kept, fresh
            read = source.whole(book_id)
            base = _Base(read.moment, Facts(read.changes.where(read.changes.finished)))
            if not isinstance(kept, _Base) or not kept.moment.outdoes(read.moment):
                self.memory.put(key, base)
            return base, Read(read.moment, read.changes.where(~read.changes.finished))

    def _turns(self, tree_version: int) -> _Turns:
        key = ("turns", tree_version)
        kept = self.memory.get(key)
        if isinstance(kept, _Turns):
            return kept
        turns = _Turns(reading.turns())
        self.memory.put(key, turns)
        return turns

    def _numbering(self, tree_version: int, on: date) -> Numbering:
        """The numbering of a date, one for all dates between two changes of the trees."""
        turns = self._turns(tree_version)
        key = ("numbering", tree_version, bisect_right(turns.days, on))
        with self.memory.building(key):
            kept = self.memory.get(key)
            if isinstance(kept, Numbering):
                return kept
            numbering = reading.numbering(on)
            self.memory.put(key, numbering)
            return numbering

    def numbering(self, on: date) -> Numbering:
        """The trees of a date."""
        return self._numbering(reading.tree_version(), on)

    def trend(self, view: View, measure: Measure, unit_ids: Iterable[int], days: Sequence[date]) -> Trend:
        """What had happened below each unit by each of some days (ascending), as it is known now."""
        base, fresh = self._base(view.book_id, DATED)
        numbering = self._numbering(fresh.moment.tree_version, view.tree_on)
        courses = [self._course(view, measure, base, fresh.moment.tree_version)]
        if len(fresh.changes):
            courses.append(Course(Facts(fresh.changes), numbering, measure, view.slices))
        numbers = np.array([day_number(day) for day in days], dtype=np.int64)
        found: Trend = {}
        for unit_id in unit_ids:
            start, end = numbering.span(unit_id) or (0, 0)
            totals = np.sum([course.totals(start, end, numbers) for course in courses], axis=0)
            found[unit_id] = totals.tolist()
        return found

    def _course(self, view: View, measure: Measure, base: _Base, tree_version: int) -> Course:
        key = ("course", view, measure, tree_version)
        kept = self.memory.get(key)
        if isinstance(kept, _Course) and kept.moment == base.moment:
            return kept.course
        numbering = self._numbering(tree_version, view.tree_on)
        course = Course(base.facts, numbering, measure, view.slices)
        self.memory.put(key, _Course(base.moment, course))
        return course


CACHE = FigureCache()


def read(book_id: int, *, on: date, slices: Slices = None) -> Figures:
    """The book now, over the trees of ``on``, from this process's cache."""
    return CACHE.read(book_id, on=on, slices=slices)


def numbering(on: date) -> Numbering:
    """The trees of a date, for who reads no book."""
    return CACHE.numbering(on)


def as_of(book_id: int, *, on: date, known: date, tree_on: date, slices: Slices = None) -> Figures:
    """The book as of a date: what had happened by ``on`` and was known by ``known``, over the trees of
    ``tree_on``. As was: the tree of then. As now: the tree of today. As known: an earlier ``known``.
    """
    return CACHE.view(View(book_id, tree_on, slices, Period.until(on, known)))


def trend(
    book_id: int, measure: Measure, unit_ids: Iterable[int], days: Sequence[date], *, tree_on: date
) -> Trend:
    """What had happened below each unit by each of some days (ascending), over the trees of ``tree_on``."""
    return CACHE.trend(View(book_id, tree_on), measure, unit_ids, days)
