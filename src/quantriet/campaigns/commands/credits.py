"""Credit: a person has studied a document. Peers (conferences, learning) claim it here and nowhere else.

A line is fulfilled when every document to be studied thoroughly is credited; then, once, the person is
counted as present at the unit of the line. Claims come in lists and ride on the caller's batch.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import declarations, moves, standing
from quantriet.campaigns.commands.counting import excuse_line, present_lines
from quantriet.campaigns.models import Campaign, Credit, RollLine
from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Slice
from quantriet.org.access import Actor


@dataclass(frozen=True)
class Session:
    """The session a claim rests on: its level and form, and the documents on its agenda."""

    level: int
    form: int
    document_ids: tuple[int, ...]


@dataclass(frozen=True)
class Claim:
    """One person's claim: the row it rests on, how it came about, how well it is evidenced, when."""

    person_id: int
    source: str
    means: str
    grade: int
    on: date


@dataclass(frozen=True)
class Fulfilled:
    """A line that this call fulfilled."""

    line_id: int
    unit_id: int
    person_id: int


# Of the documents on the agenda those of the campaign; without documents of its own the campaign credits none.
_CLAIM = """
INSERT INTO campaigns_credit
    (created_at, campaign_id, line_id, person_id, unit_id, document_id, means, level, form, grade,
     credited_on, source, batch_id)
SELECT statement_timestamp(), line.campaign_id, line.id, line.person_id, line.unit_id, document.id,
       claim.means, %(level)s, %(form)s, claim.grade, claim.credited_on, claim.source, %(batch)s
FROM unnest(%(people)b::bigint[], %(sources)b::text[], %(means)b::text[], %(grades)b::smallint[],
            %(days)b::date[]) AS claim(person_id, source, means, grade, credited_on)
JOIN campaigns_rollline AS line
  ON line.campaign_id = %(campaign)s AND line.person_id = claim.person_id AND line.state = 'summoned'
CROSS JOIN (
    SELECT document_id AS id FROM campaigns_campaigndocument
    WHERE campaign_id = %(campaign)s AND document_id = ANY(%(documents)b::bigint[])
    UNION ALL
    SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM campaigns_campaigndocument WHERE campaign_id = %(campaign)s)
) AS document
ON CONFLICT (line_id, document_id) DO NOTHING
RETURNING line_id
"""

# A line is fulfilled when no thorough document of the campaign is left without a credit; a campaign that
# only makes known, or has no document, is fulfilled by any credit. Those of the session were credited a moment ago, or
# before: only others are looked for. Whoever moved is not counted as present where he
# is before the day from which he is summoned there. One batch may carry claims of several sessions: the last of them
# is the one the line stands on, and the ledger counts by the row it left.
_FULFIL = """
UPDATE campaigns_rollline AS line
SET fulfilled_on = greatest(claim.credited_on, line.moved_on), batch_id = %(batch)s, means = claim.means,
    level = claim.level, form = claim.form, grade = claim.grade
FROM (
    SELECT DISTINCT ON (credit.line_id)
           credit.line_id, credit.credited_on, credit.means, credit.level, credit.form, credit.grade
    FROM unnest(%(lines)b::bigint[]) AS touched(line_id)
    JOIN campaigns_credit AS credit ON credit.line_id = touched.line_id AND credit.batch_id = %(batch)s
    ORDER BY credit.line_id, credit.credited_on DESC, credit.id DESC
) AS claim
WHERE line.id = claim.line_id AND line.fulfilled_on IS NULL AND line.state = 'summoned'
  AND NOT EXISTS (
      SELECT 1 FROM campaigns_campaigndocument AS needed
      WHERE needed.campaign_id = line.campaign_id AND needed.mode = 'thorough'
        AND needed.document_id <> ALL(%(documents)b::bigint[])
        AND NOT EXISTS (
            SELECT 1 FROM campaigns_credit AS had
            WHERE had.line_id = line.id AND had.document_id = needed.document_id
        )
  )
RETURNING line.id, line.unit_id, line.person_id, line.person_class, line.excused_on,
          claim.means, claim.level, claim.form, claim.grade, line.fulfilled_on
"""


def credit(
    campaign: Campaign,
    claims: Sequence[Claim],
    *,
    session: Session,
    batch_id: int,
    by: Actor,
    beside: Iterable[Line] = (),
) -> list[Fulfilled]:
    """Credit people for the documents of a session; returns the lines fulfilled by it.

    People who are not on the roll are passed over (they are guests). A claim for what is credited already
    changes nothing: nobody is counted twice. The caller opened ``batch_id`` in this transaction; what it counts
    itself under other measures goes ``beside``, or is appended by it.
    """
    del by  # the batch names the actor
    lines = list(beside)
    done = _fulfil(campaign, claims, session, batch_id, lines) if claims else []
    if lines:
        ledger.append(_book(campaign), batch_id, lines)
    return done


