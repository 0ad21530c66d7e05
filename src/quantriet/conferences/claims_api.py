"""Claims that contradict, for programs: the queue of a conference with the evidence of both sides, and a verdict."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema

from quantriet.conferences import scanning
from quantriet.conferences.commands import conflicts as commands
from quantriet.conferences.models import Attendance, AttendanceConflict, Scan
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import conflicts as queries
from quantriet.conferences.queries.conflicts import Row
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_together
from quantriet.ledger.measures import Grade
from quantriet.org import access
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()

EVIDENCE = {
    Grade.ON_SPOT: "on_site",
    Grade.AFTERWARDS: "entered_later",
    Grade.DOCUMENTED: "documented",
    Grade.DECLARED: "declared",
}
"""The grades by the names they have on boards."""


class ClaimDecision(StrEnum):
    """``here``: as this claim says; ``elsewhere``: as it is recorded; ``away``: he did not attend."""

    HERE = AttendanceConflict.Decision.HERE.value
    ELSEWHERE = AttendanceConflict.Decision.ELSEWHERE.value
    AWAY = AttendanceConflict.Decision.AWAY.value


class RecordedOut(Schema):
    """What is recorded of the person in this conference, by whom."""

    site_id: int
    site: str
    state: str
    in_at: datetime | None
    back_at: datetime | None
    out_at: datetime | None
    source: str
    evidence: str
    actor: str


class HeardOut(Schema):
    """A scan that devices of both sites heard. ``at``: by our clock, ``told_at``: by the device's."""

    id: UUID
    act: str
    at: datetime
    told_at: datetime
    site_id: int
    device: str
    code: str
    sentence: str


class ClaimOut(Schema):
    """A claim that waits. ``person_id`` is null where it names nobody, ``full_name`` empty where he is not of my units.
    ``at`` is the first moment claimed, with its evidence; ``decisions`` are those that may be taken.
    """

    id: int
    kind: str
    site_id: int
    site: str
    person_id: int | None
    full_name: str
    at: datetime | None
    back_at: datetime | None
    out_at: datetime | None
    told_at: datetime | None
    device: str
    source: str
    evidence: str
    actor: str
    decisions: list[ClaimDecision]
    recorded: RecordedOut | None
    scans: list[HeardOut]


class VerdictIn(Schema):
    """What is decided, and why."""

    decision: ClaimDecision
    note: Annotated[str, Field(max_length=300)] = ""


class VerdictOut(Schema):
    """The verdict that holds: the first one, whoever is told again."""

    claim_id: int
    decision: str
    note: str
    actor: str
    decided_at: datetime


@router.get(
    "/conferences/{conference_id}/claims",
    response=Page[ClaimOut],
    tags=["conferences"],
    summary="Claims that wait for a decision",
)
@endpoint(Can.CONFERENCE_MANAGE)
def list_claims(
    request: ActorRequest, conference_id: RowId, cursor: Cursor = "", limit: Limit = 50
) -> Page[ClaimOut]:
    """Claims of a conference of mine that wait, by id; who asked is written down for each person."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)

    def shown(found: list[AttendanceConflict]) -> list[ClaimOut]:
        readings.note(queries.named(found), page=queries.READING, by=request.actor)
        return [_claim(row) for row in queries.evidence(found, one)]

    return page_together(queries.waiting(one), by=("id",), cursor=cursor, limit=limit, show=shown)


def _claim(row: Row) -> ClaimOut:
    claim = row.conflict
    return ClaimOut(
        id=claim.pk,
        kind=claim.kind,
        site_id=claim.site_id,
        site=claim.site.name,
        person_id=claim.person_id,
        full_name=claim.person.full_name if claim.person is not None else "",
        at=claim.at,
        back_at=claim.back_at,
        out_at=claim.out_at,
        told_at=claim.told_at,
        device=claim.device.label if claim.device is not None else "",
        source=claim.source,
        evidence=EVIDENCE[Grade(claim.grade)],
        actor=claim.actor,
        decisions=[ClaimDecision(one) for one in commands.choices(claim)],
        recorded=_recorded(row.recorded) if row.recorded is not None else None,
        scans=[_heard(scan) for scan in row.scans],
    )


def _recorded(row: Attendance) -> RecordedOut:
    return RecordedOut(
        site_id=row.site_id,
        site=row.site.name,
        state=row.state,
        in_at=row.in_at,
        back_at=row.back_at,
        out_at=row.out_at,
        source=row.source,
        evidence=EVIDENCE[Grade(row.grade)],
        actor=row.actor,
    )


def _heard(scan: Scan) -> HeardOut:
    return HeardOut(
        id=scan.client_id,
        act=scan.act,
        at=scan.at,
        told_at=scan.told_at,
        site_id=scan.site_id,
        device=scan.device.label,
        code=scan.code,
        sentence=str(scanning.SENTENCES.get(scan.code, scan.code)),
    )


@router.post(
    "/claims/{claim_id}/verdict", response=VerdictOut, tags=["conferences"], summary="Decide on a claim"
)
@endpoint(Can.CONFERENCE_MANAGE)
def settle(request: ActorRequest, claim_id: RowId, told: VerdictIn) -> VerdictOut:
    """Decide on a claim about a conference of mine. The first verdict holds and is the answer to any that follows."""
    mine = reads.managed(request.actor).order_by().values("pk")
    rows = AttendanceConflict.objects.filter(conference__in=mine).select_related("conference")
    claim = access.row_or_404(rows, claim_id)
    verdict = commands.settle(claim, decision=told.decision.value, note=told.note, by=request.actor)
    return VerdictOut(
        claim_id=claim.pk,
        decision=verdict.decision,
        note=verdict.note,
        actor=verdict.actor,
        decided_at=verdict.created_at,
    )
