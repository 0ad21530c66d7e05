"""Writes of people: register a list, transfer, give and end posts.

A person is known by the owner's code, else by name, birth date and unit; the second is never taken for
certain: ``register`` refuses until each such row says whether it is the same person or another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line, fold, person_key
from quantriet.org import access, audit, sealing
from quantriet.org.access import Actor
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.people import MembershipStatus, Post
from quantriet.org.permissions import Can
from quantriet.org.specs import ANOTHER, PersonSpec

__all__ = [
    "ANOTHER",
    "MaybeKnown",
    "PersonSpec",
    "Registered",
    "doubtful",
    "end_post",
    "give_post",
    "register",
    "transfer",
]


@dataclass(frozen=True)
class Registered:
    """Ids in the order of the specs, and how many were new, changed, or as they stood."""

    ids: tuple[int, ...]
    new: int
    changed: int

    @property
    def same(self) -> int:
        """How many rows changed nothing."""
        return len(self.ids) - self.new - self.changed


@dataclass(frozen=True)
class MaybeKnown:
    """A row without certain identity and the people it may be."""

    row: int
    person_ids: tuple[int, ...]


# One row of the working table is one spec; everything after is set-wise.
_STAGE_COLUMNS: tuple[tuple[str, str, Callable[[PersonSpec], Any]], ...] = (
    ("unit_id", "bigint", lambda spec: spec.unit_id),
    ("full_name", "text", lambda spec: spec.full_name),
    ("birth_date", "date", lambda spec: spec.birth_date),
    ("birth_year", "smallint", lambda spec: spec.birth_year),
    ("phone", "text", lambda spec: spec.phone),
    ("email", "text", lambda spec: spec.email),
    ("status", "text", lambda spec: str(spec.status)),
    ("person_class", "smallint", lambda spec: int(spec.person_class)),
    ("post", "text", lambda spec: str(spec.post)),
    ("post_label", "text", lambda spec: spec.post_label),
    ("from_on", "date", lambda spec: spec.from_on),
    ("same_as", "bigint", lambda spec: spec.same_as),
)
_MADE_COLUMNS = (
    ("folded", "text"), ("sort_key", "text"), ("code_sealed", "bytea"), ("code_index", "bytea"),
)  # fmt: skip
_CREATE_STAGE = (
    "CREATE TEMPORARY TABLE staged_person (row int PRIMARY KEY, "
    + ", ".join(f"{name} {kind}" for name, kind, _read in _STAGE_COLUMNS)
    + ", "
    + ", ".join(f"{name} {kind}" for name, kind in _MADE_COLUMNS)
    + ", person_id bigint, known boolean NOT NULL DEFAULT false) ON COMMIT DROP"
)
_COPY = (
    "COPY staged_person (row, "
    + ", ".join([name for name, _kind, _read in _STAGE_COLUMNS] + [name for name, _kind in _MADE_COLUMNS])
    + ") FROM STDIN"
)

_KNOWN_BY_CODE = """
UPDATE staged_person AS staged SET person_id = person.id, known = true
FROM org_person AS person WHERE person.code_index = staged.code_index
"""
_KNOWN_BY_ANSWER = """
UPDATE staged_person AS staged SET person_id = person.id, known = true
FROM org_person AS person
WHERE staged.person_id IS NULL AND person.id = staged.same_as
  AND (staged.code_index IS NULL OR person.code_index IS NULL OR person.code_index = staged.code_index)
"""
# Somebody of that name in that unit, unless a birth date or a code tells them apart.
_MAYBE_KNOWN = """
SELECT staged.row, array_agg(person.id ORDER BY person.id) FROM staged_person AS staged
JOIN org_person AS person ON person.home_unit_id = staged.unit_id AND person.folded = staged.folded
WHERE staged.person_id IS NULL AND staged.same_as IS NULL
  AND (staged.code_index IS NULL OR person.code_index IS NULL)
  AND (staged.birth_date IS NULL OR person.birth_date IS NULL OR staged.birth_date = person.birth_date)
  AND (coalesce(staged.birth_year, extract(year FROM staged.birth_date)) IS NULL OR person.birth_year IS NULL
       OR coalesce(staged.birth_year, extract(year FROM staged.birth_date)) = person.birth_year)
GROUP BY staged.row ORDER BY staged.row LIMIT 1000
"""
_GIVE_IDS = """
UPDATE staged_person SET person_id = nextval(pg_get_serial_sequence('org_person', 'id')) WHERE person_id IS NULL
"""
_INSERT_PEOPLE = """
INSERT INTO org_person (id, created_at, full_name, folded, sort_key, birth_date, birth_year, home_unit_id,
                        code_sealed, code_index, phone, email)
