"""What a session came to: for a site person by person, for a conference by site. One pure rule says which outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count

from quantriet.conferences.commands.entries import meeting_of
from quantriet.conferences.models import Attendance, Conference, Guest, Remark, Site, SiteUnit
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.roster import Row
from quantriet.conferences.queries.wall import COUNTED_BY_MEMBERS, Standing
from quantriet.conferences.settlement import Outcome, Said, Sums, Word, outcome, sums, word_for
from quantriet.conferences.timing import Item, Timing, timing
from quantriet.conferences.verdicts import HERE, Meeting
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models.units import Level


@dataclass(frozen=True)
class Line:
    """One person of a site with what the session came to for him."""

    row: Row
    outcome: Outcome


@dataclass(frozen=True)
class OfSite:
    """A site settled person by person."""

    lines: tuple[Line, ...]
    sums: Sums


@dataclass(frozen=True)
class Whole:
    """A conference settled: all sites whose people the reader may know together, and which these are. ``exempt``: how
    many are exempt, by site; empty where there are too many sites to count them (``COUNTED_BY_MEMBERS``).
    """

    sums: Sums
    site_ids: tuple[int, ...]
    summoned: Mapping[int, int]
    exempt: Mapping[int, int]


def of_site(site: Site) -> OfSite:
    """The people of a site: who is expected, who else was recorded there, and who is exempt."""
    meeting = meeting_of(site.conference)
    listed = {*_on_roll(site)}
    told = [
        (row, _said(row, is_summoned=row.is_expected or row.person_id in listed))
        for row in roster.of_site(site)
    ]
    told += [(row, Said(is_summoned=False, is_exempt=True)) for row in _exempt(site)]
    lines = tuple(Line(row, outcome(said, meeting)) for row, said in told)
    guests = Guest.objects.filter(site=site).count()
    summoned = sum(said.is_summoned for _row, said in told)
    return OfSite(lines, sums(((said, 1) for _row, said in told), meeting, summoned=summoned, guests=guests))


def _said(row: Row, *, is_summoned: bool) -> Said:
    return Said(row.state, row.source, row.left_early, row.in_at, row.out_at, is_summoned)


def _on_roll(site: Site) -> Iterable[int]:
    """Who was recorded at the site and stands on the roll, wherever he was expected; without a roll everybody."""
    rows = Attendance.objects.filter(site=site)
    if site.conference.shift:  # who was excused here and came to another shift is summoned there
        rows = rows.filter(state__in=HERE)
    rows = rows if site.conference.campaign_id is None else rows.filter(line__isnull=False)
    return rows.values_list("person_id", flat=True)


_EXEMPT_HERE = """
SELECT person.id, person.full_name, person.folded, person.birth_year, unit.name
FROM org_membership AS member
JOIN org_person AS person ON person.id = member.person_id
JOIN org_unit AS unit ON unit.id = member.unit_id
WHERE member.unit_id = ANY(%(units)s) AND member.is_primary AND member.status = 'exempt'
  AND member.from_on <= %(on)s AND (member.to_on IS NULL OR member.to_on > %(on)s)
  AND NOT EXISTS (
    SELECT 1 FROM campaigns_rollline AS line
    WHERE line.campaign_id = %(campaign)s AND line.person_id = person.id AND line.state = 'summoned'
  )
  AND NOT EXISTS (
    SELECT 1 FROM conferences_attendance AS row
    WHERE row.conference_id = %(conference)s AND row.person_id = person.id
  )
ORDER BY person.sort_key, person.id
"""


_EXEMPT_BY_UNIT = """
SELECT member.unit_id, count(*)
FROM org_membership AS member
WHERE member.is_primary AND member.status = 'exempt'
  AND member.from_on <= %(on)s AND (member.to_on IS NULL OR member.to_on > %(on)s)
  AND NOT EXISTS (
    SELECT 1 FROM campaigns_rollline AS line
    WHERE line.campaign_id = %(campaign)s AND line.person_id = member.person_id AND line.state = 'summoned'
  )
  AND NOT EXISTS (
    SELECT 1 FROM conferences_attendance AS row
    WHERE row.conference_id = %(conference)s AND row.person_id = member.person_id
  )
