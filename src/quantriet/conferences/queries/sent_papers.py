"""Papers sent ahead: what can be sent, how many sites have opened each, which have not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from quantriet.conferences.models import Conference, PaperAtSite, SentPaper, Site
from quantriet.documents import queries as documents
from quantriet.documents.models import Material
from quantriet.org.access import Actor

AHEAD = timedelta(days=1)
"""Who opens a paper later than so long before the start has no time to print and read it: that is told."""


@dataclass(frozen=True)
class Line:
    """A paper with its counts of sites."""

    paper: SentPaper
    sites: int
    opened: int
    late: int

    @property
    def unopened(self) -> int:
        """Sites that have not opened it."""
        return self.sites - self.opened


def latest(conference: Conference) -> datetime:
    """Until then a paper is opened in time."""
    return conference.starts_at - AHEAD


def materials(conference: Conference, by: Actor) -> list[Material]:
    """What can be sent: the materials of the agenda's documents, as far as the sender reads them."""
    ids = conference.agenda.filter(document__isnull=False).values("document")
    found = list(documents.visible_documents(by).filter(pk__in=ids))
    return list(documents.materials_of(found, by).select_related("document"))


def lines(conference: Conference) -> list[Line]:
    """What was sent, with how many sites opened it, and how many of these too late. One query."""
    is_open = Q(at_sites__opened_at__isnull=False)
    rows = (
        SentPaper.objects.filter(conference=conference)
        .select_related("material")
        .annotate(
            how_many=Count("at_sites"),
            opened=Count("at_sites", filter=is_open),
            late=Count("at_sites", filter=Q(at_sites__opened_at__gt=latest(conference))),
        )
        .order_by("id")
    )
    return [Line(row, row.how_many, row.opened, row.late) for row in rows]


def unopened(paper: SentPaper) -> QuerySet[Site]:
    """The sites that were sent a paper and have not opened it."""
    rows = Site.objects.filter(papers__paper=paper, papers__opened_at=None).select_related("unit")
    return rows.order_by("unit__sort_key", "name", "id")


@dataclass(frozen=True)
class AtSite:
    """A paper as its site sees it."""

    material: Material
    opened_at: datetime | None
    is_late: bool


def at(site: Site) -> list[AtSite]:
    """What a site was sent, in the order of sending."""
    rows = PaperAtSite.objects.filter(site=site).select_related("paper__material").order_by("paper_id")
    due = latest(site.conference)
    return [
        AtSite(row.paper.material, row.opened_at, row.opened_at is not None and row.opened_at > due)
        for row in rows
    ]
