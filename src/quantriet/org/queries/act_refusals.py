"""Why an act on the tree may not be. Each looks at a plan in the making and raises the refusal, or returns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import format_date, sort_key
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Act, ActKind, ActUnit, Placement, Unit, UnitKind, UnitName
from quantriet.org.models.units import LEVELS
from quantriet.org.permissions import Can
from quantriet.org.plans import Plan
from quantriet.org.proposals import REST, NewUnit, Proposal

WAITS = (Act.State.PLANNED, Act.State.BLOCKED)
WAITS_OR_HOLDS = (*WAITS, Act.State.DONE)
MOST_NUMBER = 10**18
MOST_PLACE = 1000
CLOSING = (ActKind.MERGE, ActKind.SPLIT, ActKind.CLOSE)


def missing(sentence: str) -> DomainError:
    """The refusal of a proposal that does not say enough."""
    return DomainError("act.incomplete", sentence)


def incomplete(proposal: Proposal) -> None:
    """What can be refused without looking at any unit."""
    if proposal.kind not in ActKind.values:
        raise missing(_("Chưa chọn việc sắp xếp. Chưa đổi gì."))
    _too_long(proposal)
    if not proposal.decision:
        raise missing(_("Mỗi lần sắp xếp phải có số quyết định. Chưa đổi gì; hãy ghi số quyết định."))
    if proposal.effective_on < proposal.decided_on:
        raise DomainError(
            "act.dates",
            _(
                "Ngày hiệu lực {effect} trước ngày quyết định {decided}. Chưa đổi gì; hãy xem lại hai ngày."
            ).format(effect=format_date(proposal.effective_on), decided=format_date(proposal.decided_on)),
        )
    if proposal.kind != ActKind.FOUND and not proposal.units:
        raise missing(_("Chưa chọn đơn vị cần sắp xếp. Chưa đổi gì."))
    for one in proposal.into:
        if isinstance(one, NewUnit) and not (one.code and one.name):
            raise missing(_("Đơn vị mới phải có mã và tên. Chưa đổi gì."))
        if isinstance(one, NewUnit) and one.kind and one.kind not in UnitKind.values:
            raise missing(_("Không biết loại của đơn vị mới. Chưa đổi gì; hãy chọn loại."))


def _too_long(proposal: Proposal) -> None:
    """Texts and numbers that do not fit where they are kept."""
    new = [one for one in proposal.into if isinstance(one, NewUnit)]
    texts = [
        (80, [proposal.decision]),
        (300, [proposal.reason]),
        (200, [proposal.name, *(one.name for one in new)]),
        (80, [proposal.short_name, *(one.short_name for one in new)]),
        (40, [proposal.code, *(one.code for one in new)]),
        (10, [one.admin_code for one in new]),
        (18, [told for question, told in proposal.answers.items() if question == REST]),
    ]
    for most, told in texts:
        for text in told:
            if len(text) > most:
                raise DomainError(
                    "act.too_long",
                    _("“{text}…” dài {count} ký tự, nhiều nhất {most}. Chưa đổi gì; hãy ghi gọn lại.").format(
                        text=text[:40], count=len(text), most=most
                    ),
                )
    numbers = [*proposal.units, *proposal.shares, *proposal.people, proposal.parent_id or 0]
    numbers += [one for one in proposal.into if isinstance(one, int)]
    numbers += [number for one in new for number in (one.parent_id or 0, one.committee_id or 0)]
    places = [*proposal.shares.values(), *proposal.people.values()]
    if any(abs(one) >= MOST_NUMBER for one in numbers) or any(abs(one) >= MOST_PLACE for one in places):
        raise DomainError("act.too_long", _("Có số quá lớn. Chưa đổi gì; hãy xem lại các lựa chọn."))


def names_ahead(plan: Plan) -> None:
    """A unit waits for one new name at a time, and is not named otherwise meanwhile."""
    for error in naming_waits({pk: plan.name(pk) for pk in plan.namings}).values():
        raise error


def naming_waits(names: Mapping[int, str]) -> dict[int, DomainError]:
    """The refusals of units (id → name) that wait for a new name."""
    ahead = UnitName.objects.filter(unit__in=list(names), valid__endswith=None)
    return {
        waiting.unit_id: DomainError(
            "act.naming_waits",
            _(
                "“{unit}” đang chờ mang tên “{name}” từ {day}. Chưa đổi gì; hãy hoàn tác việc đó trước."
            ).format(unit=names[waiting.unit_id], name=waiting.name, day=format_date(waiting.valid.lower)),
            unit=waiting.unit_id,
        )
        for waiting in ahead.order_by("unit_id")
    }


def mine(wanted: Iterable[int], *, by: Actor) -> dict[int, Unit]:
    """The units of these numbers; all must be the actor's to manage."""
    ids = set(wanted)
    units = {unit.pk: unit for unit in access.units(by, Can.UNIT_MANAGE).filter(pk__in=ids)}
    if ids - set(units):
        raise ForbiddenError(
            "gate.forbidden",
            _(
                "Vai trò đang dùng không được sửa cây đơn vị ở đây. Chưa có gì thay đổi; "
                "hãy nhờ quản trị cấp trên."
            ),
        )
    return units


