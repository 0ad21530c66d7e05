"""What goes wrong at sites, for programs: the log of a conference, telling that something is wrong, and that it works.

Each writes by the command of its page and reads by the query of it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from django.db.models import QuerySet
from ninja import Field, Router, Schema

from quantriet.conferences.commands import sites
from quantriet.conferences.models import Incident, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import incidents
from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()


class IncidentKind(StrEnum):
    """The classes of the technicians' runbook."""

    NO_PICTURE = Incident.Kind.NO_PICTURE.value
    NO_SOUND = Incident.Kind.NO_SOUND.value
    LOST_LINE = Incident.Kind.LOST_LINE.value
    OTHER = Incident.Kind.OTHER.value


class IncidentOut(Schema):
    """What went wrong at a site; ``to_at`` is null while it is still wrong."""

    id: int
    site_id: int
    site: str
    kind: str
    from_at: datetime
    to_at: datetime | None
    remedy: str
    reported_by: str
    ended_by: str


class IncidentIn(Schema):
    """What is wrong at my site."""

    kind: IncidentKind


class RemedyIn(Schema):
    """What helped; may be empty."""

    remedy: Annotated[str, Field(max_length=300)] = ""


@router.get(
    "/conferences/{conference_id}/incidents",
    response=Page[IncidentOut],
    tags=["conferences"],
    summary="The log of incidents",
)
@endpoint(Can.CONFERENCE_READ)
def list_incidents(
    request: ActorRequest,
    conference_id: RowId,
    only_open: bool = False,  # noqa: FBT001, FBT002 - a parameter of the address
    *,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[IncidentOut]:
    """What went wrong at the sites I may see, by id; ``only_open``: what is still wrong."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    rows = incidents.log(one, by=request.actor)
    chosen = rows.filter(to_at=None) if only_open else rows
    return page_of(chosen, by=("id",), cursor=cursor, limit=limit, show=_incident)


def _incident(row: Incident) -> IncidentOut:
    return IncidentOut(
        id=row.pk,
        site_id=row.site_id,
        site=row.site.name,
        kind=row.kind,
        from_at=row.from_at,
        to_at=row.to_at,
        remedy=row.remedy,
        reported_by=row.reported_by,
        ended_by=row.ended_by,
    )


@router.post(
    "/sites/{site_id}/incidents",
    response=IncidentOut,
    tags=["conferences"],
    summary="Something is wrong at my site",
)
@endpoint(Can.ATTENDANCE_RECORD)
def begin_incident(request: ActorRequest, site_id: RowId, told: IncidentIn) -> IncidentOut:
    """Note it. The same kind while it is still open is the same incident."""
    site = access.row_or_404(_own_sites(request.actor), site_id)
    return _incident(sites.begin_incident(site, kind=told.kind.value, by=request.actor))


@router.post(
    "/incidents/{incident_id}/end", response=IncidentOut, tags=["conferences"], summary="It works again"
)
@endpoint(Can.ATTENDANCE_RECORD)
def end_incident(request: ActorRequest, incident_id: RowId, told: RemedyIn) -> IncidentOut:
    """Note that it works again and what helped. Told twice, the first time stands."""
    mine = Incident.objects.filter(site__in=_own_sites(request.actor).order_by().values("pk"))
    incident = access.row_or_404(mine.select_related("site"), incident_id)
    return _incident(sites.end_incident(incident, remedy=told.remedy, by=request.actor))


def _own_sites(by: Actor) -> QuerySet[Site]:
    """The sites at which he records, as on the page of a site."""
    mine = access.units(by, Can.ATTENDANCE_RECORD)
    return reads.sites(by, Can.ATTENDANCE_RECORD).filter(unit__in=mine)
