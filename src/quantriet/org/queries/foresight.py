"""The dry run of an act: what goes where, in counts and sentences, and what must be chosen first. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.text import format_date, format_int
from quantriet.org import consequences, permissions
from quantriet.org.access import Actor
from quantriet.org.consequences import Change, Crossing, Effect, Option, Weight
from quantriet.org.models import ActKind, Membership
from quantriet.org.plans import Plan
from quantriet.org.proposals import BODIES, REST, ROLES, Proposal
from quantriet.org.queries import act_plans

NAMED = 6
"""So many names stand in a sentence; the rest is a number."""


@dataclass(frozen=True)
class Foresight:
    """A dry run: the plan, the change the upper floors were asked about, and every effect in order."""

    plan: Plan
    change: Change
    effects: tuple[Effect, ...]

    @property
    def stops(self) -> list[Effect]:
        """What must be done first."""
        return [effect for effect in self.effects if effect.weight is Weight.STOPS]

    @property
    def warnings(self) -> list[Effect]:
        """What must be done before the day."""
        return [effect for effect in self.effects if effect.weight is Weight.WARNS]

    @property
    def questions(self) -> list[Effect]:
        """What can or must be chosen."""
        return [effect for effect in self.effects if effect.weight is Weight.ASKS]

    @property
    def unanswered(self) -> list[Effect]:
        """Questions without an answer and without a default; or answered with no option of theirs."""
        return [one for one in self.questions if not self.answer(one)]

    def answer(self, question: Effect) -> str:
        """The answer that holds: as told, else the default; empty when there is none."""
        told = self.plan.proposal.answers.get(question.question, question.default)
        return told if told in {option.value for option in question.options} else ""


def foresee(proposal: Proposal, *, by: Actor, act_id: int = 0) -> Foresight:
    """The dry run of a proposal; raises the refusal of ``act_plans.plan``. ``act_id``: a planned act on its day."""
    plan = act_plans.plan(proposal.cleaned(), by=by, act_id=act_id)
    return foresight_of(plan, waits=not act_id and plan.on > timezone.localdate())


def foresight_of(plan: Plan, *, waits: bool) -> Foresight:
    """What a plan brings about today. ``waits``: it is for a later day, so what stands in its way now only warns."""
    change = change_of(plan, people=_crossings(plan))
    effects = [
        *_units(plan),
        *_staying(plan),
        *_people(plan, change),
        *_rights(plan),
        *consequences.foresee(change),
    ]
    if waits:
        effects = [
            replace(one, weight=Weight.WARNS) if one.weight is Weight.STOPS else one for one in effects
        ]
    return Foresight(plan, change, tuple(effects))


def change_of(
    plan: Plan, *, people: Mapping[int, Crossing], real: Mapping[int, int] | None = None, act_id: int = 0
) -> Change:
    """What the plan is to the upper floors. ``real``: numbers of new units, once they are founded."""
    numbers = real or {}

    def known(unit_id: int) -> int:
        return numbers.get(unit_id, unit_id)

    targets = {move.unit_id: move.parent_id for one in plan.rounds for move in one if not move.former}
    moved = {
        pk: Crossing(old, None if (new := targets[pk]) is None else known(new))
        for pk, old in plan.left.items()
        if pk in targets
    }
    named = {pk: unit.name for pk, unit in plan.units.items()}
    named |= {known(pk): new.name for pk, new in plan.founded.items()}
    return Change(
        kind=plan.proposal.kind,
        on=plan.on,
        decision=plan.proposal.decision,
        act_id=act_id,
        closed={pk: tuple(known(one) for one in targets) for pk, targets in plan.closed.items()},
        moved=moved,
        levels=plan.levels,
        people=people,
        founded=frozenset(known(pk) for pk in plan.founded),
        reopened=frozenset(plan.reopened),
        named=frozenset(plan.namings),
        names=named,
        answers=plan.proposal.answers,
    )


def rest_of(plan: Plan) -> int | None:
    """The successor that takes what a division has not assigned, if one was chosen."""
    told = plan.proposal.answers.get(REST, "")
    return plan.successors[int(told)] if told.isdecimal() and int(told) < len(plan.successors) else None


def _crossings(plan: Plan) -> dict[int, Crossing]:
    """People whose home closes → from, to; in a division only those who are assigned."""
    if not plan.closed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, home_unit_id FROM org_person WHERE home_unit_id = ANY(%s)", [list(plan.closed)]
        )
        homes = {int(person): int(unit) for person, unit in cursor.fetchall()}
    found: dict[int, Crossing] = {}
    for person, unit in homes.items():
        targets = plan.closed[unit]
        place = plan.proposal.people.get(person)
        target = targets[0] if len(targets) == 1 else rest_of(plan)
        if len(targets) > 1 and place is not None and 0 <= place < len(targets):
            target = targets[place]
        if target is not None and targets:
            found[person] = Crossing(unit, target)
    return found


def _listed(names: list[str]) -> str:
    """A few names, and how many more."""
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    more = len(names) - NAMED
    return (
        shown if more <= 0 else _("{names} và {more} đơn vị khác").format(names=shown, more=format_int(more))
    )


def _units(plan: Plan) -> list[Effect]:
    """Units that begin, end, move, change names or committees."""
    effects = [
        Effect(
            _("Đơn vị thành lập"),
            1,
            _("“{unit}” (mã {code})").format(unit=new.name, code=new.code),
            unit_id=pk,
        )
        for pk, new in plan.founded.items()
    ]
    effects += [_ending(plan, pk, targets) for pk, targets in plan.closed.items() if pk not in plan.twins]
    if plan.left:
        below = _below(plan)
        names = sorted(plan.name(pk) for pk in plan.left)
        outcome = _(
            "{names} chuyển theo cùng {units} đơn vị bên dưới; {people} người giữ nguyên nơi sinh hoạt."
        )
        effects.append(
            Effect(
                _("Đơn vị chuyển cấp trên"),
                len(plan.left),
                outcome.format(names=_listed(names), units=format_int(below[0]), people=format_int(below[1])),
            )
        )
    for pk, naming in plan.namings.items():
        if pk in plan.proposal.units:
            outcome = _("“{unit}” (mã {code}, {kind}) thành “{name}” (mã {new_code})").format(
                unit=plan.name(pk),
                code=plan.units[pk].code,
                kind=plan.units[pk].get_kind_display(),
                name=naming.name,
                new_code=naming.code,
            )
            effects.append(Effect(_("Tên, mã, loại"), 1, outcome, unit_id=pk))
    effects += [
        Effect(
            _("Đơn vị lập lại"), 1, _("“{unit}” hoạt động trở lại.").format(unit=plan.name(pk)), unit_id=pk
        )
        for pk in plan.reopened
    ]
    return effects + _meeting(plan)


def _staying(plan: Plan) -> list[Effect]:
    """What a dissolution would leave behind: units without a superior, people without a unit."""
    if plan.proposal.kind != ActKind.CLOSE:
        return []
    effects: list[Effect] = []
    if plan.staying:
        outcome = _(
            "Còn {count} đơn vị bên dưới hoặc gắn với đơn vị này ({names}). "
            "Chưa đổi gì; hãy sáp nhập hoặc chuyển các đơn vị đó trước."
        ).format(count=len(plan.staying), names=", ".join(plan.staying[:5]))
        effects.append(
            Effect(
                _("Đơn vị còn lại"),
                len(plan.staying),
                outcome,
                Weight.STOPS,
                code="act.has_children",
            )
        )
    people = Membership.objects.filter(unit__in=list(plan.closed)).exclude(to_on__lte=plan.on).count()
    if people:
        outcome = _(
            "Còn {count} người sinh hoạt ở đây từ ngày {day}. "
            "Chưa đổi gì; hãy chuyển sinh hoạt hoặc dùng Sáp nhập để đưa sang đơn vị khác."
        ).format(count=people, day=format_date(plan.on))
        effects.append(Effect(_("Người còn lại"), people, outcome, Weight.STOPS, code="act.has_people"))
    return effects


def _ending(plan: Plan, unit_id: int, targets: tuple[int, ...]) -> Effect:
    words = {"unit": plan.name(unit_id), "target": _listed([plan.name(pk) for pk in targets])}
    if not targets:
        outcome = _("“{unit}” kết thúc; số liệu cũ ở lại dưới cấp trên của nó.")
    elif len(targets) == 1:
        outcome = _("“{unit}” kết thúc, là phần cũ của {target}; số liệu cũ ở lại với nó.")
    else:
        outcome = _("“{unit}” kết thúc, chia cho {target}; số liệu cũ ở lại với nó dưới cấp trên chung.")
    return Effect(_("Đơn vị kết thúc"), 1, outcome.format(**words), unit_id=unit_id)


def _meeting(plan: Plan) -> list[Effect]:
    """What comes together below a successor: boards of one name, other trees, names that stand twice."""
    effects: list[Effect] = []
    joins = (
        Option("join", _("Nhập các ban cùng tên thành một")),
        Option("keep", _("Giữ riêng từng ban")),
    )
    if plan.twins or (plan.proposal.answers.get(BODIES) == "keep" and plan.proposal.kind == "merge"):
        outcome = _("Các ban, văn phòng trùng tên ở các đơn vị sáp nhập.")
        effects.append(
            Effect(
                _("Ban, văn phòng cùng tên"),
                len(plan.twins),
                outcome,
                weight=Weight.ASKS,
                question=BODIES,
                options=joins,
                default="join",
            )
        )
    tied = sorted(plan.name(pk) for pk in plan.ties if pk not in plan.left)
    if tied:
        outcome = _("{names} gắn với cấp ủy mới; nếu trùng nhau hãy sáp nhập tiếp trong cây của mình.")
        effects.append(Effect(_("Đơn vị gắn với cấp ủy"), len(tied), outcome.format(names=_listed(tied))))
    if plan.namesakes:
        outcome = _("{names} có hai đơn vị cùng tên dưới một cấp trên; nên đổi tên sau khi sáp nhập.")
        effects.append(
            Effect(_("Trùng tên"), len(plan.namesakes), outcome.format(names=_listed(plan.namesakes)))
        )
    return effects


def _below(plan: Plan) -> tuple[int, int]:
    """How many units stand below the moving ones today (without themselves), and people at home in all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH inside AS (
                SELECT DISTINCT below.unit_id FROM org_placement AS top
                JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> quantriet_today()
                WHERE top.unit_id = ANY(%(units)s) AND top.valid @> quantriet_today()
            )
            SELECT (SELECT count(*) FROM inside),
                   (SELECT count(*) FROM org_person WHERE home_unit_id IN (SELECT unit_id FROM inside))
            """,
            {"units": list(plan.left)},
        )
        units, people = cursor.fetchone()
    return max(0, int(units) - len(plan.left)), int(people)


def _people(plan: Plan, change: Change) -> list[Effect]:
    """Who changes his unit, and whom a division has not assigned."""
    effects: list[Effect] = []
    by_way: dict[Crossing, int] = {}
    for crossing in change.people.values():
        by_way[crossing] = by_way.get(crossing, 0) + 1
    for crossing, count in sorted(by_way.items(), key=lambda one: -one[1])[:50]:
        outcome = _("Chuyển sinh hoạt từ “{source}” sang “{target}”.").format(
            source=change.name_of(crossing.source or 0), target=change.name_of(crossing.target or 0)
        )
        effects.append(Effect(_("Người chuyển sinh hoạt"), count, outcome, unit_id=crossing.source))
    if plan.proposal.kind == "split":
        effects += _unassigned(plan, change)
    return effects


def _unassigned(plan: Plan, change: Change) -> list[Effect]:
    """A division asks who takes the rest, once anything is left over."""
    (unit_id,) = plan.proposal.units
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM org_person WHERE home_unit_id = %s", [unit_id])
        people = int(cursor.fetchone()[0]) - sum(1 for one in plan.proposal.people if one in change.people)
    chosen = set(plan.proposal.shares)
    units = len(plan.unassigned) + sum(1 for pk in plan.left if pk not in chosen)
    if not people and not units:
        return []
    outcome = _(
        "{units} đơn vị và {people} người chưa được giao cho đơn vị nào; ai nhận phần còn lại?"
    ).format(units=format_int(units), people=format_int(people))
    options = tuple(Option(str(place), plan.name(pk)) for place, pk in enumerate(plan.successors))
    return [
        Effect(_("Phần còn lại"), units + people, outcome, weight=Weight.ASKS, question=REST, options=options)
    ]


def _rights(plan: Plan) -> list[Effect]:
    """Posts and roles of closed units."""
    if not plan.closed:
        return []
    counted = _counted(plan)
    effects: list[Effect] = []
    if counted["posts"]:
        outcome = _("Kết thúc từ ngày hiệu lực; chức vụ ở đơn vị mới do cấp trên giao.")
        effects.append(Effect(_("Chức vụ"), counted["posts"], outcome))
    if counted["halls"]:
        effects.append(Effect(_("Hội trường, phòng họp"), counted["halls"], _("Chuyển sang đơn vị nhận.")))
    if counted["roles"]:
        options = (
            Option("move", _("Chuyển sang đơn vị nhận")),
            Option("end", _("Kết thúc, sẽ giao lại sau")),
        )
        outcome = _("Vai trò đang giữ ở đơn vị kết thúc: {roles}.").format(roles=counted["role_words"])
        effects.append(
            Effect(
                _("Vai trò của tài khoản"),
                counted["roles"],
                outcome,
                weight=Weight.ASKS,
                question=ROLES,
                options=options if any(plan.closed.values()) else options[1:],
                default="move" if plan.proposal.kind == "merge" else "end",
            )
        )
    return effects


def _counted(plan: Plan) -> dict[str, Any]:
    values: dict[str, Any] = {"units": list(plan.closed), "on": plan.on}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM org_post WHERE unit_id = ANY(%(units)s)
                      AND (to_on IS NULL OR to_on > %(on)s)),
                   (SELECT count(*) FROM org_facility WHERE unit_id = ANY(%(units)s))
            """,
            values,
        )
        posts, halls = cursor.fetchone()
        cursor.execute(
            """
            SELECT role, count(*) FROM org_roleassignment
            WHERE unit_id = ANY(%(units)s) AND (to_on IS NULL OR to_on > quantriet_today())
            GROUP BY role ORDER BY count(*) DESC, role
            """,
            values,
        )
        roles = {str(role): int(count) for role, count in cursor.fetchall()}
    return {
        "posts": int(posts),
        "halls": int(halls),
        "roles": sum(roles.values()),
        "role_words": _roles(roles),
    }


def _roles(counts: Mapping[str, int]) -> str:
    known = permissions.ROLES
    return ", ".join(f"{known[role].title} {count}" for role, count in counts.items() if role in known)