SELECT person_id, statement_timestamp(), full_name, folded, sort_key, birth_date, birth_year, unit_id,
       code_sealed, code_index, phone, email
FROM staged_person WHERE NOT known ORDER BY row
ON CONFLICT (code_index) WHERE code_index IS NOT NULL DO NOTHING
"""
# An empty cell says nothing, so it takes nothing away.
_UPDATE_PEOPLE = """
UPDATE org_person AS person
SET full_name = staged.full_name, folded = staged.folded, sort_key = staged.sort_key,
    birth_date = coalesce(staged.birth_date, person.birth_date),
    birth_year = coalesce(staged.birth_year, person.birth_year),
    home_unit_id = staged.unit_id,
    code_sealed = coalesce(person.code_sealed, staged.code_sealed),
    code_index = coalesce(person.code_index, staged.code_index),
    phone = coalesce(nullif(staged.phone, ''), person.phone),
    email = coalesce(nullif(staged.email, ''), person.email)
FROM staged_person AS staged
WHERE staged.known AND person.id = staged.person_id AND (
    person.full_name <> staged.full_name
    OR person.birth_date IS DISTINCT FROM coalesce(staged.birth_date, person.birth_date)
    OR person.birth_year IS DISTINCT FROM coalesce(staged.birth_year, person.birth_year)
    OR person.home_unit_id <> staged.unit_id
    OR person.code_index IS DISTINCT FROM coalesce(person.code_index, staged.code_index)
    OR person.phone <> coalesce(nullif(staged.phone, ''), person.phone)
    OR person.email <> coalesce(nullif(staged.email, ''), person.email)
)
RETURNING person.id
"""
# The primary membership of who moved ends on the day the new one begins; a membership of the same day moves.
_END_MEMBERSHIPS = """
UPDATE org_membership AS held SET to_on = staged.from_on
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.person_id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> staged.unit_id AND held.from_on < staged.from_on
RETURNING held.person_id
"""
_SHIFT_MEMBERSHIPS = """
UPDATE org_membership AS held SET unit_id = staged.unit_id
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.person_id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> staged.unit_id AND held.from_on >= staged.from_on
RETURNING held.person_id
"""
_CHANGE_STATUS = """
UPDATE org_membership AS held SET status = staged.status, person_class = staged.person_class, is_primary = true
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.person_id AND held.unit_id = staged.unit_id AND held.to_on IS NULL
  AND (held.status, held.person_class, held.is_primary) IS DISTINCT FROM
      (staged.status, staged.person_class, true)
