"""Who is expected where. People of a unit are expected at the nearest site above them in today's tree.

With a campaign the roll tells who is summoned; without one the memberships do. Of a conference in shifts only those are
expected who come to this one (``sittings``). Everything is read within the open scope: a person outside it is expected
nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries.sittings import sitting_of, told
from quantriet.org import access

# The labels of a path are the ids of the units from the root down: the nearest site is the last of them that
# has one, found by at most five probes of the unique index.
_NEAREST = """
SELECT assigned.site_id
FROM unnest(string_to_array(placed.path::text, '.')::bigint[]) WITH ORDINALITY AS above(unit_id, depth)
JOIN conferences_siteunit AS assigned
  ON assigned.conference_id = %(conference)s AND assigned.unit_id = above.unit_id
ORDER BY above.depth DESC LIMIT 1
"""

# Units are placed once each, however many of their people are asked for. Memberships are read of those only who stand
# on no roll: their number is no number for the others, so the index is not even opened for them.
_PLACES = f"""
WITH asked AS MATERIALIZED (
    SELECT asked.person_id, line.id AS line_id, coalesce(line.unit_id, person.home_unit_id) AS unit_id,
           line.person_class, coalesce(person.full_name, '') AS full_name
    FROM unnest(%(people)b::bigint[]) AS asked(person_id)
    LEFT JOIN campaigns_rollline AS line
      ON line.campaign_id = %(campaign)s AND line.person_id = asked.person_id AND line.state = 'summoned'
    LEFT JOIN org_person AS person ON person.id = asked.person_id
), stood AS MATERIALIZED (
    SELECT placed.unit_id, placed.path::text AS path, site.site_id
    FROM (SELECT DISTINCT unit_id FROM asked) AS counted
    JOIN org_placement AS placed ON placed.unit_id = counted.unit_id AND placed.valid @> quantriet_today()
    LEFT JOIN LATERAL ({_NEAREST}) AS site ON true
)
SELECT asked.person_id, asked.line_id, asked.unit_id, coalesce(asked.person_class, member.person_class, 0),
       stood.site_id, stood.path, asked.full_name
FROM asked
LEFT JOIN stood ON stood.unit_id = asked.unit_id
LEFT JOIN LATERAL (
    SELECT person_class FROM org_membership
    WHERE person_id = CASE WHEN asked.line_id IS NULL THEN asked.person_id END AND is_primary AND to_on IS NULL
) AS member ON true
"""


@dataclass(frozen=True)
class Place:
    """Where a person counts and at which site he is expected. ``unit_id`` ``None``: not the reader's to know.

    ``path`` is the unit's in today's tree; ``None`` when it stands nowhere today.
    """

    person_id: int
    line_id: int | None
    unit_id: int | None
    person_class: int
    site_id: int | None
    path: str | None = None
    name: str = ""


def places(conference: Conference, person_ids: Sequence[int]) -> dict[int, Place]:
    """The places of given people, by person."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACES,
            {
                "people": list(dict.fromkeys(person_ids)),
                "campaign": conference.campaign_id or 0,
                "conference": conference.pk,
            },
        )
        return {row[0]: Place(*row) for row in cursor.fetchall()}


# Units whose people sit at the site: below its units, and not below a nearer unit of another site.
_UNITS_OF_SITE = """
SELECT DISTINCT placed.unit_id
FROM conferences_siteunit AS own
JOIN org_placement AS top ON top.unit_id = own.unit_id AND top.valid @> quantriet_today()
JOIN org_placement AS placed ON placed.path <@ top.path AND placed.valid @> quantriet_today()
WHERE own.site_id = %(site)s AND NOT EXISTS (
    SELECT 1
    FROM unnest(string_to_array(placed.path::text, '.')::bigint[]) WITH ORDINALITY AS above(unit_id, depth)
    JOIN conferences_siteunit AS nearer
      ON nearer.conference_id = own.conference_id AND nearer.unit_id = above.unit_id
     AND nearer.site_id <> own.site_id
    WHERE above.depth > nlevel(top.path)
)
"""

