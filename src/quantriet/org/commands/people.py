"""Writes of people: register a list, transfer, give and end posts.

A person is known by the owner's code, else by name, birth date and unit; the second is never taken for
certain: ``register`` refuses until each such row says whether it is the same person or another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.text import clean_line, fold, person_key
from quantriet.org import access, audit, sealing
from quantriet.org.access import Actor
from quantriet.org.commands import staged_people as sql
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.people import MembershipStatus, Post
from quantriet.org.permissions import Can
from quantriet.org.specs import ANOTHER, PersonSpec

__all__ = [
    "ANOTHER",
    "PersonFacts",
    "PersonSpec",
    "Registered",
    "Sifted",
    "count_members",
    "end_post",
    "give_post",
    "register",
    "register_certain",
    "transfer",
    "update",
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
class PersonFacts:
    """What may be corrected on a person's page."""

    full_name: str
    birth_date: date | None = None
    phone: str = ""
    email: str = ""

    @classmethod
    def of(cls, person: Person) -> "PersonFacts":
        """The facts of a person as they stand."""
        return cls(person.full_name, person.birth_date, person.phone, person.email)

    def cleaned(self) -> "PersonFacts":
        """The same with every text in its stored form."""
        return PersonFacts(
            clean_line(self.full_name), self.birth_date, clean_line(self.phone), clean_line(self.email)
        )

    def as_dict(self) -> dict[str, Any]:
        """Field → value."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def version(self) -> str:
        """Names exactly these texts: a form sends back the version of what its reader saw."""
        told = "\x1f".join(str(value) for value in self.as_dict().values())
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sifted:
    """What became of a list when uncertain rows stay out; rows are places in the list, from 0.

    ``ids`` are those of the rows that were written, in their order. ``twice``: row → the earlier row of the
    same person; ``maybe``: row → the people it may be; ``wrong_answers``: ``same_as`` names nobody or somebody
    with another code; ``elsewhere``: the code belongs to a person outside the actor's view.
    """

    ids: tuple[int, ...]
    new: int
    changed: int
    twice: Mapping[int, int] = field(default_factory=dict)
    maybe: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    wrong_answers: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()

    @property
    def same(self) -> int:
        """How many of the written rows changed nothing."""
        return len(self.ids) - self.new - self.changed


def register(specs: Sequence[PersonSpec], *, by: Actor) -> Registered:
    """Register people with membership and post; those known (by code or by ``same_as``) are brought up to date.

    One statement a step whatever the length of the list. Refuses whole: ``person.twice`` (one code or one
    known person in two rows), ``person.maybe_known`` (context ``rows``: each doubtful row with the people it
    may be), ``person.answer_wrong``, ``person.code_elsewhere`` (the code belongs to a person outside the
    actor's view). Needs ``PERSON_MANAGE`` at every unit named. A unit that differs from the known one is a
    transfer from ``from_on``.
    """
    with transaction.atomic():
        sifted = register_certain(specs, by=by)
        _refuse_what_is_left(sifted, specs)
    return Registered(sifted.ids, sifted.new, sifted.changed)


def register_certain(specs: Sequence[PersonSpec], *, by: Actor) -> Sifted:
    """As ``register``, but rows that cannot be written stay out and are told, each with its reason."""
    if not specs:
        return Sifted((), 0, 0)
    with transaction.atomic(), connection.cursor() as cursor:
        _require_units({spec.unit_id for spec in specs}, by)
        _stage(cursor, specs)
        cursor.execute(sql.KNOWN_BY_CODE)
        cursor.execute(sql.KNOWN_BY_ANSWER)
        twice = _take_out(cursor, sql.TWICE)
        wrong = _take_out(cursor, sql.ANSWERED_WRONG)
        maybe = _take_out(cursor, sql.MAYBE_KNOWN)
        cursor.execute(sql.INSERT_PEOPLE)
        new = cursor.rowcount
        elsewhere = _take_out(cursor, sql.NOT_INSERTED)
        changed = _bring_up_to_date(cursor)
        cursor.execute("SELECT id, known FROM staged_person ORDER BY row")
        rows = cursor.fetchall()
        changed &= {int(person_id) for person_id, known in rows if known}
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
    return Sifted(
        ids=tuple(int(person_id) for person_id, _known in rows),
        new=new,
        changed=len(changed),
        twice={row: int(first) for row, first in twice.items()},
        maybe={row: tuple(ids) for row, ids in maybe.items()},
        wrong_answers=tuple(wrong),
        elsewhere=tuple(elsewhere),
    )


def update(person: Person, facts: PersonFacts, *, seen: str, by: Actor) -> Person:
    """Correct a person's own facts. ``seen`` is the version (``PersonFacts.version``) the user had before him.

    When somebody else changed them meanwhile, raises ``ConflictError`` (``person.changed``) whose context holds
    both texts (``yours``, ``theirs``); a retry of a change already made is answered as done.
    """
    _require_units({person.home_unit_id}, by)
    wanted = facts.cleaned()
    if not wanted.full_name:
        raise DomainError("person.no_name", _("Phải có họ tên. Chưa lưu; hãy ghi họ tên."))
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        standing = PersonFacts.of(row)
        if wanted == standing:
            return row
        if standing.version != seen:
            raise ConflictError(
                "person.changed",
                _("Có người vừa sửa người này. Bản của bạn chưa ghi; hãy so hai bản rồi lưu lại."),
                yours=wanted.as_dict(),
                theirs=standing.as_dict(),
            )
        for name, value in wanted.as_dict().items():
            setattr(row, name, value)
        row.birth_year = wanted.birth_date.year if wanted.birth_date else row.birth_year
        row.folded, row.sort_key = fold(row.full_name), person_key(row.full_name)
        row.save()
        changed = [name for name, value in wanted.as_dict().items() if value != standing.as_dict()[name]]
        audit.record(by, "person.update", row, unit=row.home_unit_id, detail={"fields": changed})
    return row


def count_members(unit_ids: Sequence[int], *, by: Actor) -> None:
    """Set ``member_count`` of Party units to the open primary memberships their register holds now."""
    _require_units(set(unit_ids), by)
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT_MEMBERS, [list(unit_ids)])


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
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('org_person', 'id')) FROM generate_series(1, %s)", [len(specs)]
    )
    new_ids = [row[0] for row in cursor.fetchall()]
    cursor.execute("DROP TABLE IF EXISTS staged_person")
    cursor.execute(sql.CREATE_STAGE)
    with cursor.copy(sql.COPY) as copy:
        copy.set_types(list(sql.STAGE_COLUMNS.values()))
        for row, spec in enumerate(specs):
            copy.write_row((row, new_ids[row], *_stored(spec, today)))


def _stored(spec: PersonSpec, today: date) -> tuple[Any, ...]:
    """A spec in the order of the working table, from ``unit_id`` on."""
    name = clean_line(spec.full_name)
    if not name:
        raise DomainError("person.no_name", _("Có dòng không ghi họ tên. Chưa ghi người nào."))
    has_code = bool(spec.code.strip())
    return (
        spec.unit_id,
        name,
        " ".join(map(_folded_word, name.split())),
        person_key(name),
        spec.birth_date,
        spec.birth_year or (spec.birth_date.year if spec.birth_date else None),
        sealing.seal(spec.code) if has_code else None,
        sealing.index(spec.code) if has_code else None,
        spec.phone.strip(),
        spec.email.strip(),
        str(spec.status),
        int(spec.person_class),
        str(spec.post),
        spec.post_label,
        spec.from_on or today,
        spec.same_as,
    )


@lru_cache(maxsize=20_000)  # names are made of few different words
def _folded_word(word: str) -> str:
    return fold(word)


def _take_out(cursor: Any, question: str) -> dict[int, Any]:
    """Rows a question finds, with what it says of them; they leave the working table."""
    cursor.execute(question)
    found = {int(row): told for row, told in cursor.fetchall()}
    if found:
        cursor.execute("DELETE FROM staged_person WHERE row = ANY(%s)", [list(found)])
    return found


def _refuse_what_is_left(sifted: Sifted, specs: Sequence[PersonSpec]) -> None:
    """The strict answer: one row that cannot be written refuses the list."""
    if sifted.twice:
        later, first = next(iter(sifted.twice.items()))
        raise DomainError(
            "person.twice",
            _("“{name}” có hai dòng trong danh sách. Chưa ghi người nào; hãy bỏ bớt một dòng.").format(
                name=specs[first].full_name
            ),
            rows=[first, later],
        )
    if sifted.maybe:
        raise DomainError(
            "person.maybe_known",
            _(
                "{count} dòng có thể là người đã có (trùng tên trong đơn vị). Chưa ghi người nào; "
                "hãy chọn với từng dòng: cùng một người, hay người khác."
            ).format(count=len(sifted.maybe)),
            rows={row: list(ids) for row, ids in sifted.maybe.items()},
        )
    if sifted.wrong_answers:
        raise DomainError(
            "person.answer_wrong",
            _(
                "Có dòng được chọn là một người không còn trong danh sách hoặc có mã khác. Chưa ghi người nào."
            ),
            rows=list(sifted.wrong_answers),
        )
    if sifted.elsewhere:
        raise DomainError(
            "person.code_elsewhere",
            _(
                "Có mã đang dùng cho người ở đơn vị ngoài phạm vi của bạn. Chưa ghi người nào; "
                "hãy xem lại mã hoặc nhờ cấp trên chuyển sinh hoạt."
            ),
            rows=list(sifted.elsewhere),
        )


def _bring_up_to_date(cursor: Any) -> set[int]:
    """Facts, transfers, memberships and posts; the ids of all people touched."""
    touched: set[int] = set()
    for statement in (
        sql.UPDATE_PEOPLE,
        sql.END_MEMBERSHIPS,
        sql.SHIFT_MEMBERSHIPS,
        sql.CHANGE_STATUS,
        sql.INSERT_MEMBERSHIPS,
        sql.INSERT_POSTS,
    ):
        cursor.execute(statement)
        touched |= {int(row[0]) for row in cursor.fetchall()}
    return touched
