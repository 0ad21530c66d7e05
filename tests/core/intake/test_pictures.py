"""A picture keeps itself and how it is turned; what the camera wrote into it goes."""

import struct
import zlib

import pytest

from quantriet.core.errors import DomainError
from quantriet.core.intake import pictures
from quantriet.core.intake.kinds import FileKind

SECRET = b"10.371 N 105.43 E, Dien thoai cua Thu"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00" + b"a\xff\x00b\xff\xd0c"
TABLE = b"\xff\xdb\x00\x04\x00\x01"
FRAME = b"\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00"
END = b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def notes(order: str, orientation: int) -> bytes:
    """What a camera writes: where it stood, and how the picture is turned."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(SECRET), 60)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = mark + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0)
    return segment(0xE1, b"Exif\0\0" + tiff.ljust(60, b"\0") + SECRET)


def jpeg(*segments: bytes, behind: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(segments) + TABLE + FRAME + SCAN + TABLE + SCAN + END + behind


def part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def test_a_jpeg_loses_places_comments_and_what_stands_behind_it() -> None:
    jfif, adobe = segment(0xE0, b"JFIF\0"), segment(0xEE, b"Adobe")
    given = jpeg(jfif, segment(0xE1, b"http://ns.adobe.com/xap" + SECRET), segment(0xED, SECRET),
                 segment(0xFE, SECRET), adobe, behind=jpeg(notes("<", 1)) + SECRET)  # fmt: skip

    assert pictures.bare(given, FileKind.JPG) == jpeg(jfif, adobe)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("orientation", "kept"), [(1, 1), (6, 6), (8, 8), (0, 1), (9, 1)])
def test_how_it_is_turned_is_kept_and_nothing_else_of_the_notes(
    order: str, orientation: int, kept: int
) -> None:
    bare = pictures.bare(jpeg(notes(order, orientation)), FileKind.JPG)

    turned = b"" if kept == 1 else segment(
        0xE1, b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, kept, 0, 0)
    )  # fmt: skip
    assert bare == jpeg(turned) if turned else bare == jpeg()
    assert SECRET not in bare
    assert pictures.bare(bare, FileKind.JPG) == bare


def test_notes_that_make_no_sense_say_nothing() -> None:
    for content in (
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0MM",
        b"Exif\0\0XX",
        b"",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
    ):
        assert pictures.bare(jpeg(segment(0xE1, content)), FileKind.JPG) == jpeg()


def test_a_png_keeps_the_parts_of_the_picture_alone() -> None:
    start = b"\x89PNG\r\n\x1a\n"
    head, data, end = part(b"IHDR", b"x" * 13), part(b"IDAT", b"y"), part(b"IEND", b"")
    given = (
        start
        + head
        + part(b"tEXt", SECRET)
        + part(b"eXIf", SECRET)
        + data
        + part(b"tIME", b"z" * 7)
        + end
        + SECRET
    )

    assert pictures.bare(given, FileKind.PNG) == start + head + data + end


@pytest.mark.parametrize("cut", [1, 5, 12, 30])
def test_what_is_cut_off_is_refused(cut: int) -> None:
    png = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", b"x" * 13) + part(b"IDAT", b"y") + part(b"IEND", b"")
    for content, kind in ((png, FileKind.PNG), (jpeg(segment(0xE0, b"JFIF\0")), FileKind.JPG)):
        with pytest.raises(DomainError) as refused:
            pictures.bare(content[:-cut], kind)
        assert refused.value.code == "file.damaged"
