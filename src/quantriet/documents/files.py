"""Files that come in with documents: checked, read in the cage, kept under their hash."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from django.conf import settings

from quantriet.core.intake.checking import CheckedFile, check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.store import FileStore
from quantriet.core.text.normal import clean_line

PAPERS = frozenset({FileKind.DOCX, FileKind.PDF})
HANDOUTS = frozenset({FileKind.DOCX, FileKind.PDF, FileKind.XLSX, FileKind.PNG, FileKind.JPG})

MEDIA_TYPES = MappingProxyType(
    {
        FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind.PDF: "application/pdf",
        FileKind.PNG: "image/png",
        FileKind.JPG: "image/jpeg",
    }
)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store: its hash, the name it came with, its media type by content, its size in bytes."""

    sha256: str
    name: str
    media_type: str
    size: int


def store() -> FileStore:
    """The store of this installation."""
    return FileStore(settings.FILES_ROOT)


def keep(content: bytes, *, name: str, kinds: frozenset[FileKind]) -> KeptFile:
    """Check the bytes and keep them; refuses as ``check_upload`` does. The same bytes are kept once."""
    checked = check_upload(content, kind=kinds)
    store().put(content)
    return described(checked, name)


def described(checked: CheckedFile, name: str) -> KeptFile:
    """What a checked file is called and served as; its ending follows what it is, not what it claims."""
    stem = PurePosixPath(clean_line(name).replace("\\", "/")).stem[:180] or "van-ban"
    return KeptFile(checked.sha256, f"{stem}.{checked.kind}", MEDIA_TYPES[checked.kind], checked.size)


def open_kept(sha256: str) -> BinaryIO:
    """The bytes of a kept file; the caller closes it."""
    return store().open(sha256)
