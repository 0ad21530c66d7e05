"""The log of what went wrong at the sites of a conference."""

from django.db.models import F, QuerySet

from quantriet.conferences.models import Conference, Incident
from quantriet.conferences.queries import conferences as reads
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def log(conference: Conference, *, by: Actor) -> QuerySet[Incident]:
    """Incidents at the sites the reader sees: what is still wrong first, then the newest."""
    sites = reads.sites(by, Can.CONFERENCE_READ).filter(conference=conference)
    rows = Incident.objects.filter(site__in=sites.order_by().values("pk")).select_related("site")
    return rows.order_by(F("to_at").desc(nulls_first=True), "-from_at", "-id")
