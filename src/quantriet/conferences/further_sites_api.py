"""Sites after the call, for programs: how many units have none at each level, and giving them one."""

from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from quantriet.conferences import jobs
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import further_sites as queries
from quantriet.core.errors import DomainError
from quantriet.core.paging import RowId
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()

UNITS_AT_MOST = 2_000


class LevelWithoutSiteOut(Schema):
    """So many units of a level (1 province … 4 cell) have no site of the conference yet."""

    level: int
    units: int


class WithoutSiteOut(Schema):
    """Who may still get a site from me, by level."""

    levels: list[LevelWithoutSiteOut]


class FurtherSitesIn(Schema):
    """Whole levels, single units, or both; ``form`` as in a site. The same ``key`` again finds the first work."""

    levels: Annotated[list[Annotated[int, Field(ge=0, le=9)]], Field(max_length=10)] = []
    unit_ids: Annotated[list[RowId], Field(max_length=UNITS_AT_MOST)] = []
    form: Annotated[int, Field(ge=Form.IN_PERSON, le=Form.SELF_STUDY)] = Form.ONLINE.value
    key: Annotated[str, Field(min_length=1, max_length=40)]


class FurtherSitesOut(Schema):
    """How many sites are new; where they are too many for one answer, the work that makes them."""

    added: int
    work_id: int | None


def _conference(request: ActorRequest, conference_id: int) -> Conference:
    return access.row_or_404(reads.conferences(request.actor), conference_id)


@router.get(
    "/conferences/{conference_id}/further-sites",
    response=WithoutSiteOut,
    tags=["conferences"],
    summary="Units without a site",
)
@endpoint(Can.CONFERENCE_MANAGE)
def read_without_site(request: ActorRequest, conference_id: RowId) -> WithoutSiteOut:
    """How many units I manage have no site of this conference, by level."""
    counted = queries.by_level(_conference(request, conference_id), request.actor)
    return WithoutSiteOut(
        levels=[LevelWithoutSiteOut(level=level.value, units=count) for level, count in counted]
    )


@router.post(
    "/conferences/{conference_id}/further-sites",
    response=FurtherSitesOut,
    tags=["conferences"],
    summary="Give units a site",
)
@endpoint(Can.CONFERENCE_MANAGE)
def add_further_sites(request: ActorRequest, conference_id: RowId, told: FurtherSitesIn) -> FurtherSitesOut:
    """Give units a site each and tell them. Who has one, is not mine or not below the conference is passed over, so a
    retry adds none.
    """
    one = _conference(request, conference_id)
    if not (told.levels or told.unit_ids):
        raise DomainError("site.nobody", _("Chưa chọn cấp hay đơn vị nào. Chưa thêm điểm cầu nào."))
    added = jobs.add_or_order(
        one, levels=told.levels, units=told.unit_ids, form=told.form, key=told.key, by=request.actor
    )
    return FurtherSitesOut(added=added.count, work_id=added.work.pk if added.work is not None else None)