def superiors(unit_ids: Iterable[int], *, by: Actor) -> None:
    """What becomes of a unit is for whoever manages what stands above it today: its superior; of the top of a tree the
    committee it is tied to; of what has neither, the house.
    """
    for unit in beyond(Unit.objects.in_bulk(list(unit_ids)).values(), by=by):
        raise superior(unit)


def beyond(units: Iterable[Unit], *, by: Actor) -> list[Unit]:
    """Those of the units above which the actor manages nothing."""
    if by.roots == HOUSE:
        return []
    known = {unit.pk: unit for unit in units}
    above = dict(access.today_placements().filter(unit__in=known).values_list("unit_id", "parent_id"))
    wanted = {pk: above.get(pk) or unit.committee_id for pk, unit in known.items()}
    managed = set(
        access.units(by, Can.UNIT_MANAGE)
        .filter(pk__in=filter(None, wanted.values()))
        .values_list("pk", flat=True)
    )
    return [unit for pk, unit in known.items() if wanted[pk] not in managed]


def superior(unit: Unit) -> ForbiddenError:
    """The refusal of whoever manages a unit but nothing above it."""
    return ForbiddenError(
        "act.superior",
        _(
            "Việc sắp xếp chính “{unit}” thuộc quyền cấp trên của đơn vị này. Chưa có gì thay đổi; "
            "hãy nhờ quản trị cấp trên."
        ).format(unit=unit.name),
        unit=unit.pk,
    )


def later_acts(plan: Plan, *, but: int) -> None:
    """An act may not reach back behind another act on the same units. ``but``: the act itself, come to its day."""
    named = {*plan.proposal.units, *(pk for pk in plan.successors if pk > 0)}
    rows = ActUnit.objects.filter(act__state__in=WAITS_OR_HOLDS, act__effective_on__gt=plan.on).exclude(
        act=but
    )
    about = Q(unit__in=named, part__in=(ActUnit.Part.UNIT, ActUnit.Part.SUCCESSOR))
    ending = Q(unit__in=set(plan.units) - named, part=ActUnit.Part.UNIT, act__kind__in=CLOSING)
    later = rows.filter(about | ending).select_related("act").order_by("act__effective_on", "id").first()
    if later is not None:
        raise DomainError(
            "act.later",
            _(
                "“{unit}” đã có việc “{kind}” theo {decision}, hiệu lực {day}, sau ngày bạn chọn. "
                "Chưa đổi gì; hãy chọn ngày không sớm hơn hoặc hoàn tác việc đó trước."
            ).format(
                unit=later.name,
                kind=later.act.get_kind_display().lower(),
                decision=later.act.decision,
                day=format_date(later.act.effective_on),
            ),
            act=later.act_id,
        )


def ending_before(plan: Plan, *, but: int) -> None:
    """What an act that waits (or met a refusal) ends by the day of this one, is not there on the day. ``but``: the act
    itself, come to its day; of that day only the acts ordered before it come before it.
    """
    above = (plan.proposal.parent_id, *(new.parent_id for new in plan.founded.values()))
    named = {*plan.proposal.units, *plan.successors, *above} - {None}
    earlier = Q(act__effective_on__lt=plan.on) | Q(act__effective_on=plan.on, act__lt=but or MOST_NUMBER)
    rows = ActUnit.objects.filter(
        earlier,
        unit__in=named,
        part=ActUnit.Part.UNIT,
        act__kind__in=CLOSING,
        act__state__in=WAITS,
    )
    for ending in rows.exclude(act=but).select_related("act").order_by("act__effective_on", "id")[:1]:
        raise DomainError(
            "act.closing_waits",
            _(
                "“{unit}” sẽ kết thúc ngày {day} theo {decision} ({kind}, {state}), nên không nhận việc sau ngày "
                "đó. Chưa đổi gì; hãy chọn đơn vị nhận bàn giao hoặc bỏ việc kia trước."
            ).format(
                unit=ending.name,
                day=format_date(ending.act.effective_on),
                decision=ending.act.decision,
                kind=ending.act.get_kind_display().lower(),
                state=ending.act.get_state_display().lower(),
            ),
            act=ending.act_id,
        )


