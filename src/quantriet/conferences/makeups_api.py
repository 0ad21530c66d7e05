"""Make-ups by the recording, for programs: its link, who of a cell missed the session, and the cell's confirmation.

Each writes by the command of its page and reads by the query of it.
"""

from datetime import date
from typing import Annotated

from ninja import Field, Router, Schema

from quantriet.conferences.commands import makeups as commands
from quantriet.conferences.commands import recordings
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import makeups as queries
from quantriet.conferences.recordings import LONGEST
from quantriet.core.paging import RowId
from quantriet.org import access
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()

A_CALL = 500


class RecordingIn(Schema):
    """Where the session can be watched again (``https`` only, never fetched); empty takes the link away."""

    link: Annotated[str, Field(max_length=LONGEST)]


class RecordingOut(Schema):
    """The link as it is kept."""

    conference_id: int
    link: str


class MissedOut(Schema):
    """Somebody of the cell who missed the session. ``state`` is empty where nobody has said anything."""

    person_id: int
    full_name: str
    unit: str
    state: str
    excuse: str


class MakeUpsOut(Schema):
    """Whom the cell may confirm for, and the recording they are to have watched."""

    conference_id: int
    unit_id: int
    recording: str
    missed: list[MissedOut]


class WatchedIn(Schema):
    """The cell ``unit_id`` confirms that people of its own watched the recording on a day; all of them or none. The
    same ``key`` again writes nothing.
    """

    unit_id: RowId
    person_ids: Annotated[list[RowId], Field(min_length=1, max_length=A_CALL)]
    watched_on: date
    key: Annotated[str, Field(min_length=1, max_length=60)]


class MadeUpOut(Schema):
    """The answer about one person: a stable code, its Vietnamese sentence, what is recorded now."""

    person_id: int
    code: str
    sentence: str
    is_done: bool
    state: str


class MadeUpsOut(Schema):
    """The answers in the order of the people asked for, each of them once."""

    answers: list[MadeUpOut]


def _conference(request: ActorRequest, conference_id: int) -> Conference:
    return access.row_or_404(reads.conferences(request.actor), conference_id)


@router.put(
    "/conferences/{conference_id}/recording",
    response=RecordingOut,
    tags=["conferences"],
    summary="Keep the recording's link",
)
@endpoint(Can.CONFERENCE_MANAGE)
def keep_recording(request: ActorRequest, conference_id: RowId, told: RecordingIn) -> RecordingOut:
    """Keep the link of a conference of mine; the same again changes nothing."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)
    kept = recordings.keep(one, told.link, by=request.actor)
    return RecordingOut(conference_id=kept.pk, link=kept.recording)


@router.get(
    "/conferences/{conference_id}/make-ups",
    response=MakeUpsOut,
    tags=["conferences"],
    summary="Who of a cell missed it",
)
@endpoint(Can.ATTENDANCE_RECORD)
def list_missed(request: ActorRequest, conference_id: RowId, unit_id: RowId) -> MakeUpsOut:
    """Who of one cell of mine was expected and is not recorded as there, by given name. Nobody while it runs."""
    one = _conference(request, conference_id)
    unit = access.unit_or_404(request.actor, Can.ATTENDANCE_RECORD, unit_id)
    is_asked = queries.may_confirm(request.actor, unit) and queries.is_over(one)
    own = queries.of_cell(one, unit) if is_asked else []
    return MakeUpsOut(
        conference_id=one.pk,
        unit_id=unit.pk,
        recording=one.recording,
        missed=[_missed(one) for one in own if one.is_missing],
    )


def _missed(one: queries.Own) -> MissedOut:
    row = one.row
    return MissedOut(
        person_id=row.person_id,
        full_name=row.full_name,
        unit=row.unit_name,
        state=row.state,
        excuse=row.excuse,
    )


@router.post(
    "/conferences/{conference_id}/make-ups",
    response=MadeUpsOut,
    tags=["conferences"],
    summary="Confirm that people watched it",
)
@endpoint(Can.ATTENDANCE_RECORD)
def confirm_watched(request: ActorRequest, conference_id: RowId, told: WatchedIn) -> MadeUpsOut:
    """Confirm for people of one cell of mine; refused whole where one of them is not of it."""
    one = _conference(request, conference_id)
    unit = access.unit_or_404(request.actor, Can.ATTENDANCE_RECORD, told.unit_id)
    answers = commands.confirm(
        one, unit, told.person_ids, watched_on=told.watched_on, key=told.key, by=request.actor
    )
    return MadeUpsOut(
        answers=[
            MadeUpOut(
                person_id=answer.person_id,
                code=answer.code.value,
                sentence=str(answer.sentence),
                is_done=answer.is_done,
                state=answer.known.state,
            )
            for answer in answers
        ]
    )
