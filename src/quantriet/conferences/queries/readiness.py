"""The checklist of a site, and which sites of a conference are not ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from quantriet.conferences import readiness
from quantriet.conferences.models import Conference, Site, SiteCheck
from quantriet.conferences.queries import wall
from quantriet.conferences.readiness import Item
from quantriet.ledger.measures import Form
from quantriet.org.access import Actor


class Lack(StrEnum):
    """In what a site is behind: its list is not ended, its connection was never found good."""

    UNREADY = "unready"
    UNTESTED = "untested"


@dataclass(frozen=True)
class Line:
    """One item of the list with its last look, if there was one."""

    item: Item
    check: SiteCheck | None

    @property
    def shape(self) -> str:
        """A name of ``core.components.STATES``."""
        if self.check is None:
            return "not_due"
        return "overdue" if self.check.good_since is None else "done"


def form_of(site: Site) -> int:
    """How a site takes part. The hall of a conference with sites online is itself at a line."""
    if site.is_hub and Site.objects.filter(conference=site.conference_id, form=Form.ONLINE).exists():
        return Form.ONLINE
    return site.form


def lines(site: Site) -> list[Line]:
    """What the site looks at, in order, each with its last look."""
    known = {row.item: row for row in site.checks.all()}
    return [Line(item, known.get(item)) for item in readiness.items(form_of(site))]


def units_not_ready(conference: Conference, *, by: Actor) -> list[int]:
    """The units whose sites have neither ended their checklist nor come in, of those the actor sees."""
    standing = wall.Standing(conference, by=by)
    chosen = standing.all[standing.unready[standing.all]]
    return [int(unit_id) for unit_id in np.unique(standing.rows["unit"][chosen])]


def lacking(standing: wall.Standing) -> Mapping[Lack, frozenset[int]]:
    """The numbers of the sites the reader sees, by what they lack; none once there is nothing to get ready for."""
    seen = standing.all if standing.is_before else standing.all[:0]
    behind = {Lack.UNREADY: standing.unready, Lack.UNTESTED: standing.untested}
    return {
        lack: frozenset(standing.rows["site"][seen[chosen[seen]]].tolist()) for lack, chosen in behind.items()
    }
