"""Lecturers for programs: who serves, asking for a lecturer, what became of it."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema, Status

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.documents import queries as document_queries
from quantriet.lecturers.choices import Language, Subject
from quantriet.lecturers.commands import lectures as commands
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.models import Lecture, Lecturer
from quantriet.lecturers.queries import corps, lectures
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
