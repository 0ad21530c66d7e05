"""Handing out: outlines, readings, summaries and links, each for some classes of people."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text.normal import clean_line
from quantriet.documents import queries
from quantriet.documents.choices import MaterialKind
from quantriet.documents.files import KeptFile
from quantriet.documents.models import Document, Material
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import PersonClass, Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True, slots=True)
class Handout:
    """What is handed out: a kept file or a link, never both. No audience means everyone."""

    kind: str
    title: str
    audiences: Sequence[int] = ()
    file: KeptFile | None = None
    link: str = ""


def attach(document: Document, handout: Handout, *, unit: Unit, by: Actor) -> Material:
    """Attach a material at ``unit``: it is read there and below. A retry finds the first one.

    Refuses with ``material.title``, ``material.file_or_link``, ``material.link``, ``material.audience``,
    ``material.title_taken``.
    """
    access.require(by, Can.DOCUMENT_MANAGE, unit)
    access.row_or_404(queries.visible_documents(by), document.pk)
    values = _values(handout)
    try:
        with transaction.atomic():
            material, is_new = Material.objects.get_or_create(
                document=document, unit=unit, title=values.pop("title"), defaults=values
            )
            if is_new:
                audit.record(by, "material.attach", document, unit=unit, detail={"title": material.title})
    except IntegrityError:
        material = Material.objects.get(document=document, unit=unit, title=clean_line(handout.title)[:200])
    if (material.file_hash, material.link) != (values["file_hash"], values["link"]):
        raise DomainError(
            "material.title_taken",
            _(
                "Đã có tài liệu «{title}» với nội dung khác. Chưa lưu; hãy đặt tên khác hoặc gỡ bản cũ."
            ).format(title=material.title),
            field="title",
        )
    return material


def detach(material: Material, *, by: Actor) -> None:
    """Take a material away; one that is gone already stays gone."""
    access.require(by, Can.DOCUMENT_MANAGE, material.unit_id)
    with transaction.atomic():
        gone, _by_table = Material.objects.filter(pk=material.pk).delete()
        if gone:
            audit.record(
                by,
                "material.detach",
                material.document,
                unit=material.unit_id,
                detail={"title": material.title},
            )


def _values(handout: Handout) -> dict[str, object]:
    """The columns of a handout; every fault is refused with its field."""
    title = clean_line(handout.title)[:200]
    if not title:
        raise DomainError("material.title", _("Chưa có tên tài liệu."), field="title")
    if handout.kind not in MaterialKind.values:
        raise DomainError("material.kind", _("Giá trị này không có trong danh sách."), field="kind")
    if not set(handout.audiences) <= set(PersonClass.values):
        raise DomainError("material.audience", _("Giá trị này không có trong danh sách."), field="audiences")
    link = handout.link.strip()
    if (handout.file is None) == (not link):
        raise DomainError(
            "material.file_or_link", _("Hãy gửi một tệp hoặc ghi một liên kết, không cả hai."), field="file"
        )
    if link:
        try:
            URLValidator(schemes=("http", "https"))(link)
        except ValidationError as error:
            raise DomainError(
                "material.link", _("Liên kết phải bắt đầu bằng https:// hoặc http://."), field="link"
            ) from error
    file = handout.file
    return {
        "title": title,
        "kind": handout.kind,
        "audiences": sorted(set(handout.audiences)),
        "link": link,
        "file_hash": file.sha256 if file else "",
        "file_name": file.name if file else "",
        "media_type": file.media_type if file else "",
        "size": file.size if file else 0,
    }
