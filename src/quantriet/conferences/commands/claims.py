"""What was claimed and could not be recorded: kept with its evidence for a person, one row a way it is wrong.

Nothing of it is counted, and it stops nothing. In whatever order claims come, the row that waits says the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from quantriet.conferences.commands.entries import Hand
from quantriet.conferences.models import AttendanceConflict, Conference
from quantriet.conferences.verdicts import Act
from quantriet.ledger.measures import Grade

KINDS = AttendanceConflict.Kind


@dataclass(frozen=True)
class Claim:
    """One claim with its evidence. ``person_id`` ``None``: it names nobody who is expected. ``at``: by our clock."""

    hand: Hand
    kind: str
    person_id: int | None
    act: Act
    at: datetime
    source: str
    grade: Grade
    client_id: UUID | None = None

    @property
    def state(self) -> str:
        """What it says of the person."""
        return "late" if self.act is Act.LATE else "present"


# The evidence is that of the first moment claimed. What a person has decided on does not come up again by a copy.
_KEEP = """
INSERT INTO conferences_attendanceconflict AS kept
    (created_at, conference_id, site_id, unit_id, person_id, kind, state, at, back_at, out_at, device_id, told_at,
     grade, source, client_id, actor, decision)
SELECT statement_timestamp(), %(conference)s, claim.site, min(claim.unit), claim.person, claim.kind,
       (array_agg(claim.state ORDER BY claim.at, claim.client))[1], min(claim.at),
       max(claim.at) FILTER (WHERE NOT claim.goes), max(claim.at) FILTER (WHERE claim.goes),
       (array_agg(nullif(claim.device, 0) ORDER BY claim.at, claim.client))[1],
       (array_agg(claim.told ORDER BY claim.at, claim.client))[1],
       (array_agg(claim.grade ORDER BY claim.at, claim.client))[1],
       (array_agg(claim.source ORDER BY claim.at, claim.client))[1],
       (array_agg(claim.client ORDER BY claim.at, claim.client))[1],
       (array_agg(claim.actor ORDER BY claim.at, claim.client))[1], 'open'
FROM unnest(%(sites)b::bigint[], %(units)b::bigint[], %(people)b::bigint[], %(kinds)b::text[], %(states)b::text[],
            %(moments)b::timestamptz[], %(goes)b::boolean[], %(devices)b::bigint[], %(told)b::timestamptz[],
            %(grades)b::smallint[], %(sources)b::text[], %(clients)b::uuid[], %(actors)b::text[])
     AS claim(site, unit, person, kind, state, at, goes, device, told, grade, source, client, actor)
WHERE NOT EXISTS (
    SELECT 1 FROM conferences_attendanceconflict AS decided
    WHERE decided.site_id = claim.site AND decided.kind = claim.kind AND decided.client_id = claim.client
      AND decided.person_id IS NOT DISTINCT FROM claim.person AND decided.decision <> 'open'
)
GROUP BY claim.site, claim.person, claim.kind{of_nobody}
ORDER BY claim.site, claim.person, claim.kind
ON CONFLICT ({once}, kind) WHERE decision = 'open' AND person_id IS {whether} NULL DO UPDATE SET
    at = least(kept.at, EXCLUDED.at),
    back_at = greatest(kept.back_at, EXCLUDED.back_at),
    out_at = greatest(kept.out_at, EXCLUDED.out_at),
    state = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.state ELSE kept.state END,
    device_id = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.device_id ELSE kept.device_id END,
    told_at = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.told_at ELSE kept.told_at END,
    grade = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.grade ELSE kept.grade END,
    source = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.source ELSE kept.source END,
    client_id = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.client_id ELSE kept.client_id END,
    actor = CASE WHEN EXCLUDED.at < kept.at THEN EXCLUDED.actor ELSE kept.actor END
"""
_KEEP_ABOUT_PERSON = _KEEP.format(of_nobody="", once="site_id, person_id", whether="NOT")
_KEEP_OF_NOBODY = _KEEP.format(of_nobody=", claim.device", once="site_id, device_id", whether="")


def keep(conference: Conference, claims: Iterable[Claim]) -> None:
    """Keep claims about one conference. The same again changes nothing."""
    given = list(claims)
    _keep(conference, [one for one in given if one.person_id is not None], _KEEP_ABOUT_PERSON)
    _keep(conference, [one for one in given if one.person_id is None], _KEEP_OF_NOBODY)


def _keep(conference: Conference, given: Sequence[Claim], statement: str) -> None:
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "conference": conference.pk,
                "sites": [one.hand.site.pk for one in given],
                "units": [one.hand.site.unit_id for one in given],
                "people": [one.person_id for one in given],
                "kinds": [str(one.kind) for one in given],
                "states": [one.state for one in given],
                "moments": [one.at for one in given],
                "goes": [one.act is Act.OUT for one in given],
                "devices": [one.hand.device_id for one in given],
                "told": [one.hand.told_at for one in given],
                "grades": [int(one.grade) for one in given],
                "sources": [str(one.source) for one in given],
                "clients": [one.client_id for one in given],
                "actors": [one.hand.actor for one in given],
            },
        )
