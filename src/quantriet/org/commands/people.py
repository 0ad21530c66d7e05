"""Writes of people: register a list, transfer, give and end posts.

A person is known by the owner's code, else by name, birth date and unit; the second is never taken for
certain: ``register`` refuses until each such row says whether it is the same person or another.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line, fold, person_key
from quantriet.org import audit
from quantriet.org.access import Actor
from quantriet.org.commands import people_lists
from quantriet.org.commands import staged_people as sql
from quantriet.org.commands.standing import hold_open
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.people import MembershipStatus, Post
from quantriet.org.people_columns import PeoplePart
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
    with transaction.atomic(), people_lists.told():
        people_lists.require_units({spec.unit_id for spec in specs}, by)
        people_lists.fill([_rows(specs)])
        doubts = people_lists.sift()
        written = people_lists.write_all(by=by)
        ids = tuple(person_id for _row, person_id, _known in people_lists.chunk_rows())
    return Sifted(
        ids=ids,
        new=written.new,
        changed=len(written.changed),
        twice=doubts.twice,
        maybe=doubts.maybe,
        wrong_answers=doubts.wrong_answers,
        elsewhere=doubts.elsewhere + written.elsewhere,
    )


def _rows(specs: Sequence[PersonSpec]) -> Iterator[people_lists.Row]:
    """The rows of a list, numbered from 0."""
    names = [clean_line(spec.full_name) for spec in specs]
    if not all(names):
        raise DomainError("person.no_name", _("Có dòng không ghi họ tên. Chưa ghi người nào."))
    part = PeoplePart(
        rows=range(len(specs)),
        faulty=[False] * len(specs),
        full_name=names,
        unit_id=[spec.unit_id for spec in specs],
        birth=[
            (spec.birth_date, spec.birth_year or (spec.birth_date.year if spec.birth_date else None))
            for spec in specs
        ],
        code=[spec.code for spec in specs],
        phone=[spec.phone.strip() for spec in specs],
        email=[spec.email.strip() for spec in specs],
        status=[str(spec.status) for spec in specs],
        person_class=[int(spec.person_class) for spec in specs],
        post=[str(spec.post) for spec in specs],
        post_label=[spec.post_label for spec in specs],
        from_on=[spec.from_on for spec in specs],
    )
    answers = {row: spec.same_as for row, spec in enumerate(specs) if spec.same_as is not None}
    return people_lists.rows_of(part, answers, timezone.localdate())


def update(person: Person, facts: PersonFacts, *, seen: str, by: Actor) -> Person:
    """Correct a person's own facts. ``seen`` is the version (``PersonFacts.version``) the user had before him.

    When somebody else changed them meanwhile, raises ``ConflictError`` (``person.changed``) whose context holds
    both texts (``yours``, ``theirs``); a retry of a change already made is answered as done.
    """
    people_lists.require_units({person.home_unit_id}, by)
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
    people_lists.require_units(set(unit_ids), by)
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT_MEMBERS, [list(unit_ids)])


def transfer(people: Sequence[Person], *, to: Unit, on: date, decision: str = "", by: Actor) -> int:
    """Move people to another unit from a day on; returns how many moved (who is there already is not counted).

    Refuses with ``person.transfer_ahead``: where somebody will belong is written on the day he does.
    """
    if on > timezone.localdate():
        raise DomainError(
            "person.transfer_ahead",
            _("Ngày chuyển ở sau hôm nay. Chưa chuyển; hãy ghi khi đến ngày, hoặc xem lại ngày."),
            field="on",
        )
    units = {person.home_unit_id for person in people} | {to.pk}
    with transaction.atomic():
        people_lists.require_units(units, by)
        moved = [person for person in people if person.home_unit_id != to.pk]
        specs = [_as_spec(person, unit_id=to.pk, from_on=on) for person in moved]
        done = register(specs, by=by)
        told = {"decision": clean_line(decision), "on": on.isoformat()}
        for person in moved:
            audit.record(
                by,
                "person.transfer",
                person,
                unit=to,
                detail=told | {"from": person.home_unit_id, "to": to.pk},
            )
    return done.changed


def end_post(post: Post, *, on: date, by: Actor) -> Post:
    """A post ends on a day; ending it again on the same day changes nothing."""
    people_lists.require_units({post.unit_id}, by)
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
    people_lists.require_units({unit.pk}, by)
    with transaction.atomic():
        hold_open([unit.pk])
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
