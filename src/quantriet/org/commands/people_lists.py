"""A list of people on its way into the tables: told, sifted as a whole, written in chunks of whole units.

The list stands in a working table of the connection, so that it outlives the transaction that read it: a long
list is sifted in one transaction and written in many short ones. Used by ``people`` for lists of an act and
by ``imported_people`` for files.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from quantriet.core.errors import ForbiddenError
from quantriet.core.text import fold_all, person_keys
from quantriet.org import access, audit, consequences, sealing
from quantriet.org.access import Actor
from quantriet.org.commands import staged_people as sql
from quantriet.org.commands.standing import hold_crossing, hold_open
from quantriet.org.consequences import Crossing
from quantriet.org.models import Unit
from quantriet.org.people_columns import PeoplePart
from quantriet.org.permissions import Can

Row = tuple[Any, ...]

# A list of a province is hashed in memory, and not sorted for comparing it: the planner takes sorting both sides by
# names for cheaper, it takes a fifth longer. The settings end with their transaction.
_ROOM = "SET LOCAL work_mem = '128MB'; SET LOCAL enable_mergejoin = off"


@dataclass(frozen=True)
class Doubts:
    """Rows that were taken out of a list: with the earlier row they repeat, with whom they may be, those that
    were answered wrongly, those whose code belongs to somebody outside the actor's view, those of a unit that has
    ended (row → its name and last day).

    ``names`` are the names in the doubtful rows; ``faulty`` counts every row that is wrong, whatever is wrong.
    """

    twice: dict[int, int] = field(default_factory=dict)
    named_twice: dict[int, int] = field(default_factory=dict)
    maybe: dict[int, tuple[int, ...]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    wrong_answers: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    ended: dict[int, tuple[str, date]] = field(default_factory=dict)
    faulty: int = 0


@dataclass(frozen=True)
class Written:
    """What a chunk did: new people, known people it changed, how many rows it wrote; codes taken since the list
    was sifted, and rows of units that ended since.
    """

    new: int
    changed: frozenset[int]
    rows: int
    elsewhere: tuple[int, ...] = ()
    ended: dict[int, tuple[str, date]] = field(default_factory=dict)


@contextmanager
def told() -> Iterator[None]:
    """The working table of a list, empty; gone afterwards."""
    _execute(sql.DROP_LIST)
    _execute(sql.CREATE_LIST)
    try:
        yield
    finally:
        if not connection.needs_rollback:  # else it goes with the transaction that made it
            _execute(sql.DROP_LIST)


def fill(parts: Iterable[Iterable[Row]]) -> None:
    """Copy rows (values in the order of ``staged_people.COLUMNS``) into the list, as they come."""
    with connection.cursor() as cursor:
        with cursor.copy(sql.COPY) as copy:
            copy.set_types(list(sql.COLUMNS.values()))
            for part in parts:
                for row in part:
                    copy.write_row(row)
        cursor.execute(sql.ANALYZE_LIST)


def rows_of(part: PeoplePart, answers: Mapping[int, int], today: date) -> Iterator[Row]:
    """The rows of a part with the stored forms of names and codes."""
    sealed, indexes = sealing.seal_all(part.code)
    births, years = zip(*part.birth, strict=True) if part.birth else ((), ())
    names = list(dict.fromkeys(part.full_name))  # many people share one, so its forms are made once
    folded, keys = (
        dict(zip(names, fold_all(names), strict=True)),
        dict(zip(names, person_keys(names), strict=True)),
    )
    return zip(
        part.rows,
        part.faulty,
        part.unit_id,
        part.full_name,
        map(folded.__getitem__, part.full_name),
        map(keys.__getitem__, part.full_name),
        births,
        years,
        sealed,
        indexes,
        part.phone,
        part.email,
        part.status,
        part.person_class,
        part.post,
        part.post_label,
        [day or today for day in part.from_on],
        [answers.get(row) for row in part.rows] if answers else [None] * len(part.rows),
        strict=True,
    )


def sift() -> Doubts:
    """Find who of the list is known, by code or by what a person answered; take out what cannot be written."""
    _recognise()
    twice = _first_rows(sql.TWICE)
    return _sifted(twice, {}, 0)


def sift_file(*, written_to: int | None) -> Doubts:
    """``sift`` for a file: two rows of one name, birth and unit are one person too, rows with a fault go once
    they have told what they repeat, units up to ``written_to`` are there already, and a unit that has ended takes
    nobody.
    """
    _recognise()
    twice, named_twice = _first_rows(sql.TWICE), _first_rows(sql.NAMED_TWICE)
    faulty = _execute(sql.FORGET_FAULTY) + len(twice) + len(named_twice)
    if written_to is not None:
        _execute(sql.FORGET_WRITTEN, [written_to])
    ended = _ended(_take_out(sql.IN_ENDED_UNITS))
    return replace(_sifted(twice, named_twice, faulty + len(ended)), ended=ended)


def _sifted(twice: dict[int, int], named_twice: dict[int, int], faulty: int) -> Doubts:
    wrong = tuple(_take_out(sql.ANSWERED_WRONG))
    maybe = _take_out(sql.MAYBE_KNOWN)
    with access.whole_house("codes of a list"):
        elsewhere = tuple(_take_out(sql.TAKEN_ELSEWHERE))
    return Doubts(
        twice=twice,
        named_twice=named_twice,
        maybe={row: tuple(ids) for row, (_name, ids) in maybe.items()},
        names={row: name for row, (name, _ids) in maybe.items()},
        wrong_answers=wrong,
        elsewhere=elsewhere,
        faulty=faulty + len(wrong) + len(elsewhere),
    )


def _recognise() -> None:
    _execute(_ROOM)
    _execute(sql.KNOWN_BY_CODE)
    _execute(sql.KNOWN_BY_ANSWER)


def _first_rows(question: str) -> dict[int, int]:
    return {row: int(first) for row, (first,) in _take_out(question).items()}


def counts() -> tuple[int, int]:
    """How many rows are left, and how many of them are known people."""
    [(rows, known)] = _fetch(sql.COUNT_LIST)
    return int(rows), int(known)


def by_unit() -> list[tuple[int, int]]:
    """Units of the list in the order they are written, each with its number of rows."""
    _execute(sql.INDEX_LIST)
    return [(int(unit_id), int(rows)) for unit_id, rows in _fetch(sql.COUNT_UNITS)]


def write_all(*, by: Actor) -> Written:
    """Write the whole list."""
    return _write(sql.TAKE_ALL, {}, by)


def write_known(*, by: Actor) -> Written:
    """Write those of the list who are known: what a trial does to tell who would change."""
    return _write(sql.TAKE_KNOWN, {}, by)


def write_units(*, after: int, to: int, by: Actor) -> Written:
    """Write the people of the units with ids above ``after`` up to ``to``; rows of units that ended since the list
    was sifted stay out, and none ends while this is written. The units are held for counting their members too.
    """
    which = {"after": after, "to": to}
    _hold(sql.LISTED_TOUCHES, which)
    ended = _ended(_take_out(sql.ENDED_SINCE, values=which))
    return replace(_write(sql.TAKE_UNITS, which, by), ended=ended)


def chunk_rows() -> list[tuple[int, int, bool]]:
    """Of the chunk written last in this transaction: row, id, whether it was known."""
    return [(int(row), int(person_id), bool(known)) for row, person_id, known in _fetch(sql.CHUNK_ROWS)]


def _write(take: str, which: Mapping[str, int], by: Actor) -> Written:
    _execute(sql.DROP_CHUNK)
    _execute(sql.CREATE_CHUNK)
    _execute(_ROOM)
    _execute(take, which)
    _execute(sql.ANALYZE_CHUNK)
    [(rows, known)] = _fetch(sql.CHUNK_COUNTS)
    if not rows:
        return Written(0, frozenset(), 0)
    units = list(_fetch(sql.CHUNK_UNITS)[0][0])
    require_units(set(units), by)
    if known and _crossing():
        _hold(sql.CHUNK_TOUCHES)
    hold_open(units)
    crossing = _crossing() if known else {}
    new, elsewhere = _insert_people()
    _execute(sql.INSERT_MEMBERSHIPS)
    changed = _bring_up_to_date() if known else set()
    _execute(sql.INSERT_POSTS)
    for on, people in crossing.items():
        consequences.transfer(people, on=on, by=by)
    if new or changed:
        audit.record(
            by,
            "person.register",
            Unit(pk=units[0]),
            unit=units[0],
            detail={"new": new, "changed": len(changed), "units": units[:50]},
        )
    return Written(new, frozenset(changed), int(rows) - len(elsewhere), elsewhere)


def _hold(touches: str, which: Mapping[str, int] | None = None) -> None:
    """Hold every unit that a list touches, in one pass. Somebody who moved before his unit was held makes us let go
    of all of them and ask again: held one after another they would stand in no order.
    """
    while True:
        units = _units(touches, which)
        with transaction.atomic():
            hold_crossing(units)
            if _units(touches, which) <= units:
                return
            transaction.set_rollback(True)


def _units(touches: str, which: Mapping[str, int] | None) -> set[int]:
    return {int(unit_id) for (unit_id,) in _fetch(touches, which)}


def _crossing() -> dict[date, dict[int, Crossing]]:
    """Known people whose home will change: day → person → from, to."""
    found: dict[date, dict[int, Crossing]] = {}
    for on, person_id, source, target in _fetch(sql.CROSSING):
        found.setdefault(on, {})[int(person_id)] = Crossing(int(source), int(target))
    return found


def _insert_people() -> tuple[int, tuple[int, ...]]:
    """How many people are new, and the rows whose code somebody took since the list was sifted."""
    try:
        with transaction.atomic():
            return _execute(sql.INSERT_PEOPLE), ()
    except IntegrityError:
        new = _execute(sql.INSERT_PEOPLE_LEFT)
        return new, tuple(_take_out(sql.NOT_INSERTED, "chunk_person"))


def _bring_up_to_date() -> set[int]:
    """Facts, transfers and memberships of known people; the ids of all who changed."""
    return {
        int(row[0])
        for statement in (
            sql.UPDATE_PEOPLE,
            sql.END_MEMBERSHIPS,
            sql.SHIFT_MEMBERSHIPS,
            sql.CHANGE_STATUS,
            sql.RENEW_MEMBERSHIPS,
            sql.RENEW_POSTS,
        )
        for row in _fetch(statement)
    }


def require_units(unit_ids: set[int], by: Actor) -> None:
    """Raise ``ForbiddenError`` unless the actor manages people at every one of these units."""
    if access.units(by, Can.PERSON_MANAGE).filter(pk__in=unit_ids).count() != len(unit_ids):
        raise ForbiddenError(
            "gate.forbidden",
            _("Vai trò đang dùng không được sửa danh sách người ở đơn vị này. Chưa có gì thay đổi."),
        )


def _ended(found: dict[int, Row]) -> dict[int, tuple[str, date]]:
    return {row: (str(name), day) for row, (name, day) in found.items()}


def _take_out(question: str, table: str = "listed_person", *, values: Any = None) -> dict[int, Row]:
    """Rows a question finds, with what it says of them; they leave the table."""
    found = {int(row): tuple(said) for row, *said in _fetch(question, values)}
    if found:
        _execute(f"DELETE FROM {table} WHERE row = ANY(%s)", [list(found)])
    return found


def _fetch(question: str, values: Any = None) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def _execute(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
