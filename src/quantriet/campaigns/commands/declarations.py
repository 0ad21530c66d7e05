"""Nhập nhanh: totals a unit declares where no rows exist. A declared figure never blocks a unit without
devices; its grade says what it is worth, and named rows that come later push the declared rest back.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import meeting, standing
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
    """Declare (or declare anew) the totals of a unit. Saying the same again changes nothing, unless it now meets
    what is still open: fewer people owe an essay than did, or the obligation was opened again.

    A second declarer who saw an older version is told and shown both; figures that cannot be true (present
    above summoned) are refused with both numbers named.
    """
    return declare_all(campaign, [(unit, totals)], kind=kind, by=by)[0]


def declare_all(
    campaign: Campaign, told: Sequence[tuple[Unit, Totals]], *, kind: str, by: Actor
) -> list[Declaration]:
    """``declare`` for a list of units, all or none; the rows come in the order of ``told``.

    One batch and a fixed number of queries, however long the list.
    """
    _require_all(by, [unit.pk for unit, _totals in told])
    if campaign.book_id is None:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa khai số liệu được."))
    with transaction.atomic():
        standing.hold(unit.pk for unit, _totals in told)
        _check(campaign, told, kind)
        rows = {
            row.unit_id: row
            for row in Declaration.objects.select_for_update()
            .filter(campaign=campaign, unit__in=[unit for unit, _totals in told], kind=kind)
            .order_by("unit_id")
        }
        known = {unit.pk for unit, totals in told if _is_told(rows.get(unit.pk), totals)}
        known -= _met_but_open(campaign, {pk: rows[pk] for pk in known}, kind)
        fresh = [(unit, totals) for unit, totals in told if unit.pk not in known]
        standing.refuse_former(unit.pk for unit, _totals in fresh if unit.pk not in rows)
        if fresh:
            rows |= _write(campaign, fresh, kind, rows, by=by)
    return [rows[unit.pk] for unit, _totals in told]


def _require_all(by: Actor, unit_ids: Sequence[int]) -> None:
    if len(unit_ids) == 1:
        access.require(by, Can.ATTENDANCE_RECORD, unit_ids[0])
        return
    allowed = set(
        access.units(by, Can.ATTENDANCE_RECORD).filter(pk__in=list(unit_ids)).values_list("pk", flat=True)
    )
    for unit_id in unit_ids:
        if unit_id not in allowed:
            access.require(by, Can.ATTENDANCE_RECORD, unit_id)


def _is_told(row: Declaration | None, totals: Totals) -> bool:
    """Whether exactly this stands already; raises ``ConflictError`` when another version was seen."""
    if row is not None and _same(row, totals):
        return True
    _refuse_stale(row, totals)
    return False


def _write(
    campaign: Campaign,
    told: Sequence[tuple[Unit, Totals]],
    kind: str,
    standing: Mapping[int, Declaration],
    *,
    by: Actor,
) -> dict[int, Declaration]:
    assert campaign.book_id is not None  # noqa: S101 - ``declare_all`` refused before
    versions = {unit.pk: standing[unit.pk].version + 1 if unit.pk in standing else 1 for unit, _ in told}
    posted = ledger.begin(
        campaign.book_id,
        by=by,
        origin="declarations.declare",
        key=_key(kind, versions),
        unit_id=told[0][0].pk,
        reason="Khai lại" if standing else "",
    )
    lines: list[Line] = []
    rows: dict[int, Declaration] = {}
    previous: dict[int, int | None] = {}
    for unit, totals in told:
        row = standing.get(unit.pk)
        lines += [] if row is None else _posted_lines(row, -1)
        row = rows[unit.pk] = row or Declaration(campaign=campaign, unit=unit, kind=kind)
        row.figures, row.paper, row.happened_on = dict(totals.figures), totals.paper, totals.happened_on
        row.level, row.form, row.version = totals.level or unit.level, totals.form, versions[unit.pk]
        row.actor, previous[unit.pk], row.batch_id = by.name, row.batch_id, posted.batch_id
    _refuse_taking_back(campaign, rows, previous, kind)
    named = _named(campaign, rows) if kind == Declaration.Kind.PRESENCE else {}
    room = _room_since(campaign, rows.values())
    for row in rows.values():
        row.counted_on = max(row.happened_on, room.get(row.unit_id, row.happened_on))
        row.posted = {name: _to_post(row, name, named.get(row.unit_id, 0)) for name in row.figures}
        lines += _posted_lines(row, 1)
    _save(rows.values())
    lines += _fulfilment(campaign, rows, kind)
    ledger.append(campaign.book_id, posted.batch_id, lines)
    first = rows[told[0][0].pk]
    detail = {"figures": first.figures} if len(rows) == 1 else {"units": len(rows)}
    audit.record(by, "declaration.declare", first, unit=first.unit_id, detail={"kind": kind, **detail})
    return rows


def _key(kind: str, versions: Mapping[int, int]) -> str:
    """The key of a batch: of one unit its version, of a list the hash of all."""
    if len(versions) == 1:
        unit_id, version = next(iter(versions.items()))
        return f"declare:{kind}:{unit_id}:{version}"
    told = ",".join(f"{unit_id}:{version}" for unit_id, version in sorted(versions.items()))
    return f"declare-all:{kind}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _save(rows: Iterable[Declaration]) -> None:
    new = [row for row in rows if row.pk is None]
    known = [row for row in rows if row.pk is not None]
    if known:
        written = [one.name for one in Declaration._meta.concrete_fields if not one.primary_key]  # noqa: SLF001 - Django's public-by-habit API
        Declaration.objects.bulk_update(known, written, batch_size=500)
    Declaration.objects.bulk_create(new, batch_size=2000)


def _check(campaign: Campaign, told: Sequence[tuple[Unit, Totals]], kind: str) -> None:
    known = FIGURES.get(kind)
    if known is None or any(not set(totals.figures) <= set(known) for _unit, totals in told):
        raise DomainError(
            "declaration.unknown", _("Không có loại số liệu này. Hãy tải lại trang và khai lại.")
        )
    for _unit, totals in told:
        figures = totals.figures
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
        _check_unit_kind(campaign, told, kind)
    if kind in (Declaration.Kind.PRESENCE, Declaration.Kind.ESSAYS):
        _check_summoned(campaign, told, kind)


def _check_summoned(campaign: Campaign, told: Sequence[tuple[Unit, Totals]], kind: str) -> None:
    counted = dict(
        RollLine.objects.filter(
            campaign=campaign, unit__in=[unit for unit, _totals in told], state=RollLine.State.SUMMONED
        )
        .order_by()
        .values_list("unit_id")
        .annotate(how_many=Count("id"))
    )
    for unit, totals in told:
        claimed = claimed_people(kind, totals.figures)
        summoned = counted.get(unit.pk, 0)
        if claimed > summoned:
            raise DomainError(
                "declaration.above_summoned",
                _(
                    "%(unit)s: khai %(claimed)s người nhưng danh sách triệu tập chỉ có %(summoned)s. "
                    "Chưa lưu gì; người ngoài danh sách hãy ghi vào mục khách, "
                    "hoặc bổ sung danh sách triệu tập."
                )
                % {"unit": unit.name, "claimed": claimed, "summoned": summoned},
                summoned=summoned,
            )


def _check_unit_kind(campaign: Campaign, told: Sequence[tuple[Unit, Totals]], kind: str) -> None:
    """A unit has supplied its materials or issued its programme once, and only where it owes that."""
    if any(value > 1 for _unit, totals in told for value in totals.figures.values()):
        raise DomainError(
            "declaration.once",
            _("Việc này tính theo đơn vị: đã làm là 1, chưa làm là 0. Chưa lưu gì; hãy chọn lại."),
        )
    owing = set(
        Obligation.objects.filter(
            campaign=campaign, unit__in=[unit for unit, _totals in told], kind=MEETS[kind]
        )
        .exclude(state__in=Obligation.NOT_OWED)
        .values_list("unit_id", flat=True)
    )
    for unit, _totals in told:
        if unit.pk not in owing:
            raise DomainError(
                "declaration.not_owed",
                _("%(unit)s không phải làm việc này trong đợt. Chưa lưu gì; nếu cần, hãy báo đơn vị mở đợt.")
                % {"unit": unit.name},
            )


def _refuse_taking_back(
    campaign: Campaign, rows: Mapping[int, Declaration], previous: Mapping[int, int | None], kind: str
) -> None:
    """What a declaration has met is opened again with a reason, not by declaring nothing."""
    emptied = [
        unit_id
        for unit_id, row in rows.items()
        if kind in UNIT_KINDS and not any(row.figures.values()) and previous[unit_id] is not None
    ]
    if not emptied:
        return
    met = Obligation.objects.filter(
        campaign=campaign, unit__in=emptied, kind=MEETS[kind], state=Obligation.State.DONE
    ).values_list("unit_id", "batch_id")
    if any(previous[unit_id] == batch_id for unit_id, batch_id in met):
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


_ROOM_SINCE = """
SELECT told.unit_id, line.since
FROM unnest(%(units)s::bigint[], %(people)s::bigint[]) AS told(unit_id, people)
CROSS JOIN LATERAL (
    SELECT greatest(moved_on, %(starts)s::date) AS since FROM campaigns_rollline
    WHERE campaign_id = %(campaign)s AND unit_id = told.unit_id AND state = 'summoned'
    ORDER BY since OFFSET told.people - 1 LIMIT 1
) AS line
WHERE told.people > 0
"""


def _room_since(campaign: Campaign, rows: Iterable[Declaration]) -> dict[int, date]:
    """Since which day each unit has had as many people on the roll as it claims: its total counts on none before."""
    claimed = {row.unit_id: claimed_people(row.kind, row.figures) for row in rows}
    if not any(claimed.values()):
        return {}
    with connection.cursor() as cursor:
        words: dict[str, Any] = {
            "campaign": campaign.pk,
            "starts": campaign.starts_on,
            "units": list(claimed),
            "people": list(claimed.values()),
        }
        cursor.execute(_ROOM_SINCE, words)
        return dict(cursor.fetchall())


def claimed_people(kind: str, figures: Mapping[str, int]) -> int:
    """How many people of the roll a declaration speaks of: there must be so many of them."""
    if kind == Declaration.Kind.PRESENCE:
        return figures.get("present", 0) + figures.get("excused", 0)
    return figures.get("handed_in", 0) if kind == Declaration.Kind.ESSAYS else 0


def _grade(row: Declaration) -> Grade:
    return Grade.DOCUMENTED if row.paper else Grade.DECLARED


def _named(campaign: Campaign, unit_ids: Iterable[int]) -> dict[int, int]:
    """How many people of units are counted as present by name."""
    named = RollLine.objects.filter(campaign=campaign, unit__in=list(unit_ids), fulfilled_on__isnull=False)
    return dict(named.order_by().values_list("unit_id").annotate(how_many=Count("id")))


def _to_post(row: Declaration, name: str, named: int) -> int:
    """What of a declared figure goes into the ledger: presence only beyond the ``named`` people; what is
    counted by units stands there by the obligation it meets (``_fulfilment``).
    """
    declared = int(row.figures[name])
    if row.kind in UNIT_KINDS:
        return 0
    if row.kind == Declaration.Kind.PRESENCE and name == "present":
        return max(0, declared - named)
    return declared


def _posted_lines(row: Declaration, sign: int) -> list[Line]:
    cut = Slice(0, row.level + 1, row.form) if row.kind == Declaration.Kind.PRESENCE else Slice()
    return [
        Line(row.unit_id, FIGURES[row.kind][name], _grade(row), row.counted_on, sign * amount, cut)
        for name, amount in row.posted.items()
    ]


_COUNTED: Mapping[str, Measure] = {
    Requirement.Kind.CONFERENCE: Measure.CONFERENCES_HELD,
    Requirement.Kind.MATERIALS: Measure.MATERIALS_SUPPLIED,
    Requirement.Kind.PROGRAMME: Measure.PROGRAMMES_ISSUED,
}


_MEET = """
UPDATE campaigns_obligation AS owed
SET state = 'done', done_on = met.done_on, grade = met.grade, batch_id = met.batch_id
FROM unnest(%s::bigint[], %s::date[], %s::smallint[], %s::bigint[]) AS met(id, done_on, grade, batch_id)
WHERE owed.id = met.id
"""


def _fulfilment(campaign: Campaign, rows: Mapping[int, Declaration], kind: str) -> list[Line]:
    """What is declared also meets the units' open obligations of that kind, once (``meeting.meets``)."""
    met = meeting.met_units(campaign, rows, kind)
    if not met:
        return []
    owed = list(_open(campaign, met, kind).select_for_update().order_by("unit_id"))
    measure = _COUNTED.get(MEETS[kind])
    lines: list[Line] = []
    for one in owed:
        row = rows[one.unit_id]
        one.state, one.done_on = Obligation.State.DONE, row.happened_on
        one.grade, one.batch_id = _grade(row), row.batch_id
        if measure is not None:
            lines.append(Line(one.unit_id, measure, _grade(row), row.happened_on, 1))
        if kind == Declaration.Kind.PROGRAMME and on_time(one):
            lines.append(Line(one.unit_id, Measure.PROGRAMMES_ON_TIME, _grade(row), row.happened_on, 1))
    with connection.cursor() as cursor:
        columns = [(one.pk, one.done_on, one.grade, one.batch_id) for one in owed]
        cursor.execute(_MEET, [list(column) for column in zip(*columns, strict=True)] or [[], [], [], []])
    return lines


