"""What a document does to another: said by hand where the reader of papers did not see it."""

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text.document_number import parse_document_number
from quantriet.core.text.errors import TextError
from quantriet.documents import queries
from quantriet.documents.choices import RelationKind
from quantriet.documents.models import Document, DocumentRelation
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


def relate(document: Document, *, kind: str, number: str, by: Actor) -> DocumentRelation:
    """Say that a document replaces, amends, carries out or rests on another; said twice it stands once.

    The other one is linked where it is kept here and ``by`` may read it (the newest of that number). Refuses
    with ``document.field``, ``document.number`` and ``document.itself``.
    """
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    if kind not in RelationKind.values:
        raise DomainError("document.field", _("Giá trị này không có trong danh sách."), field="kind")
    try:
        wanted = parse_document_number(number).canonical[:60]
    except TextError as error:
        raise DomainError("document.number", _(error.sentence), field="number") from error
    if wanted == document.number:
        raise DomainError(
            "document.itself",
            _("Đó là số của chính văn bản này. Chưa lưu; hãy ghi số của văn bản kia."),
            field="number",
        )
    other = (
        queries.visible_documents(by)
        .filter(number=wanted)
        .exclude(pk=document.pk)
        .order_by("-issued_on", "-pk")
    )
    with transaction.atomic():
        made, is_new = DocumentRelation.objects.get_or_create(
            document=document, kind=kind, other_number=wanted, defaults={"other": other.first()}
        )
        if is_new:
            told = {"kind": kind, "number": wanted}
            audit.record(by, "document.relate", document, unit=document.owner_id, detail=told)
    return made


def unrelate(relation: DocumentRelation, *, by: Actor) -> None:
    """Take back what was said of two documents; a second time changes nothing."""
    document = relation.document
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    with transaction.atomic():
        gone, _rows = DocumentRelation.objects.filter(pk=relation.pk).delete()
        if gone:
            told = {"kind": relation.kind, "number": relation.other_number}
            audit.record(by, "document.unrelate", document, unit=document.owner_id, detail=told)
