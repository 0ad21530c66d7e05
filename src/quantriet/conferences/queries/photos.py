"""Photographs of paper rolls: those of a site, and the sites one may be of."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from quantriet.conferences.models import Conference, RollPhoto, Site
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

SITES_AT_MOST = 200
RECENT = timedelta(days=60)


def of_site(site: Site) -> QuerySet[RollPhoto]:
    """The photographs of a site in the order in which they came."""
    return RollPhoto.objects.filter(site=site).select_related("site").order_by("id")


def sites(by: Actor) -> list[Site]:
    """The sites of the last weeks at which the actor records, the latest conference first."""
    mine = Site.objects.filter(
        unit__in=access.units(by, Can.ATTENDANCE_RECORD),
        conference__starts_at__gte=timezone.now() - RECENT,
    ).exclude(conference__state=Conference.State.CANCELLED)
    rows = mine.select_related("conference").order_by("-conference__starts_at", "-is_hub", "name", "id")
    return list(rows[:SITES_AT_MOST])
