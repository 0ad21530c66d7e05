"""Entering, correcting, publishing and withdrawing documents."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text.document_number import DocumentNumber, parse_document_number
from quantriet.core.text.errors import TextError
from quantriet.core.text.normal import clean_line, fold
from quantriet.documents import queries
from quantriet.documents.choices import Circulation, FileRole, RelationKind, Secrecy, State
from quantriet.documents.commands import clauses
from quantriet.documents.files import KeptFile
from quantriet.documents.models import Document, DocumentRelation, DocumentVersion
from quantriet.documents.reading.clauses import ReadClause
from quantriet.documents.reading.paper import refuse_secret
from quantriet.documents.terms import term_of
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

SECRET = "secret"  # noqa: S105  a degree of secrecy: what the form says for MẬT and above
_SECRET_WORDS = frozenset({SECRET, "mat", "toi mat", "tuyet mat"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer says of a document: ``number`` as typed; an empty ``term`` follows from the date."""

    number: str
    issuer_name: str
    abstract: str
    issued_on: date
    term: str = ""
    secrecy: str = Secrecy.OPEN.value
    circulation: str = Circulation.ALL.value
    down_to: int = Level.CELL.value


@dataclass(frozen=True, slots=True)
class Source:
    """The file a document is read from, its whole text, and the papers it names as (kind, number)."""

    file: KeptFile | None = None
    text: str = ""
    relations: tuple[tuple[str, str], ...] = ()


def enter(
    unit: Unit, entry: Entry, *, by: Actor, source: Source = Source(), read_clauses: Sequence[ReadClause] = ()
) -> Document:
    """Enter a draft for ``unit`` (for a board: its committee). A retry with the same file finds the first.

    Refuses with ``document.number``, ``document.abstract``, ``document.issuer``, ``document.secret``,
    ``document.exists`` (this unit has it already) and ``document.published_above``.
    """
    unit = access.authority_unit(unit)
    access.require(by, Can.DOCUMENT_MANAGE, unit)
    number, entry = _checked(entry)
    kept = _twin(unit, number, entry) or _likeness(unit, number, entry, source)
    if kept is not None:
        return _same_or_refuse(kept, entry, source)
    above = queries.published_twin(by, number.canonical, entry.issuer_name, entry.term)
    if above is not None:
        raise DomainError(
            "document.published_above",
            _("{unit} đã công bố văn bản {number} trong hệ thống. Chưa lưu gì; hãy dùng bản đó.").format(
                unit=above.owner.name, number=above.number
            ),
            document=above.pk,
        )
    try:
        with transaction.atomic():
            document = Document.objects.create(owner=unit, **_columns(number, entry))
            if source.file is not None:
                add_version(document, source, by=by)
            clauses.put_all(document, read_clauses)
            _put_relations(document, source.relations, by=by)
            audit.record(by, "document.enter", document, unit=unit, detail={"number": document.number})
    except IntegrityError:
        kept = _twin(unit, number, entry)
        if kept is None:
            raise
        return _same_or_refuse(kept, entry, source)
    return document


def edit(document: Document, entry: Entry, *, version: int, by: Actor) -> Document:
    """Correct what is said of a document. ``version`` is the one the officer was shown.

    Refuses with ``document.changed`` (409, both texts in the context) when somebody else was faster, and as
    ``enter`` does. The same correction sent twice is taken once.
    """
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    number, entry = _checked(entry)
    columns = _columns(number, entry)
    with transaction.atomic():
        kept = Document.objects.select_for_update().get(pk=document.pk)
        before = {name: getattr(kept, name) for name in columns}
        if before == columns:
            return kept
        _refuse_withdrawn(kept)
        if kept.version != version:
            raise ConflictError(
                "document.changed",
                _(
                    "Người khác vừa sửa văn bản này. Nội dung của bạn chưa lưu nhưng còn ở dưới đây, "
                    "cạnh bản đang lưu; hãy so lại rồi lưu."
                ),
                yours=_plain(columns),
                theirs=_plain(before),
                version=kept.version,
            )
        twin = _twin(kept.owner, number, entry)
        if twin is not None and twin.pk != kept.pk:
            raise _exists(twin)
        for name, value in columns.items():
            setattr(kept, name, value)
        kept.version += 1
        kept.save()
        changed = {
            name: [str(before[name]), str(columns[name])] for name in columns if before[name] != columns[name]
        }
        changed.pop("folded", None)
        audit.record(by, "document.edit", kept, unit=kept.owner_id, detail=changed)
    return kept


