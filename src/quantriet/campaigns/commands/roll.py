"""The roll: corrected with a reason, moved by a transfer before it is fulfilled."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import summoned
from quantriet.campaigns.commands import moves, standing
from quantriet.campaigns.commands.counting import excuse_lines, summon_lines
from quantriet.campaigns.commands.moves import Wish
from quantriet.campaigns.models import Campaign, Credit, RollLine
from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Person, Unit
from quantriet.org.permissions import Can


def _lines(campaign: Campaign, line: RollLine, count: int) -> list[Line]:
    """What the line counts for, on the day from which it counts at its unit."""
    essays = line.person_class in moves.essay_classes(campaign)
    return summon_lines(line.unit_id, line.person_class, count, on=_since(campaign, line), essays=essays)


def _since(campaign: Campaign, line: RollLine) -> date:
    return max(line.moved_on or campaign.starts_on, campaign.starts_on)


def _posted(campaign: Campaign, lines: list[Line], *, by: Actor, key: str, reason: str, unit_id: int) -> int:
    if campaign.book_id is None:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa có danh sách triệu tập."))
    posted = ledger.begin(
        campaign.book_id, by=by, origin="roll.correct", key=key, unit_id=unit_id, reason=reason
    )
    if posted.is_new:
        ledger.append(campaign.book_id, posted.batch_id, lines)
    return posted.batch_id


def add(
    campaign: Campaign, person: Person, unit: Unit, *, person_class: int, reason: str, by: Actor
) -> RollLine:
    """Summon someone the drawing left out (or put him back). A person stands on one roll of a campaign. What was
    recorded of him before he was summoned is credited at once.

    On the roll of another unit already: refused, naming that unit, so that nobody is counted twice.
    """
    access.require(by, Can.ROLL_CORRECT, unit)
    _reason(reason)
    _refuse_outside(campaign, unit)
    standing.refuse_former([unit.pk])
    with transaction.atomic():
        line = RollLine.objects.select_for_update().filter(campaign=campaign, person=person).first()
        if line is not None and line.state == RollLine.State.SUMMONED:
            if line.unit_id == unit.pk:
                return line
            raise DomainError(
                "roll.person_twice",
                _(
                    "%(person)s đã có trong danh sách của %(unit)s. "
                    "Chưa thêm; hãy chuyển dòng đó hoặc để nguyên."
                )
                % {"person": person.full_name, "unit": line.unit.name},
            )
        if line is None:
            line = RollLine(campaign=campaign, person=person)
        else:
            line.reason = ""
        line.unit, line.person_class, line.state = unit, person_class, RollLine.State.SUMMONED
        line.reason = reason
        line.save()
        line.batch_id = _posted(
            campaign,
            _lines(campaign, line, 1),
            by=by,
            key=f"roll-add:{line.pk}:{line.batch_id or 0}",
            reason=reason,
            unit_id=unit.pk,
        )
        line.save(update_fields=["batch"])
        summoned.claim_earlier(line, by=by)
        audit.record(by, "roll.add", line, unit=unit, detail={"reason": reason})
    return line


def remove(line: RollLine, *, reason: str, by: Actor) -> RollLine:
    """Take someone off the roll with the reason. Whoever has studied stays on it."""
    access.require(by, Can.ROLL_CORRECT, line.unit)
    _reason(reason)
    with transaction.atomic():
        locked = _held(line)
        if locked.state == RollLine.State.REMOVED:
            return locked
        _refuse_fulfilled(locked)
        _refuse_declared(locked, on=_since(locked.campaign, locked))
        lines = [*_lines(locked.campaign, locked, -1), *_excused(locked, -1)]
        locked.batch_id = _posted(
            locked.campaign,
            lines,
            by=by,
            key=f"roll-remove:{locked.pk}:{locked.batch_id or 0}",
            reason=reason,
            unit_id=locked.unit_id,
        )
        locked.state, locked.reason = RollLine.State.REMOVED, reason
        locked.excuse, locked.excused_on = "", None
        locked.save(update_fields=["state", "reason", "excuse", "excused_on", "batch"])
        Credit.objects.filter(line=locked).delete()
        audit.record(by, "roll.remove", locked, unit=locked.unit_id, detail={"reason": reason})
    return locked


def transfer(line: RollLine, unit: Unit, *, reason: str, by: Actor) -> RollLine:
    """Move a line to another unit before it is fulfilled: reversal there, new entry here."""
    access.require(by, Can.ROLL_CORRECT, line.unit)
    access.require(by, Can.ROLL_CORRECT, unit)
    _reason(reason)
    _refuse_outside(line.campaign, unit)
    standing.refuse_former([unit.pk])
    with transaction.atomic():
        locked = _held(line)
        if locked.unit_id == unit.pk or locked.state == RollLine.State.REMOVED:
            return locked
        _refuse_fulfilled(locked)
        _refuse_declared(locked, on=timezone.localdate())
        moves.move(
            locked.campaign,
            Wish(people={locked.person_id: (locked.unit_id, unit.pk)}),
            on=timezone.localdate(),
            key=f"roll-move:{locked.pk}:{locked.batch_id or 0}",
            reason=reason,
            by=by,
            unit_id=unit.pk,
        )
        locked.refresh_from_db()
        audit.record(by, "roll.transfer", locked, unit=unit, detail={"reason": reason})
    return locked


def _held(line: RollLine) -> RollLine:
    """The line as it stands now, locked after its unit: the order in which ``moves.move`` locks. Where it went to
    another unit meanwhile, both are let go of and taken anew.
    """
    rows = RollLine.objects.filter(pk=line.pk)
    while True:
        unit_id = rows.values_list("unit_id", flat=True).get()
        with transaction.atomic():
            standing.hold([unit_id])
            locked = rows.select_for_update(of=("self",)).select_related("campaign").get()
            if locked.unit_id == unit_id:
                return locked
            transaction.set_rollback(True)


def excuse(campaign: Campaign, excuses: dict[int, str], *, key: str, on: date, by: Actor) -> int:
    """Note who is excused from a day (person → reason; an empty reason takes it back, from the day it was noted
    for); returns how many lines changed.

    Who is excused already stays so from the earlier of the two days, and on none before he stood at his unit.
    Someone who has studied is not excused any more; the caller has checked his permission at the site.
    """
    changed: list[RollLine] = []
    lines: list[Line] = []
    with transaction.atomic():
        rows = RollLine.objects.select_for_update().filter(
            campaign=campaign, person_id__in=list(excuses), state=RollLine.State.SUMMONED
        )
        for line in rows.order_by("pk"):
            wanted = excuses[line.person_id][:200]
            since = _excused_since(campaign, line, on) if wanted else None
            if (line.excuse, line.excused_on) == (wanted, since):
                continue
            line.excuse = wanted
            if line.excused_on != since:
                lines += _excused(line, -1)
                line.excused_on = since
                lines += _excused(line, 1)
            changed.append(line)
        RollLine.objects.bulk_update(changed, ["excuse", "excused_on"], batch_size=1000)
        if lines and campaign.book_id is not None:
            ledger.post(campaign.book_id, lines, by=by, origin="roll.excuse", key=key)
    return len(changed)


def _excused_since(campaign: Campaign, line: RollLine, on: date) -> date:
    """From which day an excuse told for ``on`` counts at the unit of the line."""
    day = max(on, _since(campaign, line))
    return min(day, line.excused_on or day)


def _excused(line: RollLine, count: int) -> list[Line]:
    """What the excuse of the line counts for, as it stands."""
    if line.excused_on is None:
        return []
    return excuse_lines(
        line.unit_id, line.person_class, count, since=line.excused_on, until=line.fulfilled_on
    )


def _reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(
            "roll.reason", _("Điều chỉnh danh sách cần lý do. Chưa thay đổi gì; hãy ghi lý do.")
        )


def _refuse_fulfilled(line: RollLine) -> None:
    if line.fulfilled_on is not None:
        raise DomainError(
            "roll.fulfilled",
            _(
                "Người này đã được ghi nhận học xong nên dòng danh sách không đổi được nữa. "
                "Nếu ghi nhầm, hãy sửa điểm danh trước."
            ),
        )


def _refuse_declared(line: RollLine, *, on: date) -> None:
    """A total names nobody: whoever it counts stays on the roll it was declared for. ``on``: from which day the line
    would be missing.
    """
    if moves.without_room(line.campaign, {line.unit_id: 1}, on=on):
        raise DomainError(
            "roll.declared",
            _(
                "%(unit)s đã khai tổng số tính cả người này. Chưa thay đổi gì; "
                "hãy sửa số khai của đơn vị trước."
            )
            % {"unit": line.unit.name},
        )


def _refuse_outside(campaign: Campaign, unit: Unit) -> None:
    """Nobody is summoned outside the campaign: his unit (or the committee it is tied to) lies below its owner."""
    top = access.today_placements().filter(unit=campaign.unit_id).values_list("path", flat=True)
    tied = [pk for pk in (unit.pk, unit.committee_id) if pk is not None]
    if not access.today_placements().filter(unit__in=tied, path__descendant_of=list(top)).exists():
        raise DomainError(
            "roll.outside",
            _("%(unit)s không thuộc phạm vi của đợt này. Chưa thay đổi gì; hãy chọn đơn vị trong phạm vi.")
            % {"unit": unit.name},
        )
