"""The wall of sites: state, present of summoned, the last word, down the tree from the nation to one commune.

Everything comes from columns in memory (``counts``, the figures of the ledger, the numbering of the trees): a
fixed number of statements and of cells, whatever the number of sites. A site that has said nothing is a dash,
never a zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from django.db import connection
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference, Incident, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import counts, shifts
from quantriet.conferences.queries.counts import KINDS, STATES, Bools, Rows
from quantriet.conferences.queries.sittings import sitting_of, told
from quantriet.conferences.readiness import TEST_BEFORE, minutes_late
from quantriet.core.components import number_style
from quantriet.core.text import format_int
from quantriet.ledger import figures
from quantriet.ledger.columns import Ints
from quantriet.ledger.measures import Form, Measure, Slice
from quantriet.ledger.rollup import Numbering
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can, Reach

QUIET = {Site.State.PLANNED: "missing", Site.State.READY: "due_soon", Site.State.CONNECTED: "doing"}
FLAT = 60
"""So many sites are shown as they are; of more, one cell a unit below."""
COUNTED_BY_MEMBERS = 300
"""Without a campaign there is no roll in the ledger; members are counted row by row for so many sites at most."""


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
    news: int = 0
    is_untested: bool = False
    minutes_late: int = 0

    @property
    def is_silent(self) -> bool:
        """The site has not given a word yet."""
        return self.site.state == Site.State.PLANNED and self.present is None


@dataclass(frozen=True)
class Sums:
    """Several sites together. ``present`` and ``summoned`` are ``None`` where nobody told, which is no zero."""

    sites: int
    silent: int
    ready: int
    connected: int
    closed: int
    troubled: int
    present: int | None
    summoned: int | None
    last_at: datetime | None
    news: int
    unready: int = 0
    untested: int = 0
    short: int = 0

    @property
    def summoned_words(self) -> str:
        """`triệu tập 1.468`, or nothing where no roll tells it."""
        if self.summoned is None:
            return ""
        return _("triệu tập %(count)s") % {"count": format_int(self.summoned, number_style())}


@dataclass(frozen=True)
class Group:
    """The sites at and below one unit."""

    unit_id: int
    name: str
    shape: str
    sums: Sums


@dataclass(frozen=True)
class Level:
    """One step of the way down: ``way`` are the units above with their names, the whole first."""

    way: tuple[tuple[int, str], ...]
    sums: Sums
    groups: tuple[Group, ...]
    site_ids: tuple[int, ...]
    news: int


class Standing:
    """The sites of a conference as one reader may see them, at one instant."""

    def __init__(self, conference: Conference, *, by: Actor) -> None:
        self.conference = conference
        self.at = timezone.now()
        columns = counts.columns(conference.pk)
        self.rows: Rows = columns.sites
        self.news = int(columns.sites["news"].max(initial=0))
        self._seats = columns.seats
        self._by = by
        campaign = conference.campaign
        self._book = campaign.book_id if campaign is not None else None
        slices = frozenset(Slice(person_class=one).code for one in conference.classes) or None
        today = timezone.localdate()
        self._figures = None if self._book is None else figures.read(self._book, on=today, slices=slices)
        self.numbering = figures.numbering(today) if self._figures is None else self._figures.numbering
        self.places: Ints = self.numbering.positions(self.rows["unit"])

    @cached_property
    def seen(self) -> Bools:
        """Sites the reader looks at: all of a conference called where he reads, else those of his units and the one
        where his own unit sits.
        """
        if access.may(self._by, Can.CONFERENCE_READ, self.conference.unit_id):
            return np.ones(len(self.rows), dtype=bool)
        own = np.isin(self.rows["site"], reads.nearest_site_ids(self._by, self.conference))
        return self._within(Can.CONFERENCE_READ) | own

    @cached_property
    def counted(self) -> Bools:
        """Sites whose people he may know of: elsewhere a count is a dash."""
        return self._within(Can.ATTENDANCE_READ)

    def _within(self, can: Can) -> Bools:
        """Which sites are run by units where the reader may do ``can`` (``access.units``, as ranges)."""
        reach = self._by.reach(can)
        inside = np.zeros(len(self.rows), dtype=bool)
        if reach is Reach.SUBTREE and self._by.roots == access.HOUSE:
            return ~inside
        if reach is Reach.UNIT:
            return np.asarray(self.rows["unit"] == self._by.unit_id)
        for root in self._by.roots if reach is Reach.SUBTREE else ():
            start, end = self.numbering.span(int(root.rpartition(".")[2])) or (0, 0)
            inside |= (self.places >= start) & (self.places < end)
        return inside

    @cached_property
    def recorded(self) -> Bools:
        """Sites from which an attendance is known."""
        return np.asarray((self.rows["on_roll"] + self.rows["beside"] + self.rows["away"]) > 0)

    @cached_property
    def silent(self) -> Bools:
        """Sites that have not given a word."""
        return np.asarray((self.rows["state"] == STATES.index(Site.State.PLANNED)) & ~self.recorded)

    @cached_property
    def unready(self) -> Bools:
        """Sites that have neither ended their checklist nor come in."""
        came = ~np.isin(
            self.rows["state"], (STATES.index(Site.State.PLANNED), STATES.index(Site.State.READY))
        )
        return np.asarray((self.rows["checked"] == 0) & ~came & ~self.recorded)

    @cached_property
    def untested(self) -> Bools:
        """Sites at a line whose connection was never found good. The hall is at one when any other site is."""
        online = self.rows["form"] == Form.ONLINE
        linked = online | ((self.rows["is_hub"] > 0) & bool(online.any()))
        return np.asarray(linked & (self.rows["tested"] == 0))

    @cached_property
    def short(self) -> Bools:
        """Sites to which more are summoned than have a seat there; without a number of seats nobody can tell."""
        if self.summoned is None:
            return np.zeros(len(self.rows), dtype=bool)
        return np.asarray(
            self.counted & (self.rows["capacity"] > 0) & (self.summoned > self.rows["capacity"])
        )

    @property
    def is_before(self) -> bool:
        """Whether there is still something to get ready for."""
        return self.conference.state in (Conference.State.PLANNED, Conference.State.OPEN)

    @cached_property
    def present(self) -> Ints:
        """Who is there, by site. With a roll only those on it count: guests and the uninvited do not."""
        beside = self.rows["beside"] if self.conference.campaign_id is None else 0
        return np.asarray(self.rows["on_roll"] + beside, dtype=np.int64)

    @cached_property
    def summoned(self) -> Ints | None:
        """How many are summoned to each site: the units expected there without those of nearer sites."""
        if self._figures is not None:
            on_roll = self._in_this_shift(self._figures.column(Measure.SUMMONED))
            return nearest_sums(self.numbering, self._seats, self.rows["site"], on_roll)
        if len(self.rows) > COUNTED_BY_MEMBERS:
            return None
        members = _members_by_site(self.conference)
        return np.array([members.get(site_id, 0) for site_id in self.rows["site"].tolist()], dtype=np.int64)

    def _in_this_shift(self, on_roll: Ints) -> Ints:
        """Of the roll by position those who come to this sitting; all of them where there are no shifts."""
        if not self.conference.shift:
            return on_roll
        besides = self._by_position(shifts.summoned_besides(self.conference))
        return on_roll + besides if self.conference.shift_of_id is None else besides

    def _by_position(self, by_unit: Mapping[int, int]) -> Ints:
        """Numbers of some units as a column over the trees; nothing for all others."""
        column = np.zeros(len(self.numbering), dtype=np.int64)
        places = self.numbering.positions(np.array(list(by_unit), dtype=np.int64))
        known = places >= 0
        np.add.at(column, places[known], np.array(list(by_unit.values()), dtype=np.int64)[known])
        return column

    def by_site(self, by_unit: Mapping[int, int]) -> Ints:
        """Numbers of units as numbers of the sites where their people are expected."""
        return nearest_sums(self.numbering, self._seats, self.rows["site"], self._by_position(by_unit))

    @property
    def is_due(self) -> bool:
        """Whether sites should have reported by now."""
        return self.at >= self.conference.starts_at - TEST_BEFORE

    @property
    def all(self) -> Ints:
        """The numbers of all sites the reader sees."""
        return np.flatnonzero(self.seen)

    def sums(self, chosen: Ints) -> Sums:
        """The sites with these numbers together."""
        rows, silent = self.rows[chosen], self.silent[chosen]
        known = chosen[self.counted[chosen]]
        states = np.bincount(rows["state"][~silent], minlength=len(STATES)).tolist()
        # Who recorded people without a word of its own is connected: somebody is there.
        recording = states[STATES.index(Site.State.PLANNED)]
        told, summoned = bool(self.recorded[known].any()), self.summoned
        return Sums(
            sites=len(chosen),
            silent=int(silent.sum()),
            ready=states[STATES.index(Site.State.READY)],
            connected=states[STATES.index(Site.State.CONNECTED)] + recording,
            closed=states[STATES.index(Site.State.CLOSED)],
            troubled=int((rows["kind"] > 0).sum()),
            present=int(self.present[known].sum()) if told else None,
            summoned=int(summoned[known].sum()) if summoned is not None and len(known) else None,
            last_at=_moment(float(rows["heard"].max(initial=0))),
            news=int(rows["news"].max(initial=0)),
            unready=int(self.unready[chosen].sum()) if self.is_before else 0,
            untested=int(self.untested[chosen].sum()) if self.is_before else 0,
            short=int(self.short[chosen].sum()) if self.is_before else 0,
        )

    def cells(self, sites: Sequence[Site]) -> list[Cell]:
        """Some sites, as they were fetched, with what is known of each."""
        at = {site_id: number for number, site_id in enumerate(self.rows["site"].tolist())}
        return [self._cell(site, at[site.pk]) for site in sites if site.pk in at]

    def _cell(self, site: Site, at: int) -> Cell:
        row, counted = self.rows[at], bool(self.counted[at])
        recorded = counted and bool(self.recorded[at])
        kind = KINDS[row["kind"]]
        incident = str(Incident.Kind(kind).label) if kind else ""
        site.state = STATES[row["state"]]
        shape = "overdue" if incident else QUIET.get(Site.State(site.state), "done")
        word = incident or str(site.get_state_display())
        if shape == "missing" and recorded:
            shape, word = "doing", str(Site.State.CONNECTED.label)
        elif shape == "missing" and not self.is_due:
            shape, word = "not_due", _("Đã lên lịch")
        return Cell(
            site,
            shape,
            word,
            incident,
            int(self.present[at]) if recorded else None,
            int(row["away"]) if recorded else 0,
            int(self.summoned[at]) if counted and self.summoned is not None else None,
            _moment(float(row["heard"])),
            int(row["news"]),
            is_untested=self.is_before and bool(self.untested[at]),
            minutes_late=minutes_late(_moment(float(row["tested"])), self.conference.starts_at),
        )


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None


def level(standing: Standing, unit_id: int | None, chosen: str = "") -> Level:
    """The wall at a unit, or at the narrowest one that holds all sites the reader sees. ``chosen``: a word of
    ``_matching`` leaves only the sites where something is wrong, that have said nothing, are not ready, not tested or
    have too few seats; those are told one by one in the order of the tree. Raises ``NotFoundError`` for a unit outside.
    """
    numbering = standing.numbering
    seen = standing.all[np.argsort(standing.places[standing.all], kind="stable")]
    top = _narrowest(numbering, standing.places[seen])
    span = top if unit_id is None else numbering.span(unit_id)
    if span is None or span[0] < top[0] or span[1] > top[1]:
        raise access.not_found()
    here = seen if span == top else seen[_between(standing.places[seen], span)]
    if not len(here) and span != top:
        raise access.not_found()
    wanted = here[_matching(standing, chosen)[here]]
    below = [] if chosen or len(wanted) <= FLAT else list(_children(standing, wanted, span))
    grouped = np.concatenate([inside for _start, inside in below]) if below else wanted[:0]
    way = [place for place in _above(numbering, span) if place >= top[0]]
    names = _names(numbering, [*way, *(start for start, _inside in below)])
    groups = sorted(
        (_group(standing, int(numbering.unit_ids[start]), names, inside) for start, inside in below),
        key=lambda group: names[group.unit_id][1],
    )
    return Level(
        way=tuple((unit, names[unit][0]) for unit in numbering.unit_ids[way].tolist()),
        sums=standing.sums(here),
        groups=tuple(groups),
        site_ids=tuple(standing.rows["site"][wanted[~np.isin(wanted, grouped)]].tolist()),
        news=standing.news,
    )


def _between(places: Ints, span: tuple[int, int]) -> slice:
    """Which of some ascending positions lie in a range."""
    first, end = np.searchsorted(places, span)
    return slice(int(first), int(end))


def _matching(standing: Standing, chosen: str) -> Bools:
    if chosen == "su-co":
        return np.asarray(standing.rows["kind"] > 0)
    if chosen == "chua-chuan-bi":
        return standing.unready
    if chosen == "chua-thu":
        return standing.untested
    if chosen == "thieu-cho":
        return standing.short
    return standing.silent if chosen == "chua-bao-cao" else np.ones(len(standing.rows), dtype=bool)


def _narrowest(numbering: Numbering, places: Ints) -> tuple[int, int]:
    """The range of the lowest unit that holds all these ascending positions; without one, all trees."""
    placed = places[places >= 0]
    if not len(placed):
        return 0, len(numbering)
    holding = np.flatnonzero(numbering.end[: int(placed[0]) + 1] > int(placed[-1]))
    if not len(holding):
        return 0, len(numbering)
    return int(holding[-1]), int(numbering.end[holding[-1]])


def _children(standing: Standing, wanted: Ints, span: tuple[int, int]) -> Iterator[tuple[int, Ints]]:
    """The units directly below at and below which several of the wanted sites are: where each begins, its sites."""
    ends, places = standing.numbering.end, standing.places[wanted]
    start = span[0] + int(ends[span[0]] == span[1])  # of all trees together the roots are what is below
    while start < span[1]:
        inside = wanted[_between(places, (start, int(ends[start])))]
        if len(inside) > 1:
            yield start, inside
        start = int(ends[start])


def _above(numbering: Numbering, span: tuple[int, int]) -> list[int]:
    """The positions of the unit with this range and of those above it, the highest first."""
    before = numbering.end[: span[0] + 1]
    return [int(place) for place in np.flatnonzero(before >= span[1])]


def _names(numbering: Numbering, places: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name and sorting of the units at some positions, by unit."""
    units = Unit.objects.filter(pk__in=numbering.unit_ids[list(places)].tolist())
    return {pk: (name, sort_key) for pk, name, sort_key in units.values_list("pk", "name", "sort_key")}


