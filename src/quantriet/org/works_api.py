"""Work done in the background, for programs: how far it is, stopping it."""

from datetime import datetime

from ninja import Router, Schema

from quantriet.core import jobs
from quantriet.core.models import Work
from quantriet.core.paging import RowId
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can
from quantriet.org.queries import works

router = Router()


class WorkOut(Schema):
    """A piece of work. ``state``: queued, running, done, failed, cancelled; ``done`` of ``total`` steps, ``message``
    says which; ``error`` is a sentence; ``href`` is the page of the outcome.
    """

    id: int
    kind: str
    title: str
    state: str
    done: int
    total: int
    message: str
    error: str
    href: str
    started_at: datetime | None
    ended_at: datetime | None


def work_out(work: Work) -> WorkOut:
    """A work as plain values; its inner ids and file names stay here."""
    return WorkOut(
        id=work.pk,
        kind=work.kind,
        title=work.title,
        state=work.state,
        done=work.done,
        total=work.total,
        message=work.message,
        error=work.error,
        href=str(work.result.get("href", "")),
        started_at=work.started_at,
        ended_at=work.ended_at,
    )


@router.get("/works/{work_id}", response=WorkOut, tags=["works"], summary="How far a work is")
@endpoint(Can.HOME)
def read_work(request: ActorRequest, work_id: RowId) -> WorkOut:
    """One work of mine; 404 for one that is not, as for one that does not exist."""
    return work_out(works.work(request.actor, work_id))


@router.post("/works/{work_id}/stop", response=WorkOut, tags=["works"], summary="Stop a work")
@endpoint(Can.HOME)
def stop_work(request: ActorRequest, work_id: RowId) -> WorkOut:
    """Ask a work to stop between two steps; what is over stays as it is."""
    found = works.work(request.actor, work_id)
    jobs.cancel(found.pk)
    found.refresh_from_db()
    return work_out(found)
