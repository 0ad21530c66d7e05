"""Import of units and people, for programs: send the sheet, see what it would do, answer, write it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from quantriet.core.models import Work
from quantriet.core.paging import RowId
from quantriet.org import access, orders
from quantriet.org.access import Actor
from quantriet.org.commands import imports as commands
from quantriet.org.commands.imports import Rows
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Import
from quantriet.org.permissions import Can
from quantriet.org.queries import imports as queries
from quantriet.org.works_api import WorkOut, work_out

router = Router()


class ImportFaultOut(Schema):
    """What is wrong: the cell (or the row), a code, a sentence."""

    row: int
    address: str
    code: str
    sentence: str


class CandidateOut(Schema):
    """Somebody a row may mean, with words that tell him apart."""

    person_id: int
    words: str


class ImportQuestionOut(Schema):
    """A row that may be somebody known."""

    row: int
    name: str
    candidates: list[CandidateOut]


class OutcomeOut(Schema):
    """What a file would do, or did. Of very many faults and questions the first are told; the counts are of all."""

    new: int
    changed: int
    same: int
    faulty: int
    asked: int
    faults: list[ImportFaultOut]
    notices: list[ImportFaultOut]
    questions: list[ImportQuestionOut]


class ImportOut(Schema):
    """An import. ``state``: staged (not looked at yet), checked (``outcome`` says what it would do), writing, done.
    ``work`` is the background work of a large file, asked at ``/works/{id}``.
    """

    id: int
    kind: str
    unit_id: int
    file_name: str
    state: str
    outcome: OutcomeOut | None
    work: WorkOut | None = None


class ImportKind(StrEnum):
    """What the file holds."""

    UNITS = Import.Kind.UNITS.value
    PEOPLE = Import.Kind.PEOPLE.value


class ImportIn(Schema):
    """What the sheet holds. Without ``unit_id`` it is for the committee one works for."""

    kind: ImportKind
    unit_id: RowId | None = None


class ImportAnswersIn(Schema):
    """Row → id of the known person it is, or -1 for somebody else of the same name."""

    answers: Annotated[dict[RowId, Annotated[int, Field(ge=-1, le=2**63 - 1)]], Field(max_length=100_000)]


class ImportDoIn(Schema):
    """``rows``: ``all`` (a single fault refuses) or ``faultless`` (the others are left out)."""

    rows: Rows = Rows.ALL


@router.post("/imports", response={201: ImportOut}, tags=["imports"], summary="Dry run of a sheet")
@endpoint(Can.PERSON_MANAGE)
def stage_import(request: ActorRequest, body: Form[ImportIn], file: File[UploadedFile]) -> Status[ImportOut]:
    """Keep the sheet and say what it would do; nothing of it is written. The same sheet again is the same import."""
    actor = request.actor
    unit = access.unit_or_404(actor, queries.NEEDS[body.kind], body.unit_id or actor.unit_id)
    unit = access.authority_unit(unit)
    content = Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()
    about = commands.stage(content, file_name=str(file.name or ""), kind=body.kind.value, unit=unit, by=actor)
    return Status(201, _shown(about, orders.check(about, by=actor)))


@router.get("/imports/{import_id}", response=ImportOut, tags=["imports"], summary="One import")
@endpoint(Can.PERSON_MANAGE)
def read_import(request: ActorRequest, import_id: RowId) -> ImportOut:
    """What it would do, or did; 404 for one that is not mine, as for one that does not exist."""
    return _shown(_about(request.actor, import_id), None)


@router.post(
    "/imports/{import_id}/answers", response=ImportOut, tags=["imports"], summary="Answer doubtful rows"
)
@endpoint(Can.PERSON_MANAGE)
def answer_import(request: ActorRequest, import_id: RowId, body: ImportAnswersIn) -> ImportOut:
    """Take the answers, then look again at what the file would do."""
    about = commands.answer(_about(request.actor, import_id), body.answers, by=request.actor)
    return _shown(about, orders.check(about, by=request.actor))


@router.post("/imports/{import_id}/do", response=ImportOut, tags=["imports"], summary="Write a sheet")
@endpoint(Can.PERSON_MANAGE)
def do_import(request: ActorRequest, import_id: RowId, body: ImportDoIn) -> ImportOut:
    """Write all of it or its faultless rows; what is done already is answered as done."""
    about = _about(request.actor, import_id)
    return _shown(about, orders.carry_out(about, rows=body.rows, by=request.actor))


def _about(actor: Actor, import_id: int) -> Import:
    return access.row_or_404(queries.imports(actor), import_id)


def _shown(about: Import, work: Work | None) -> ImportOut:
    about.refresh_from_db()
    return ImportOut(
        id=about.pk,
        kind=about.kind,
        unit_id=about.unit_id,
        file_name=about.file_name,
        state=about.state,
        outcome=_outcome(about) if about.outcome else None,
        work=None if work is None else work_out(work),
    )


def _outcome(about: Import) -> OutcomeOut:
    kept = about.outcome
    counts = {name: int(kept.get(name, 0)) for name in ("new", "changed", "same", "faulty", "asked")}
    return OutcomeOut(
        **counts,
        faults=[ImportFaultOut.model_validate(one) for one in kept.get("faults", [])[: queries.SHOWN]],
        notices=[ImportFaultOut.model_validate(one) for one in kept.get("notices", [])],
        questions=[
            ImportQuestionOut(
                row=one["row"],
                name=one["name"],
                candidates=[CandidateOut(person_id=pk, words=words) for pk, words in one["candidates"]],
            )
            for one in kept.get("questions", [])
        ],
    )
