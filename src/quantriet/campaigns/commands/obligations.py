"""What units owe: fulfilled, opened again, waived; stricter deadlines below, one decision extending many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import handovers, standing, stricter
from quantriet.campaigns.commands.counting import DUE_MEASURES
from quantriet.campaigns.commands.declarations import MEETS, UNIT_KINDS, on_time
from quantriet.campaigns.models import Campaign, Declaration, Extension, Obligation, Requirement
from quantriet.core.errors import DomainError
from quantriet.core.text import format_date
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

DONE_MEASURES: Mapping[str, tuple[Measure, Measure | None]] = {
    Requirement.Kind.CONFERENCE: (Measure.CONFERENCES_HELD, None),
    Requirement.Kind.MATERIALS: (Measure.MATERIALS_SUPPLIED, None),
    Requirement.Kind.PROGRAMME: (Measure.PROGRAMMES_ISSUED, Measure.PROGRAMMES_ON_TIME),
    Requirement.Kind.REPORT: (Measure.REPORTS_SENT, Measure.REPORTS_ON_TIME),
}


@dataclass(frozen=True)
class Done:
    """How an obligation was met: the day, how well evidenced, and what it rests on (``conference:12``)."""

    on: date
    grade: Grade
    source: str


def fulfil(campaign: Campaign, unit_ids: Sequence[int], *, kind: str, done: Done, by: Actor) -> list[int]:
    """Meet the obligation of a kind for several units; returns the units for which this call did it.

    Units that owe nothing of the kind, or have done it, are passed over: a retry changes nothing. The
    caller has checked its own permission at those units (a site below may be settled by the hub's clerk).
    """
    if campaign.book_id is None:
        return []
    with transaction.atomic():
        owed = list(
            Obligation.objects.select_for_update()
            .filter(campaign=campaign, unit_id__in=list(unit_ids), kind=kind, state=Obligation.State.OPEN)
            .order_by("unit_id")
        )
        if not owed:
            return []
        key = f"fulfil:{kind}:{done.source}:{owed[0].pk}:{len(owed)}:{owed[0].unit_id}-{owed[-1].unit_id}"
        posted = ledger.begin(
            campaign.book_id, by=by, origin="obligations.fulfil", key=_fresh_key(campaign, key)
        )
        measure, in_time = DONE_MEASURES.get(kind, (None, None))
        lines: list[Line] = []
        for one in owed:
            one.state, one.done_on, one.grade = Obligation.State.DONE, done.on, done.grade
            one.batch_id = posted.batch_id
            if measure is not None:
                lines.append(Line(one.unit_id, measure, done.grade, done.on, 1))
            if in_time is not None and on_time(one):
                lines.append(Line(one.unit_id, in_time, done.grade, done.on, 1))
        Obligation.objects.filter(pk__in=[one.pk for one in owed]).update(
            state=Obligation.State.DONE, done_on=done.on, grade=done.grade, batch_id=posted.batch_id
        )
        ledger.append(campaign.book_id, posted.batch_id, lines)
    return [one.unit_id for one in owed]


def _fresh_key(campaign: Campaign, key: str) -> str:
    """Obligations opened again may be met again from the same source: the state decides, the key follows."""
    book = campaign.book
    again = book.batches.filter(key__startswith=key).count() if book is not None else 0
    return f"{key}#{again}"[:120]


def reopen(obligation: Obligation, *, reason: str, by: Actor) -> Obligation:
    """Take "done" back, with the reason; the ledger gets the reversal. The caller has checked its permission."""
    if not reason.strip():
        raise DomainError("obligation.reason", _("Hãy ghi lý do mở lại. Chưa thay đổi gì."))
    with transaction.atomic():
        locked = Obligation.objects.select_for_update().get(pk=obligation.pk)
        if locked.state != Obligation.State.DONE:
            return locked
        standing.refuse_former([locked.unit_id])
        lines: list[Line] = []
        measure, in_time = DONE_MEASURES.get(locked.kind, (None, None))
        done_on, grade = locked.done_on, Grade(locked.grade or Grade.AFTERWARDS)
        assert done_on is not None  # noqa: S101 - a constraint of the table
        if measure is not None:
            lines.append(Line(locked.unit_id, measure, grade, done_on, -1))
        if in_time is not None and on_time(locked):
            lines.append(Line(locked.unit_id, in_time, grade, done_on, -1))
        campaign = locked.campaign
        assert campaign.book_id is not None  # noqa: S101 - an obligation exists only in a started campaign
        posted = ledger.begin(
            campaign.book_id,
            by=by,
            origin="obligations.reopen",
            key=f"reopen:{locked.pk}:{locked.batch_id}",
            unit_id=locked.unit_id,
            reason=reason,
        )
        ledger.append(campaign.book_id, posted.batch_id, lines)
        _undeclare(locked)
        locked.state, locked.done_on, locked.grade, locked.reason = Obligation.State.OPEN, None, None, reason
        locked.save(update_fields=["state", "done_on", "grade", "reason"])
        audit.record(by, "obligation.reopen", locked, unit=locked.unit_id, detail={"reason": reason})
    return locked


def _undeclare(obligation: Obligation) -> None:
    """What was declared and met this obligation is declared no more, so that it can be declared anew."""
    kinds = [kind for kind in UNIT_KINDS if MEETS[kind] == obligation.kind]
    for row in Declaration.objects.select_for_update().filter(
        campaign=obligation.campaign_id, unit=obligation.unit_id, kind__in=kinds
    ):
        row.figures, row.version = dict.fromkeys(row.figures, 0), row.version + 1
        row.save(update_fields=["figures", "version"])


def tighten(campaign: Campaign, unit: Unit, *, kind: str, due_at: datetime, by: Actor) -> int:
    """A unit sets a stricter deadline for itself and everything below; returns how many units it moved.

    Never looser: later than the nearest superior's own date, or the campaign's, is refused. Units below that
    set themselves an earlier date keep it.
    """
    access.require(by, Can.OBLIGATION_FULFIL, unit)
    top = access.today_placements().filter(unit=unit).values_list("path", flat=True)
    below = access.today_placements().filter(path__descendant_of=list(top)).values("unit")
    author = stricter.author_of(unit, by)
    with transaction.atomic():
        owed = list(
            Obligation.objects.select_for_update()
            .filter(campaign=campaign, kind=kind, unit__in=below, state=Obligation.State.OPEN)
            .order_by("unit_id", "pk")
        )
        if not owed:
            return 0
        # Read behind the locks: who tightens above or below waits for these rows, or has said it already.
        dates = stricter.standing(campaign, kind, owed, unit.pk, author)
        ceiling = min(dates.ceiling(one, unit.pk, author) for one in owed)
        if due_at > ceiling:
            raise _looser(due_at, ceiling)
        moved: dict[datetime, list[int]] = defaultdict(list)
        for one in owed:
            holds = dates.below(one, unit.pk, due_at)
            if one.due_at != holds:
                moved[holds].append(one.pk)
        for holds, some in moved.items():
            Obligation.objects.filter(pk__in=some).update(due_at=holds)
        told = {"kind": kind, "due_at": due_at.isoformat(), "author": author}
        audit.record(by, stricter.TIGHTENED, campaign, unit=unit, detail=told)
    return sum(map(len, moved.values()))


def _looser(asked: datetime, limit: datetime) -> DomainError:
    return DomainError(
        "deadline.looser",
        _(
            "Hạn %(asked)s muộn hơn hạn cấp trên giao (%(limit)s). "
            "Chưa đổi gì; hãy chọn ngày sớm hơn hoặc bằng."
        )
        % {
            "asked": format_date(access.local_day(asked)),
            "limit": format_date(access.local_day(limit)),
        },
    )


@dataclass(frozen=True)
class Decision:
    """A decision that extends: its number, the reason, the new deadline."""

    number: str
    reason: str
    due_at: datetime


def extend(
    campaign: Campaign, unit_ids: Sequence[int], *, kind: str, decision: Decision, by: Actor
) -> Extension:
    """One decision moves the deadline of many units later; said again it reaches units it had not reached yet and
    touches no other. Its number carries one date: with another date it is refused, and so is one for nobody.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, campaign.unit)
    number = decision.number.strip()
    if not number or not decision.reason.strip():
        raise DomainError(
            "extension.decision", _("Gia hạn cần số văn bản và lý do. Chưa đổi hạn của đơn vị nào.")
        )
    with transaction.atomic():
        extension, is_new = Extension.objects.get_or_create(
            campaign=campaign,
            kind=kind,
            decision=number,
            defaults={"reason": decision.reason, "due_at": decision.due_at, "actor": by.name},
        )
        if extension.due_at != decision.due_at:
            raise _other_date(extension)
        reached = extension.obligations.values("pk")
        owed = list(
            Obligation.objects.select_for_update()
            .filter(campaign=campaign, kind=kind, unit_id__in=list(unit_ids), state=Obligation.State.OPEN)
            .exclude(pk__in=reached)
            .order_by("unit_id", "pk")
        )
        if not owed and is_new:
            raise DomainError(
                "extension.nobody",
                _(
                    "Không có đơn vị nào trong diện được gia hạn việc này. Chưa ghi gia hạn nào; "
                    "hãy xem lại việc và diện gia hạn."
                ),
            )
        if not owed:
            return extension
        if any(one.limit_at > decision.due_at for one in owed):
            raise DomainError(
                "extension.earlier",
                _("Hạn mới sớm hơn hạn đang có. Chưa đổi gì; gia hạn phải là ngày muộn hơn."),
            )
        extension.obligations.add(*owed)
        Obligation.objects.filter(pk__in=[one.pk for one in owed]).update(
            due_at=decision.due_at, limit_at=decision.due_at
        )
        audit.record(
            by,
            "deadline.extend",
            extension,
            unit=campaign.unit_id,
            detail={"decision": number, "units": len(owed)},
        )
    return extension