def _open(campaign: Campaign, unit_ids: Iterable[int], kind: str) -> QuerySet[Obligation]:
    return Obligation.objects.filter(
        campaign=campaign, unit__in=list(unit_ids), kind=MEETS[kind], state=Obligation.State.OPEN
    )


def _met_but_open(campaign: Campaign, rows: Mapping[int, Declaration], kind: str) -> set[int]:
    """Of units that say again what they said: those whose obligation is open though their figures meet it."""
    owing = set(_open(campaign, rows, kind).values_list("unit_id", flat=True)) if rows else set()
    return owing and set(meeting.met_units(campaign, {pk: rows[pk] for pk in owing}, kind))


def on_time(owed: Obligation) -> bool:
    """Whether what was owed was done by its deadline (the day it was done, Việt Nam time)."""
    return owed.done_on is not None and owed.done_on <= access.local_day(owed.due_at)


# Written out: this is asked at every roll-call, and the answer is nearly always that nothing was declared.
_DECLARED = """
SELECT id FROM campaigns_declaration
WHERE campaign_id = %(campaign)s AND kind = %(kind)s AND unit_id = ANY(%(units)b::bigint[])
ORDER BY unit_id FOR UPDATE
"""


def settle_presence(campaign: Campaign, unit_ids: Iterable[int]) -> list[Line]:
    """After named rows changed: what the declared rest of presence of those units must now become.

    Returns the lines for the caller's batch; nobody is counted both by name and in a total.
    """
    kind = Declaration.Kind.PRESENCE.value
    told: dict[str, Any] = {"campaign": campaign.pk, "kind": kind, "units": list(unit_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_DECLARED, told)
        declared = [row[0] for row in cursor.fetchall()]
    if not declared:
        return []
    rows = list(Declaration.objects.filter(pk__in=declared).order_by("unit_id"))
    named = _named(campaign, [row.unit_id for row in rows])
    lines: list[Line] = []
    for row in rows:
        known = named.get(row.unit_id, 0)
        wanted = _to_post(row, "present", known) if "present" in row.figures else 0
        before = int(row.posted.get("present", 0))
        if wanted == before:
            continue
        row.posted = {**row.posted, "present": wanted}
        row.save(update_fields=["posted"])
        cut = Slice(0, row.level + 1, row.form)
        lines.append(Line(row.unit_id, Measure.PRESENT, _grade(row), row.counted_on, wanted - before, cut))
    return lines
