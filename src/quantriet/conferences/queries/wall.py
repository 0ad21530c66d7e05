"""The wall of sites: state, present of summoned, seconds since the last word. A fixed number of queries
whatever the number of sites; a site that has said nothing is a dash, never a zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference, Incident, Site
from quantriet.core.components import number_style
from quantriet.core.text import format_int
from quantriet.ledger import figures
from quantriet.ledger.figures import Figures
from quantriet.ledger.measures import Measure, Slice
from quantriet.ledger.rollup import Numbering
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

QUIET = {Site.State.PLANNED: "missing", Site.State.READY: "due_soon", Site.State.CONNECTED: "doing"}


@dataclass(frozen=True)
class Cell:
    """One site: ``shape`` is a name of ``core.components.STATES``; ``present`` ``None``: nothing reported."""

    site: Site
    shape: str
    word: str
    incident: str
    present: int | None
    away: int
    summoned: int | None
    last_at: datetime | None

    @property
    def is_silent(self) -> bool:
        """The site has not given a word yet."""
        return self.site.state == Site.State.PLANNED and self.present is None

    def seconds(self, now: datetime) -> int | None:
        """How long ago its last word was."""
        return None if self.last_at is None else max(0, int((now - self.last_at).total_seconds()))


@dataclass(frozen=True)
class Wall:
    """All sites the reader may see, with the sums over them."""

    cells: tuple[Cell, ...]
    at: datetime

    @property
    def present(self) -> int:
        """Who is there, over all sites."""
        return sum(cell.present or 0 for cell in self.cells)

    @property
    def summoned(self) -> int | None:
        """Who is expected, over all sites; ``None`` where no roll tells it."""
        known = [cell.summoned for cell in self.cells if cell.summoned is not None]
        return sum(known) if known else None

    @property
    def summoned_words(self) -> str:
        """`triệu tập 1.468`, or nothing where no roll tells it."""
        if self.summoned is None:
            return ""
        return _("triệu tập %(count)s") % {"count": format_int(self.summoned, number_style())}

    @property
    def silent(self) -> int:
        """How many sites have said nothing."""
        return sum(cell.is_silent for cell in self.cells)

    @property
    def troubled(self) -> int:
        """At how many sites something is wrong now."""
        return sum(bool(cell.incident) for cell in self.cells)


# Present is shown beside summoned, so with a roll only those on it count; guests and the uninvited do not.
_COUNTS = """
SELECT site_id, count(*) FILTER (WHERE state IN ('present', 'late') AND (%s OR line_id IS NOT NULL)),
       count(*) FILTER (WHERE state IN ('excused', 'absent')), max(created_at)
FROM conferences_attendance WHERE conference_id = %s AND site_id = ANY(%s) GROUP BY site_id
"""


def wall(conference: Conference, sites: Sequence[Site], *, by: Actor) -> Wall:
    """The wall of these sites (already bounded to what the reader may see). Where he sees a part of the people
    only, a count would be a false one: there it is a dash.
    """
    ids = [site.pk for site in sites]
    whole = set(
        Site.objects.filter(pk__in=ids, unit__in=access.units(by, Can.ATTENDANCE_READ)).values_list(
            "pk", flat=True
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [conference.campaign_id is None, conference.pk, ids])
        counted = {
            int(row[0]): (int(row[1]), int(row[2]), row[3]) for row in cursor.fetchall() if row[0] in whole
        }
    incidents: dict[int, str] = {}
    for incident in Incident.objects.filter(site__in=ids, to_at=None).order_by("from_at", "id"):
        incidents.setdefault(incident.site_id, str(incident.get_kind_display()))
    summoned = {site: count for site, count in summoned_by_site(conference).items() if site in whole}
    cells = [
        _cell(site, counted.get(site.pk), incidents.get(site.pk, ""), summoned.get(site.pk)) for site in sites
    ]
    return Wall(tuple(cells), timezone.now())


def _cell(site: Site, counted: tuple[int, int, datetime] | None, incident: str, summoned: int | None) -> Cell:
    present, away, last = counted or (None, 0, None)
    words = [moment for moment in (last, site.state_at) if moment is not None]
    shape = "overdue" if incident else QUIET.get(Site.State(site.state), "done")
    if not incident and shape == "missing" and counted:
        shape = "doing"
    word = incident or (
        str(site.get_state_display()) if shape != "doing" else str(Site.State.CONNECTED.label)
    )
    return Cell(site, shape, word, incident, present, away, summoned, max(words) if words else None)


def summoned_by_site(conference: Conference) -> Mapping[int, int]:
    """How many are summoned to each site, from the ledger: the subtree of its units without those of nearer
    sites. No row of a person is read, so it stays as quick with a million people.
    """
    campaign = conference.campaign
    if campaign is None or campaign.book_id is None:
        return _members_by_site(conference)
    slices = frozenset(Slice(person_class=one).code for one in conference.classes) or None
    read = figures.read(campaign.book_id, on=timezone.localdate(), slices=slices)
    assigned = list(conference.site_units.values_list("unit_id", "site_id"))
    return nearest_sums(assigned, read.numbering, read)


def nearest_sums(assigned: Iterable[tuple[int, int]], numbering: Numbering, read: Figures) -> dict[int, int]:
    """Sum of each site over the units whose nearest assigned unit is its own."""
    spans = sorted(
        (span[0], -span[1], unit_id, site_id)
        for unit_id, site_id in assigned
        if (span := numbering.span(unit_id)) is not None
    )
    totals: dict[int, int] = {}
    open_spans: list[tuple[int, int]] = []
    for start, end, unit_id, site_id in spans:
        while open_spans and open_spans[-1][0] <= start:
            open_spans.pop()
        amount = read.below(unit_id).get(Measure.SUMMONED)
        count = amount.total if amount is not None else 0
        totals[site_id] = totals.get(site_id, 0) + count
        if open_spans:
            totals[open_spans[-1][1]] -= count
        open_spans.append((-end, site_id))
    return totals


_MEMBERS = """
SELECT site.site_id, count(*)
FROM conferences_siteunit AS own
JOIN org_placement AS top ON top.unit_id = own.unit_id AND top.valid @> quantriet_today()
JOIN org_placement AS placed ON placed.path <@ top.path AND placed.valid @> quantriet_today()
JOIN org_membership AS member ON member.unit_id = placed.unit_id AND member.is_primary AND member.to_on IS NULL
JOIN LATERAL (
    SELECT nearest.site_id, nearest.id
    FROM unnest(string_to_array(placed.path::text, '.')::bigint[]) WITH ORDINALITY AS above(unit_id, depth)
    JOIN conferences_siteunit AS nearest
      ON nearest.conference_id = own.conference_id AND nearest.unit_id = above.unit_id
    ORDER BY above.depth DESC LIMIT 1
) AS site ON site.id = own.id
WHERE own.conference_id = %s
GROUP BY site.site_id
"""


def _members_by_site(conference: Conference) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [conference.pk])
        return {int(site_id): int(count) for site_id, count in cursor.fetchall()}