RETURNING held.person_id
"""
_INSERT_MEMBERSHIPS = """
INSERT INTO org_membership (created_at, person_id, unit_id, status, person_class, is_primary, from_on)
SELECT statement_timestamp(), person_id, unit_id, status, person_class, true, from_on FROM staged_person AS staged
WHERE NOT EXISTS (
    SELECT 1 FROM org_membership AS held WHERE held.person_id = staged.person_id AND held.to_on IS NULL
      AND held.is_primary
) ORDER BY row
RETURNING person_id
"""
_INSERT_POSTS = """
INSERT INTO org_post (created_at, person_id, unit_id, title, label, from_on)
SELECT statement_timestamp(), person_id, unit_id, post, post_label, from_on FROM staged_person
WHERE post <> '' ORDER BY row
ON CONFLICT (person_id, unit_id, title) WHERE to_on IS NULL DO NOTHING
RETURNING person_id
"""


def register(specs: Sequence[PersonSpec], *, by: Actor) -> Registered:
    """Register people with membership and post; those known (by code or by ``same_as``) are brought up to date.

    One statement a step whatever the length of the list. Refuses whole: ``person.twice`` (one code or one
    known person in two rows), ``person.maybe_known`` (context ``rows``: each doubtful row with the people it
    may be), ``person.code_elsewhere`` (the code belongs to a person outside the actor's view). Needs
    ``PERSON_MANAGE`` at every unit named. A unit that differs from the known one is a transfer from ``from_on``.
    """
    if not specs:
        return Registered((), 0, 0)
    with transaction.atomic(), connection.cursor() as cursor:
        _require_units({spec.unit_id for spec in specs}, by)
        _stage(cursor, specs)
        cursor.execute(_KNOWN_BY_CODE)
        cursor.execute(_KNOWN_BY_ANSWER)
        _refuse_doubt(cursor, specs)
        _refuse_wrong_answers(cursor)
        cursor.execute(_GIVE_IDS)
        new = _insert_new(cursor)
        changed = _bring_up_to_date(cursor)
        cursor.execute("SELECT person_id FROM staged_person ORDER BY row")
        ids = tuple(int(row[0]) for row in cursor.fetchall())
        cursor.execute("SELECT person_id FROM staged_person WHERE known")
        changed &= {int(row[0]) for row in cursor.fetchall()}
        cursor.execute("DROP TABLE staged_person")
        if new or changed:
            units = sorted({spec.unit_id for spec in specs})
            audit.record(
                by,
                "person.register",
                Unit(pk=units[0]),
                unit=units[0],
                detail={"new": new, "changed": len(changed), "units": units[:50]},
            )
    return Registered(ids, new, len(changed))


def doubtful(specs: Sequence[PersonSpec], *, by: Actor) -> tuple[list[int | None], list[MaybeKnown]]:
    """Who the rows are, without writing: the known person's id by row, and the rows that must be asked."""
    if not specs:
        return [], []
    with transaction.atomic(), connection.cursor() as cursor:
        _require_units({spec.unit_id for spec in specs}, by)
        _stage(cursor, specs)
        cursor.execute(_KNOWN_BY_CODE)
        cursor.execute(_KNOWN_BY_ANSWER)
        cursor.execute(_MAYBE_KNOWN)
        maybe = [MaybeKnown(int(row), tuple(ids)) for row, ids in cursor.fetchall()]
        cursor.execute("SELECT person_id FROM staged_person ORDER BY row")
        known = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE staged_person")
    return known, maybe


def transfer(people: Sequence[Person], *, to: Unit, on: date, by: Actor) -> int:
    """Move people to another unit from a day on; returns how many moved (who is there already is not counted)."""
    units = {person.home_unit_id for person in people} | {to.pk}
    with transaction.atomic():
        _require_units(units, by)
        moved = [person for person in people if person.home_unit_id != to.pk]
        specs = [_as_spec(person, unit_id=to.pk, from_on=on) for person in moved]
        done = register(specs, by=by)
    return done.changed


def end_post(post: Post, *, on: date, by: Actor) -> Post:
    """A post ends on a day; ending it again on the same day changes nothing."""
    _require_units({post.unit_id}, by)
    if post.to_on == on:
        return post
    if post.to_on is not None or on < post.from_on:
        raise DomainError(
            "post.ended", _("Chức vụ này đã kết thúc hoặc ngày không hợp lệ. Chưa đổi gì; hãy xem lại ngày.")
        )
    with transaction.atomic():
        post.to_on = on
        post.save(update_fields=("to_on",))
        audit.record(
            by, "post.end", post, unit=post.unit_id, detail={"title": post.title, "on": on.isoformat()}
        )
    return post


def give_post(person: Person, unit: Unit, *, title: str, label: str = "", on: date, by: Actor) -> Post:
    """A person takes a post in a unit from a day on; the same open post again is the one that stands."""
    _require_units({unit.pk}, by)
    with transaction.atomic():
        post, is_new = Post.objects.get_or_create(
            person=person,
            unit=unit,
            title=title,
            to_on=None,
            defaults={"label": clean_line(label), "from_on": on},
        )
        if is_new:
            audit.record(by, "post.give", post, unit=unit, detail={"title": title, "on": on.isoformat()})
    return post


def _as_spec(person: Person, *, unit_id: int, from_on: date) -> PersonSpec:
    held = person.memberships.filter(to_on=None, is_primary=True).first()
    return PersonSpec(
        full_name=person.full_name,
        unit_id=unit_id,
        birth_date=person.birth_date,
        birth_year=person.birth_year,
        status=held.status if held else MembershipStatus.FULL,
        person_class=held.person_class if held else PersonClass.MEMBER,
        from_on=from_on,
        same_as=person.pk,
    )


def _require_units(unit_ids: set[int], by: Actor) -> None:
    if access.units(by, Can.PERSON_MANAGE).filter(pk__in=unit_ids).count() != len(unit_ids):
        raise ForbiddenError(
            "gate.forbidden",
            _("Vai trò đang dùng không được sửa danh sách người ở đơn vị này. Chưa có gì thay đổi."),
        )


def _stage(cursor: Any, specs: Sequence[PersonSpec]) -> None:
    """Copy the list into a table of this transaction, with the stored forms of names and codes."""
    today = timezone.localdate()
    forms: dict[str, tuple[str, str, str]] = {}
    cursor.execute("DROP TABLE IF EXISTS staged_person")
    cursor.execute(_CREATE_STAGE)
    with cursor.copy(_COPY) as copy:
        copy.set_types(
            [
                "int4",
                *[kind for _name, kind, _read in _STAGE_COLUMNS],
                *[kind for _name, kind in _MADE_COLUMNS],
            ]
        )
        for row, spec in enumerate(specs):
            form = forms.get(spec.full_name)
            if form is None:
                name = clean_line(spec.full_name)
                form = forms[spec.full_name] = (name, fold(name), person_key(name))
            told = _completed(spec, form[0], today)
            sealed = (
                (sealing.seal(spec.code), sealing.index(spec.code)) if spec.code.strip() else (None, None)
            )
            copy.write_row((row, *[read(told) for _name, _kind, read in _STAGE_COLUMNS], *form[1:], *sealed))


def _completed(spec: PersonSpec, name: str, today: date) -> PersonSpec:
    if not name:
        raise DomainError("person.no_name", _("Có dòng không ghi họ tên. Chưa ghi người nào."))
    return replace(
        spec,
        full_name=name,
        birth_year=spec.birth_year or (spec.birth_date.year if spec.birth_date else None),
        from_on=spec.from_on or today,
        phone=spec.phone.strip(),
        email=spec.email.strip(),
    )


def _refuse_doubt(cursor: Any, specs: Sequence[PersonSpec]) -> None:
    """No code and no known person in two rows; no row whose person is uncertain."""
    cursor.execute(
        "SELECT array_agg(row ORDER BY row) FROM staged_person WHERE coalesce(code_index::text, person_id::text) "
        "IS NOT NULL GROUP BY coalesce(person_id::text, code_index::text) HAVING count(*) > 1 LIMIT 20"
    )
    twice = [list(rows) for (rows,) in cursor.fetchall()]
    if twice:
        raise DomainError(
            "person.twice",
            _("“{name}” có hai dòng trong danh sách. Chưa ghi người nào; hãy bỏ bớt một dòng.").format(
                name=specs[twice[0][0]].full_name
            ),
            rows=twice,
        )
    cursor.execute(_MAYBE_KNOWN)
    maybe = {int(row): list(ids) for row, ids in cursor.fetchall()}
    if maybe:
        raise DomainError(
            "person.maybe_known",
            _("{count} dòng có thể là người đã có (trùng tên trong đơn vị). Chưa ghi người nào; "
              "hãy chọn với từng dòng: cùng một người, hay người khác.").format(count=len(maybe)),
            rows=maybe,
        )  # fmt: skip


def _refuse_wrong_answers(cursor: Any) -> None:
    """``same_as`` must name a person the actor sees, whose code is not another one."""
    cursor.execute(
        "SELECT row FROM staged_person WHERE same_as > 0 AND person_id IS NULL ORDER BY row LIMIT 20"
    )
    rows = [int(row[0]) for row in cursor.fetchall()]
    if rows:
        raise DomainError(
            "person.answer_wrong",
            _(
                "Có dòng được chọn là một người không còn trong danh sách hoặc có mã khác. Chưa ghi người nào."
            ),
            rows=rows,
        )


def _insert_new(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM staged_person WHERE NOT known")
    expected = int(cursor.fetchone()[0])
    cursor.execute(_INSERT_PEOPLE)
    if cursor.rowcount != expected:
        cursor.execute(
            "SELECT staged.row FROM staged_person AS staged WHERE NOT known AND NOT EXISTS "
            "(SELECT 1 FROM org_person AS person WHERE person.id = staged.person_id) ORDER BY row LIMIT 20"
        )
        raise DomainError(
            "person.code_elsewhere",
            _("Có mã đang dùng cho người ở đơn vị ngoài phạm vi của bạn. Chưa ghi người nào; "
              "hãy xem lại mã hoặc nhờ cấp trên chuyển sinh hoạt."),
            rows=[int(row[0]) for row in cursor.fetchall()],
        )  # fmt: skip
    return expected


def _bring_up_to_date(cursor: Any) -> set[int]:
    """Facts, transfers, memberships and posts; the ids of all people touched."""
    touched: set[int] = set()
    for statement in (
        _UPDATE_PEOPLE,
        _END_MEMBERSHIPS,
        _SHIFT_MEMBERSHIPS,
        _CHANGE_STATUS,
        _INSERT_MEMBERSHIPS,
        _INSERT_POSTS,
    ):
        cursor.execute(statement)
        touched |= {int(row[0]) for row in cursor.fetchall()}
    return touched
