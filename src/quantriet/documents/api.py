"""Documents for programs: what I may read, and one document with its clauses and materials."""

from datetime import date, datetime

from django.db.models import QuerySet
from ninja import Router, Schema

from quantriet.core.paging import Cursor, Limit, Page, RowId, page_of
from quantriet.documents import queries
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, endpoint
from quantriet.org.permissions import Can

router = Router()


class DocumentOut(Schema):
    """A document without its text. ``state``: draft, published or withdrawn; ``secrecy``: open or internal."""

    id: int
    owner_id: int
    number: str
    kind: str
    issuer_symbol: str
    issuer_name: str
    term: str
    abstract: str
    issued_on: date
    secrecy: str
    circulation: str
    down_to: int
    state: str
    published_at: datetime | None
    version: int


class ClauseOut(Schema):
    """A clause in reading order; ``path`` is its address within the document (``II.3.a``)."""

    id: int
    position: int
    kind: str
    path: str
    depth: int
    label: str
    heading: str
    text: str


class MaterialOut(Schema):
    """A material for me. ``audiences`` are classes of people; none means everyone."""

    id: int
    unit_id: int
    kind: str
    title: str
    audiences: list[int]
    file_name: str
    link: str


class DocumentDetailOut(DocumentOut):
    """A document with its clauses and the materials that are for me."""

    clauses: list[ClauseOut]
    materials: list[MaterialOut]


@router.get("/documents", response=Page[DocumentOut], tags=["documents"], summary="Documents I may read")
@endpoint(Can.DOCUMENT_READ)
def list_documents(
    request: ActorRequest, cursor: Cursor = "", limit: Limit = 50, q: str = ""
) -> Page[DocumentOut]:
    """Documents by id; ``q`` searches number, abstract, issuer and clauses, with or without marks."""
    rows = queries.search(_readable(request), q[:200])
    return page_of(rows, by=("id",), cursor=cursor, limit=limit, show=DocumentOut.model_validate)


@router.get(
    "/documents/{document_id}", response=DocumentDetailOut, tags=["documents"], summary="One document"
)
@endpoint(Can.DOCUMENT_READ)
def read_document(request: ActorRequest, document_id: RowId) -> DocumentDetailOut:
    """One document; 404 for one that is not mine to read, as for one that does not exist."""
    return detail_out(request.actor, access.row_or_404(_readable(request), document_id))


def detail_out(actor: Actor, found: Document) -> DocumentDetailOut:
    """A document with its clauses and what is handed out to an actor."""
    return DocumentDetailOut(
        **DocumentOut.model_validate(found).model_dump(),
        clauses=[ClauseOut.model_validate(clause) for clause in found.clauses.order_by("position")],
        materials=[MaterialOut.model_validate(one) for one in queries.materials(found, actor)],
    )


def _readable(request: ActorRequest) -> QuerySet[Document]:
    return queries.visible_documents(request.actor)
