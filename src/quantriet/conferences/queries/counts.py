"""The sites of a conference in memory: columns that a process keeps and brings up to date at every read.

A warm read is one statement, what is new since the last one, whatever the number of sites and of people. Counts
come from ``SiteCount`` and the changes not folded yet: no row of a person is read, and a read is exact.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from quantriet.conferences.models import Incident, Site
from quantriet.ledger import figures
from quantriet.ledger.columns import Ints

STATES = tuple(Site.State.values)
KINDS = ("", *Incident.Kind.values)
"""Of an open incident; the first: none."""

SITE = np.dtype(
    [
        ("site", "i8"), ("unit", "i8"), ("state", "i1"), ("kind", "i1"), ("is_hub", "i1"), ("form", "i1"),
        ("capacity", "i4"), ("checked", "f8"), ("tested", "f8"), ("on_roll", "i4"), ("beside", "i4"),
        ("away", "i4"), ("heard", "f8"), ("news", "i8"),
    ]
)  # fmt: skip
SEAT = np.dtype([("unit", "i8"), ("site", "i8")])
Rows = npt.NDArray[np.void]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The sites of one conference in the order of their numbers, and which unit is expected at which.

    ``sites`` holds per site: unit, state, kind of the open incident, form, seats (0: nobody told), since when its
    checklist and its connection are good, counts, when it was heard of last (moments in seconds since 1970, 0: never)
    and its news. Never changed: ``plus`` gives another.
    """

    sites: Rows
    seats: Rows
    known: int = -1
    """Everything up to this number of news is in here."""

    def plus(self, sites: Rows, seats: Rows, known: int) -> "Columns":
        """With sites as they stand now in place of what was known of them."""
        if not len(sites):
            return Columns(self.sites, self.seats, known)
        return Columns(
            _replaced(self.sites, sites, sites["site"]), _replaced(self.seats, seats, sites["site"]), known
        )

    @property
    def bytes(self) -> int:
        """Memory held, for the limit of the cache."""
        return int(self.sites.nbytes + self.seats.nbytes)


NOTHING = Columns(np.zeros(0, dtype=SITE), np.zeros(0, dtype=SEAT))


def _replaced(kept: Rows, fresh: Rows, sites: Ints) -> Rows:
    """The kept rows of other sites and the fresh ones, in the order of sites."""
    joined = np.concatenate([kept[~np.isin(kept["site"], sites)], fresh])
    return joined[np.argsort(joined["site"], kind="stable")]


_READ = """
WITH rest AS MATERIALIZED (
    SELECT site_id, sum(on_roll)::int AS on_roll, sum(beside)::int AS beside, sum(away)::int AS away,
           max(recorded_at) AS recorded_at
    FROM conferences_sitechange WHERE conference_id = %(conference)s GROUP BY site_id
), touched AS (
    SELECT site_id FROM rest
    UNION
    SELECT site_id FROM conferences_sitecount WHERE conference_id = %(conference)s AND news > %(known)s
)
SELECT site.id, site.unit_id, site.state, coalesce(trouble.kind, ''), site.is_hub, site.form,
       coalesce(site.capacity, 0),
       coalesce(extract(epoch FROM site.checked_at)::float8, 0),
       coalesce(extract(epoch FROM site.tested_at)::float8, 0),
       coalesce(counted.on_roll, 0) + coalesce(rest.on_roll, 0),
       coalesce(counted.beside, 0) + coalesce(rest.beside, 0),
       coalesce(counted.away, 0) + coalesce(rest.away, 0),
       coalesce(extract(epoch FROM greatest(site.state_at, counted.recorded_at, rest.recorded_at))::float8, 0),
       coalesce(counted.news, 0), rest.site_id IS NOT NULL,
       array(SELECT unit_id FROM conferences_siteunit WHERE site_id = site.id ORDER BY unit_id)
FROM touched JOIN conferences_site AS site ON site.id = touched.site_id
LEFT JOIN conferences_sitecount AS counted ON counted.site_id = site.id
LEFT JOIN rest ON rest.site_id = site.id
LEFT JOIN LATERAL (
    SELECT kind FROM conferences_incident AS incident
    WHERE incident.site_id = site.id AND incident.to_at IS NULL ORDER BY from_at, id LIMIT 1
) AS trouble ON true
"""


NEWS, WAITS, SEATS = 13, 14, 15
"""Where a row of ``_READ`` says what it is new by, that changes wait for the fold, and its units."""


def columns(conference_id: int) -> Columns:
    """The sites of a conference now. Processes keep what is folded; what waits for the fold is read each time."""
    memory = figures.CACHE.memory
    key = ("sites", conference_id)
    with memory.building(key):
        found = memory.get(key)
        kept = found if isinstance(found, Columns) else NOTHING
        rows = _read(conference_id, kept.known)
        folded = [row for row in rows if not row[WAITS]]
        base = kept.plus(*_arrays(folded), _known(kept.known, rows))
        memory.put(key, base)
    waiting = [row for row in rows if row[WAITS]]
    return base.plus(*_arrays(waiting), base.known)


def _read(conference_id: int, known: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"conference": conference_id, "known": known})
        return list(cursor.fetchall())


def _known(known: int, rows: list[tuple[Any, ...]]) -> int:
    """Up to where the kept columns are whole. A site with changes that wait is not kept, so its news stays new."""
    left_out = [int(row[NEWS]) for row in rows if row[WAITS] and row[NEWS] > known]
    newest = max((int(row[NEWS]) for row in rows), default=known)
    return max(known, min([newest, *(news - 1 for news in left_out)]))


def _arrays(rows: list[tuple[Any, ...]]) -> tuple[Rows, Rows]:
    """Sites and seats of some rows."""
    sites = [(row[0], row[1], STATES.index(row[2]), KINDS.index(row[3]), *row[4:WAITS]) for row in rows]
    seats = [(unit_id, row[0]) for row in rows for unit_id in row[SEATS]]
    return np.array(sites, dtype=SITE), np.array(seats, dtype=SEAT)


_DIFFERING = """
SELECT site.id FROM conferences_site AS site
LEFT JOIN (
    SELECT site_id, sum(on_roll) AS on_roll, sum(beside) AS beside, sum(away) AS away
    FROM (
        SELECT site_id, on_roll, beside, away FROM conferences_sitecount
        UNION ALL
        SELECT site_id, on_roll, beside, away FROM conferences_sitechange
    ) AS parts GROUP BY site_id
) AS kept ON kept.site_id = site.id
LEFT JOIN (
    SELECT site_id, count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NOT NULL) AS on_roll,
           count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NULL) AS beside,
           count(*) FILTER (WHERE state IN ('excused', 'absent')) AS away
    FROM conferences_attendance GROUP BY site_id
) AS rows ON rows.site_id = site.id
WHERE (coalesce(kept.on_roll, 0), coalesce(kept.beside, 0), coalesce(kept.away, 0))
   <> (coalesce(rows.on_roll, 0), coalesce(rows.beside, 0), coalesce(rows.away, 0))
ORDER BY site.id
"""


def differing() -> list[int]:
    """Sites whose count is not what their attendances add up to: there must be none. Needs the whole house."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        return [int(row[0]) for row in cursor.fetchall()]
