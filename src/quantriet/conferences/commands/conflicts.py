"""Claims that wait: matched when what they lacked has come, settled by a person otherwise.

A verdict is an entry of its own. What follows from it is written by the commands that write every attendance, so
the row, its correction, its credit and the ledger say the same; the claim keeps its evidence.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import credits
from quantriet.conferences import verdicts
from quantriet.conferences.commands import entries, gate, marks
from quantriet.conferences.commands.entries import Call, Hand, Write, known_of, meeting_of
from quantriet.conferences.commands.marks import Heard, Mark
from quantriet.conferences.models import Attendance, AttendanceConflict, AttendanceVerdict, Conference, Site
from quantriet.conferences.queries import roster
from quantriet.conferences.verdicts import HERE, NOTHING, Act, Ask, Claimed, Known
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.ledger.measures import Grade
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

_log = structlog.get_logger("conflicts")

Decision = AttendanceConflict.Decision
KINDS = AttendanceConflict.Kind
MAY_BE_DECIDED = {
    KINDS.TWO_SITES: (Decision.HERE, Decision.ELSEWHERE, Decision.AWAY),
    KINDS.TWO_DEVICES: (Decision.ELSEWHERE, Decision.AWAY),
    KINDS.OUT_FIRST: (Decision.HERE, Decision.ELSEWHERE),
    KINDS.AFTER_CLOSE: (Decision.HERE, Decision.ELSEWHERE),
    KINDS.FORGED: (Decision.HERE, Decision.ELSEWHERE),
}
"""What a person may decide on which claim."""

HOUSE = Actor(0, 0, None, "Hệ thống", frozenset(), ())


def choices(conflict: AttendanceConflict) -> tuple[str, ...]:
    """What may be decided on a claim: of nobody in particular nothing can be recorded."""
    if conflict.person_id is None:
        return (Decision.ELSEWHERE,)
    return MAY_BE_DECIDED[KINDS(conflict.kind)]


def settle(conflict: AttendanceConflict, *, decision: str, by: Actor, note: str = "") -> AttendanceVerdict:
    """Decide on a claim: ``here`` records it, moving the person to its site; ``elsewhere`` leaves what is recorded;
    ``away`` records that he did not attend. The first verdict holds, said again by whomever.

    Whoever manages the conference decides. Refuses with ``conflict.decision`` what the claim does not allow, and
    with ``conflict.matched`` what has settled itself.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conflict.conference.unit_id)
    with transaction.atomic():
        gate.enter([conflict.conference_id])
        locked = AttendanceConflict.objects.select_for_update().get(pk=conflict.pk)
        if locked.decision == Decision.MATCHED:
            raise DomainError(
                "conflict.matched", _("Lượt này đã tự khớp với lượt đến sau. Không còn gì phải quyết định.")
            )
        if locked.decision != Decision.OPEN:
            return AttendanceVerdict.objects.get(conflict=locked)
        if decision not in choices(locked):
            raise DomainError("conflict.decision", _("Hãy chọn một trong các cách đã nêu. Chưa thay đổi gì."))
        verdict = AttendanceVerdict.objects.create(
            conflict=locked,
            person_id=locked.person_id,
            unit_id=locked.unit_id,
            decision=decision,
            note=clean_line(note)[:300],
            actor=by.name,
            call=f"settle:{locked.pk}",
        )
        _carry_out(verdict, by=by)
        locked.decision = decision
        locked.save(update_fields=["decision"])
        detail = {"decision": decision, "kind": locked.kind}
        audit.record(by, "attendance.settle", locked, unit=conflict.conference.unit_id, detail=detail)
    return verdict


def _carry_out(verdict: AttendanceVerdict, *, by: Actor) -> None:
    """Write what the verdict says, if it changes what is recorded."""
    conflict = verdict.conflict
    if verdict.decision == Decision.ELSEWHERE or conflict.person_id is None:
        return
    conference = Conference.objects.select_related("campaign").get(pk=conflict.conference_id)
    person_id = conflict.person_id
    rows = marks.rows_of(conference, [person_id], [])
    if conference.campaign_id is not None:
        credits.hold([(conference.campaign_id, person_id)])
    row = rows.get(person_id)
    if verdict.decision == Decision.AWAY and (row is None or row.state not in HERE):
        return
    place = roster.places(conference, [person_id])[person_id]
    if place.unit_id is None:
        raise access.not_found()
    site = _site(
        conference, conflict.site_id if row is None or verdict.decision == Decision.HERE else row.site_id
    )
    known = known_of(row) if row is not None else NOTHING
    if verdict.decision == Decision.AWAY:
        after = Known("absent", version=known.version)
    else:
        stood_here = row is not None and row.site_id == conflict.site_id
        before = known if stood_here else Known(version=known.version)
        after = verdicts.claimed(before, _told(conflict), meeting_of(conference))
    reason = _("Quyết định: {what}. {note}").format(what=verdict.get_decision_display(), note=verdict.note)
    call = Call(conference, verdict.call, by, site, reason.strip()[:300], rows)
    hand = Hand(site, by.name, call.key, conflict.device_id or 0, conflict.told_at)
    write = Write(place, after, conflict.source, Grade(conflict.grade), hand, conflict.client_id)
    if row is None or after != known or row.site_id != site.pk:
        entries.apply([write], call)


