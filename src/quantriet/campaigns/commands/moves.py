"""Roll lines that follow their person, or the unit that takes over, before they are fulfilled; and back again.

A fulfilled line never moves: numerator and denominator of a person stand at one unit. Nor does a line leave a
unit that has declared a total nobody's name stands behind, when the lines left would be fewer than the people it
declared: then all of them stay, and the total with them. A line whose person leaves the campaign's scope is taken
off the roll. Set-based: the members of a province are one statement a campaign.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import policy as policies
from quantriet.campaigns.commands import standing
from quantriet.campaigns.commands.counting import excuse_line, summon_lines
from quantriet.campaigns.models import Campaign, Requirement, RollLine, RollMove
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.org.access import Actor
from quantriet.org.models import Person


@dataclass(frozen=True)
class Wish:
    """Whose open lines should go where. ``people``: person → (the unit his line stands at, the unit it goes to).
    ``heirs``: unit that ends → the unit that takes over all its other lines.
    """

    people: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    heirs: Mapping[int, int] = field(default_factory=dict)

    def words(self) -> dict[str, Any]:
        """The arrays that the statements take."""
        crossings = list(self.people.values())
        return {
            "people": list(self.people),
            "sources": [source for source, _target in crossings],
            "targets": [target for _source, target in crossings],
            "ending": list(self.heirs),
            "heirs": list(self.heirs.values()),
        }


# What follows reads ``going``: the open lines that go, each with its day and whether its target is in scope.
_WANTED = """
WITH person AS MATERIALIZED (
    SELECT * FROM unnest(%(people)s::bigint[], %(sources)s::bigint[], %(targets)s::bigint[])
        AS told(person_id, source, target)
), heir AS MATERIALIZED (
    SELECT * FROM unnest(%(ending)s::bigint[], %(heirs)s::bigint[]) AS told(source, target)
), wanted AS MATERIALIZED (
    SELECT line.id, line.campaign_id, person.source, person.target
    FROM person JOIN campaigns_rollline AS line
      ON line.person_id = person.person_id AND line.unit_id = person.source
    WHERE line.state = 'summoned' AND line.fulfilled_on IS NULL
    UNION ALL
    SELECT line.id, line.campaign_id, heir.source, heir.target
    FROM heir JOIN campaigns_rollline AS line ON line.unit_id = heir.source
    WHERE line.state = 'summoned' AND line.fulfilled_on IS NULL AND NOT EXISTS (
        SELECT 1 FROM person WHERE person.person_id = line.person_id AND person.source = line.unit_id
    )
)
"""

_CAMPAIGNS = f"""
{_WANTED} SELECT DISTINCT wanted.campaign_id FROM wanted
JOIN campaigns_campaign AS campaign ON campaign.id = wanted.campaign_id
WHERE campaign.state IN ('starting', 'active') ORDER BY 1
"""

# Lines on their way are locked, and counted as they are once the lock is held.
_LOCK = f"""
{_WANTED}, locked AS (
    SELECT line.unit_id FROM campaigns_rollline AS line
    WHERE line.id IN (SELECT id FROM wanted WHERE campaign_id = %(campaign)s)
      AND line.state = 'summoned' AND line.fulfilled_on IS NULL ORDER BY line.id FOR UPDATE
)
SELECT unit_id, count(*) FROM locked GROUP BY unit_id
"""

# A unit whose declared people would no longer find room among the lines that are left keeps them all: among those
# that stood there on the day the total counts from, or on the day the others leave.
_WITHOUT_ROOM = """
SELECT DISTINCT told.unit_id
FROM unnest(%(units)s::bigint[], %(lines)s::bigint[]) AS leaving(unit_id, lines)
JOIN campaigns_declaration AS told
  ON told.unit_id = leaving.unit_id AND told.campaign_id = %(campaign)s AND told.kind IN ('presence', 'essays')
CROSS JOIN LATERAL (SELECT CASE told.kind
    WHEN 'presence' THEN coalesce((figures->>'present')::int, 0) + coalesce((figures->>'excused')::int, 0)
    ELSE coalesce((figures->>'handed_in')::int, 0) END AS people) AS claimed
