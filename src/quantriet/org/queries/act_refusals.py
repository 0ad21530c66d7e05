"""Why an act on the tree may not be. Each looks at a plan in the making and raises the refusal, or returns."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import format_date
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Act, ActKind, ActUnit, Placement, Unit, UnitKind
from quantriet.org.models.units import LEVELS
from quantriet.org.permissions import Can
from quantriet.org.plans import Plan
from quantriet.org.proposals import NewUnit, Proposal

WAITS_OR_HOLDS = (Act.State.PLANNED, Act.State.DONE, Act.State.BLOCKED)
CLOSING = (ActKind.MERGE, ActKind.SPLIT, ActKind.CLOSE)


def missing(sentence: str) -> DomainError:
    """The refusal of a proposal that does not say enough."""
    return DomainError("act.incomplete", sentence)


def incomplete(proposal: Proposal) -> None:
    """What can be refused without looking at any unit."""
    if proposal.kind not in ActKind.values:
        raise missing(_("Chưa chọn việc sắp xếp. Chưa đổi gì."))
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
    """Two live units below one parent do not bear one name. ``leaving``: siblings that end."""
    if parent_id is None or parent_id < 0:
        return
    beside = Placement.objects.filter(parent=parent_id, former=False, valid__contains=plan.on)
    beside = beside.exclude(unit__in=[*leaving, *told]).filter(unit__closed_on=None)
    taken = {str(name).casefold() for name in beside.values_list("unit__name", flat=True)}
    for name in told.values():
        if name.casefold() in taken:
            raise DomainError(
                "unit.name_twice",
                _(
                    "Đã có “{name}” ở cùng cấp trên. Chưa đổi gì; hãy đặt tên khác hoặc đổi tên đơn vị kia trước."
                ).format(name=name),
            )
        taken.add(name.casefold())


def codes(plan: Plan) -> None:
    """A code stands for one unit, living or not."""
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