_EXPECTED_BY_ROLL = """
SELECT line.person_id, line.unit_id, line.id FROM campaigns_rollline AS line
WHERE line.campaign_id = %(campaign)s AND line.state = 'summoned' AND line.unit_id IN (SELECT unit_id FROM here)
  AND (%(everyone)s OR line.person_class = ANY(%(classes)s))
"""

_EXPECTED_BY_MEMBERSHIP = """
SELECT member.person_id, member.unit_id, NULL::bigint FROM org_membership AS member
WHERE member.is_primary AND member.unit_id IN (SELECT unit_id FROM here)
  AND member.from_on <= %(on)s AND (member.to_on IS NULL OR member.to_on > %(on)s)
  AND (%(everyone)s OR member.person_class = ANY(%(classes)s))
"""

_LIST = """
WITH here AS ({units}), expected(person_id, unit_id, line_id) AS ({expected}), listed AS (
    SELECT person_id, unit_id FROM expected
    UNION
    SELECT attendance.person_id, attendance.unit_id FROM conferences_attendance AS attendance
    WHERE attendance.site_id = %(site)s
)
SELECT listed.person_id, person.full_name, person.folded, person.birth_year, unit.name,
       expected.person_id IS NOT NULL AS is_expected,
       coalesce(attendance.state, ''), coalesce(attendance.version, 0), attendance.in_at, attendance.out_at,
       coalesce(attendance.left_early, false), coalesce(attendance.excuse, ''),
       coalesce(attendance.source, ''), coalesce(attendance.actor, '')
FROM listed
JOIN org_person AS person ON person.id = listed.person_id
JOIN org_unit AS unit ON unit.id = listed.unit_id
LEFT JOIN expected ON expected.person_id = listed.person_id
LEFT JOIN conferences_attendance AS attendance
  ON attendance.conference_id = %(conference)s AND attendance.person_id = listed.person_id
 AND attendance.site_id = %(site)s
ORDER BY person.sort_key, listed.person_id
"""


@dataclass(frozen=True)
class Row:
    """One person of a site's list with what is recorded of him; an empty ``state``: nothing yet."""

    person_id: int
    full_name: str
    folded: str
    birth_year: int | None
    unit_name: str
    is_expected: bool
    state: str
    version: int
    in_at: datetime | None
    out_at: datetime | None
    left_early: bool
    excuse: str
    source: str
    actor: str


_IN_THIS_SHIFT = "  AND {sitting} = %(conference)s\n"


def _words_of(conference: Conference) -> dict[str, Any]:
    return told(conference) | {
        "campaign": conference.campaign_id or 0,
        "on": access.local_day(conference.starts_at),
    }


def _words(site: Site) -> dict[str, Any]:
    return _words_of(site.conference) | {"site": site.pk}


def _expected_in_any(conference: Conference) -> tuple[str, str]:
    """Who is expected whatever the shift, and the name of the table that tells it."""
    return (_EXPECTED_BY_ROLL, "line") if conference.campaign_id else (_EXPECTED_BY_MEMBERSHIP, "member")


def _expected(conference: Conference) -> str:
    people, table = _expected_in_any(conference)
    if not conference.shift:
        return people
    sitting = sitting_of(f"{table}.person_id", f"{table}.unit_id", "%(first)s::bigint")
    return people + _IN_THIS_SHIFT.format(sitting=sitting)


def expected_in_any_shift(site: Site) -> tuple[str, dict[str, Any]]:
    """A beginning of a query that names as ``expected`` who is expected at a site in whichever shift, and its words."""
    people, _table = _expected_in_any(site.conference)
    query = f"WITH here AS ({_UNITS_OF_SITE}), expected(person_id, unit_id, line_id) AS ({people})"
    return query, _words(site)