def _group(standing: Standing, unit_id: int, names: Mapping[int, tuple[str, str]], inside: Ints) -> Group:
    sums = standing.sums(inside)
    if sums.troubled:
        shape = "overdue"
    elif sums.silent == sums.sites:
        shape = "missing" if standing.is_due else "not_due"
    elif sums.closed == sums.sites:
        shape = "done"
    else:
        shape = "due_soon" if sums.silent or sums.ready else "doing"
    return Group(unit_id, names[unit_id][0], shape, sums)


def nearest_sums(numbering: Numbering, seats: Rows, site_ids: Ints, own: Ints) -> Ints:
    """For each site the sum of ``own`` (by position) over the units whose nearest unit with a seat is its own."""
    places = numbering.positions(seats["unit"])
    inside = places >= 0
    starts, lengths = places[inside], numbering.end[places[inside]] - places[inside]
    # A nearer unit has a shorter range than those around it: the later in this order, the nearer.
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    covered = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
    nearest = np.full(len(numbering), -1, dtype=np.int64)
    np.maximum.at(nearest, covered, np.repeat(np.arange(len(order)), lengths))
    seated = nearest >= 0
    sites = np.searchsorted(site_ids, seats["site"][inside][order])[nearest[seated]]
    return np.bincount(sites, weights=own[seated], minlength=len(site_ids)).astype(np.int64)