def _other_date(extension: Extension) -> DomainError:
    return DomainError(
        "extension.other_date",
        _(
            "Văn bản %(decision)s đã gia hạn việc này đến ngày %(day)s. Chưa đổi gì; "
            "muốn ngày khác, hãy ghi số của văn bản gia hạn mới."
        )
        % {"decision": extension.decision, "day": format_date(access.local_day(extension.due_at))},
    )


def waive(obligation: Obligation, *, reason: str, by: Actor) -> Obligation:
    """Free a unit of an obligation, with the reason; it counts as owed on no day since it came to the unit. Who gave it
    frees of it.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, obligation.campaign.unit_id)
    if not reason.strip():
        raise DomainError("obligation.reason", _("Hãy ghi lý do miễn. Chưa thay đổi gì."))
    with transaction.atomic():
        locked = Obligation.objects.select_for_update().get(pk=obligation.pk)
        if locked.state != Obligation.State.OPEN:
            return locked
        campaign = locked.campaign
        assert campaign.book_id is not None  # noqa: S101 - an obligation exists only in a started campaign
        measure = DUE_MEASURES.get(locked.kind)
        if measure is not None:
            ledger.post(
                campaign.book_id,
                [Line(locked.unit_id, measure, Grade.ON_SPOT, handovers.owed_since(locked), -1)],
                by=by,
                origin="obligations.waive",
                key=f"waive:{locked.pk}",
                unit_id=locked.unit_id,
                reason=reason,
            )
        locked.state, locked.reason = Obligation.State.WAIVED, reason
        locked.save(update_fields=["state", "reason"])
        audit.record(by, "obligation.waive", locked, unit=locked.unit_id, detail={"reason": reason})
    return locked


def overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether an obligation is late at ``now``: its deadline's last second has passed and it is open."""
    return state == Obligation.State.OPEN and now > due_at