def of_site(site: Site) -> list[Row]:
    """The list of a site by given name: who is expected, and whoever else was recorded there. One query."""
    query = _LIST.format(units=_UNITS_OF_SITE, expected=_expected(site.conference))
    with connection.cursor() as cursor:
        cursor.execute(query, _words(site))
        return [Row(*row) for row in cursor.fetchall()]


_BELOW = """
SELECT placed.unit_id FROM org_placement AS top
JOIN org_placement AS placed ON placed.path <@ top.path AND placed.valid @> quantriet_today()
WHERE top.unit_id = %(unit)s AND top.valid @> quantriet_today()
"""

_OF_UNIT = """
WITH here AS ({units}), expected(person_id, unit_id, line_id) AS ({expected})
SELECT expected.person_id, person.full_name, person.folded, person.birth_year, unit.name, true,
       coalesce(attendance.state, ''), coalesce(attendance.version, 0), attendance.in_at, attendance.out_at,
       coalesce(attendance.left_early, false), coalesce(attendance.excuse, ''),
       coalesce(attendance.source, ''), coalesce(attendance.actor, '')
FROM expected
JOIN org_person AS person ON person.id = expected.person_id
JOIN org_unit AS unit ON unit.id = expected.unit_id
LEFT JOIN conferences_attendance AS attendance
  ON attendance.conference_id = %(conference)s AND attendance.person_id = expected.person_id
ORDER BY person.sort_key, expected.person_id
"""


def of_unit(conference: Conference, unit_id: int) -> list[Row]:
    """Who counts in a unit or below it and is expected at a conference, at whichever site; by given name. One query."""
    query = _OF_UNIT.format(units=_BELOW, expected=_expected(conference))
    with connection.cursor() as cursor:
        cursor.execute(query, _words_of(conference) | {"unit": unit_id})
        return [Row(*row) for row in cursor.fetchall()]


def row_of_site(site: Site, person_id: int) -> Row | None:
    """One line of the list, for the answer to a tap."""
    query = _LIST.format(units=_UNITS_OF_SITE, expected=_expected(site.conference)).replace(
        "ORDER BY", "WHERE listed.person_id = %(person)s ORDER BY"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {**_words(site), "person": person_id})
        found = cursor.fetchone()
    return None if found is None else Row(*found)


def expected_people(site: Site) -> list[int]:
    """The ids of who is expected at a site."""
    query = f"WITH here AS ({_UNITS_OF_SITE}), expected(person_id, unit_id, line_id) AS ({_expected(site.conference)})"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} SELECT person_id FROM expected ORDER BY person_id", _words(site))
        return [int(row[0]) for row in cursor.fetchall()]


def expected_names(site: Site) -> list[tuple[int, str, str]]:
    """Who is expected at a site: id, full name and unit by its short name; by given name. One query."""
    query = f"""
    WITH here AS ({_UNITS_OF_SITE}), expected(person_id, unit_id, line_id) AS ({_expected(site.conference)})
    SELECT person.id, person.full_name, coalesce(nullif(unit.short_name, ''), unit.name)
    FROM expected
    JOIN org_person AS person ON person.id = expected.person_id
    JOIN org_unit AS unit ON unit.id = expected.unit_id
    ORDER BY person.sort_key, person.id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, _words(site))
        return [(int(row[0]), str(row[1]), str(row[2])) for row in cursor.fetchall()]


def expected_count(site: Site) -> int:
    """How many are expected at a site."""
    query = f"WITH here AS ({_UNITS_OF_SITE}), expected(person_id, unit_id, line_id) AS ({_expected(site.conference)})"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} SELECT count(*) FROM expected", _words(site))
        return int(cursor.fetchone()[0])


def units_of_site(site: Site) -> list[int]:
    """The units whose people are expected at a site."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT unit_id FROM ({_UNITS_OF_SITE}) AS here ORDER BY unit_id", {"site": site.pk})
        return [int(row[0]) for row in cursor.fetchall()]