WHERE claimed.people > 0 AND claimed.people > (
    SELECT count(*) FROM campaigns_rollline AS line
    WHERE line.campaign_id = %(campaign)s AND line.unit_id = told.unit_id AND line.state = 'summoned'
      AND coalesce(line.moved_on, %(starts)s) <= greatest(told.counted_on, %(on)s::date, %(starts)s::date)
) - leaving.lines
"""

# Where somebody may be summoned, or owe: below the owner, himself or by the committee he is tied to, not below an
# exception. Units still to be founded (negative numbers, in a dry run) are where the act puts them.
_IN_SCOPE = """EXISTS (
    SELECT 1 FROM org_placement AS anchor
    JOIN org_placement AS top ON top.unit_id = %(root)s AND top.valid @> quantriet_today()
    WHERE anchor.unit_id IN (unit.id, unit.committee_id) AND anchor.valid @> quantriet_today()
      AND anchor.path <@ top.path AND NOT EXISTS (
          SELECT 1 FROM campaigns_scopeexception AS exception
          JOIN org_placement AS out ON out.unit_id = exception.unit_id AND out.valid @> quantriet_today()
          WHERE exception.campaign_id = %(campaign)s AND anchor.path <@ out.path
      )
)"""
_UNITS_INSIDE = (
    f"SELECT unit.id FROM org_unit AS unit WHERE unit.id = ANY(%(units)s::bigint[]) AND {_IN_SCOPE}"
)

_GOING = f"""
{_WANTED}, inside AS (
    SELECT unit.id FROM (SELECT DISTINCT target FROM wanted) AS told JOIN org_unit AS unit ON unit.id = told.target
    WHERE {_IN_SCOPE}
), going AS (
    SELECT wanted.id, wanted.source, wanted.target, line.person_id, line.person_class, line.excuse, line.reason,
           line.moved_on, line.batch_id, wanted.target < 0 OR wanted.target IN (SELECT id FROM inside) AS is_inside,
           told.day, line.excused_on,
           CASE WHEN line.excused_on IS NOT NULL THEN greatest(line.excused_on, told.day) END AS excused_there_on
    FROM wanted JOIN campaigns_rollline AS line ON line.id = wanted.id
    CROSS JOIN LATERAL (SELECT greatest(%(on)s::date, %(starts)s::date, line.moved_on) AS day) AS told
    WHERE wanted.campaign_id = %(campaign)s AND wanted.source <> ALL(%(held)s::bigint[])
)
"""

_SURVEY = f"{_GOING} SELECT source, target, is_inside, count(*) FROM going GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"

_LEAVING = f"""
{_WANTED} SELECT source, count(*) FROM wanted WHERE campaign_id = %(campaign)s GROUP BY source
"""

_MOVE = f"""
{_GOING}, moved AS (
    UPDATE campaigns_rollline AS line
    SET unit_id = CASE WHEN going.is_inside THEN going.target ELSE line.unit_id END,
        state = CASE WHEN going.is_inside THEN line.state ELSE 'removed' END,
        reason = CASE WHEN going.is_inside THEN line.reason ELSE %(left)s END,
        excuse = CASE WHEN going.is_inside THEN line.excuse ELSE '' END,
        excused_on = CASE WHEN going.is_inside THEN going.excused_there_on END,
        moved_on = going.day, batch_id = %(batch)s
    FROM going WHERE line.id = going.id
    RETURNING line.id
), noted AS (
    INSERT INTO campaigns_rollmove
        (created_at, line_id, person_id, unit_id, to_unit_id, moved_on, moved_on_before, excuse_before,
         excused_on_before, reason_before, batch_id, batch_before_id)
    SELECT statement_timestamp(), going.id, going.person_id, going.source,
           CASE WHEN going.is_inside THEN going.target END, going.day, going.moved_on, going.excuse,
           going.excused_on, going.reason, %(batch)s, going.batch_id
    FROM going JOIN moved USING (id)
), credited AS (
    UPDATE campaigns_credit AS credit SET unit_id = going.target
    FROM going WHERE credit.line_id = going.id AND going.is_inside
)
SELECT going.source, CASE WHEN going.is_inside THEN going.target END, going.person_class, going.excused_there_on,
       going.day, count(*)
FROM going JOIN moved USING (id) GROUP BY 1, 2, 3, 4, 5
"""


class Part(NamedTuple):
    """How many lines go from one unit to another; not ``is_inside``: they leave the campaign's scope."""

    source: int
    target: int
    is_inside: bool
    lines: int