def closed(units: Iterable[Unit]) -> None:
    """Only what lives is changed, or takes anything over."""
    for unit in units:
        if unit.closed_on is not None:
            raise DomainError(
                "unit.closed",
                _(
                    "“{unit}” đã kết thúc hoạt động ngày {day}. Chưa đổi gì; hãy chọn đơn vị đang hoạt động."
                ).format(unit=unit.name, day=format_date(unit.closed_on)),
                unit=unit.pk,
            )


def places(plan: Plan, unit_ids: Iterable[int]) -> dict[int, Placement]:
    """Where units stand on the day; refuses one that was not there yet."""
    ids = list(dict.fromkeys(unit_ids))
    rows = {row.unit_id: row for row in Placement.objects.filter(unit__in=ids, valid__contains=plan.on)}
    for pk in ids:
        unit = plan.units[pk]
        if pk not in rows or (unit.founded_on is not None and unit.founded_on > plan.on):
            raise DomainError(
                "unit.not_standing",
                _("Ngày {day} “{unit}” chưa được thành lập. Chưa đổi gì; hãy chọn ngày khác.").format(
                    unit=unit.name, day=format_date(plan.on)
                ),
                unit=pk,
            )
    return rows


def placed_later(plan: Plan, standing: Mapping[int, Placement], unit_ids: Iterable[int]) -> None:
    """A unit that went elsewhere after the day, by whatever door, is not moved behind its back."""
    since = Placement.objects.filter(unit__in=list(unit_ids), valid__startswith__gt=plan.on)
    for row in since.order_by("valid"):
        before = standing[row.unit_id]
        if (row.parent_id, row.former) != (before.parent_id, before.former):
            raise DomainError(
                "unit.placed_later",
                _("“{unit}” đã chuyển cấp trên sau ngày này. Chưa đổi gì; hãy chọn ngày muộn hơn.").format(
                    unit=plan.name(row.unit_id)
                ),
                unit=row.unit_id,
            )


def cycle(plan: Plan, standing: Mapping[int, Placement], *, unit_id: int, parent_id: int) -> None:
    """Nothing stands below itself."""
    if f"{standing[parent_id].path}.".startswith(f"{standing[unit_id].path}."):
        raise DomainError(
            "unit.cycle",
            _("“{parent}” nằm dưới “{unit}” nên không làm cấp trên được. Chưa đổi gì.").format(
                parent=plan.name(parent_id), unit=plan.name(unit_id)
            ),
        )


def trees(units: Sequence[Unit]) -> None:
    """All must be of one tree."""
    for unit in units[1:]:
        if unit.tree != units[0].tree:
            raise DomainError(
                "unit.other_tree",
                _(
                    "“{one}” và “{other}” thuộc hai cây tổ chức. Chưa đổi gì; hãy chọn đơn vị cùng cây."
                ).format(one=units[0].name, other=unit.name),
            )


def levels(units: Sequence[Unit]) -> None:
    """What becomes one must be of one level, and all bodies or none."""
    for unit in units[1:]:
        if unit.level != units[0].level or (unit.kind in LEVELS) != (units[0].kind in LEVELS):
            raise DomainError(
                "act.levels",
                _(
                    "“{one}” ({one_level}) và “{other}” ({other_level}) khác cấp nên không nhập, tách chung được. "
                    "Chưa đổi gì; hãy đổi cấp một đơn vị trước."
                ).format(
                    one=units[0].name,
                    one_level=units[0].get_level_display(),
                    other=unit.name,
                    other_level=unit.get_level_display(),
                ),
            )


def above(name: str, level: int, parent: Unit) -> None:
    """No unit stands below one of a lower level than its own."""
    if parent.level > level:
        raise DomainError(
            "act.levels",
            _("“{parent}” ({level}) thấp cấp hơn “{unit}” nên không làm cấp trên được. Chưa đổi gì.").format(
                parent=parent.name, level=parent.get_level_display(), unit=name
            ),
        )


def names(plan: Plan, told: Mapping[int, str], *, parent_id: int | None, leaving: Iterable[int] = ()) -> None:
    """Two live units below one parent do not bear one name, however its tones are placed (`Hòa`, `Hoà`; `Thọ` and
    `Thơ` are two). ``leaving``: siblings that end.
    """
    if parent_id is None or parent_id < 0:
        return
    beside = Placement.objects.filter(parent=parent_id, former=False, valid__contains=plan.on)
    beside = beside.exclude(unit__in=[*leaving, *told]).filter(unit__closed_on=None)
    taken = set(beside.values_list("unit__sort_key", flat=True))
    for name in told.values():
        if sort_key(name) in taken:
            raise name_twice(name)
        taken.add(sort_key(name))