def publish(document: Document, *, by: Actor) -> Document:
    """Let the units below read the document, and tell those directly below. Publishing twice is once.

    Refuses with ``document.withdrawn`` and ``document.nothing_to_read`` (neither a clause nor a file).
    """
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    with transaction.atomic():
        kept = Document.objects.select_for_update().select_related("owner").get(pk=document.pk)
        if kept.state == State.PUBLISHED:
            return kept
        _refuse_withdrawn(kept)
        if not kept.clauses.exists() and not kept.versions.exists():
            raise DomainError(
                "document.nothing_to_read",
                _("Văn bản chưa có mục nào, cũng chưa có tệp. Bản soạn vẫn còn; hãy thêm mục hoặc gửi tệp."),
            )
        kept.state = State.PUBLISHED
        kept.published_at = timezone.now()
        kept.version += 1
        kept.save(update_fields=("state", "published_at", "version"))
        audit.record(by, "document.publish", kept, unit=kept.owner_id, detail={"number": kept.number})
        told = queries.units_directly_below(kept)
        notices.notify(
            list(told.values_list("pk", flat=True)),
            notices.NoticeText(
                title=_("Văn bản mới: {number}").format(number=kept.number)[:200],
                text=kept.abstract,
                link=reverse("document", args=(kept.pk,)),
                key=f"document:{kept.pk}:published",
            ),
        )
    return kept


def withdraw(document: Document, *, reason: str, by: Actor) -> Document:
    """Take a document out of the hands of the units below; the reason is kept. Twice is once.

    Refuses with ``document.reason``.
    """
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    reason = clean_line(reason)[:300]
    if not reason:
        raise DomainError(
            "document.reason", _("Chưa ghi lý do thu hồi. Văn bản vẫn giữ nguyên; hãy ghi lý do.")
        )
    with transaction.atomic():
        kept = Document.objects.select_for_update().get(pk=document.pk)
        if kept.state == State.WITHDRAWN:
            return kept
        kept.state = State.WITHDRAWN
        kept.withdrawn_at = timezone.now()
        kept.withdrawn_reason = reason
        kept.version += 1
        kept.save(update_fields=("state", "withdrawn_at", "withdrawn_reason", "version"))
        audit.record(by, "document.withdraw", kept, unit=kept.owner_id, detail={"reason": reason})
    return kept


def add_version(
    document: Document, source: Source, *, role: str = FileRole.TEXT.value, by: Actor
) -> DocumentVersion:
    """Keep another file of the document: a corrected text, a scan or an annex. The same file again changes
    nothing. Refuses with ``document.no_file``, ``document.field`` (no such role) and ``document.withdrawn``.
    """
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    if source.file is None:
        raise DomainError("document.no_file", _("Chưa có tệp nào được gửi. Hãy chọn tệp."), field="file")
    if role not in FileRole.values:
        raise DomainError("document.field", _("Giá trị này không có trong danh sách."), field="role")
    with transaction.atomic():
        kept = Document.objects.select_for_update().get(pk=document.pk)
        _refuse_withdrawn(kept)
        last = kept.versions.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
        made, is_new = DocumentVersion.objects.get_or_create(
            document=kept,
            file_hash=source.file.sha256,
            defaults={
                "ordinal": last + 1,
                "role": role,
                "file_name": source.file.name,
                "media_type": source.file.media_type,
                "size": source.file.size,
                "text": source.text,
                "made_by_id": by.account_id or None,
            },
        )
        if is_new:
            told = {"file": source.file.sha256, "role": role}
            audit.record(by, "document.add_version", kept, unit=kept.owner_id, detail=told)
    return made


def remove_version(version: DocumentVersion, *, by: Actor) -> None:
    """Take a file out that was sent by mistake; a second time there is nothing left to take out.

    Refuses with ``document.nothing_to_read``: a published document keeps its clauses or a file.
    """
    access.require(by, Can.DOCUMENT_MANAGE, version.document.owner_id)
    with transaction.atomic():
        kept = Document.objects.select_for_update().get(pk=version.document_id)
        _refuse_withdrawn(kept)
        others = kept.versions.exclude(pk=version.pk).exists()
        if kept.state == State.PUBLISHED and not (others or kept.clauses.exists()):
            raise DomainError(
                "document.nothing_to_read",
                _(
                    "Đây là tệp duy nhất của văn bản đã công bố. Tệp vẫn còn; hãy gửi tệp đúng rồi mới bỏ tệp này."
                ),
            )
        gone, _rows = kept.versions.filter(pk=version.pk).delete()
        if gone:
            told = {"file": version.file_hash, "role": version.role}
            audit.record(by, "document.remove_version", kept, unit=kept.owner_id, detail=told)