_MEMBERS = """
SELECT site.site_id, count(*)
FROM conferences_siteunit AS own
JOIN org_placement AS top ON top.unit_id = own.unit_id AND top.valid @> quantriet_today()
JOIN org_placement AS placed ON placed.path <@ top.path AND placed.valid @> quantriet_today()
JOIN org_membership AS member ON member.unit_id = placed.unit_id AND member.is_primary AND member.from_on <= %(on)s
  AND (member.to_on IS NULL OR member.to_on > %(on)s) AND (%(everyone)s OR member.person_class = ANY(%(classes)s))
{in_shift}
JOIN LATERAL (
    SELECT nearest.site_id, nearest.id
    FROM unnest(string_to_array(placed.path::text, '.')::bigint[]) WITH ORDINALITY AS above(unit_id, depth)
    JOIN conferences_siteunit AS nearest
      ON nearest.conference_id = own.conference_id AND nearest.unit_id = above.unit_id
    ORDER BY above.depth DESC LIMIT 1
) AS site ON site.id = own.id
WHERE own.conference_id = %(conference)s
GROUP BY site.site_id
"""
_IN_SHIFT = f"AND {sitting_of('member.person_id', 'member.unit_id', '%(first)s::bigint')} = %(conference)s"


def _members_by_site(conference: Conference) -> dict[int, int]:
    query = _MEMBERS.format(in_shift=_IN_SHIFT if conference.shift else "")
    with connection.cursor() as cursor:
        cursor.execute(query, told(conference) | {"on": access.local_day(conference.starts_at)})
        return {int(site_id): int(count) for site_id, count in cursor.fetchall()}
