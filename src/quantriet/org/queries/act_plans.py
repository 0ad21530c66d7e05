"""What an act on the tree would change, or the refusal: reads only. The dry run and the act plan alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import takewhile

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import fold, format_date, sort_key
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import ActKind, Placement, Tree, Unit
from quantriet.org.models.units import LEVELS
from quantriet.org.plans import Move, Naming, Plan, successor_ids
from quantriet.org.proposals import BODIES, REST, NewUnit, Proposal
from quantriet.org.queries import act_refusals as refuse
from quantriet.org.specs import BODIES as BODY_KINDS
from quantriet.org.specs import needs_committee


def plan(proposal: Proposal, *, by: Actor, act_id: int = 0) -> Plan:
    """What the proposal comes to, or the ``DomainError`` that refuses it. ``act_id``: a planned act on its day.

    Codes: ``act.incomplete``, ``act.dates``, ``act.later``, ``act.nothing``, ``act.levels``, ``act.superior``,
    ``act.no_common_superior``, ``act.code_waits``, ``unit.closed``, ``unit.not_closed``, ``unit.not_standing``,
    ``unit.placed_later``, ``unit.cycle``, ``unit.other_tree``, ``unit.name_twice``, ``unit.code_taken``,
    ``act.naming_waits``, ``act.closing_waits``, ``unit.name_waits``, ``act.too_long``, ``gate.forbidden``.
    """
    refuse.incomplete(proposal)
    found = Plan(proposal)
    numbers = successor_ids(proposal)
    told = dict(zip(numbers, proposal.into, strict=True))
    found.founded = {number: one for number, one in told.items() if isinstance(one, NewUnit)}
    above = [proposal.parent_id, *(new.parent_id for new in found.founded.values())]
    found.units = refuse.mine(
        {*proposal.units, *proposal.shares, *(pk for pk in (*numbers, *above) if pk and pk > 0)}, by=by
    )
    if proposal.kind != ActKind.REOPEN:  # who stands above what is reopened is asked for there
        refuse.superiors({*proposal.units} - {*numbers}, by=by)
    refuse.later_acts(found, but=act_id)
    if proposal.kind != ActKind.REOPEN:
        refuse.closed(found.units.values())
    _PLANNERS[proposal.kind](found, by)
    refuse.codes(found, but=act_id)
    refuse.ending_before(found, but=act_id)
    refuse.names_ahead(found)
    refuse.names_waiting(found, but=act_id)
    return found


def live_children(unit_ids: Iterable[int], found: Plan) -> dict[int, int]:
    """Child → parent, of units that stand below these at any time from the day on, without former parts."""
    rows = Placement.objects.filter(
        parent__in=list(unit_ids), former=False, valid__overlap=DateRange(found.on, None)
    ).order_by("unit_id")
    return dict(rows.values_list("unit_id", "parent_id"))


def _one_unit(found: Plan) -> Unit:
    if len(found.proposal.units) != 1:
        raise refuse.missing(_("Việc này làm với từng đơn vị một. Chưa đổi gì; hãy chọn một đơn vị."))
    return found.units[found.proposal.units[0]]


def _found(found: Plan, by: Actor) -> None:
    if not found.founded:
        raise refuse.missing(_("Chưa ghi đơn vị cần thành lập. Chưa đổi gì."))
    _complete_new_units(found, common=found.proposal.parent_id, like=None, by=by)


def _complete_new_units(
    found: Plan, *, common: int | None, like: Unit | None, by: Actor, leaving: Iterable[int] = ()
) -> None:
    """Parents, kinds and names of new units: as told, else those of what they replace (``like``)."""
    by_parent: dict[int | None, dict[int, str]] = {}
    for number, new in found.founded.items():
        parent_id, kind = new.parent_id or common, new.kind or (like.kind if like else "")
        if not kind:
            raise refuse.missing(_("Đơn vị mới phải có loại. Chưa đổi gì; hãy chọn loại."))
        if parent_id is None and by.roots != HOUSE:
            raise refuse.missing(_("Đơn vị mới phải có cấp trên. Chưa đổi gì; hãy chọn cấp trên."))
        if parent_id is not None:
            found.units |= refuse.mine([parent_id], by=by)
            parent = found.units[parent_id]
            refuse.closed([parent])
            refuse.places(found, [parent_id])
            refuse.trees([parent, *([like] if like else [])])
            refuse.above(new.name, LEVELS.get(kind, parent.level), parent)
        found.founded[number] = _tied(replace(new, kind=kind, parent_id=parent_id), found, like)
        by_parent.setdefault(parent_id, {})[number] = new.name
    for parent_id, told in by_parent.items():
        refuse.names(found, told, parent_id=parent_id, leaving=leaving)


def _tied(new: NewUnit, found: Plan, like: Unit | None) -> NewUnit:
    """A new body is tied to its parent, whatever else must be to the committee told."""
    committee_id = new.committee_id or (like.committee_id if like and like.kind not in BODY_KINDS else None)
    if new.kind in BODY_KINDS:
        committee_id = new.committee_id or new.parent_id
    parent = found.units.get(new.parent_id or 0)
    tree = like.tree if like else (parent.tree if parent else Tree.PARTY)
    if committee_id is None and needs_committee(new.kind, tree):
        raise refuse.missing(_("“{name}” phải ghi cấp ủy cùng cấp. Chưa đổi gì.").format(name=new.name))
    return replace(new, committee_id=committee_id)


def _name(found: Plan, by: Actor) -> None:
    """Another name, code or kind; a kind of another level takes the attached bodies along."""
    del by
    unit, told = _one_unit(found), found.proposal
    kind = told.unit_kind or unit.kind
    if told.unit_kind and (unit.kind not in LEVELS or kind not in LEVELS):
        raise refuse.missing(_("Chỉ cấp ủy, chi bộ mới đổi loại được. Chưa đổi gì; hãy chọn loại khác."))
    level = LEVELS.get(kind, unit.level)
    naming = Naming(
        told.name or unit.name, told.short_name or unit.short_name, told.code or unit.code, kind, level
    )
    if naming == Naming.of(unit):
        raise DomainError("act.nothing", _("Đơn vị đã đúng như vậy. Chưa đổi gì."))
    standing = refuse.places(found, [unit.pk])[unit.pk]
    refuse.names(found, {unit.pk: naming.name}, parent_id=standing.parent_id)
    found.namings[unit.pk] = naming
    if level != unit.level:
        _change_level(found, unit, level, standing.parent_id)


def _change_level(found: Plan, unit: Unit, level: int, parent_id: int | None) -> None:
    if parent_id is not None:
        refuse.above(unit.name, level, Unit.objects.get(pk=parent_id))
    below = Unit.objects.filter(pk__in=live_children([unit.pk], found), kind__in=LEVELS, level__lt=level)
    for child in below.order_by("level", "id")[:1]:
        changed = Unit(name=unit.name, level=level)
        refuse.above(child.name, child.level, changed)
    for attached in Unit.objects.filter(committee=unit, closed_on=None).exclude(kind__in=LEVELS):
        found.units[attached.pk] = attached
        found.namings[attached.pk] = replace(Naming.of(attached), level=level)


def _move(found: Plan, by: Actor) -> None:
    parent_id = found.proposal.parent_id
    if parent_id is None and by.roots != HOUSE:
        raise refuse.missing(_("Chưa chọn cấp trên mới. Chưa đổi gì; hãy chọn cấp trên."))
    units = [found.units[pk] for pk in found.proposal.units]
    standing = refuse.places(found, [*found.proposal.units, *([parent_id] if parent_id else [])])
    refuse.placed_later(found, standing, found.proposal.units)
    for unit in units:
        if standing[unit.pk].parent_id == parent_id:
            raise DomainError(
                "act.nothing", _("“{unit}” đang ở đúng cấp trên này. Chưa đổi gì.").format(unit=unit.name)
            )
        if parent_id is not None:
            refuse.trees([found.units[parent_id], unit])
            refuse.cycle(found, standing, unit_id=unit.pk, parent_id=parent_id)
            refuse.above(unit.name, unit.level, found.units[parent_id])
        if unit.kind in BODY_KINDS and parent_id is not None:
            found.ties[unit.pk] = parent_id
        found.left[unit.pk] = standing[unit.pk].parent_id
    refuse.names(found, {unit.pk: unit.name for unit in units}, parent_id=parent_id)
    found.rounds.append([Move(unit.pk, parent_id) for unit in units])


def _merge(found: Plan, by: Actor) -> None:
    if len(found.proposal.into) != 1:
        raise refuse.missing(_("Sáp nhập phải có một đơn vị nhận. Chưa đổi gì; hãy chọn đơn vị nhận."))
    (target,) = found.successors
    closing = [pk for pk in found.proposal.units if pk != target]
    if not closing:
        raise refuse.missing(_("Sáp nhập cần thêm đơn vị khác ngoài đơn vị nhận. Chưa đổi gì."))
    members = [*closing, *([target] if target > 0 else [])]
    units = [found.units[pk] for pk in members]
    refuse.trees(units)
    refuse.levels(units)
    standing = refuse.places(found, members)
    refuse.placed_later(found, standing, members)
    if target > 0:
        for pk in closing:
            refuse.cycle(found, standing, unit_id=pk, parent_id=target)
    else:
        _found_between(found, closing, standing, units[0], by)
    _close_into(found, closing, target)


def _found_between(
    found: Plan, closing: list[int], standing: Mapping[int, Placement], like: Unit, by: Actor
) -> None:
    """Complete new successors; they stand below the parent all of what they replace had."""
    parents = {standing[pk].parent_id for pk in closing}
    if len(parents) > 1 and any(new.parent_id is None for new in found.founded.values()):
        raise refuse.missing(
            _("Các đơn vị có cấp trên khác nhau. Chưa đổi gì; hãy chọn cấp trên của đơn vị mới.")
        )
    _complete_new_units(found, common=next(iter(parents)), like=like, by=by, leaving=closing)
    above = [new.parent_id for new in found.founded.values() if new.parent_id is not None]
    placed = {**standing, **refuse.places(found, above)}
    for parent_id in above:
        for pk in closing:
            refuse.cycle(found, placed, unit_id=pk, parent_id=parent_id)


def _close_into(found: Plan, closing: list[int], target: int) -> None:
    """Units end and hang below their one successor; what lives below them goes to it."""
    found.closed = dict.fromkeys(closing, (target,))
    children = live_children(closing, found)
    standing_there = live_children([target], found) if target > 0 else {}
    known = Unit.objects.in_bulk([*children, *standing_there])
    found.units |= {pk: known[pk] for pk in children}
    if found.proposal.answers.get(BODIES, "join") == "join":
        _join_bodies(found, [known[pk] for pk in (*standing_there, *children)])
    found.closed |= {pk: (twin,) for pk, twin in found.twins.items()}
    moving = {pk: parent for pk, parent in children.items() if pk not in found.closed}
    found.left |= moving
    found.rounds.append([Move(pk, target, leaves=parent) for pk, parent in moving.items()])
    found.rounds.append([Move(pk, target, former=True) for pk in closing])
    staying = [known[pk].name for pk in standing_there if pk not in found.closed]
    found.namesakes = _twice([*staying, *(known[pk].name for pk in moving)])
    for tied in Unit.objects.filter(committee__in=found.closed, closed_on=None):
        if tied.pk not in found.closed and tied.committee_id is not None:
            found.units[tied.pk] = tied
            found.ties[tied.pk] = found.closed[tied.committee_id][0]


def _join_bodies(found: Plan, candidates: list[Unit]) -> None:
    """Boards of one name that come together become one: the first (the successor's own, if it has one) stands on."""
    first: dict[tuple[str, str], int] = {}
    for unit in _standing_all_along(found, [unit for unit in candidates if unit.kind in BODY_KINDS]):
        if unit.pk in found.proposal.units:
            continue
        kept = first.setdefault((unit.kind, fold(unit.name)), unit.pk)
        if kept != unit.pk:
            found.twins[unit.pk] = kept
            found.units[unit.pk] = unit
    found.units |= Unit.objects.in_bulk([pk for pk in found.twins.values() if pk not in found.units])
    below = live_children(found.twins, found)
    found.units |= Unit.objects.in_bulk(list(below))
    found.left |= below
    if found.twins:
        inside = [Move(pk, found.twins[parent], leaves=parent) for pk, parent in below.items()]
        found.rounds.append(inside + [Move(pk, twin, former=True) for pk, twin in found.twins.items()])


def _standing_all_along(found: Plan, units: list[Unit]) -> list[Unit]:
    """Those that stand on the day and go nowhere else later: an act dated back joins no board that came after its
    day, or has left since; such a one only goes along, for the time it stood there.
    """
    since = Placement.objects.filter(
        unit__in=[unit.pk for unit in units], valid__overlap=DateRange(found.on, None)
    )
    places: dict[int, set[tuple[int | None, bool]]] = {}
    on_the_day: set[int] = set()
    for placed in since:
        places.setdefault(placed.unit_id, set()).add((placed.parent_id, placed.former))
        if found.on in placed.valid:
            on_the_day.add(placed.unit_id)
    return [
        unit
        for unit in units
        if unit.pk in on_the_day
        and len(places[unit.pk]) == 1
        and (unit.founded_on is None or unit.founded_on <= found.on)
    ]


def _twice(names: list[str]) -> list[str]:
    """Names that occur more than once, however their tones are placed, each told once."""
    times = Counter(map(sort_key, names))
    first = {sort_key(name): name for name in reversed(names)}
    return sorted(name for key, name in first.items() if times[key] > 1)


def _split(found: Plan, by: Actor) -> None:
    unit = _one_unit(found)
    targets = found.successors
    if len(targets) < 2 or unit.pk in targets:
        raise refuse.missing(
            _("Chia tách cần ít nhất hai đơn vị nhận, khác đơn vị bị chia. Chưa đổi gì; hãy ghi thêm.")
        )
    members = [unit.pk, *(pk for pk in targets if pk > 0)]
    units = [found.units[pk] for pk in members]
    refuse.trees(units)
    refuse.levels(units)
    standing = refuse.places(found, members)
    refuse.placed_later(found, standing, members)
    for pk in members[1:]:
        refuse.cycle(found, standing, unit_id=unit.pk, parent_id=pk)
    _found_between(found, [unit.pk], standing, unit, by)
    found.closed[unit.pk] = tuple(targets)
    children = live_children([unit.pk], found)
    tied = Unit.objects.filter(committee=unit, closed_on=None).exclude(pk__in=children)
    found.units |= Unit.objects.in_bulk(list(children)) | {one.pk: one for one in tied}
    rest = found.proposal.answers.get(REST, "")
    for pk in [*children, *(one.pk for one in tied)]:
        place = found.proposal.shares.get(pk, int(rest) if rest.isdecimal() else -1)
        if not 0 <= place < len(targets):
            found.unassigned.append(pk)
            continue
        if pk in children:
            found.left[pk] = unit.pk
            found.rounds.append([Move(pk, targets[place], leaves=unit.pk)])
        if pk not in children or found.units[pk].committee_id == unit.pk:
            found.ties[pk] = targets[place]
    found.rounds = [[move for one in found.rounds for move in one]]
    found.rounds.append([Move(unit.pk, _common_superior(found, standing), former=True)])


def _common_superior(found: Plan, standing: Mapping[int, Placement]) -> int:
    """The lowest unit above all successors: there the divided unit's figures stay whole."""
    above = refuse.places(found, [new.parent_id for new in found.founded.values() if new.parent_id])
    ways: list[list[str]] = []
    for number in found.successors:
        new = found.founded.get(number)
        path = standing[number].path.rpartition(".")[0] if new is None else above[new.parent_id or 0].path
        ways.append(path.split("."))
    shared = takewhile(lambda labels: len(set(labels)) == 1, zip(*ways, strict=False))
    labels = [labels[0] for labels in shared if labels[0]]
    if not labels:
        raise DomainError(
            "act.no_common_superior",
            _("Các đơn vị nhận không có cấp trên chung nên số liệu cũ không có chỗ đứng. Chưa đổi gì."),
        )
    found.units |= Unit.objects.in_bulk([int(labels[-1])])
    return int(labels[-1])


def _close(found: Plan, by: Actor) -> None:
    del by
    closing = list(found.proposal.units)
    standing = refuse.places(found, closing)
    refuse.placed_later(found, standing, closing)
    children = live_children(closing, found)
    below = Unit.objects.in_bulk(list(children))
    bodies = {pk: unit for pk, unit in below.items() if unit.kind in BODY_KINDS}
    found.units |= bodies
    refuse.placed_later(found, refuse.places(found, bodies), list(bodies))
    tied = Unit.objects.filter(committee__in=closing, closed_on=None).exclude(pk__in=bodies)
    staying = [unit.name for pk, unit in below.items() if pk not in bodies and pk not in closing]
    staying += list(tied.exclude(pk__in=closing).values_list("name", flat=True))
    inside = set(live_children(bodies, found)) - {*closing, *bodies}
    staying += list(Unit.objects.filter(pk__in=inside).values_list("name", flat=True))
    found.staying = sorted(staying)
    found.closed = dict.fromkeys([*closing, *bodies], ())
    found.rounds.append([Move(pk, children[pk], former=True) for pk in bodies])
    found.rounds.append([Move(pk, standing[pk].parent_id, former=True) for pk in closing])


def _reopen(found: Plan, by: Actor) -> None:
    unit = _one_unit(found)
    if unit.closed_on is None:
        raise DomainError(
            "unit.not_closed", _("“{unit}” đang hoạt động. Chưa đổi gì.").format(unit=unit.name)
        )
    if unit.closed_on > found.on:
        raise DomainError(
            "act.dates",
            _("“{unit}” kết thúc ngày {day}, sau ngày lập lại. Chưa đổi gì; hãy xem lại ngày.").format(
                unit=unit.name, day=format_date(unit.closed_on)
            ),
        )
    lived = Placement.objects.filter(unit=unit, former=False).order_by("-valid").first()
    parent_id = found.proposal.parent_id or (lived.parent_id if lived else None)
    if parent_id is None and by.roots != HOUSE:
        raise refuse.missing(_("Chưa chọn cấp trên. Chưa đổi gì; hãy chọn cấp trên."))
    above = [parent_id] if parent_id else []
    found.units |= refuse.mine(above, by=by)
    refuse.closed(found.units[pk] for pk in above)
    standing = refuse.places(found, [unit.pk, *above])
    refuse.placed_later(found, standing, [unit.pk])
    if parent_id is not None:
        refuse.trees([found.units[parent_id], unit])
        refuse.cycle(found, standing, unit_id=unit.pk, parent_id=parent_id)
        refuse.above(unit.name, unit.level, found.units[parent_id])
        if unit.kind in BODY_KINDS:
            found.ties[unit.pk] = parent_id
    refuse.names(found, {unit.pk: unit.name}, parent_id=parent_id)
    found.reopened.add(unit.pk)
    found.rounds.append([Move(unit.pk, parent_id)])


_PLANNERS: Mapping[str, Callable[[Plan, Actor], None]] = {
    ActKind.FOUND: _found,
    ActKind.RENAME: _name,
    ActKind.RENUMBER: _name,
    ActKind.RECLASSIFY: _name,
    ActKind.MOVE: _move,
    ActKind.MERGE: _merge,
    ActKind.SPLIT: _split,
    ActKind.CLOSE: _close,
    ActKind.REOPEN: _reopen,
}
