"""Correcting the clauses of a document: write, add, split, merge, remove. Ids of untouched clauses stay.

``seen`` is the fingerprint of the clause the officer was shown: who comes second is told, with both texts,
and a retry of a split or a merge does nothing twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text.normal import clean_line, clean_text, fold
from quantriet.documents.choices import ClauseKind, State
from quantriet.documents.models import Clause, Document
from quantriet.documents.reading.clauses import ReadClause
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


@dataclass(frozen=True, slots=True)
class ClauseText:
    """What a clause says: its printed number, its title, its text; ``path`` is its address."""

    path: str
    label: str
    heading: str
    text: str


def fingerprint(clause: Clause) -> str:
    """What tells whether a clause is still as it was shown."""
    whole = f"{clause.path}\x1f{clause.label}\x1f{clause.heading}\x1f{clause.text}"
    return hashlib.sha256(whole.encode()).hexdigest()[:20]


def put_all(document: Document, read_clauses: Sequence[ReadClause]) -> None:
    """Write the clauses of a new draft as they were read. Part of ``papers.enter``."""
    Clause.objects.bulk_create(
        [
            Clause(
                document=document,
                position=at,
                kind=one.kind,
                path=one.path[:60],
                depth=one.depth,
                label=one.label[:40],
                heading=one.heading[:600],
                text=one.text,
                folded=_folded(one.heading, one.text),
            )
            for at, one in enumerate(read_clauses, start=1)
        ],
        batch_size=500,
    )


def write(clause: Clause, said: ClauseText, *, seen: str, by: Actor) -> Clause:
    """Change number, title or text of a clause. The same words sent twice are written once.

    Refuses with ``clause.changed`` (409, both texts), ``clause.path_taken``, ``clause.empty``.
    """
    said = _cleaned(said)
    with transaction.atomic():
        kept = _locked(clause, by)
        if (kept.path, kept.label, kept.heading, kept.text) == (
            said.path,
            said.label,
            said.heading,
            said.text,
        ):
            return kept
        _refuse_changed(kept, seen, said)
        _refuse_taken(kept.document_id, said.path, besides=kept.pk)
        kept.path, kept.label, kept.heading, kept.text = said.path, said.label, said.heading, said.text
        kept.folded = _folded(said.heading, said.text)
        kept.save()
        _changed(kept.document, "clause.write", kept.path, by)
    return kept


def add(document: Document, said: ClauseText, *, kind: str, after: Clause | None, by: Actor) -> Clause:
    """Put a new clause behind ``after`` (at the top without it). A retry finds the first one.

    Refuses with ``clause.path_taken`` and ``clause.empty``.
    """
    said = _cleaned(said)
    with transaction.atomic():
        kept = _open_document(document, by)
        twin = kept.clauses.filter(path=said.path).first()
        if twin is not None and (twin.label, twin.heading, twin.text) == (
            said.label,
            said.heading,
            said.text,
        ):
            return twin
        _refuse_taken(kept.pk, said.path)
        made = _insert(
            kept,
            said,
            kind=kind,
            position=after.position + 1 if after else 1,
            depth=after.depth if after else 1,
        )
        _changed(kept, "clause.add", made.path, by)
    return made


def split(clause: Clause, *, at: int, seen: str, by: Actor) -> Clause:
    """Cut a clause before letter ``at`` of its text: what follows becomes a clause of its own behind it.

    Refuses with ``clause.changed`` (also a retry: the first one was done) and ``clause.split_place``.
    """
    with transaction.atomic():
        kept = _locked(clause, by)
        _refuse_changed(kept, seen, ClauseText(kept.path, kept.label, kept.heading, kept.text))
        first, second = kept.text[:at].strip(), kept.text[at:].strip()
        if not second or not (first or kept.heading):
            raise DomainError(
                "clause.split_place", _("Chỗ tách ở đầu hoặc cuối mục; chưa tách. Hãy chọn chỗ giữa mục.")
            )
        kept.text = first
        kept.folded = _folded(kept.heading, first)
        kept.save()
        said = ClauseText(_free_path(kept), "", "", second)
        made = _insert(
            kept.document, said, kind=ClauseKind.PARAGRAPH, position=kept.position + 1, depth=kept.depth
        )
        _changed(kept.document, "clause.split", kept.path, by)
    return made


def merge(clause: Clause, *, seen: str, by: Actor) -> Clause:
    """Join a clause to the one above it, its number and title kept in the text; gives the one above.

    Refuses with ``clause.changed`` and ``clause.first``.
    """
    with transaction.atomic():
        kept = _locked(clause, by)
        _refuse_changed(kept, seen, ClauseText(kept.path, kept.label, kept.heading, kept.text))
        above = (
            Clause.objects.select_for_update()
            .filter(document_id=kept.document_id, position__lt=kept.position)
            .order_by("-position")
            .first()
        )
        if above is None:
            raise DomainError("clause.first", _("Đây là mục đầu tiên, không có mục trên để gộp vào."))
        title = f"{kept.label}. {kept.heading}" if kept.label and kept.heading else kept.heading
        if kept.label and not kept.heading:
            title = f"{kept.label}. {kept.text}"
            above.text = "\n".join(filter(None, (above.text, title)))
        else:
            above.text = "\n".join(filter(None, (above.text, title, kept.text)))
        above.folded = _folded(above.heading, above.text)
        above.save()
        _take_out(kept)
        _changed(kept.document, "clause.merge", kept.path, by)
    return above


def remove(clause: Clause, *, seen: str, by: Actor) -> None:
    """Take a clause out; one that is gone already stays gone. Refuses with ``clause.changed``."""
    with transaction.atomic():
        if not Clause.objects.filter(pk=clause.pk).exists():
            return
        kept = _locked(clause, by)
        _refuse_changed(kept, seen, ClauseText(kept.path, kept.label, kept.heading, kept.text))
        _take_out(kept)
        _changed(kept.document, "clause.remove", kept.path, by)


def _open_document(document: Document, by: Actor) -> Document:
    """The document, locked, if its clauses may be changed by this actor."""
    access.require(by, Can.DOCUMENT_MANAGE, document.owner_id)
    kept = Document.objects.select_for_update().get(pk=document.pk)
    if kept.state == State.WITHDRAWN:
        raise DomainError(
            "document.withdrawn", _("Văn bản này đã thu hồi, không sửa được nữa. Hãy nhập bản mới.")
        )
    return kept


def _locked(clause: Clause, by: Actor) -> Clause:
    """The clause as it stands, its document locked, so two officers cut one after the other."""
    document = _open_document(clause.document, by)
    kept = Clause.objects.filter(pk=clause.pk).first()
    if kept is None:
        raise access.not_found()
    kept.document = document
    return kept


def _refuse_changed(kept: Clause, seen: str, yours: ClauseText) -> None:
    if fingerprint(kept) != seen:
        raise ConflictError(
            "clause.changed",
            _(
                "Người khác vừa sửa mục {path}. Nội dung của bạn chưa lưu nhưng còn ở dưới đây, "
                "cạnh bản đang lưu; hãy so lại rồi lưu."
            ).format(path=kept.path),
            yours="\n".join(filter(None, (yours.heading, yours.text))),
            theirs="\n".join(filter(None, (kept.heading, kept.text))),
            seen=fingerprint(kept),
        )


def _refuse_taken(document_id: int, path: str, *, besides: int = 0) -> None:
    if Clause.objects.filter(document_id=document_id, path=path).exclude(pk=besides).exists():
        raise DomainError(
            "clause.path_taken",
            _("Đã có mục {path} trong văn bản. Chưa lưu; hãy ghi số khác.").format(path=path),
            field="path",
        )


def _cleaned(said: ClauseText) -> ClauseText:
    cleaned = ClauseText(
        path=clean_line(said.path).replace(" ", "")[:60],
        label=clean_line(said.label)[:40],
        heading=clean_line(said.heading)[:600],
        text=clean_text(said.text),
    )
    if not cleaned.path or not (cleaned.heading or cleaned.text):
        raise DomainError(
            "clause.empty", _("Mục phải có số và có tiêu đề hoặc nội dung. Chưa lưu."), field="text"
        )
    return cleaned


def _insert(document: Document, said: ClauseText, *, kind: str, position: int, depth: int) -> Clause:
    Clause.objects.filter(document=document, position__gte=position).update(position=F("position") + 1)
    return Clause.objects.create(
        document=document,
        position=position,
        kind=kind,
        path=said.path,
        depth=depth,
        label=said.label,
        heading=said.heading,
        text=said.text,
        folded=_folded(said.heading, said.text),
    )


def _take_out(clause: Clause) -> None:
    document_id, position = clause.document_id, clause.position
    clause.delete()
    Clause.objects.filter(document_id=document_id, position__gt=position).update(position=F("position") - 1)


def _free_path(clause: Clause) -> str:
    """The first free step behind a clause that is cut: ``II.3-2``, ``II.3-3`` …"""
    stem = clause.path[:54].rpartition("-")[0] or clause.path[:54]
    taken = set(Clause.objects.filter(document_id=clause.document_id).values_list("path", flat=True))
    return next(path for times in range(2, 10_000) if (path := f"{stem}-{times}") not in taken)


def _folded(heading: str, text: str) -> str:
    return fold(f"{heading} {text}")


def _changed(document: Document, action: str, path: str, by: Actor) -> None:
    """The document carries a change of its clauses; the audit names the address, never the words."""
    Document.objects.filter(pk=document.pk).update(version=F("version") + 1)
    audit.record(by, action, document, unit=document.owner_id, detail={"path": path})
