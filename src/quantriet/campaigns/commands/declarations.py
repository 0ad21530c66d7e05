"""Nhập nhanh: totals a unit declares where no rows exist. A declared figure never blocks a unit without
devices; its grade says what it is worth, and named rows that come later push the declared rest back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement, RollLine
from quantriet.core.errors import ConflictError, DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Form, Grade, Measure, Slice
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Totals:
    """What is declared: figures by measure name, the day, the paper that proves it (or nothing).

    ``version`` is the version the declarer saw (0: none yet).
    """

    figures: Mapping[str, int]
    happened_on: date
    paper: str = ""
    version: int = 0
    level: int = 0
    form: int = Form.NONE
    extra: Mapping[str, str] = field(default_factory=dict)


FIGURES: Mapping[str, Mapping[str, Measure]] = {
    Declaration.Kind.PRESENCE: {
        "present": Measure.PRESENT,
        "excused": Measure.EXCUSED,
        "guests": Measure.GUESTS,
    },
    Declaration.Kind.MATERIALS: {"supplied": Measure.MATERIALS_SUPPLIED},
    Declaration.Kind.ESSAYS: {"handed_in": Measure.ESSAYS_HANDED_IN, "accepted": Measure.ESSAYS_ACCEPTED},
    Declaration.Kind.PROGRAMME: {"issued": Measure.PROGRAMMES_ISSUED},
    Declaration.Kind.OUTREACH: {"due": Measure.OUTREACH_DUE, "reached": Measure.OUTREACH_REACHED},
}

# What is counted by units, not by people or papers: a unit has done it or not.
UNIT_KINDS = frozenset({Declaration.Kind.MATERIALS, Declaration.Kind.PROGRAMME})

# Which obligation of the unit a declaration meets. Whoever declares presence has held or joined a conference.
MEETS: Mapping[str, Requirement.Kind] = {
    Declaration.Kind.PRESENCE: Requirement.Kind.CONFERENCE,
    Declaration.Kind.MATERIALS: Requirement.Kind.MATERIALS,
    Declaration.Kind.PROGRAMME: Requirement.Kind.PROGRAMME,
    Declaration.Kind.ESSAYS: Requirement.Kind.ESSAYS,
    Declaration.Kind.OUTREACH: Requirement.Kind.OUTREACH,
}

# (part, whole): a declared part may not exceed its whole.
WITHIN: Mapping[str, tuple[tuple[str, str], ...]] = {
    Declaration.Kind.ESSAYS: (("accepted", "handed_in"),),
    Declaration.Kind.OUTREACH: (("reached", "due"),),
}


def declare(campaign: Campaign, unit: Unit, *, kind: str, totals: Totals, by: Actor) -> Declaration:
    """Declare (or declare anew) the totals of a unit. Saying the same again changes nothing.

    A second declarer who saw an older version is told and shown both; figures that cannot be true (present
    above summoned) are refused with both numbers named.
    """
    access.require(by, Can.ATTENDANCE_RECORD, unit)
    if campaign.book_id is None:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa khai số liệu được."))
    _check(campaign, unit, kind, totals.figures)
    with transaction.atomic():
        row = Declaration.objects.select_for_update().filter(campaign=campaign, unit=unit, kind=kind).first()
        if row is not None and _same(row, totals):
            return row
        _refuse_stale(row, totals)
        version = 1 if row is None else row.version + 1
        posted = ledger.begin(
            campaign.book_id,
            by=by,
            origin="declarations.declare",
            key=f"declare:{kind}:{unit.pk}:{version}",
            unit_id=unit.pk,
            reason="" if row is None else "Khai lại",
        )
        lines = [] if row is None else _posted_lines(row, -1)
        if row is None:
            row = Declaration(campaign=campaign, unit=unit, kind=kind)
        row.figures, row.paper, row.happened_on = dict(totals.figures), totals.paper, totals.happened_on
        row.level, row.form, row.version = totals.level or unit.level, totals.form, version
        row.actor, previous, row.batch_id = by.name, row.batch_id, posted.batch_id
        _refuse_taking_back(row, previous)
        row.posted = {name: _to_post(row, name) for name in row.figures}
        row.save()
        lines += _posted_lines(row, 1)
        lines += _fulfilment(campaign, unit, row)
        ledger.append(campaign.book_id, posted.batch_id, lines)
        audit.record(by, "declaration.declare", row, unit=unit, detail={"kind": kind, "figures": row.figures})
    return row


def _check(campaign: Campaign, unit: Unit, kind: str, figures: Mapping[str, int]) -> None:
    known = FIGURES.get(kind)
    if known is None or not set(figures) <= set(known):
        raise DomainError(
            "declaration.unknown", _("Không có loại số liệu này. Hãy tải lại trang và khai lại.")
        )
    if any(value < 0 for value in figures.values()):
        raise DomainError("declaration.negative", _("Số khai không được âm. Chưa lưu gì; hãy sửa lại."))
    for part, whole in WITHIN.get(kind, ()):
        if figures.get(part, 0) > figures.get(whole, 0):
            raise DomainError(
                "declaration.part_above_whole",
                _("Số %(part)s lớn hơn tổng %(whole)s. Chưa lưu gì; hãy xem lại hai số.")
                % {"part": figures.get(part, 0), "whole": figures.get(whole, 0)},
            )
    if kind in UNIT_KINDS:
        _check_unit_kind(campaign, unit, kind, figures)
    roll = RollLine.objects.filter(campaign=campaign, unit=unit, state=RollLine.State.SUMMONED)
    limits = {
        Declaration.Kind.PRESENCE: figures.get("present", 0) + figures.get("excused", 0),
        Declaration.Kind.ESSAYS: figures.get("handed_in", 0),
    }
    if kind in limits:
        summoned = roll.count()
        if limits[Declaration.Kind(kind)] > summoned:
            raise DomainError(
                "declaration.above_summoned",
                _(
                    "Khai %(declared)s người nhưng danh sách triệu tập chỉ có %(summoned)s. Chưa lưu gì; "
                    "người ngoài danh sách hãy ghi vào mục khách, hoặc bổ sung danh sách triệu tập."
                )
                % {"declared": limits[Declaration.Kind(kind)], "summoned": summoned},
                summoned=summoned,
            )


def _check_unit_kind(campaign: Campaign, unit: Unit, kind: str, figures: Mapping[str, int]) -> None:
    """A unit has supplied its materials or issued its programme once, and only where it owes that."""
    if any(value > 1 for value in figures.values()):
        raise DomainError(
            "declaration.once",
            _("Việc này tính theo đơn vị: đã làm là 1, chưa làm là 0. Chưa lưu gì; hãy chọn lại."),
        )
    owing = Obligation.objects.filter(campaign=campaign, unit=unit, kind=MEETS[kind])
    if not owing.exclude(state=Obligation.State.WAIVED).exists():
        raise DomainError(
            "declaration.not_owed",
            _("%(unit)s không phải làm việc này trong đợt. Chưa lưu gì; nếu cần, hãy báo đơn vị mở đợt.")
            % {"unit": unit.name},
        )


def _refuse_taking_back(row: Declaration, previous: int | None) -> None:
    """What a declaration has met is opened again with a reason, not by declaring nothing."""
    if row.kind not in UNIT_KINDS or any(row.figures.values()):
        return
    met = Obligation.objects.filter(
        campaign_id=row.campaign_id,
        unit_id=row.unit_id,
        kind=MEETS[row.kind],
        state=Obligation.State.DONE,
        batch_id=previous,
    )
    if previous is not None and met.exists():
        raise DomainError(
            "declaration.taken_back",
            _("Việc này đã ghi là xong. Chưa đổi gì; muốn rút lại, hãy mở lại việc với lý do."),
        )


def _same(row: Declaration, totals: Totals) -> bool:
    return (row.figures, row.paper, row.happened_on, row.form) == (
        dict(totals.figures),
        totals.paper,
        totals.happened_on,
        totals.form,
    )


def _refuse_stale(row: Declaration | None, totals: Totals) -> None:
    if row is not None and totals.version != row.version:
        raise ConflictError(
            "declaration.changed",
            _("%(actor)s vừa khai số khác cho đơn vị này. Chưa lưu số của bạn; hãy xem hai bản và chọn.")
            % {"actor": row.actor},
            theirs=row.figures,
            yours=dict(totals.figures),
            version=row.version,
        )


def _grade(row: Declaration) -> Grade:
    return Grade.DOCUMENTED if row.paper else Grade.DECLARED


def _to_post(row: Declaration, name: str) -> int:
    """What of a declared figure goes into the ledger: presence only beyond the people already named; what is
    counted by units stands there by the obligation it meets (``_fulfilment``).
    """
    declared = int(row.figures[name])
    if row.kind in UNIT_KINDS:
        return 0
    if row.kind == Declaration.Kind.PRESENCE and name == "present":
        named = RollLine.objects.filter(
            campaign_id=row.campaign_id, unit_id=row.unit_id, fulfilled_on__isnull=False
        ).count()
        return max(0, declared - named)
    return declared


def _posted_lines(row: Declaration, sign: int) -> list[Line]:
    cut = Slice(0, row.level + 1, row.form) if row.kind == Declaration.Kind.PRESENCE else Slice()
    return [
        Line(row.unit_id, FIGURES[row.kind][name], _grade(row), row.happened_on, sign * amount, cut)
        for name, amount in row.posted.items()
    ]


def _fulfilment(campaign: Campaign, unit: Unit, row: Declaration) -> list[Line]:
    """What is declared also meets the unit's open obligation of that kind, once."""
    if not any(row.figures.values()):
        return []
    owed = (
        Obligation.objects.select_for_update()
        .filter(campaign=campaign, unit=unit, kind=MEETS[row.kind], state=Obligation.State.OPEN)
        .first()
    )
    if owed is None:
        return []
    owed.state, owed.done_on = Obligation.State.DONE, row.happened_on
    owed.grade, owed.batch_id = _grade(row), row.batch_id
    owed.save(update_fields=["state", "done_on", "grade", "batch"])
    counted = {
        Requirement.Kind.CONFERENCE: Measure.CONFERENCES_HELD,
        Requirement.Kind.MATERIALS: Measure.MATERIALS_SUPPLIED,
        Requirement.Kind.PROGRAMME: Measure.PROGRAMMES_ISSUED,
    }
    measure = counted.get(MEETS[row.kind])
    lines = [] if measure is None else [Line(unit.pk, measure, _grade(row), row.happened_on, 1)]
    if row.kind == Declaration.Kind.PROGRAMME and on_time(owed):
        lines.append(Line(unit.pk, Measure.PROGRAMMES_ON_TIME, _grade(row), row.happened_on, 1))
    return lines


def on_time(owed: Obligation) -> bool:
    """Whether what was owed was done by its deadline (the day it was done, Việt Nam time)."""
    return owed.done_on is not None and owed.done_on <= access.local_day(owed.due_at)


def settle_presence(campaign: Campaign, unit_ids: Iterable[int]) -> list[Line]:
    """After named rows changed: what the declared rest of presence of those units must now become.

    Returns the lines for the caller's batch; nobody is counted both by name and in a total.
    """
    rows = list(
        Declaration.objects.select_for_update()
        .filter(campaign=campaign, kind=Declaration.Kind.PRESENCE, unit_id__in=list(unit_ids))
        .order_by("unit_id")
    )
    lines: list[Line] = []
    for row in rows:
        wanted = _to_post(row, "present") if "present" in row.figures else 0
        before = int(row.posted.get("present", 0))
        if wanted == before:
            continue
        row.posted = {**row.posted, "present": wanted}
        row.save(update_fields=["posted"])
        cut = Slice(0, row.level + 1, row.form)
        lines.append(Line(row.unit_id, Measure.PRESENT, _grade(row), row.happened_on, wanted - before, cut))
    return lines
