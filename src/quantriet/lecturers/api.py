"""Lecturers for programs: who serves, asking for a lecturer, sessions held, bulletins and their arrival."""

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Router, Schema, Status

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.documents import queries as document_queries
from quantriet.lecturers.choices import Language, Subject
from quantriet.lecturers.commands import bulletins as bulletin_commands
from quantriet.lecturers.commands import lectures as commands
from quantriet.lecturers.commands import talks
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.commands.results import MOST, Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.models import Issue, Lecture, Lecturer, OralTalk
from quantriet.lecturers.queries import bulletins, corps, lectures, programme
from quantriet.org import access
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

router = Router()


class LecturerOut(Schema):
    """Somebody who serves or served in a corps."""

    id: int
    full_name: str
    unit_id: int
    corps: str
    subjects: list[str]
    languages: list[str]
    most_a_month: int
    serves: bool


class LectureOut(Schema):
    """A request for a lecturer and its answer; names only once somebody is sent."""

    id: int
    unit_id: int
    to_unit_id: int
    title: str
    subject: str
    language: str
    starts_at: datetime
    ends_at: datetime
    place: str
    state: str
    lecturer_name: str
    answer: str


class LectureIn(Schema):
    """A request: ``unit_id`` asks ``to_unit_id``, itself or a committee above. ``key`` is made by the program."""

    key: Annotated[str, Field(min_length=8, max_length=60)]
    unit_id: RowId
    to_unit_id: RowId
    title: Annotated[str, Field(min_length=1, max_length=300)]
    subject: Subject
    starts_at: datetime
    ends_at: datetime
    place: Annotated[str, Field(min_length=1, max_length=300)]
    language: Language | None = None
    document_id: RowId | None = None
    audience: Annotated[str, Field(max_length=200)] = ""
    expected: Annotated[int, Field(ge=1, le=100_000)] | None = None
    wished_name: Annotated[str, Field(max_length=120)] = ""
    contact: Annotated[str, Field(max_length=160)] = ""


