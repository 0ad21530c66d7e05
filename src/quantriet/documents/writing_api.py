"""Entering a document, its clauses, publishing, materials, for programs."""

from datetime import date
from typing import Annotated, Any

from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from quantriet.core.paging import RowId
from quantriet.documents import drops, queries
from quantriet.documents.api import ClauseOut, DocumentDetailOut, MaterialOut, detail_out
from quantriet.documents.api import router as documents_router
from quantriet.documents.choices import Circulation, ClauseKind, MaterialKind, Secrecy
from quantriet.documents.commands import clauses, materials, papers
from quantriet.documents.commands.clauses import ClauseText
from quantriet.documents.commands.materials import Handout
from quantriet.documents.commands.papers import Entry
from quantriet.documents.models import Clause, Document, Material
from quantriet.documents.reading.paper import Reading
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.models import Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

router = Router()

Seen = Annotated[str, Field(max_length=40)]
Text = Annotated[str, Field(max_length=2_000_000)]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ReadClauseOut(Schema):
    """A clause as recognised."""

    kind: str
    path: str
    depth: int
    label: str
    heading: str
    text: str


class ReadingOut(Schema):
    """What was recognised in a paper; empty where nothing was found, ``remarks`` say why. ``token`` stands for the
    file when the draft is entered, for a day. ``relations`` are ``kind:number``.
    """

    token: str
    number: str
    issuer_name: str
    abstract: str
    issued_on: date | None
    term: str
    secrecy: str
    clauses: list[ReadClauseOut]
    relations: list[str]
    remarks: list[str]


class PastedIn(Schema):
    """The whole text of a paper."""

    text: Annotated[str, Field(min_length=1, max_length=2_000_000)]


class EntryIn(Schema):
    """What is said of a document; an empty ``term`` follows from the date."""

    number: Annotated[str, Field(max_length=100)]
    issuer_name: Annotated[str, Field(max_length=200)]
    abstract: Annotated[str, Field(max_length=1000)]
    issued_on: date
    term: Annotated[str, Field(max_length=20)] = ""
    secrecy: Annotated[str, Field(max_length=20)] = Secrecy.OPEN.value
    circulation: Annotated[str, Field(max_length=20)] = Circulation.ALL.value
    down_to: int = Level.CELL.value

    def entry(self) -> Entry:
        """The values for the command."""
        return Entry(**{name: getattr(self, name) for name in Entry.__dataclass_fields__})


class DocumentIn(EntryIn):
    """A draft: its entry, and the paper it comes from, as ``token`` of a reading or as ``text``."""

    token: Annotated[str, Field(max_length=1000)] = ""
    text: Text = ""
    relations: Annotated[list[str], Field(max_length=200)] = []


class EditIn(EntryIn):
    """The entry as it shall be; ``version`` is the one that was read."""

    version: Version


class ClauseIn(Schema):
    """What a clause says: its address, printed number, title, text."""

    path: Annotated[str, Field(max_length=60)]
    label: Annotated[str, Field(max_length=40)] = ""
    heading: Annotated[str, Field(max_length=600)] = ""
    text: Text = ""


class ClauseEditIn(ClauseIn):
    """``seen`` is the fingerprint of the clause as it was read."""

    seen: Seen


class ClauseNewIn(ClauseIn):
    """A clause behind ``after_id``, at the top without it."""

    kind: ClauseKind
    after_id: RowId | None = None


class SplitIn(Schema):
    """Cut before letter ``at`` (from 0) of the text."""

    at: Annotated[int, Field(ge=0, le=2_000_000)]
    seen: Seen


class SeenIn(Schema):
    """The fingerprint of the clause as it was read."""

    seen: Seen


class KeptClauseOut(ClauseOut):
    """A clause with the fingerprint the next change goes with."""

    seen: str


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[str, Field(max_length=300)]


class MaterialIn(Schema):
    """A material: a file sent with it, or a link. No audience means everyone."""

    kind: MaterialKind
    title: Annotated[str, Field(max_length=200)]
    audiences: list[int] = []
    link: Annotated[str, Field(max_length=500)] = ""


@router.post("/document-readings", response=ReadingOut, tags=["documents"], summary="Read a paper")
@endpoint(Can.DOCUMENT_MANAGE)
def read_paper(request: ActorRequest, file: File[UploadedFile]) -> ReadingOut:
    """What a .docx or .pdf says; one marked MẬT or above is refused and not kept. No document is made."""
    dropped = drops.drop(file.read(), str(file.name or ""), request.actor)
    return _reading(dropped.reading, dropped.token)


