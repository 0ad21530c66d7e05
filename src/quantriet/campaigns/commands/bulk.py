"""``credits.credit`` and ``roll.excuse`` for many batches at once, for roll-calls of thousands of sites.

The same rows and entries as the single commands, which stay the way of every page: here the numbers of
statements do not grow with the sites.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from quantriet.campaigns.commands import declarations
from quantriet.campaigns.commands.counting import excuse_line, excuse_lines, present_lines
from quantriet.campaigns.commands.credits import Claim, Session, documents_of
from quantriet.campaigns.models import Campaign
from quantriet.ledger import bulk as ledger
from quantriet.ledger.bulk import Opening
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Slice
from quantriet.org.access import Actor

Lines = dict[int, list[Line]]


@dataclass(frozen=True)
class Claims:
    """What one session claims on one batch."""

    batch_id: int
    session: Session
    claims: Sequence[Claim]


_STAGE = """
CREATE TEMPORARY TABLE claimed (line_id bigint, batch_id bigint, means text, level smallint, form smallint,
                                grade smallint, credited_on date) ON COMMIT DROP
"""
_CLAIM = """
WITH new AS (
    INSERT INTO campaigns_credit
        (created_at, campaign_id, line_id, person_id, unit_id, document_id, means, level, form, grade,
         credited_on, source, batch_id)
    SELECT statement_timestamp(), line.campaign_id, line.id, line.person_id, line.unit_id, document.id,
           claim.means, claim.level, claim.form, claim.grade, claim.credited_on, claim.source, claim.batch_id
    FROM unnest(%(batches)b::bigint[], %(levels)b::smallint[], %(forms)b::smallint[], %(people)b::bigint[],
                %(sources)b::text[], %(means)b::text[], %(grades)b::smallint[], %(days)b::date[])
         AS claim(batch_id, level, form, person_id, source, means, grade, credited_on)
    JOIN campaigns_rollline AS line
      ON line.campaign_id = %(campaign)s AND line.person_id = claim.person_id AND line.state = 'summoned'
    CROSS JOIN unnest(%(documents)b::bigint[]) AS document(id)
    ON CONFLICT (line_id, document_id) DO NOTHING
    RETURNING line_id, batch_id, means, level, form, grade, credited_on
)
INSERT INTO claimed SELECT * FROM new
"""
_FULFIL = """
WITH fulfilled AS (
    UPDATE campaigns_rollline AS line
    SET fulfilled_on = greatest(claim.credited_on, line.moved_on), batch_id = claim.batch_id,
        means = claim.means, level = claim.level, form = claim.form, grade = claim.grade
    FROM claimed AS claim
    WHERE line.id = claim.line_id AND line.fulfilled_on IS NULL AND line.state = 'summoned'
      AND NOT EXISTS (
          SELECT 1 FROM campaigns_campaigndocument AS needed
          WHERE needed.campaign_id = line.campaign_id AND needed.mode = 'thorough'
            AND NOT EXISTS (
                SELECT 1 FROM campaigns_credit AS had
                WHERE had.line_id = line.id AND had.document_id = needed.document_id
            )
      )
    RETURNING line.batch_id, line.unit_id, line.person_class, line.excused_on, line.means,
              line.level, line.form, line.grade, line.fulfilled_on
)
SELECT batch_id, unit_id, person_class, excused_on, means, level, form, grade, fulfilled_on, count(*)
FROM fulfilled GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


def credit_all(
    campaign: Campaign,
    told: Sequence[Claims],
    *,
    by: Actor,
    beside: Mapping[int, Iterable[Line]] | None = None,
) -> int:
    """Credit what many sessions claim, each on its own batch, opened in this transaction by the caller; returns
    how many roll lines were fulfilled. Sessions of one call teach the same documents. ``beside``: what the caller
    counts on each batch under other measures, appended with it.
    """
    del by  # the batches name the actor
    if campaign.book_id is None:
        return 0
    lines: Lines = defaultdict(list, {batch_id: list(some) for batch_id, some in (beside or {}).items()})
    done = _fulfil(campaign, told, lines)
    ledger.append_all(campaign.book_id, lines)
    return done