@router.get("/lecturers", response=Page[LecturerOut], tags=["lecturers"], summary="Lecturers of my units")
@endpoint(Can.LECTURER_READ)
def list_lecturers(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[LecturerOut]:
    """Everybody of the corps of my units, by id; who asked is written down for each."""
    shown = page_of(corps.lecturers(request.actor), by=("id",), cursor=cursor, limit=limit, show=_lecturer)
    ids = [row.id for row in shown.items]
    people = list(Lecturer.objects.filter(pk__in=ids).order_by("pk").values_list("person", flat=True))
    readings.note(people, page="lecturers.corps", by=request.actor)
    return shown


def _lecturer(row: Lecturer) -> LecturerOut:
    return LecturerOut(
        id=row.pk,
        full_name=row.person.full_name,
        unit_id=row.unit_id,
        corps=row.corps,
        subjects=row.subjects,
        languages=row.languages,
        most_a_month=row.most_a_month,
        serves=row.serves,
    )


@router.get("/lectures", response=Page[LectureOut], tags=["lecturers"], summary="Requests of my units")
@endpoint(Can.LECTURER_READ)
def list_lectures(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[LectureOut]:
    """Requests for a lecturer with their answers, by id."""
    rows = lectures.lectures(request.actor)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_lecture)


def _lecture(row: Lecture) -> LectureOut:
    names = [name for name in LectureOut.model_fields if name != "id"]
    return LectureOut(id=row.pk, **{name: getattr(row, name) for name in names})


@router.post("/lectures", response={201: LectureOut}, tags=["lecturers"], summary="Ask for a lecturer")
@endpoint(Can.LECTURE_ASK)
def ask(request: ActorRequest, told: LectureIn) -> Status[LectureOut]:
    """A unit asks for a lecturer; the same ``key`` again is the request that was made."""
    by = request.actor
    unit = access.unit_or_404(by, Can.LECTURE_ASK, told.unit_id)
    to_unit = next((one for one in corps.asked_units(unit) if one.pk == told.to_unit_id), None) or Unit(pk=0)
    if told.document_id is not None:
        access.row_or_404(document_queries.visible_documents(by), told.document_id)
    facts = told.model_dump(exclude={"key", "unit_id", "to_unit_id"}) | {"language": told.language or ""}
    made = commands.ask(unit, to_unit, Wanted(**facts), key=told.key, by=by)
    return Status(201, _lecture(made))


# ---- sessions a unit held of itself -----------------------------------------------------------------------


class TalkOut(Schema):
    """A session held; struck out it counts nothing and says why."""

    id: int
    unit_id: int
    title: str
    subject: str
    held_on: date
    members: int
    others: int
    paper: str
    struck_why: str


class TalkIn(Schema):
    """A session ``unit_id`` held of itself. ``key`` is made by the program."""

    key: Annotated[str, Field(min_length=8, max_length=60)]
    unit_id: RowId
    title: Annotated[str, Field(min_length=1, max_length=300)]
    subject: Subject
    held_on: date
    speaker: Annotated[str, Field(min_length=1, max_length=120)]
    members: Annotated[int, Field(ge=0, le=MOST)]
    others: Annotated[int, Field(ge=0, le=MOST)] = 0
    place: Annotated[str, Field(max_length=300)] = ""
    paper: Annotated[str, Field(max_length=80)] = ""


@router.get("/oral-talks", response=Page[TalkOut], tags=["lecturers"], summary="Sessions held by my units")
@endpoint(Can.LECTURER_READ)
def list_talks(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[TalkOut]:
    """Sessions that units held of themselves, by id; who spoke is not told."""
    return page_of(programme.talks(request.actor), by=("id",), cursor=cursor, limit=limit, show=_talk)


def _talk(row: OralTalk) -> TalkOut:
    names = [name for name in TalkOut.model_fields if name != "id"]
    return TalkOut(id=row.pk, **{name: getattr(row, name) for name in names})


@router.post("/oral-talks", response={201: TalkOut}, tags=["lecturers"], summary="Record a session held")
@endpoint(Can.LECTURE_ASK)
def record_talk(request: ActorRequest, told: TalkIn) -> Status[TalkOut]:
    """Record a session a unit held of itself; the same ``key`` again is the session that was recorded."""
    by = request.actor
    unit = access.unit_or_404(by, Can.LECTURE_ASK, told.unit_id)
    listeners = Listeners(told.members, told.others, told.paper)
    talk = Talk(told.title, told.subject.value, told.held_on, listeners, told.speaker, place=told.place)
    return Status(201, _talk(talks.record(unit, talk, key=told.key, by=by)))


# ---- bulletins --------------------------------------------------------------------------------------------


class IssueOut(Schema):
    """An issue of a bulletin that is out."""

    id: int
    bulletin: str
    kind: str
    unit_id: int
    period_on: date
    title: str
    text: str
    document_id: int | None
    published_at: datetime


class ReceiptIn(Schema):
    """The unit that has the issue."""

    unit_id: RowId


class ReceiptOut(Schema):
    """Whether the unit had not said so before."""

    is_new: bool


@router.get("/bulletin-issues", response=Page[IssueOut], tags=["lecturers"], summary="Issues I may read")
@endpoint(Can.DOCUMENT_READ)
def list_issues(request: ActorRequest, cursor: Cursor = "", limit: Limit = 50) -> Page[IssueOut]:
    """Issues that reached my unit or my corps, or that my units published, by id."""
    rows = bulletins.issues(request.actor).filter(bulletins.PUBLISHED)
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=_issue)


def _issue(row: Issue) -> IssueOut:
    names = ("period_on", "title", "text", "document_id", "published_at")
    return IssueOut(
        id=row.pk,
        bulletin=row.bulletin.title,
        kind=row.bulletin.kind,
        unit_id=row.bulletin.unit_id,
        **{name: getattr(row, name) for name in names},
    )


@router.post(
    "/bulletin-issues/{issue_id}/receipts",
    response=ReceiptOut,
    tags=["lecturers"],
    summary="Confirm that an issue arrived",
)
@endpoint(Can.OBLIGATION_FULFIL)
def confirm_arrival(request: ActorRequest, issue_id: RowId, told: ReceiptIn) -> ReceiptOut:
    """A unit says that it has an issue; said again it changes nothing."""
    by = request.actor
    issue = access.row_or_404(bulletins.issues(by), issue_id)
    unit = access.unit_or_404(by, Can.OBLIGATION_FULFIL, told.unit_id)
    return ReceiptOut(is_new=bulletin_commands.receive(issue, unit, by=by))