def _fulfil(
    campaign: Campaign, claims: Sequence[Claim], session: Session, batch_id: int, lines: list[Line]
) -> list[Fulfilled]:
    """Write the credits and fulfil what they carry; what that counts is added to ``lines``."""
    _book(campaign)
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "campaign": campaign.pk,
                "batch": batch_id,
                "level": session.level,
                "form": session.form,
                "documents": list(session.document_ids),
                "people": [claim.person_id for claim in claims],
                "sources": [claim.source for claim in claims],
                "means": [str(claim.means) for claim in claims],
                "grades": [claim.grade for claim in claims],
                "days": [claim.on for claim in claims],
            },
        )
        touched = sorted({int(row[0]) for row in cursor.fetchall()})
        if not touched:
            return []
        cursor.execute(
            _FULFIL, {"batch": batch_id, "lines": touched, "documents": list(session.document_ids)}
        )
        rows = cursor.fetchall()
    done = [Fulfilled(line_id, unit_id, person_id) for line_id, unit_id, person_id, *_way in rows]
    alike = Counter((unit_id, *way) for _line, unit_id, _person, *way in rows)
    for (unit_id, person_class, excused_on, means, level, form, grade, on), count in alike.items():
        cut = Slice(person_class, level + 1, form)
        lines += present_lines(unit_id, cut, Grade(grade), on, means=means, amount=count)
        if excused_on is not None:
            lines.append(excuse_line(unit_id, person_class, max(on, excused_on), -count))
    lines += declarations.settle_presence(campaign, {one.unit_id for one in done})
    return done


def _book(campaign: Campaign) -> int:
    if campaign.book_id is None or campaign.state == Campaign.State.DRAFT:
        raise DomainError("campaign.not_started", _("Đợt này chưa bắt đầu nên chưa ghi nhận được ai."))
    return campaign.book_id


def documents_of(campaign: Campaign, session: Session) -> list[int | None]:
    """The documents of a campaign that a session credits; without documents credit has none either."""
    own = list(campaign.documents.values_list("document_id", flat=True))
    if not own:
        return [None]
    return [pk for pk in own if pk in session.document_ids]


_STAND_AT = """
SELECT DISTINCT line.unit_id
FROM unnest(%s::bigint[], %s::bigint[]) AS asked(campaign_id, person_id)
JOIN campaigns_rollline AS line USING (campaign_id, person_id)
WHERE line.state = 'summoned'
"""


def hold(people: Iterable[tuple[int, int]]) -> None:
    """Hold the units on whose rolls these people stand (campaign, person).

    Who takes credits back needs them, because a line that is open again may follow its person. Units come before
    lines (``org.commands.standing``): a caller that claims or excuses in the same transaction holds them first.
    """
    asked = sorted(set(people))
    with connection.cursor() as cursor:
        cursor.execute(_STAND_AT, [[one for one, _person in asked], [one for _campaign, one in asked]])
        units = [int(row[0]) for row in cursor.fetchall()]
    if units:
        standing.hold(units)


def withdraw(campaign: Campaign, sources: Sequence[str], *, reason: str, key: str, by: Actor) -> list[int]:
    """Take back the credits that rest on ``sources`` (rows that were corrected); returns the people concerned.

    Whoever is no longer fulfilled is counted out again, on the day and with the cut he was counted in; his line
    follows him when its unit has ended meanwhile. The caller then claims anew
    what other rows of the same people support.
    """
    book_id = _book(campaign)
    resting = Credit.objects.filter(campaign=campaign, source__in=sources)
    with transaction.atomic():
        hold((campaign.pk, person_id) for person_id in resting.values_list("person_id", flat=True))
        posted = ledger.begin(book_id, by=by, origin="credits.withdraw", key=key, reason=reason)
        if not posted.is_new:
            return []
        touched = list(
            RollLine.objects.select_for_update().filter(pk__in=resting.values("line")).order_by("pk")
        )
        gone = list(resting.order_by("pk"))
        Credit.objects.filter(pk__in=[one.pk for one in gone]).delete()
        undone = _no_longer_fulfilled(campaign, touched)
        lines: list[Line] = []
        for line in undone:
            lines += _counted_out(line)
        RollLine.objects.filter(pk__in=[line.pk for line in undone]).update(
            fulfilled_on=None, means="", level=None, form=None, grade=None, batch=posted.batch_id
        )
        lines += declarations.settle_presence(campaign, {line.unit_id for line in undone})
        ledger.append(book_id, posted.batch_id, lines)
        moves.follow_home(campaign, undone, key=f"{key[:110]}:home", reason=reason, by=by)
    return sorted({one.person_id for one in gone})


def _no_longer_fulfilled(campaign: Campaign, lines: Sequence[RollLine]) -> list[RollLine]:
    """Of these lines, those counted as fulfilled whose credits no longer carry it."""
    needed = set(campaign.documents.filter(mode="thorough").values_list("document_id", flat=True))
    had: dict[int, set[int | None]] = {}
    for line_id, document_id in Credit.objects.filter(line__in=[line.pk for line in lines]).values_list(
        "line_id", "document_id"
    ):
        had.setdefault(line_id, set()).add(document_id)
    counted = [line for line in lines if line.fulfilled_on is not None]
    return [line for line in counted if not had.get(line.pk) or needed - had[line.pk]]


def _counted_out(line: RollLine) -> list[Line]:
    """The reversal of how the person was counted in."""
    if line.fulfilled_on is None or line.level is None or line.form is None or line.grade is None:
        return []
    cut = Slice(line.person_class, line.level + 1, line.form)
    lines = present_lines(
        line.unit_id, cut, Grade(line.grade), line.fulfilled_on, means=line.means, amount=-1
    )
    if line.excused_on is not None:
        day = max(line.fulfilled_on, line.excused_on)
        lines.append(excuse_line(line.unit_id, line.person_class, day, 1))
    return lines