def _site(conference: Conference, site_id: int) -> Site:
    site = Site.objects.get(pk=site_id)
    site.conference = conference
    return site


def _told(conflict: AttendanceConflict) -> Claimed:
    """The hours a claim tells; where nobody came in by it, its first moment is a going."""
    came = conflict.at if conflict.back_at is not None else None
    return Claimed(came, conflict.back_at, conflict.out_at)


# Goings that were heard before the coming: the coming is there now. Two doors that both let somebody in: he had gone
# out between. Rows of the person's own site only; nothing else settles itself.
_GOINGS = """
SELECT claim.id
FROM conferences_attendanceconflict AS claim
JOIN conferences_attendance AS row
  ON row.conference_id = claim.conference_id AND row.person_id = claim.person_id AND row.site_id = claim.site_id
WHERE claim.kind = 'out_first' AND claim.decision = 'open' AND row.state IN ('present', 'late')
  AND claim.conference_id = %(conference)s
  AND (row.in_at IS NULL OR row.in_at <= claim.at
       OR (row.in_at <= claim.out_at AND coalesce(row.back_at, row.in_at) <= claim.out_at
           AND (row.out_at IS NULL OR row.out_at < claim.out_at)))
ORDER BY claim.person_id, claim.id LIMIT %(at_most)s
"""
_WENT_BETWEEN = """
UPDATE conferences_attendanceconflict AS claim SET decision = 'matched'
FROM conferences_attendance AS row
WHERE claim.kind = 'two_devices' AND claim.decision = 'open'
  AND claim.conference_id = %(conference)s
  AND row.conference_id = claim.conference_id AND row.person_id = claim.person_id
  AND EXISTS (
    SELECT 1 FROM conferences_device AS device JOIN conferences_scan AS scan ON scan.device_id = device.id
    WHERE device.site_id = claim.site_id AND scan.person_id = claim.person_id AND scan.act = 'out'
      AND scan.at BETWEEN row.in_at AND greatest(claim.back_at, row.back_at)
  )
"""
AT_ONE_TIME = 2_000


def match(conference_id: int, *, by: Actor = HOUSE) -> int:
    """Settle what has settled itself in a conference; returns how many goings found their coming.

    The house does it every minute and whoever closes a conference first of all, so that no check-in pays for it.
    The caller is inside the gate.
    """
    told = {"conference": conference_id, "at_most": AT_ONE_TIME}
    with connection.cursor() as cursor:
        cursor.execute(_WENT_BETWEEN, told)
        cursor.execute(_GOINGS, told)
        ids = [int(row[0]) for row in cursor.fetchall()]
    found = AttendanceConflict.objects.filter(pk__in=ids).select_related("site__conference__campaign")
    conflicts = list(found.order_by("person_id", "pk"))
    if conflicts:
        _match(conflicts, by=by)
    return len(conflicts)


def match_all() -> int:
    """``match`` for every conference where claims wait; one that cannot be written stops no other."""
    with access.whole_house("goings whose comings arrived"):
        waiting = AttendanceConflict.objects.filter(
            decision=Decision.OPEN, kind__in=(KINDS.OUT_FIRST, KINDS.TWO_DEVICES)
        )
        ids = list(waiting.order_by("conference_id").values_list("conference_id", flat=True).distinct())
    matched = 0
    for conference_id in ids:
        try:
            with access.whole_house("goings whose comings arrived"):
                gate.enter([conference_id])
                matched += match(conference_id)
        except Exception:  # noqa: BLE001 - whatever it is, the others are matched all the same; it is tried again
            _log.exception("claims.not_matched", conference=conference_id)
    return matched


def _match(conflicts: Sequence[AttendanceConflict], *, by: Actor) -> None:
    conference = conflicts[0].site.conference
    heard = [
        Heard(Mark(Ask(Act.OUT, conflict.out_at), conflict.source, conflict.person_id or 0), conflict.person_id or 0,
              Hand(conflict.site, conflict.actor, f"match:{conflict.pk}"))
        for conflict in conflicts
    ]  # fmt: skip
    key = f"match:{timezone.now():%Y%m%d%H%M%S%f}:{conflicts[0].pk}"
    marks.write_down(heard, Call(conference, key, by))
    came = dict(
        Attendance.objects.filter(
            conference=conference, person_id__in=[conflict.person_id for conflict in conflicts]
        ).values_list("person_id", "in_at")
    )
    done = [one.pk for one in conflicts if _is_explained(one, came.get(one.person_id or 0))]
    AttendanceConflict.objects.filter(pk__in=done).update(decision=Decision.MATCHED)


def _is_explained(conflict: AttendanceConflict, in_at: datetime | None) -> bool:
    """Whether no going of the claim lies before the first coming that is known now."""
    return in_at is None or conflict.at is None or in_at <= conflict.at