@dataclass(frozen=True)
class Survey:
    """What a wish would do to one campaign; ``held``: unit → lines that stay with the total it declared."""

    parts: tuple[Part, ...]
    held: Mapping[int, int]


def campaigns_of(wish: Wish) -> list[Campaign]:
    """The running campaigns that have open lines of these people or units."""
    with connection.cursor() as cursor:
        cursor.execute(_CAMPAIGNS, wish.words())
        found = [int(row[0]) for row in cursor.fetchall()]
    return list(Campaign.objects.filter(pk__in=found).order_by("pk"))


def survey(campaign: Campaign, wish: Wish, *, on: date, root_id: int) -> Survey:
    """What ``move`` would do, read only. ``root_id``: who owns the campaign once the act is done."""
    held = _held(campaign, _leaving(_LEAVING, campaign, wish), on=on)
    with connection.cursor() as cursor:
        cursor.execute(_SURVEY, _words(campaign, wish, on=on, root_id=root_id, held=held))
        return Survey(tuple(Part(*row) for row in cursor.fetchall()), held)


def move(
    campaign: Campaign, wish: Wish, *, on: date, key: str, reason: str, by: Actor, unit_id: int | None = None
) -> int | None:
    """Move the open lines of a campaign as wished, from ``on``: reversal there, new entry here.

    Returns the batch, or ``None`` where no line stands to be moved. Lines on the way are locked first: who is
    credited at the same moment is counted where he is when the second of the two comes.
    """
    if campaign.book_id is None:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        standing.hold([*wish.heirs, *{source for source, _target in wish.people.values()}])
        leaving = _leaving(_LOCK, campaign, wish)
        if not leaving:
            return None
        posted = ledger.begin(
            campaign.book_id, by=by, origin="roll.move", key=key, unit_id=unit_id, reason=reason
        )
        if not posted.is_new:
            return posted.batch_id
        words = _words(campaign, wish, on=on, root_id=campaign.unit_id, held=_held(campaign, leaving, on=on))
        cursor.execute(_MOVE, {**words, "batch": posted.batch_id, "left": left_reason(reason)})
        ledger.append(campaign.book_id, posted.batch_id, _entries(campaign, cursor.fetchall()))
    return posted.batch_id


def inside(campaign: Campaign, unit_ids: Iterable[int], *, root_id: int) -> set[int]:
    """Of these units those in the scope of a campaign that ``root_id`` owns."""
    wanted = set(unit_ids)
    words: dict[str, Any] = {"campaign": campaign.pk, "root": root_id, "units": sorted(wanted)}
    with connection.cursor() as cursor:
        cursor.execute(_UNITS_INSIDE, words)
        return {int(row[0]) for row in cursor.fetchall()} | {pk for pk in wanted if pk < 0}


def left_reason(reason: str) -> str:
    """Why a line was taken off whose person left the campaign's scope."""
    return _("Ra ngoài phạm vi của đợt: {reason}").format(reason=reason)[:300]


def _words(
    campaign: Campaign, wish: Wish, *, on: date, root_id: int, held: Mapping[int, int]
) -> dict[str, Any]:
    return {
        **wish.words(),
        "campaign": campaign.pk,
        "root": root_id,
        "on": on,
        "starts": campaign.starts_on,
        "held": list(held),
    }


def _leaving(question: str, campaign: Campaign, wish: Wish) -> dict[int, int]:
    """How many lines would leave each unit."""
    with connection.cursor() as cursor:
        cursor.execute(question, {**wish.words(), "campaign": campaign.pk})
        return {int(unit_id): int(count) for unit_id, count in cursor.fetchall()}


def _held(campaign: Campaign, leaving: Mapping[int, int], *, on: date) -> dict[int, int]:
    """Units that keep their open lines, with how many: what they declared would not fit into what is left."""
    short = without_room(campaign, leaving, on=on)
    return {unit_id: count for unit_id, count in leaving.items() if unit_id in short}


def without_room(campaign: Campaign, leaving: Mapping[int, int], *, on: date) -> set[int]:
    """Of these units (unit → lines that would be missing there from a day on) those that declared more people than
    would be left on some day.
    """
    words: dict[str, Any] = {
        "campaign": campaign.pk,
        "starts": campaign.starts_on,
        "units": list(leaving),
        "lines": list(leaving.values()),
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_ROOM, words)
        return {int(row[0]) for row in cursor.fetchall()}