def name_twice(name: str) -> DomainError:
    """The refusal of a name that a live unit below the same parent bears."""
    return DomainError(
        "unit.name_twice",
        _(
            "Đã có “{name}” ở cùng cấp trên. Chưa đổi gì; hãy đặt tên khác hoặc đổi tên đơn vị kia trước."
        ).format(name=name),
    )


def names_waiting(plan: Plan, *, but: int) -> None:
    """A name that waits for its day below a parent is given to no second unit there. An act come to its day (``but``)
    is judged by the tree of the day alone: whoever comes after it is refused then.
    """
    if but:
        return
    told = {number: (new.parent_id, new.name) for number, new in plan.founded.items()}
    renamed = [pk for pk, naming in plan.namings.items() if naming.name != plan.units[pk].name]
    places = Placement.objects.filter(unit__in=renamed, valid__contains=plan.on)
    told |= {row.unit_id: (row.parent_id, plan.namings[row.unit_id].name) for row in places}
    promised = _promised({parent_id for parent_id, _name in told.values() if parent_id}, plan.on)
    for parent_id, name in told.values():
        day = promised.get((parent_id, sort_key(name)))
        if day is not None:
            raise DomainError(
                "unit.name_waits",
                _(
                    "Tên “{name}” đã dành cho một đơn vị ở cùng cấp trên từ ngày {day}. "
                    "Chưa đổi gì; hãy đặt tên khác hoặc bỏ việc đang chờ."
                ).format(name=name, day=format_date(day)),
            )


def _promised(parents: Iterable[int], on: date) -> dict[tuple[int | None, str], date]:
    """(Parent, key of the name) → since when, of names that acts still waiting will give below these parents."""
    ids = list(parents)
    above = ActUnit.objects.filter(unit__in=ids, part=ActUnit.Part.PARENT, act__state__in=WAITS)
    found: dict[tuple[int | None, str], date] = {}
    for row in above.select_related("act").order_by("pk"):
        for new in row.act.told["into"]:
            if isinstance(new, dict) and row.unit_id == (
                new["parent_id"] or row.act.told["parent_id"] or row.unit_id
            ):
                found[row.unit_id, sort_key(new["name"])] = row.act.effective_on
    placed = Placement.objects.filter(parent__in=ids, former=False, valid__contains=on)
    parent_of = dict(placed.values_list("unit_id", "parent_id"))
    for name in UnitName.objects.filter(unit__in=parent_of, valid__endswith=None).order_by("pk"):
        found[parent_of[name.unit_id], sort_key(name.name)] = name.valid.lower
    return found


def codes(plan: Plan, *, but: int) -> None:
    """A code stands for one unit, living, ended or still to be founded by another act than ``but``."""
    told = [new.code for new in plan.founded.values()]
    told += [naming.code for pk, naming in plan.namings.items() if naming.code != plan.units[pk].code]
    twice = next((code for place, code in enumerate(told) if code in told[:place]), None)
    taken = twice or Unit.objects.filter(code__in=told).values_list("code", flat=True).first()
    if taken is not None:
        raise DomainError(
            "unit.code_taken",
            _("Mã “{code}” đã dùng cho đơn vị khác. Chưa đổi gì; hãy chọn mã khác.").format(code=taken),
            unit=taken,
        )
    _codes_ahead([new.code for new in plan.founded.values()], but=but)


def _codes_ahead(told: Sequence[str], *, but: int) -> None:
    """What waits for its day has its codes already: a second order with other facts is no correction of it."""
    for code in told:
        waits = Act.objects.filter(state__in=WAITS, told__into__contains=[{"code": code}])
        for act in waits.exclude(pk=but).order_by("id")[:1]:
            name = next(
                one["name"] for one in act.told["into"] if isinstance(one, dict) and one["code"] == code
            )
            raise DomainError(
                "act.code_waits",
                _(
                    "Mã “{code}” đã ghi cho “{name}” sẽ lập theo {decision}, hiệu lực {day}. Lần ghi này chưa nhận; "
                    "muốn sửa thì bỏ việc đang chờ rồi ghi lại."
                ).format(code=code, name=name, decision=act.decision, day=format_date(act.effective_on)),
                act=act.pk,
            )