GROUP BY member.unit_id
"""


def _exempt_by_site(standing: Standing) -> dict[int, int]:
    """How many are exempt at each site, as ``_exempt`` tells them of one. One statement."""
    conference, sites = standing.conference, standing.rows["site"].tolist()
    uncounted = conference.campaign_id is None or conference.shift_of_id is not None
    if uncounted or len(sites) > COUNTED_BY_MEMBERS:
        return {}
    told = {
        "on": access.local_day(conference.starts_at),
        "campaign": conference.campaign_id,
        "conference": conference.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXEMPT_BY_UNIT, told)
        by_unit = dict(cursor.fetchall())
    return dict(zip(sites, standing.by_site(by_unit).tolist(), strict=True))


def _exempt(site: Site) -> list[Row]:
    """Members who are exempt from meetings, not on the roll, and did not come: invited, not obliged. Of a conference in
    shifts they are told of once, in the first.
    """
    conference = site.conference
    if conference.campaign_id is None or conference.shift_of_id is not None:
        return []
    told: dict[str, Any] = {
        "units": roster.units_of_site(site),
        "on": access.local_day(conference.starts_at),
        "campaign": conference.campaign_id,
        "conference": conference.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXEMPT_HERE, told)
        rows = cursor.fetchall()
    return [
        Row(
            *(person_id, full_name, folded, birth_year, unit_name),
            is_expected=False,
            state="",
            version=0,
            in_at=None,
            out_at=None,
            left_early=False,
            excuse="",
            source="",
            actor="",
        )
        for person_id, full_name, folded, birth_year, unit_name in rows
    ]


# Hours only where the policy asks for them: otherwise everybody of whom the same is said is one row.
_GROUPS = """
SELECT site_id, state, source, left_early, {hours}, line_id IS NOT NULL, count(*)
FROM conferences_attendance WHERE conference_id = %(conference)s AND site_id = ANY(%(sites)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
"""


def _groups(conference: Conference, sites: Sequence[int], meeting: Meeting) -> list[tuple[int, Said, int]]:
    hours = "in_at, out_at" if meeting.minimum_share else "NULL::timestamptz, NULL::timestamptz"
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(hours=hours), {"conference": conference.pk, "sites": list(sites)})
        rows = cursor.fetchall()
    is_open = conference.campaign_id is None
    return [
        (site, Said(state, source, early, in_at, out_at, on_roll or is_open), count)
        for site, state, source, early, in_at, out_at, on_roll, count in rows
    ]


def whole(conference: Conference, *, by: Actor) -> Whole:
    """All sites of a conference whose people the reader may know, together. Five statements, however many sites."""
    standing = Standing(conference, by=by)
    chosen = np.flatnonzero(standing.seen & standing.counted)
    ids = standing.rows["site"][chosen].tolist()
    summoned = standing.summoned
    by_site = dict(zip(ids, summoned[chosen].tolist(), strict=True)) if summoned is not None else {}
    meeting = meeting_of(conference)
    groups = [(said, count) for _site, said, count in _groups(conference, ids, meeting)]
    guests = Guest.objects.filter(site__in=ids).count()
    expected = sum(by_site.values()) if summoned is not None else None
    exempt = _exempt_by_site(standing)
    told = sums(
        groups,
        meeting,
        summoned=expected,
        guests=guests,
        exempt=sum(exempt.get(site_id, 0) for site_id in ids),
    )
    return Whole(told, tuple(ids), by_site, exempt)


def by_site(
    conference: Conference,
    site_ids: Sequence[int],
    summoned: Mapping[int, int],
    exempt: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, Sums]:
    """Some sites, each settled by its sums. Two statements, however many."""
    meeting = meeting_of(conference)
    found: dict[int, list[tuple[Said, int]]] = {site_id: [] for site_id in site_ids}
    for site_id, said, count in _groups(conference, site_ids, meeting):
        found[site_id].append((said, count))
    guests = _guests(site_ids)
    return {
        site_id: sums(
            groups,
            meeting,
            summoned=summoned.get(site_id),
            guests=guests.get(site_id, 0),
            exempt=exempt.get(site_id, 0),
        )
        for site_id, groups in found.items()
    }


def _guests(site_ids: Iterable[int]) -> dict[int, int]:
    rows = (
        Guest.objects.filter(site__in=list(site_ids))
        .order_by()
        .values_list("site")
        .annotate(how_many=Count("id"))
    )
    return {int(site_id): int(count) for site_id, count in rows}


def timing_of(conference: Conference) -> Timing:
    """Where the minutes of a session went."""
    documents = {row.position: row for row in reads.agenda(conference)}
    items = conference.agenda.order_by("position")
    return timing(
        [
            Item(
                item.title,
                item.planned_minutes,
                item.actual_minutes,
                item.document_id is not None,
                item.is_discussion,
                documents[item.position].number,
            )
            for item in items
        ]
    )


def remarks_by_unit(conference: Conference) -> list[tuple[str, int]]:
    """How many remarks each unit made, of those the reader may know; never whose they were."""
    rows = Remark.objects.filter(conference=conference).order_by("unit__sort_key", "unit_id")
    counted = rows.values_list("unit__name").annotate(how_many=Count("id"))
    return [(str(name), int(count)) for name, count in counted]


def is_delegated(conference: Conference) -> bool:
    """Whether a cell holds by itself what no level above held for it in this campaign: the work was handed down."""
    if conference.campaign_id is None or conference.unit.level != Level.CELL:
        return False
    place = access.today_placements().filter(unit=conference.unit_id).values_list("path", flat=True).first()
    above = [int(label) for label in place.split(".")[:-1]] if place else []
    return not (
        SiteUnit.objects.filter(unit__in=above, conference__campaign=conference.campaign_id)
        .exclude(conference__state=Conference.State.CANCELLED)
        .exists()
    )


def lists(conference: Conference, *, by: Actor) -> dict[Word, list[int]]:
    """The units to be told each word after the session, by what is known of the sites they run. A unit that runs
    several is told the graver word only: report, make up, thanks.
    """
    standing = Standing(conference, by=by)
    chosen = np.flatnonzero(standing.seen & standing.counted)
    sites = standing.rows["site"][chosen].tolist()
    units = standing.rows["unit"][chosen].tolist()
    silent = standing.silent[chosen].tolist()
    summoned = standing.summoned
    expected = dict(zip(sites, summoned[chosen].tolist(), strict=True)) if summoned is not None else {}
    settled = by_site(conference, sites, expected)
    words: dict[int, set[Word]] = {}
    for site_id, unit_id, is_silent in zip(sites, units, silent, strict=True):
        words.setdefault(unit_id, set()).add(word_for(settled[site_id], is_silent=is_silent))
    graver = (Word.REPORT, Word.MAKE_UP, Word.THANKS)
    told = {unit_id: next(word for word in graver if word in said) for unit_id, said in words.items()}
    return {word: sorted(unit for unit, said in told.items() if said is word) for word in Word}