def _checked(entry: Entry) -> tuple[DocumentNumber, Entry]:
    """The entry cleaned, with its number read; every fault is refused with its field in the context."""
    if fold(entry.secrecy).replace("_", " ") in _SECRET_WORDS:
        refuse_secret("MẬT")
    for field, wanted in (("secrecy", Secrecy.values), ("circulation", Circulation.values)):
        if getattr(entry, field) not in wanted:
            raise DomainError("document.field", _("Giá trị này không có trong danh sách."), field=field)
    if entry.down_to not in Level.values:
        raise DomainError("document.field", _("Giá trị này không có trong danh sách."), field="down_to")
    try:
        number = parse_document_number(entry.number)
    except TextError as error:
        raise DomainError("document.number", _(error.sentence), field="number") from error
    entry = replace(
        entry,
        issuer_name=clean_line(entry.issuer_name)[:200],
        abstract=clean_line(entry.abstract)[:600],
        term=clean_line(entry.term)[:12] or term_of(number, number.issuer, entry.issued_on),
    )
    if not entry.issuer_name:
        raise DomainError("document.issuer", _("Chưa có cơ quan ban hành."), field="issuer_name")
    if not entry.abstract:
        raise DomainError("document.abstract", _("Chưa có trích yếu."), field="abstract")
    if entry.issued_on > timezone.localdate():
        raise DomainError(
            "document.date", _("Ngày ban hành ở sau hôm nay; hãy xem lại ngày."), field="issued_on"
        )
    return number, entry


def _columns(number: DocumentNumber, entry: Entry) -> dict[str, object]:
    return {
        "number": number.canonical[:60],
        "serial": number.number,
        "kind": number.kind,
        "issuer_symbol": number.issuer[:40],
        "issuer_name": entry.issuer_name,
        "issuer_folded": fold(entry.issuer_name)[:200],
        "term": entry.term,
        "abstract": entry.abstract,
        "issued_on": entry.issued_on,
        "secrecy": entry.secrecy,
        "circulation": entry.circulation,
        "down_to": entry.down_to,
        "folded": fold(f"{number.canonical} {number.kind_name} {entry.issuer_name} {entry.abstract}"),
    }


def _plain(columns: dict[str, object]) -> dict[str, str]:
    """The columns a reader knows, as text."""
    return {name: str(value) for name, value in columns.items() if name in Entry.__dataclass_fields__}


def _twin(unit: Unit, number: DocumentNumber, entry: Entry) -> Document | None:
    """The document of this unit with the same number, issuer and term."""
    return (
        Document.objects.filter(
            owner=unit,
            number=number.canonical,
            issuer_folded=fold(entry.issuer_name)[:200],
            term=entry.term,
        )
        .exclude(state=State.WITHDRAWN)
        .first()
    )


def _likeness(unit: Unit, number: DocumentNumber, entry: Entry, source: Source) -> Document | None:
    """The same paper under another issuer: one of this unit's with number and day, and its summary or its file."""
    rows = Document.objects.filter(
        owner=unit, number=number.canonical, issued_on=entry.issued_on, term=entry.term
    )
    for row in rows.exclude(state=State.WITHDRAWN).order_by("id"):
        same_file = source.file is not None and row.versions.filter(file_hash=source.file.sha256).exists()
        if same_file or fold(row.abstract) == fold(entry.abstract):
            return row
    return None


def _same_or_refuse(kept: Document, entry: Entry, source: Source) -> Document:
    """A retry gets the first draft; anything else with this number is refused."""
    columns = {name: value for name, value in asdict(entry).items() if name != "number"}
    same_words = all(getattr(kept, name) == value for name, value in columns.items())
    same_file = source.file is None or kept.versions.filter(file_hash=source.file.sha256).exists()
    if same_words and same_file:
        return kept
    raise _exists(kept)


def _exists(kept: Document) -> DomainError:
    return DomainError(
        "document.exists",
        _(
            "Đơn vị đã có văn bản {number} của {issuer}, nhiệm kỳ {term}. "
            "Chưa lưu thêm gì; hãy mở bản đó để sửa."
        ).format(number=kept.number, issuer=kept.issuer_name, term=kept.term),
        document=kept.pk,
        field="number",
    )


def _refuse_withdrawn(document: Document) -> None:
    if document.state == State.WITHDRAWN:
        raise DomainError(
            "document.withdrawn",
            _("Văn bản này đã thu hồi, không sửa và không công bố lại được. Hãy nhập bản mới."),
        )


def _put_relations(document: Document, relations: Sequence[tuple[str, str]], *, by: Actor) -> None:
    numbers = [number for _kind, number in relations]
    known = {
        other.number: other.pk
        for other in queries.visible_documents(by).filter(number__in=numbers).order_by("issued_on")
        if other.pk != document.pk
    }
    DocumentRelation.objects.bulk_create(
        [
            DocumentRelation(
                document=document, kind=kind, other_id=known.get(number), other_number=number[:60]
            )
            for kind, number in relations
            if kind in RelationKind.values
        ],
        ignore_conflicts=True,
    )
