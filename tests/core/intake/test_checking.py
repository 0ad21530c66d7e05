import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
import xlsxwriter

from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import CheckedFile, check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.intake.limits import FileLimits

ANY = frozenset(FileKind)
TYPES = "[Content_Types].xml"


def xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string(0, 0, "Họ và tên")
    return stream.getvalue()


def word() -> bytes:
    stream = io.BytesIO()
    docx.Document().save(stream)
    return stream.getvalue()


def png(width: int = 10, height: int = 10) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk


def jpg(width: int = 10, height: int = 10) -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08"
        + struct.pack(">HH", height, width)
        + b"\x01\x01\x11\x00"
    )


def archive(parts: Mapping[str, bytes], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


def book_with(extra: Mapping[str, bytes]) -> bytes:
    return archive({TYPES: b"<Types/>", "xl/workbook.xml": b"<workbook/>", **extra})


def code_of(
    content: bytes, kind: FileKind | frozenset[FileKind] = ANY, limits: FileLimits | None = None
) -> str:
    with pytest.raises(DomainError) as caught:
        check_upload(content, kind=kind, limits=limits or FileLimits())
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx(), FileKind.XLSX),
        (word(), FileKind.DOCX),
        (b"%PDF-1.7\n", FileKind.PDF),
        (png(), FileKind.PNG),
        (jpg(), FileKind.JPG),
        ("Họ và tên;Năm sinh\n".encode(), FileKind.CSV),
        ("Họ và tên\t1980".encode("utf-16"), FileKind.CSV),
    ],
)
def test_kind_is_told_by_content(content: bytes, kind: FileKind, tmp_path: Path) -> None:
    path = tmp_path / "anything.exe"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()

    assert check_upload(content, kind=ANY) == CheckedFile(kind, digest, len(content), content)
    assert check_upload(path, kind=kind) == CheckedFile(kind, digest, len(content), path)


def test_text_is_txt_where_no_csv_is_wanted() -> None:
    assert check_upload(b"abc", kind=FileKind.TXT).kind is FileKind.TXT


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\x7fELF\x02\x01\x01\x00", "file.unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "file.old_office"),
        (archive({"a.txt": b"x"}), "file.unknown"),
        (b"PK\x03\x04" + bytes(100), "file.damaged"),
        (xlsx()[:-30], "file.damaged"),
        (xlsx() + b"<script>", "file.damaged"),
        (b"\xff\xd8\xff\xe0", "file.damaged"),
        (png(20_000, 20_000), "file.image_too_large"),
        (jpg(20_000, 20_000), "file.image_too_large"),
    ],
)
def test_what_is_not_taken(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_other_kind_than_wanted() -> None:
    assert code_of(b"%PDF-1.7", FileKind.XLSX) == "file.other_kind"


def test_size_limit_is_exact() -> None:
    limits = FileLimits(bytes=10)

    assert check_upload(b"a" * 10, kind=FileKind.TXT, limits=limits).size == 10
    assert code_of(b"a" * 11, FileKind.TXT, limits) == "file.too_large"


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x", "xl/../../x", "C:/x", "a\\b", "a" * 300])
def test_names_that_lead_outside(name: str) -> None:
    assert code_of(book_with({name: b"x"})) == "file.names"


def test_the_same_name_twice() -> None:
    stream = io.BytesIO(book_with({}))
    with zipfile.ZipFile(stream, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/workbook.xml", b"<other/>")

    assert code_of(stream.getvalue()) == "file.names"


@pytest.mark.parametrize(
    "part",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '\ufeff<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16-le"),
        '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode("utf-16-be"),
        b"<x>" + b" " * (256 * 1024 - 8) + b"<!DOCTYPE x>",
    ],
)
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "xl/drawing.VML"])
def test_document_types_are_refused_in_every_xml_part(name: str, part: bytes) -> None:
    assert code_of(book_with({name: part})) == "file.doctype"


def test_an_encoding_that_hides_a_document_type_is_refused() -> None:
    hidden = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE x>'

    assert code_of(book_with({"xl/a.xml": hidden.encode("cp037")})) == "file.damaged"
    assert code_of(book_with({"xl/a.xml": b'<?xml version="1.0" encoding="UTF-7"?><x/>'})) == "file.damaged"


def test_macros_are_refused() -> None:
    assert code_of(book_with({"xl/vbaProject.bin": b"x"})) == "file.macro"
    types = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    assert code_of(archive({TYPES: types, "xl/workbook.xml": b"<workbook/>"})) == "file.macro"


def test_too_many_members() -> None:
    parts = {f"xl/{number}.bin": b"" for number in range(2_001)}

    assert code_of(book_with(parts)) == "file.too_many_parts"


def test_ratio_and_unpacked_size() -> None:
    zeros = book_with({"xl/zeros.bin": bytes(3 << 20)})

    assert code_of(zeros) == "file.bomb"
    assert check_upload(zeros, kind=ANY, limits=FileLimits(ratio=2_000)).kind is FileKind.XLSX
    assert code_of(zeros, limits=FileLimits(ratio=2_000, unpacked=1 << 20)) == "file.bomb"


def test_a_directory_that_lies_about_sizes() -> None:
    honest = book_with({"xl/zeros.bin": bytes(3 << 20)})
    told = struct.pack("<L", 3 << 20)
    lying = honest.replace(told, struct.pack("<L", 100))

    assert honest.count(told) == 2
    assert code_of(lying) == "file.bomb"


def test_members_that_share_their_bytes() -> None:
    content = bytearray(book_with({"xl/a.bin": b"a" * 100, "xl/b.bin": b"a" * 100}))
    directory = content.rindex(b"PK\x01\x02")
    first = content.index(b"PK\x03\x04", content.index(b"xl/workbook.xml"))
    content[directory + 42 : directory + 46] = struct.pack("<L", first)

    assert code_of(bytes(content)) == "file.bomb"


def test_encrypted_members() -> None:
    content = bytearray(book_with({}))
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1

    assert code_of(bytes(content)) == "file.encrypted"