def _fulfil(campaign: Campaign, told: Sequence[Claims], lines: Lines) -> int:
    """Write the credits and fulfil what they carry; what that counts is added to ``lines``."""
    documents = documents_of(campaign, told[0].session) if told else []
    rows = [
        (
            each.batch_id,
            each.session.level,
            each.session.form,
            one.person_id,
            one.source,
            one.means,
            one.grade,
            one.on,
        )
        for each in told
        for one in each.claims
    ]
    if not rows or not documents:
        return 0
    names = ("batches", "levels", "forms", "people", "sources", "means", "grades", "days")
    columns = dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS claimed")
        cursor.execute(_STAGE)
        cursor.execute(_CLAIM, {"campaign": campaign.pk, "documents": documents, **columns})
        cursor.execute("ANALYZE claimed")
        cursor.execute(_FULFIL)
        found = cursor.fetchall()
        cursor.execute("DROP TABLE claimed")
    _count(campaign, found, lines)
    return sum(int(row[-1]) for row in found)


def _count(campaign: Campaign, found: Sequence[tuple], lines: Lines) -> None:  # type: ignore[type-arg]
    """What the fulfilled lines post on their batches, and what of declared totals they push back."""
    batch_of: dict[int, int] = {}
    for batch_id, unit_id, person_class, excused_on, means, level, form, grade, on, count in found:
        cut = Slice(person_class, level + 1, form)
        lines[batch_id] += present_lines(unit_id, cut, Grade(grade), on, means=means, amount=count)
        if excused_on is not None:
            lines[batch_id].append(excuse_line(unit_id, person_class, max(on, excused_on), -count))
        batch_of[unit_id] = batch_id
    for line in declarations.settle_presence(campaign, batch_of):
        lines[batch_of[line.unit_id]].append(line)


@dataclass(frozen=True)
class Excuses:
    """Who is excused by one call: its key, and person → reason."""

    key: str
    people: Mapping[int, str]


_EXCUSE = """
WITH told AS (
    SELECT * FROM unnest(%(keys)b::text[], %(people)b::bigint[], %(texts)b::text[]) AS told(key, person_id, text)
), standing AS (
    SELECT line.id, told.key, told.text, line.unit_id, line.person_class, line.fulfilled_on,
           line.excused_on AS before,
           least(line.excused_on, greatest(%(on)s::date, %(starts)s::date, line.moved_on)) AS since
    FROM told JOIN campaigns_rollline AS line
      ON line.campaign_id = %(campaign)s AND line.person_id = told.person_id AND line.state = 'summoned'
    ORDER BY line.id FOR UPDATE OF line
), written AS (
    UPDATE campaigns_rollline AS line SET excuse = standing.text, excused_on = standing.since
    FROM standing
    WHERE line.id = standing.id AND (line.excuse <> standing.text OR standing.before IS DISTINCT FROM standing.since)
    RETURNING line.id
)
SELECT standing.key, standing.unit_id, standing.person_class, standing.before, standing.since,
       standing.fulfilled_on, count(*)
FROM standing JOIN written USING (id) WHERE standing.before IS DISTINCT FROM standing.since GROUP BY 1, 2, 3, 4, 5, 6
"""


def excuse_all(campaign: Campaign, told: Sequence[Excuses], *, on: date, by: Actor) -> None:
    """Note who is excused from a day, by many calls, each with a batch of its own; reasons are not empty here.

    Counted as ``roll.excuse`` counts; the caller has checked his permission at the sites.
    """
    rows = [(each.key, person, text[:200]) for each in told for person, text in each.people.items()]
    if not rows or campaign.book_id is None:
        return
    keys, people, texts = (list(column) for column in zip(*rows, strict=True))
    with transaction.atomic(), connection.cursor() as cursor:
        days = {"on": on, "starts": campaign.starts_on}
        cursor.execute(
            _EXCUSE, {"campaign": campaign.pk, "keys": keys, "people": people, "texts": texts, **days}
        )
        by_key = _excused(cursor.fetchall())
        opened = ledger.begin_all(
            campaign.book_id, [Opening(key) for key in by_key], by=by, origin="roll.excuse"
        )
        ledger.append_all(campaign.book_id, {pk: by_key[key] for key, pk in opened.items()})


def _excused(found: Sequence[tuple]) -> dict[str, list[Line]]:  # type: ignore[type-arg]
    """What each call counts: the days before, where there were any, taken back, and the days now."""
    by_key: dict[str, list[Line]] = defaultdict(list)
    for key, unit_id, person_class, before, since, until, count in found:
        lines = excuse_lines(unit_id, person_class, count, since=since, until=until)
        if before is not None:
            lines += excuse_lines(unit_id, person_class, -count, since=before, until=until)
        if lines:
            by_key[key] += lines
    return by_key
