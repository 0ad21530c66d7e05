"""Pictures without what a camera writes into them: where and when they were taken, with which phone, by whom.

The picture itself is not decoded: parts of the file that do not belong to it are left out, and of a JPEG's only the way
it is to be turned is kept, written anew.
"""

import re
import struct

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake.kinds import PNG_START, FileKind

_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"})
_JFIF, _EXIF, _ADOBE, _COMMENT = 0xE0, 0xE1, 0xEE, 0xFE
_SCAN, _END = 0xDA, 0xD9
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ORIENTATION = 0x0112


def bare(content: bytes, kind: FileKind) -> bytes:
    """The picture alone; refuses with ``file.damaged`` what is cut off or does not hang together."""
    try:
        return _bare_png(content) if kind is FileKind.PNG else _bare_jpeg(content)
    except (struct.error, ValueError) as error:
        raise DomainError(
            "file.damaged", _("Ảnh bị hỏng, không đọc được. Hãy chụp hoặc quét lại.")
        ) from error


def _bare_png(content: bytes) -> bytes:
    kept, at = [PNG_START], len(PNG_START)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        part = content[at : at + length + 12]
        if len(part) != length + 12:
            raise ValueError("a part is cut off")
        if name in _PNG_PARTS:
            kept.append(part)
        at += len(part)
        if name == b"IEND":
            return b"".join(kept)


def _bare_jpeg(content: bytes) -> bytes:
    """Segment by segment; what stands behind the end of the picture (other pictures, a maker's notes) goes as well."""
    kept, at = [content[:2]], 2
    while True:
        mark, marker = struct.unpack_from(">BB", content, at)
        if mark != 0xFF:
            raise ValueError("no segment begins here")
        if marker == _END:
            kept.append(content[at : at + 2])
            return b"".join(kept)
        if marker == 0xFF:  # filling
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        ends = at + 2 + length
        if length < 2 or ends > len(content):
            raise ValueError("a segment is cut off")
        kept.append(_kept_segment(marker, content[at:ends]))
        at = ends
        if marker == _SCAN:
            found = _NEXT_MARKER.search(content, at)
            if found is None:
                raise ValueError("the picture has no end")
            kept.append(content[at : found.start()])
            at = found.start()


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """A segment of the picture as it is, of a camera's notes how to turn the picture, of anything else nothing."""
    if marker == _EXIF:
        return _turned(_orientation(segment[4:]))
    is_note = _JFIF < marker <= 0xEF and marker != _ADOBE
    return b"" if is_note or marker == _COMMENT else segment


def _orientation(notes: bytes) -> int:
    """How the picture is to be turned (TIFF's tag, 1 to 8); 1 where the notes do not say it readably."""
    head, tiff = notes[:6], notes[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if head != b"Exif\0\0" or order is None:
        return 1
    try:
        (begins,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, begins)
        for number in range(count):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, begins + 2 + 12 * number)
            if (tag, kind) == (_ORIENTATION, 3):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _turned(orientation: int) -> bytes:
    """Notes that say nothing but how to turn the picture; none where it stands upright."""
    if orientation == 1:
        return b""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    notes = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _EXIF, len(notes) + 2) + notes
