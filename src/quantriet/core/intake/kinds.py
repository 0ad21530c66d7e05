"""What a file is, told by its bytes and never by its name or its declared type."""

import io
import struct
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG_START = b"\x89PNG\r\n\x1a\n"
JPG_START = b"\xff\xd8\xff"
PDF_START = b"%PDF-"


class FileKind(StrEnum):
    """The kinds of file that are taken in."""

    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"
    CSV = "csv"
    TXT = "txt"
    PNG = "png"
    JPG = "jpg"


def open_source(source: bytes | Path) -> BinaryIO:
    """A readable, seekable stream over bytes in memory or a file on disk; the caller closes it."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def is_text(start: bytes) -> bool:
    """Whether the first bytes can be text: UTF-16 by its mark, otherwise no control bytes of binary files."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in start)


def image_size(stream: BinaryIO, kind: FileKind) -> tuple[int, int]:
    """Width and height in pixels from the header of a PNG or JPEG, without decoding the picture.

    A file whose header does not tell them is refused (``file.damaged``).
    """
    stream.seek(0)
    try:
        if kind is FileKind.PNG:
            head = stream.read(24)
            width, height = struct.unpack(">II", head[16:24])
            return int(width), int(height)
        return _jpeg_size(stream)
    except (struct.error, ValueError) as error:
        raise DomainError(
            "file.damaged", _("Ảnh bị hỏng, không đọc được. Hãy chụp hoặc quét lại.")
        ) from error


def _jpeg_size(stream: BinaryIO) -> tuple[int, int]:
    """Walk the segments of a JPEG to its first frame header."""
    stream.seek(2)
    for _segment in range(500):
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            break
        (length,) = struct.unpack(">H", stream.read(2))
        # C0–CF are frame headers, except C4 (tables), C8 (reserved) and CC (arithmetic coding).
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">xHH", stream.read(5))
            return int(width), int(height)
        stream.seek(length - 2, io.SEEK_CUR)
    raise ValueError("no frame header")
