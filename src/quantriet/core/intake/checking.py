"""The first door of every upload: what is it, is it wanted here, is it safe to open."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake import archives
from quantriet.core.intake.kinds import (
    JPG_START,
    OLE_START,
    PDF_START,
    PNG_START,
    ZIP_START,
    FileKind,
    image_size,
    is_text,
    open_source,
)
from quantriet.core.intake.limits import MEGABYTE, UPLOAD, FileLimits

HEAD = 4096


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be opened: its kind by content, its hash (hex) and its size in bytes."""

    kind: FileKind
    sha256: str
    size: int
    source: bytes | Path


def check_upload(
    path_or_bytes: bytes | Path, *, kind: FileKind | Collection[FileKind], limits: FileLimits = UPLOAD
) -> CheckedFile:
    """Recognise the file by its content, hold it against the limits and compute its hash.

    ``kind`` is what the place wants, one or several; csv and txt look alike, so text counts as csv where csv
    is wanted. Nothing is parsed here: archives are only looked through. Refuses with ``file.empty``,
    ``file.too_large``, ``file.old_office``, ``file.unknown``, ``file.other_kind``, ``file.image_too_large``
    or the codes of ``archives.check_archive``.
    """
    wanted = frozenset({kind} if isinstance(kind, FileKind) else kind)
    with open_source(path_or_bytes) as stream:
        sha256, size, head = _hashed(stream, limits.bytes)
        found = _recognise(stream, head, wanted, limits)
        if found not in wanted:
            raise DomainError(
                "file.other_kind",
                _("Ở đây cần tệp {wanted}, tệp gửi lên là {found}. Hãy chọn lại tệp.").format(
                    wanted=", ".join(sorted(wanted)), found=found
                ),
                found=str(found),
            )
        if found in {FileKind.PNG, FileKind.JPG}:
            width, height = image_size(stream, found)
            if width * height > limits.pixels:
                raise DomainError(
                    "file.image_too_large", _("Ảnh quá lớn. Hãy giảm kích thước ảnh rồi gửi lại.")
                )
    return CheckedFile(kind=found, sha256=sha256, size=size, source=path_or_bytes)


def _hashed(stream: BinaryIO, most: int) -> tuple[str, int, bytes]:
    """Hash, size and first bytes; stops at the limit instead of reading on."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    while chunk := stream.read(MEGABYTE):
        head = head or chunk[:HEAD]
        size += len(chunk)
        if size > most:
            raise DomainError(
                "file.too_large",
                _("Tệp lớn hơn {most} MB. Hãy chia nhỏ hoặc nén ảnh trong tệp rồi gửi lại.").format(
                    most=most // MEGABYTE
                ),
                most=most,
            )
        digest.update(chunk)
    if size == 0:
        raise DomainError("file.empty", _("Tệp rỗng. Hãy chọn lại tệp."))
    return digest.hexdigest(), size, head


def _recognise(stream: BinaryIO, head: bytes, wanted: frozenset[FileKind], limits: FileLimits) -> FileKind:
    for start, found in ((PDF_START, FileKind.PDF), (PNG_START, FileKind.PNG), (JPG_START, FileKind.JPG)):
        if head.startswith(start):
            return found
    if head.startswith(OLE_START):
        raise DomainError(
            "file.old_office",
            _(
                "Tệp Word, Excel đời cũ (.doc, .xls) hoặc có mật khẩu. "
                "Hãy mở tệp, lưu thành .docx hoặc .xlsx không mật khẩu rồi gửi."
            ),
        )
    if head.startswith(ZIP_START):
        names = archives.check_archive(stream, limits)
        for part, found in (("xl/workbook.xml", FileKind.XLSX), ("word/document.xml", FileKind.DOCX)):
            if part in names and "[Content_Types].xml" in names:
                return found
    elif is_text(head):
        return FileKind.TXT if FileKind.CSV not in wanted else FileKind.CSV
    raise DomainError(
        "file.unknown",
        _("Không nhận ra loại tệp. Chỉ nhận: {wanted}.").format(wanted=", ".join(sorted(wanted))),
    )
