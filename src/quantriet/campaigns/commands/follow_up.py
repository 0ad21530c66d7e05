"""Writes of following a document up: directions, targets, reviews, declared figures of earlier times."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.baselines import BaselineLine
from quantriet.campaigns.commands import standing
from quantriet.campaigns.models import Baseline, Direction, Review, Target
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line
from quantriet.documents.models import Clause, Document
from quantriet.ledger.indicators import INDICATORS
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Paper:
    """A paper that carries a document on: a value of ``Direction.Kind``, its number and day."""

    kind: str
    number: str
    issued_on: date
    about: str = ""


@dataclass(frozen=True)
class Wish:
    """A target: an indicator with a share in percent, or so many of something; the clause that sets it."""

    title: str
    wanted: Decimal
    due_on: date
    indicator: str = ""
    measured_in: str = ""
    clause_id: int | None = None


def direct(document: Document, unit: Unit, paper: Paper, *, by: Actor) -> Direction:
    """Record a paper with which ``unit`` carried the document on. The same number again corrects the record."""
    access.require(by, Can.OBLIGATION_FULFIL, unit)
    number = clean_line(paper.number)
    _not_before(document, paper.issued_on)
    with transaction.atomic():
        found, _is_new = Direction.objects.update_or_create(
            document=document,
            unit=unit,
            number=number,
            defaults={
                "kind": paper.kind,
                "issued_on": paper.issued_on,
                "about": clean_line(paper.about),
                "actor": by.name,
            },
        )
        audit.record(by, "follow_up.direct", found, unit=unit, detail={"number": number})
    return found


def _not_before(document: Document, day: date) -> None:
    if day < document.issued_on:
        raise DomainError(
            "follow_up.too_early",
            _("Ngày này trước ngày ban hành của văn bản. Chưa ghi gì; hãy xem lại ngày."),
        )


def set_target(document: Document, unit: Unit, wish: Wish, *, by: Actor) -> Target:
    """Set what is to be reached by a day, for ``unit`` and those below; the same title and day again corrects it.

    Refuses ``follow_up.indicator``, ``follow_up.measured`` (neither or both ways to measure, or a share above
    100 %), ``follow_up.foreign_clause``, ``follow_up.too_early``.
    """
    access.require(by, Can.CAMPAIGN_MANAGE, unit)
    standing.refuse_former([unit.pk])
    _check_measure(wish)
    _not_before(document, wish.due_on)
    if wish.clause_id and not Clause.objects.filter(pk=wish.clause_id, document=document).exists():
        raise DomainError(
            "follow_up.foreign_clause",
            _("Mục đã chọn không thuộc văn bản này. Chưa ghi gì; hãy chọn lại mục."),
        )
    with transaction.atomic():
        found, _is_new = Target.objects.update_or_create(
            document=document,
            unit=unit,
            title=clean_line(wish.title),
            due_on=wish.due_on,
            defaults={
                "clause_id": wish.clause_id,
                "indicator": wish.indicator,
                "wanted": wish.wanted,
                "measured_in": clean_line(wish.measured_in),
                "actor": by.name,
            },
        )
        audit.record(by, "follow_up.target", found, unit=unit, detail={"wanted": str(wish.wanted)})
    return found


def _check_measure(wish: Wish) -> None:
    if wish.indicator and wish.indicator not in INDICATORS:
        raise DomainError("follow_up.indicator", _("Không có chỉ tiêu này. Chưa ghi gì; hãy chọn lại."))
    is_share = bool(wish.indicator)
    if is_share == bool(clean_line(wish.measured_in)) or (is_share and wish.wanted > 100):
        raise DomainError(
            "follow_up.measured",
            _(
                "Hãy chọn một cách đo: chỉ tiêu của hệ thống với tỉ lệ từ 0 đến 100 %, hoặc số lượng kèm đơn vị "
                "tính. Chưa ghi gì."
            ),
        )


def drop_target(target: Target, *, by: Actor) -> None:
    """Take a target back; taking it back again changes nothing. What a unit that has ended set is history."""
    access.require(by, Can.CAMPAIGN_MANAGE, target.unit_id)
    standing.refuse_former([target.unit_id])
    with transaction.atomic():
        if Target.objects.filter(pk=target.pk).delete()[0]:
            detail = {"title": target.title, "due_on": target.due_on.isoformat()}
            audit.record(by, "follow_up.drop_target", target.document, unit=target.unit_id, detail=detail)


def plan_review(document: Document, unit: Unit, *, kind: str, due_on: date, by: Actor) -> Review:
    """Plan a sơ kết or tổng kết; planning the same again is the one that stands."""
    access.require(by, Can.CAMPAIGN_MANAGE, unit)
    standing.refuse_former([unit.pk])
    _not_before(document, due_on)
    with transaction.atomic():
        found, is_new = Review.objects.get_or_create(
            document=document, unit=unit, kind=kind, due_on=due_on, defaults={"actor": by.name}
        )
        if is_new:
            detail = {"kind": kind, "due_on": due_on.isoformat()}
            audit.record(by, "follow_up.plan_review", found, unit=unit, detail=detail)
    return found


def hold_review(review: Review, *, on: date, decision: str, by: Actor) -> Review:
    """A review was held on a day; the paper that tells its outcome. Again with other facts corrects them."""
    access.require(by, Can.CAMPAIGN_MANAGE, review.unit_id)
    _not_before(review.document, on)
    if on > timezone.localdate():
        raise DomainError(
            "follow_up.too_late", _("Ngày này chưa đến. Chưa ghi gì; hãy ghi sau khi đã tổ chức.")
        )
    with transaction.atomic():
        row = Review.objects.select_for_update().get(pk=review.pk)
        standing.refuse_former([row.unit_id])
        facts = (on, clean_line(decision))
        if (row.held_on, row.decision) != facts:
            row.held_on, row.decision = facts
            row.save(update_fields=("held_on", "decision"))
            audit.record(by, "follow_up.hold_review", row, unit=row.unit_id, detail={"on": on.isoformat()})
    return row


@dataclass(frozen=True)
class Declared:
    """What a list of baselines did."""

    new: int
    changed: int
    same: int


def declare_baselines(document: Document, lines: Sequence[BaselineLine], *, by: Actor) -> Declared:
    """Declare figures of earlier times, all or none; the same unit, indicator and years again corrects them.

    They are declared alone (tự khai): shown beside sums of the ledger, never counted in them.
    """
    unit_ids = {line.unit_id for line in lines}
    if access.units(by, Can.CAMPAIGN_MANAGE).filter(pk__in=unit_ids).count() != len(unit_ids):
        raise ForbiddenError(
            "gate.forbidden", _("Có đơn vị ngoài phạm vi của bạn. Chưa ghi dòng nào; hãy xem lại mã đơn vị.")
        )
    with transaction.atomic():
        known = {
            (row.unit_id, row.indicator, row.from_year, row.to_year): row
            for row in Baseline.objects.select_for_update().filter(document=document, unit__in=unit_ids)
        }
        new, changed = [], []
        for line in lines:
            row = known.get((line.unit_id, line.indicator, line.from_year, line.to_year))
            if row is None:
                new.append(_baseline(document, line, by))
            elif _told(row) != (asdict(line.result), line.source):
                _correct(row, line, by)
                changed.append(row)
        Baseline.objects.bulk_create(new)
        Baseline.objects.bulk_update(changed, ("low", "high", "part", "whole", "source", "actor"))
        if new or changed:
            detail = {"new": len(new), "changed": len(changed), "units": sorted(unit_ids)[:50]}
            audit.record(by, "follow_up.baselines", document, unit=min(unit_ids), detail=detail)
    return Declared(len(new), len(changed), len(lines) - len(new) - len(changed))


def _baseline(document: Document, line: BaselineLine, by: Actor) -> Baseline:
    return Baseline(
        document=document,
        unit_id=line.unit_id,
        indicator=line.indicator,
        from_year=line.from_year,
        to_year=line.to_year,
        source=line.source,
        actor=by.name,
        **asdict(line.result),
    )


def _told(row: Baseline) -> tuple[dict[str, object], str]:
    result = {name: getattr(row, name) for name in ("low", "high", "part", "whole")}
    return result, row.source


def _correct(row: Baseline, line: BaselineLine, by: Actor) -> None:
    for name, value in asdict(line.result).items():
        setattr(row, name, value)
    row.source, row.actor = line.source, by.name