@router.post("/document-readings/text", response=ReadingOut, tags=["documents"], summary="Read a text")
@endpoint(Can.DOCUMENT_MANAGE)
def read_text(request: ActorRequest, body: PastedIn) -> ReadingOut:  # noqa: ARG001 - an operation's signature
    """As a file, from its whole text."""
    return _reading(drops.pasted(body.text), "")


def _reading(found: Reading, token: str) -> ReadingOut:
    return ReadingOut(
        token=token,
        number=found.number,
        issuer_name=found.issuer_name,
        abstract=found.abstract,
        issued_on=found.issued_on,
        term=found.term,
        secrecy=found.secrecy,
        clauses=[ReadClauseOut.model_validate(one, from_attributes=True) for one in found.clauses],
        relations=[":".join(pair) for pair in found.relations],
        remarks=[str(one.sentence) for one in found.remarks],
    )


# An address of two routers answers as the first one alone: this operation stands beside those of ``api``.
@documents_router.post(
    "/documents", response={201: DocumentDetailOut}, tags=["documents"], summary="Enter a document"
)
@endpoint(Can.DOCUMENT_MANAGE)
def enter_document(request: ActorRequest, body: DocumentIn) -> Status[DocumentDetailOut]:
    """A draft with the clauses of its paper; the same again is the draft that is there."""
    actor = request.actor
    dropped = drops.again(body.token, actor) if body.token else None
    reading = dropped.reading if dropped else (drops.pasted(body.text) if body.text.strip() else None)
    made = papers.enter(
        _own_unit(actor),
        body.entry(),
        by=actor,
        source=drops.source_of(dropped, reading, set(body.relations)),
        read_clauses=reading.clauses if reading else (),
    )
    return Status(201, detail_out(actor, made))


# An address of two routers answers as the first one alone: this one too stands beside those of ``api``.
@documents_router.put(
    "/documents/{document_id}", response=DocumentDetailOut, tags=["documents"], summary="Correct"
)
@endpoint(Can.DOCUMENT_MANAGE)
def edit_document(request: ActorRequest, document_id: RowId, body: EditIn) -> DocumentDetailOut:
    """What is said of a document; 409 with both texts when somebody else changed it meanwhile."""
    found = _managed(request.actor, document_id)
    kept = papers.edit(found, body.entry(), version=body.version, by=request.actor)
    return detail_out(request.actor, kept)


@router.post(
    "/documents/{document_id}/publish", response=DocumentDetailOut, tags=["documents"], summary="Publish"
)
@endpoint(Can.DOCUMENT_MANAGE)
def publish_document(request: ActorRequest, document_id: RowId) -> DocumentDetailOut:
    """Let the units below read it and tell those directly below; twice is once."""
    return detail_out(request.actor, papers.publish(_managed(request.actor, document_id), by=request.actor))


@router.post(
    "/documents/{document_id}/withdraw", response=DocumentDetailOut, tags=["documents"], summary="Withdraw"
)
@endpoint(Can.DOCUMENT_MANAGE)
def withdraw_document(request: ActorRequest, document_id: RowId, body: ReasonIn) -> DocumentDetailOut:
    """Take it out of the hands of the units below; the reason is kept."""
    found = _managed(request.actor, document_id)
    return detail_out(request.actor, papers.withdraw(found, reason=body.reason, by=request.actor))


# ---- clauses ---------------------------------------------------------------------------------------------


@router.get(
    "/documents/{document_id}/clauses",
    response=list[KeptClauseOut],
    tags=["documents"],
    summary="The clauses to correct",
)
@endpoint(Can.DOCUMENT_MANAGE)
def list_clauses(request: ActorRequest, document_id: RowId) -> list[KeptClauseOut]:
    """In reading order, each with its fingerprint."""
    return [_clause(one) for one in _managed(request.actor, document_id).clauses.order_by("position")]


@router.post(
    "/documents/{document_id}/clauses",
    response={201: KeptClauseOut},
    tags=["documents"],
    summary="Add a clause",
)
@endpoint(Can.DOCUMENT_MANAGE)
def add_clause(request: ActorRequest, document_id: RowId, body: ClauseNewIn) -> Status[KeptClauseOut]:
    """Behind another one, or at the top; a retry finds the first."""
    document = _managed(request.actor, document_id)
    after = (
        access.row_or_404(Clause.objects.filter(document=document), body.after_id) if body.after_id else None
    )
    made = clauses.add(document, _said(body), kind=body.kind.value, after=after, by=request.actor)
    return Status(201, _clause(made))


