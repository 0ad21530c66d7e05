"""The gate's arithmetic: who acts, where he may do what. One function gives the units; the rest follow.

Authority looks down today's tree, whatever date is shown on the page. The root of an actor's authority is
his unit; for a board or office it is the committee it is attached to. Units of other organisations tied to
that committee (and what lies below them) belong to it as well.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core import scope
from quantriet.core.errors import ForbiddenError, NotFoundError
from quantriet.org.models import Account, Placement, RoleAssignment, Unit, UnitKind
from quantriet.org.permissions import ROLES, Can, Reach

_M = TypeVar("_M", bound=Model)

# The roots of whoever looks at every tree. The database's policies know the same sign; a missing or empty
# setting is never it.
HOUSE = ("*",)


@dataclass(frozen=True)
class Actor:
    """An account acting in a unit, with all the roles it holds there today.

    ``roots`` are the paths below which those roles look; a job carries ``account_id`` and ``unit_id`` and is
    given a fresh actor when it starts. ``only`` narrows what the roles may do, when a token of the API acts.
    ``above_cell``: the unit stands above the cells, so its rows are other people's (``org.second_factor``).
    ``posts``: every unit the account may act in today, first granted first, each with its committee.
    """

    account_id: int
    unit_id: int
    person_id: int | None
    name: str
    roles: frozenset[str]
    roots: tuple[str, ...]
    only: frozenset[Can] | None = None
    above_cell: bool = False
    posts: tuple[Unit, ...] = field(default=(), compare=False, repr=False)

    @property
    def unit(self) -> Unit | None:
        """The unit acted in; none for the operator of the server."""
        return next((post for post in self.posts if post.pk == self.unit_id), None)

    def can(self, permission: Can) -> bool:
        """Whether one of the roles holds the permission at all (where is another question)."""
        return self._allowed(permission) and any(permission in ROLES[role].can for role in self.roles)

    def reach(self, permission: Can) -> Reach | None:
        """How far down the permission reaches, by the widest role that holds it."""
        if not self._allowed(permission):
            return None
        reaches = {ROLES[role].reach for role in self.roles if permission in ROLES[role].can}
        return next((reach for reach in Reach if reach in reaches), None)

    def _allowed(self, permission: Can) -> bool:
        return self.only is None or permission in self.only


def today_placements() -> QuerySet[Placement]:
    """The placements in force today."""
    return Placement.objects.filter(valid__contains=timezone.localdate())


def authority_unit(unit: Unit) -> Unit:
    """The unit from which someone acting in ``unit`` looks down: a body looks from its committee."""
    if unit.kind == UnitKind.BODY and unit.committee is not None:
        return unit.committee
    return unit


def home(by: Actor) -> Unit | None:
    """The unit from which ``by`` looks down; none for the operator of the server."""
    return None if by.unit is None else authority_unit(by.unit)


def stands_above_cell(unit: Unit) -> bool:
    """Whether someone acting in ``unit`` looks at more than one cell. Bodies and unions stand where their
    committee stands; a base cell is a cell, a section is not.
    """
    place = unit.committee or unit
    return place.kind not in {UnitKind.CELL, UnitKind.BASE_CELL}


def _roots(unit: Unit) -> tuple[str, ...]:
    """Paths below which someone acting in ``unit`` has authority, today."""
    root = authority_unit(unit)
    # The units first: "this one or tied to it" across the join would read every placement of the house.
    tied = Unit.objects.filter(Q(pk=root.pk) | (Q(committee=root) & ~Q(tree=root.tree)))
    return tuple(today_placements().filter(unit__in=tied).order_by("unit_id").values_list("path", flat=True))


def _held_today(account: Account) -> QuerySet[RoleAssignment]:
    today = timezone.localdate()
    return (
        account.assignments.filter(from_on__lte=today, role__in=ROLES)
        .filter(Q(to_on=None) | Q(to_on__gt=today))
        .order_by("id")
    )


def actor(account: Account, *, unit_id: int | None = None) -> Actor | None:
    """The account acting in ``unit_id`` (else in the first unit it was granted); ``None`` without a role.

    Read anew at every request: a role that ended, a unit that moved and a locked account count at once.
    """
    if not account.is_active:
        return None
    held = list(_held_today(account).select_related("unit__committee"))
    if not held:
        return None
    posts = {one.unit_id: one.unit for one in held}
    unit = posts.get(unit_id or 0, held[0].unit)
    roles = frozenset(one.role for one in held if one.unit_id == unit.pk)
    looks_down = any(ROLES[role].reach is not Reach.SELF for role in roles)
    return Actor(
        account_id=account.pk,
        unit_id=unit.pk,
        person_id=account.person_id,
        name=account.display_name,
        roles=roles,
        roots=_roots(unit) if looks_down else (),
        above_cell=stands_above_cell(unit),
        posts=tuple(posts.values()),
    )


def own(account: Account) -> Actor:
    """The account itself, for the audit of what it does to its own sign-in: no unit to look down from."""
    found = actor(account)
    nobody = Actor(account.pk, 0, account.person_id, account.display_name, roles=frozenset(), roots=())
    return found or nobody


def narrowed(by: Actor, only: frozenset[Can]) -> Actor:
    """The same actor who may do no more than ``only``."""
    return dataclasses.replace(by, only=only)


def units(by: Actor, can: Can) -> QuerySet[Unit]:
    """The units where ``by`` may do ``can``, as a query. Everything else at the gate derives from this."""
    reach = by.reach(can)
    if reach is Reach.SUBTREE and by.roots == HOUSE:
        return Unit.objects.all()
    if reach is Reach.SUBTREE:
        inside = today_placements().filter(path__descendant_of=by.roots)
        return Unit.objects.filter(pk__in=inside.values("unit"))
    if reach is Reach.UNIT:
        return Unit.objects.filter(pk=by.unit_id)
    return Unit.objects.none()


def may(by: Actor, can: Can, unit: Unit | int) -> bool:
    """Whether ``by`` may do ``can`` at ``unit``."""
    return units(by, can).filter(pk=unit if isinstance(unit, int) else unit.pk).exists()


def powers(by: Actor, unit: Unit | int) -> frozenset[Can]:
    """Everything ``by`` may do at ``unit``: what ``may`` says of each permission, asked once for each reach."""
    alike: dict[Reach, list[Can]] = {}
    for can in Can:
        if (reach := by.reach(can)) is not None:
            alike.setdefault(reach, []).append(can)
    return frozenset(can for same in alike.values() if may(by, same[0], unit) for can in same)


def require(by: Actor, can: Can, unit: Unit | int) -> None:
    """Raise ``ForbiddenError`` unless ``by`` may do ``can`` at ``unit``. Commands begin with this line."""
    if not may(by, can, unit):
        raise ForbiddenError(
            "gate.forbidden",
            _(
                "Vai trò đang dùng không làm được việc này ở đơn vị này. Chưa có gì thay đổi; "
                "hãy đổi sang vai trò khác hoặc nhờ đơn vị cấp trên."
            ),
        )


def unit_or_404(by: Actor, can: Can, unit_id: int) -> Unit:
    """This unit if ``by`` may do ``can`` there; otherwise the same answer as for a unit that is not there."""
    found = units(by, can).filter(pk=unit_id).first()
    if found is None:
        raise not_found()
    return found


def row_or_404(rows: QuerySet[_M], pk: int) -> _M:
    """One row of an already bounded query, or the answer for what does not exist."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def not_found() -> NotFoundError:
    """The one answer for what does not exist and for what is not the actor's to know."""
    return NotFoundError("gate.not_found", _("Không có nội dung này, hoặc đơn vị của bạn không được xem."))


@contextmanager
def acting(by: Actor) -> Iterator[Actor]:
    """One transaction in which ``by`` reads and writes: the scope of managers and row-level policies."""
    with scope.use(scope.Scope(roots=by.roots, reader=f"account:{by.account_id}", person_id=by.person_id)):
        yield by


@contextmanager
def whole_house(reason: str) -> Iterator[None]:
    """A scope over every tree, for the house's own work (folding, retention, tests that look at rows).

    Never opened by a door. ``reason`` says in the log what reads everything.
    """
    with scope.use(scope.Scope(roots=HOUSE, reader=reason)):
        yield


def operator(name: str) -> Actor:
    """Whoever works on the server itself: the command line, the first set-up, the demonstration.

    Holds every role over every tree; is no account, so no door can become it.
    """
    return Actor(account_id=0, unit_id=0, person_id=None, name=name, roles=frozenset(ROLES), roots=HOUSE)


def local_day(moment: datetime) -> date:
    """The day of a moment in Việt Nam, for comparing with days that people write."""
    return timezone.localtime(moment).date()
