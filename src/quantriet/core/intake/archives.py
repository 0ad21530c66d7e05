"""The archive behind xlsx and docx, looked through before any parser opens it.

Python's ``zipfile`` and the parsers trust what the archive's directory says; a hostile file lies there. So
the end record is read first (how many members, how large a directory), then each member's own bytes are
unpacked once, in a bounded stream, and must agree with the directory in name, size and checksum. XML parts
are searched for document types on the way (bombs and external entities need one, office files never do).
"""

import io
import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake.limits import FileLimits

END_RECORD = struct.Struct("<4s4H2LH")
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
CHUNK = 256 * 1024
ENCRYPTED = 0x1
MACRO_NAMES = ("vbaproject", "vbadata", "macrosheets/")
MACRO_TYPES = (b"macroEnabled", b"vbaProject")
XML_ENDINGS = (".xml", ".rels", ".vml")
FORBIDDEN = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
LONGEST_FORBIDDEN = max(len(word) for word in FORBIDDEN)
DECLARED_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"}


def check_archive(stream: BinaryIO, limits: FileLimits) -> frozenset[str]:
    """Look through the whole archive; returns the names of its members.

    Refuses with ``file.damaged``, ``file.too_many_parts``, ``file.bomb``, ``file.names``,
    ``file.encrypted``, ``file.macro`` or ``file.doctype``.
    """
    _check_end_record(stream, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        raise _damaged() from error
    _check_directory(members, limits)
    budget = limits.unpacked
    for member in members:
        budget -= _check_member(stream, member, budget)
    return frozenset(member.filename for member in members)


def _damaged() -> DomainError:
    return DomainError(
        "file.damaged", _("Tệp bị hỏng, không mở được. Hãy mở tệp trên máy, lưu lại rồi gửi lần nữa.")
    )


def _bomb() -> DomainError:
    return DomainError(
        "file.bomb",
        _("Tệp nén bất thường (giải nén ra quá lớn) nên không nhận. Hãy lưu lại tệp rồi gửi lần nữa."),
    )


def _check_end_record(stream: BinaryIO, limits: FileLimits) -> None:
    """The end record stands at the very end, is not of the 64-bit kind and promises few members."""
    size = stream.seek(0, io.SEEK_END)
    tail_start = max(0, size - END_RECORD.size - 0xFFFF)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + END_RECORD.size > len(tail):
        raise _damaged()
    record = END_RECORD.unpack_from(tail, at)
    disk, members, directory_size, comment = record[1], record[4], record[5], record[7]
    if disk != 0 or at + END_RECORD.size + comment != len(tail) or 0xFFFFFFFF in record[5:7]:
        raise _damaged()
    if members > limits.members or directory_size > limits.members * 1024:
        raise DomainError("file.too_many_parts", _("Tệp có quá nhiều phần bên trong nên không nhận."))


def _check_directory(members: list[zipfile.ZipInfo], limits: FileLimits) -> None:
    """What the directory says of names, encryption, sizes and places, before a byte is unpacked."""
    names = [member.filename for member in members]
    if len(members) > limits.members:
        raise DomainError("file.too_many_parts", _("Tệp có quá nhiều phần bên trong nên không nhận."))
    if len(set(names)) != len(names) or any(_is_bad_name(member) for member in members):
        raise DomainError("file.names", _("Tệp chứa tên phần bên trong không hợp lệ nên không nhận."))
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise DomainError("file.encrypted", _("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."))
    if any(part in name.lower() for name in names for part in MACRO_NAMES):
        raise macro_refused()
    for member in members:
        packed = max(member.compress_size, 1)
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * packed:
            raise _bomb()
    if sum(member.file_size for member in members) > limits.unpacked:
        raise _bomb()
    placed = sorted((member.header_offset, member.compress_size) for member in members)
    for (start, packed), (following, _size) in itertools.pairwise(placed):
        if start + packed > following:
            raise _bomb()


def macro_refused() -> DomainError:
    """The refusal of a file that carries macros."""
    return DomainError(
        "file.macro",
        _("Tệp có macro nên không nhận. Hãy lưu lại thành .xlsx hoặc .docx (không macro) rồi gửi."),
    )


def _is_bad_name(member: zipfile.ZipInfo) -> bool:
    """Absolute, upward, drive or NUL names; ``orig_filename`` is what stood in the file before cleaning."""
    name = member.orig_filename
    return (
        name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ":" in name
        or ".." in name.split("/")
        or len(name) > 255
    )


def _check_member(stream: BinaryIO, member: zipfile.ZipInfo, budget: int) -> int:
    """Unpack one member in a stream, compare with the directory, search XML; returns its unpacked size."""
    size = 0
    crc = 0
    search = _XmlSearch() if member.filename.lower().endswith(XML_ENDINGS) else None
    for chunk in _unpacked(stream, member):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if size > member.file_size or size > budget:
            raise _bomb()
        if search is not None:
            search.feed(chunk)
        if member.filename == "[Content_Types].xml" and any(word in chunk for word in MACRO_TYPES):
            raise macro_refused()
    if size != member.file_size or crc != member.CRC:
        raise _damaged()
    return size


def _unpacked(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes, unpacked from where its local header stands."""
    stream.seek(member.header_offset)
    raw = stream.read(LOCAL_HEADER.size)
    if len(raw) != LOCAL_HEADER.size:
        raise _damaged()
    header = LOCAL_HEADER.unpack(raw)
    signature, flags, method, name_length, extra_length = (
        header[0],
        header[2],
        header[3],
        header[9],
        header[10],
    )
    if signature != b"PK\x03\x04" or method != member.compress_type or flags & ENCRYPTED:
        raise _damaged()
    encoding = "utf-8" if flags & 0x800 else "cp437"
    if stream.read(name_length).decode(encoding, "replace") != member.orig_filename:
        raise _damaged()
    stream.seek(extra_length, io.SEEK_CUR)
    if method == zipfile.ZIP_STORED:
        yield from _stored(stream, member.compress_size)
    elif method == zipfile.ZIP_DEFLATED:
        yield from _inflated(stream, member.compress_size)
    else:
        raise _damaged()


def _stored(stream: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise _damaged()
        left -= len(chunk)
        yield chunk


def _inflated(stream: BinaryIO, left: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _stored(stream, left):
            waiting = packed
            while waiting:
                yield unpacker.decompress(waiting, CHUNK)
                waiting = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise _damaged() from error
    if not unpacker.eof or unpacker.unused_data:
        raise _damaged()


class _XmlSearch:
    """Looks for document types in a stream of chunks, in the three encodings office files may have."""

    def __init__(self) -> None:
        self._tail = b""
        self._first = True

    def feed(self, chunk: bytes) -> None:
        """Search one chunk together with the end of the one before."""
        if self._first and chunk:
            self._first = False
            self._check_encoding(chunk)
        window = self._tail + chunk
        if any(word in window for word in FORBIDDEN):
            raise DomainError(
                "file.doctype",
                _("Tệp chứa khai báo XML nguy hiểm (DOCTYPE) nên không nhận. Hãy lưu lại tệp rồi gửi."),
            )
        self._tail = window[-LONGEST_FORBIDDEN:]

    @staticmethod
    def _check_encoding(start: bytes) -> None:
        """An encoding the search cannot see through would hide what it looks for."""
        head = start[:200]
        if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
            head = head.replace(b"\0", b"")
        elif not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            raise _damaged()
        declared = DECLARED_ENCODING.search(head.partition(b"?>")[0])
        if declared and declared[1].lower() not in ENCODINGS:
            raise _damaged()