@router.put("/clauses/{clause_id}", response=KeptClauseOut, tags=["documents"], summary="Correct a clause")
@endpoint(Can.DOCUMENT_MANAGE)
def write_clause(request: ActorRequest, clause_id: RowId, body: ClauseEditIn) -> KeptClauseOut:
    """Its words; 409 with both texts when somebody else changed it meanwhile."""
    found = queries.clause_or_404(request.actor, clause_id)
    return _clause(clauses.write(found, _said(body), seen=body.seen, by=request.actor))


@router.post(
    "/clauses/{clause_id}/split", response={201: KeptClauseOut}, tags=["documents"], summary="Split a clause"
)
@endpoint(Can.DOCUMENT_MANAGE)
def split_clause(request: ActorRequest, clause_id: RowId, body: SplitIn) -> Status[KeptClauseOut]:
    """What follows becomes a clause of its own, which is the answer."""
    found = queries.clause_or_404(request.actor, clause_id)
    return Status(201, _clause(clauses.split(found, at=body.at, seen=body.seen, by=request.actor)))


@router.post("/clauses/{clause_id}/merge", response=KeptClauseOut, tags=["documents"], summary="Join upwards")
@endpoint(Can.DOCUMENT_MANAGE)
def merge_clause(request: ActorRequest, clause_id: RowId, body: SeenIn) -> KeptClauseOut:
    """Join a clause to the one above, which is the answer."""
    found = queries.clause_or_404(request.actor, clause_id)
    return _clause(clauses.merge(found, seen=body.seen, by=request.actor))


@router.post(
    "/clauses/{clause_id}/remove", response={204: None}, tags=["documents"], summary="Take a clause out"
)
@endpoint(Can.DOCUMENT_MANAGE)
def remove_clause(request: ActorRequest, clause_id: RowId, body: SeenIn) -> Status[None]:
    """Out of the document; refused where somebody changed it meanwhile."""
    clauses.remove(queries.clause_or_404(request.actor, clause_id), seen=body.seen, by=request.actor)
    return Status(204, None)


# ---- materials -------------------------------------------------------------------------------------------


@router.post(
    "/documents/{document_id}/materials",
    response={201: MaterialOut},
    tags=["documents"],
    summary="Attach a material",
)
@endpoint(Can.DOCUMENT_MANAGE)
def attach_material(
    request: ActorRequest,
    document_id: RowId,
    body: Form[MaterialIn],
    file: File[UploadedFile] = None,  # type: ignore[assignment]
) -> Status[MaterialOut]:
    """An outline, reading, summary or link at one's own unit and below; a retry finds the first one."""
    actor = request.actor
    document = access.row_or_404(queries.visible_documents(actor), document_id)
    unit = _own_unit(actor)
    access.require(actor, Can.DOCUMENT_MANAGE, unit)
    kept = None if file is None else drops.handout(file.read(), str(file.name or ""))
    handout = Handout(body.kind.value, body.title, body.audiences, kept, body.link)
    made = materials.attach(document, handout, unit=unit, by=actor)
    return Status(201, MaterialOut.model_validate(made))


@router.delete(
    "/materials/{material_id}", response={204: None}, tags=["documents"], summary="Take a material away"
)
@endpoint(Can.DOCUMENT_MANAGE)
def detach_material(request: ActorRequest, material_id: RowId) -> Status[None]:
    """Of a unit one manages."""
    mine = access.units(request.actor, Can.DOCUMENT_MANAGE).values("pk")
    bounded = Material.objects.filter(unit__in=mine).select_related("document")
    materials.detach(access.row_or_404(bounded, material_id), by=request.actor)
    return Status(204, None)


def _own_unit(actor: Actor) -> Unit:
    return access.authority_unit(Unit.objects.select_related("committee").get(pk=actor.unit_id))


def _managed(actor: Actor, document_id: int) -> Document:
    return access.row_or_404(queries.opened(queries.managed_documents(actor)), document_id)


def _said(body: ClauseIn) -> ClauseText:
    return ClauseText(body.path, body.label, body.heading, body.text)


def _clause(clause: Clause) -> KeptClauseOut:
    told: dict[str, Any] = ClauseOut.model_validate(clause).model_dump()
    return KeptClauseOut(**told, seen=clauses.fingerprint(clause))