def _entries(campaign: Campaign, moved: Sequence[tuple[Any, ...]]) -> list[Line]:
    owing = essay_classes(campaign)
    lines: list[Line] = []
    for source, target, person_class, excused_on, day, count in moved:
        for unit_id, amount in ((source, -count), (target, count)):
            if unit_id is None:
                continue
            lines += summon_lines(unit_id, person_class, amount, on=day, essays=person_class in owing)
            if excused_on is not None:
                lines.append(excuse_line(unit_id, person_class, excused_on, amount))
    return lines


def essay_classes(campaign: Campaign) -> frozenset[int]:
    """The classes of people who owe an essay in a campaign."""
    asks = campaign.requirements.filter(kind=Requirement.Kind.ESSAYS, deadlines__isnull=False).exists()
    return frozenset(policies.from_data(campaign.policy).essays_of) if asks else frozenset()


def follow_home(campaign: Campaign, lines: Sequence[RollLine], *, key: str, reason: str, by: Actor) -> None:
    """Lines that are open again at a unit that has ended go where their people belong now."""
    ended = standing.former({line.unit_id for line in lines})
    waiting = {line.person_id: line.unit_id for line in lines if line.unit_id in ended}
    homes = Person.objects.filter(pk__in=waiting).values_list("pk", "home_unit_id")
    people = {pk: (waiting[pk], home_id) for pk, home_id in homes if home_id != waiting[pk]}
    if people:
        move(campaign, Wish(people), on=timezone.localdate(), key=key, reason=reason, by=by)


_RESTORE = """
WITH move AS (SELECT * FROM campaigns_rollmove WHERE batch_id = %(batch)s), restored AS (
    UPDATE campaigns_rollline AS line
    SET unit_id = move.unit_id, state = 'summoned', reason = move.reason_before, excuse = move.excuse_before,
        excused_on = move.excused_on_before, moved_on = move.moved_on_before, batch_id = move.batch_before_id
    FROM move WHERE line.id = move.line_id
)
UPDATE campaigns_credit AS credit SET unit_id = move.unit_id FROM move WHERE credit.line_id = move.line_id
"""


def give_back(batch_id: int, *, reason: str, by: Actor) -> None:
    """Undo one ``move``: every line stands as before, the ledger holds the reversal. The caller has looked for
    what came after (``touched_since``, ``without_room``).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        ledger.reverse(batch_id, by=by, reason=reason)
        cursor.execute(_RESTORE, {"batch": batch_id})
        RollMove.objects.filter(batch_id=batch_id).delete()


_TOUCHED = """
SELECT line.id FROM campaigns_rollmove AS move
JOIN ledger_batch AS batch ON batch.id = move.batch_id
JOIN campaigns_rollline AS line ON line.id = move.line_id
WHERE move.batch_id = ANY(%(batches)s::bigint[]) AND (
    line.fulfilled_on IS NOT NULL OR line.state <> CASE WHEN move.to_unit_id IS NULL THEN 'removed' ELSE 'summoned' END
    OR line.unit_id <> coalesce(move.to_unit_id, move.unit_id)
    OR (line.state = 'summoned' AND (line.excuse, line.excused_on) IS DISTINCT FROM (
        move.excuse_before,
        CASE WHEN move.excused_on_before IS NOT NULL THEN greatest(move.excused_on_before, move.moved_on) END
    ))
    OR EXISTS (SELECT 1 FROM campaigns_rollmove AS later WHERE later.line_id = line.id AND later.id > move.id)
    OR EXISTS (SELECT 1 FROM campaigns_credit AS credit
               WHERE credit.line_id = line.id AND credit.created_at > batch.created_at)
) ORDER BY line.id
"""


def touched_since(batch_ids: Sequence[int]) -> list[RollLine]:
    """The moved lines to which something happened since: studied, excused, moved on, taken off, put back."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, {"batches": list(batch_ids)})
        ids = [int(row[0]) for row in cursor.fetchall()]
    return list(RollLine.objects.filter(pk__in=ids).select_related("person", "campaign").order_by("pk"))


def arrivals(batch_id: int) -> dict[int, int]:
    """How many lines one move brought to each unit."""
    rows = (
        RollMove.objects.filter(batch_id=batch_id, to_unit__isnull=False).order_by().values_list("to_unit_id")
    )
    return {int(unit_id): int(count) for unit_id, count in rows.annotate(how_many=Count("id"))}
