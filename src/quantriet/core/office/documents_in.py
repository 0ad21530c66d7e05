"""Read the text of a Word file or a PDF: paragraphs and tables in their order, and what to be wary of.

Meant to run in the cage. Old fonts (TCVN3, VNI) are recognised by the runs' font names, else by the words,
and converted with a warning. A PDF made of pictures has no text to read, and that is said.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import docx
import pypdfium2
from django.utils.translation import gettext as _
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from quantriet.core.errors import DomainError
from quantriet.core.office.numbering import WORD, Numbering
from quantriet.core.text import legacy
from quantriet.core.text.normal import clean_line, clean_text

SENTENCE_END = re.compile(r"[.:;!?…]$")
BEGINS_ANEW = re.compile(r"^(?:[-–•*+]\s|\(?[0-9IVXa-zđ]{1,4}[.)]|(?:Điều|Chương|Mục|Phần|Phụ lục)\s)")
PAGE_NUMBER = re.compile(r"^[-–\s]*\d{1,4}[-–\s]*$")
LETTERS_OF_A_TEXT_PAGE = 20
HEADING_NAME = re.compile(r"[Hh]eading ([1-9])")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How much of a document is read at most."""

    pages: int = 2_000
    letters: int = 5_000_000
    blocks: int = 100_000


DOCUMENT = DocumentLimits()


class WarningCode(StrEnum):
    """What a reader should know about a text."""

    LEGACY_FONT = "legacy_font"
    SCANNED = "scanned"
    PARTLY_SCANNED = "partly_scanned"


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """A warning with its Vietnamese sentence."""

    code: WarningCode
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """A paragraph; ``level`` is that of a heading style (1–9) or 0; ``page`` (from 1) is 0 in Word files."""

    text: str
    level: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table: rows of cell texts; a merged cell's text stands in each place it covers."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadText:
    """What was read: paragraphs and tables in the order of the document, and warnings.

    ``printed`` holds the lines of each page of a PDF as they stand; ``margins`` the texts of running heads,
    feet and text boxes of a Word file (stamps such as MẬT stand there).
    """

    blocks: tuple[ReadParagraph | ReadTable, ...]
    warnings: tuple[ReadWarning, ...] = ()
    printed: tuple[tuple[str, ...], ...] = ()
    margins: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> tuple[ReadParagraph, ...]:
        """The paragraphs alone."""
        return tuple(block for block in self.blocks if isinstance(block, ReadParagraph))

    @property
    def tables(self) -> tuple[ReadTable, ...]:
        """The tables alone."""
        return tuple(block for block in self.blocks if isinstance(block, ReadTable))

    @property
    def text(self) -> str:
        """All of it as plain text; cells of a table's row are parted by tabs."""
        lines: list[str] = []
        for block in self.blocks:
            if isinstance(block, ReadParagraph):
                lines.append(block.text)
            else:
                lines += ["\t".join(cells) for cells in block.rows]
        return "\n".join(lines)


def read_docx(source: bytes | Path, limits: DocumentLimits = DOCUMENT) -> ReadText:
    """The text of a Word file. Refuses with ``document.unreadable`` or ``document.too_long``."""
    try:
        document = docx.Document(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise _unreadable() from error
    reading = _DocxReading(limits, Numbering(_numbering_of(document)))
    blocks = tuple(reading.blocks(document))
    return ReadText(blocks, _legacy_warning(was_converted=reading.converted), margins=_margins(document))


def read_pdf(source: bytes | Path, limits: DocumentLimits = DOCUMENT) -> ReadText:
    """The text of a PDF by pages; page numbers and broken lines are mended.

    Refuses with ``document.unreadable``, ``document.locked`` or ``document.too_long``.
    """
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise DomainError(
                "document.locked", _("Tệp PDF có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.")
            ) from error
        raise _unreadable() from error
    with document:
        if len(document) > limits.pages:
            raise _too_long()
        pages = [_page_text(document, number) for number in range(len(document))]
    if sum(map(len, pages)) > limits.letters:
        raise _too_long()
    converted = legacy.detect(" ".join(pages)) is not legacy.Encoding.UNICODE
    if converted:
        pages = [legacy.convert(page).text for page in pages]
    paragraphs = tuple(
        ReadParagraph(text, page=number)
        for number, page in enumerate(pages, 1)
        for text in joined_lines(page)
    )
    return ReadText(
        paragraphs,
        (*_scan_warning(pages), *_legacy_warning(was_converted=converted)),
        printed=tuple(tuple(page.splitlines()) for page in pages),
    )


def joined_lines(page: str) -> Iterator[str]:
    """The paragraphs of a page's lines: a line goes on unless a sentence ended or the next begins anew.

    A lone number in the first or last line is the page's and left out.
    """
    lines = [line for line in map(clean_line, page.splitlines()) if line]
    for end in (0, -1):
        if lines and PAGE_NUMBER.match(lines[end]):
            lines.pop(end)
    held = ""
    for line in lines:
        ended = SENTENCE_END.search(held) or BEGINS_ANEW.match(line) or held.isupper() != line.isupper()
        if held and ended:
            yield held
            held = ""
        held = f"{held} {line}" if held else line
    if held:
        yield held


def _margins(document: Any) -> tuple[str, ...]:
    """The texts of running heads, feet and text boxes, which are no part of the body's paragraphs."""
    parts = [document.element.body, *_edges_of_sections(document)]
    paragraphs = (
        paragraph
        for at, part in enumerate(parts)
        for box in (part.iter(f"{WORD}txbxContent") if at == 0 else (part,))
        for paragraph in box.iter(f"{WORD}p")
    )
    texts = (clean_line("".join(node.text or "" for node in one.iter(f"{WORD}t"))) for one in paragraphs)
    return tuple(dict.fromkeys(text for text in texts if text))


def _numbering_of(document: Any) -> Any:
    """The root of ``numbering.xml``; ``None`` for a file without lists (python-docx would make one)."""
    parts = (
        one.target_part for one in document.part.rels.values() if one.reltype == RELATIONSHIP_TYPE.NUMBERING
    )
    return next((part.element for part in parts), None)


def _edges_of_sections(document: Any) -> Iterator[Any]:
    for section in document.sections:
        for edge in (section.header, section.first_page_header, section.footer, section.first_page_footer):
            if not edge.is_linked_to_previous:
                yield edge._element  # noqa: SLF001  python-docx gives no public way to its XML


def _page_text(document: Any, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_bounded())
    finally:
        text_page.close()
        page.close()


def _scan_warning(pages: Sequence[str]) -> tuple[ReadWarning, ...]:
    empty = sum(sum(map(str.isalnum, page)) < LETTERS_OF_A_TEXT_PAGE for page in pages)
    if empty == 0:
        return ()
    if empty == len(pages):
        sentence = _("Tệp là bản quét (ảnh), không có chữ để đọc; nội dung cần nhập tay.")
        return (ReadWarning(WarningCode.SCANNED, sentence),)
    sentence = _("{empty}/{pages} trang là ảnh quét nên không đọc được chữ.").format(
        empty=empty, pages=len(pages)
    )
    return (ReadWarning(WarningCode.PARTLY_SCANNED, sentence),)


def _legacy_warning(*, was_converted: bool) -> tuple[ReadWarning, ...]:
    if not was_converted:
        return ()
    sentence = _("Tệp dùng phông chữ cũ (TCVN3 hoặc VNI), đã đổi sang Unicode. Hãy xem lại các chữ có dấu.")
    return (ReadWarning(WarningCode.LEGACY_FONT, sentence),)


def _unreadable() -> DomainError:
    return DomainError("document.unreadable", _("Không đọc được tệp. Hãy mở tệp, lưu lại rồi gửi lần nữa."))


def _too_long() -> DomainError:
    return DomainError("document.too_long", _("Văn bản quá dài. Hãy chia thành nhiều tệp."))


class _DocxReading:
    """One reading of a Word file: counts what it read and remembers whether anything was converted."""

    def __init__(self, limits: DocumentLimits, numbering: Numbering) -> None:
        self._limits = limits
        self._numbering = numbering
        self._letters = 0
        self._styles: dict[str | None, _Style] = {}
        self.converted = False

    def blocks(self, document: Any) -> Iterator[ReadParagraph | ReadTable]:
        """Paragraphs that hold something, and tables, in order."""
        for number, item in enumerate(document.iter_inner_content()):
            if number > self._limits.blocks:
                raise _too_long()
            if isinstance(item, Table):
                yield ReadTable(tuple(self._row(row.cells) for row in item.rows))
            elif text := self._text(item):
                yield ReadParagraph(text, level=self._style_of(item).level)

    def _row(self, cells: Sequence[Any]) -> tuple[str, ...]:
        return tuple("\n".join(filter(None, map(self._text, cell.paragraphs))) for cell in cells)

    def _text(self, paragraph: Paragraph) -> str:
        """A paragraph's text, each run converted by its own font (links are runs too)."""
        pieces: list[str] = []
        for run in _runs(paragraph):
            font = run.font.name or self._style_of(paragraph).font
            raw = run.text
            if raw.isascii() and legacy.encoding_of_font(font) is legacy.Encoding.UNICODE:
                pieces.append(raw)
                continue
            read = legacy.convert(raw, font=font)
            self.converted = self.converted or read.was_changed
            pieces.append(read.text)
        text = clean_text("".join(pieces))
        if text and (label := self._label(paragraph)):
            text = f"{label} {text}"
        self._letters += len(text)
        if self._letters > self._limits.letters:
            raise _too_long()
        return text

    def _label(self, paragraph: Paragraph) -> str:
        """The number Word draws before the paragraph, where it is one of a list."""
        own = paragraph._p.pPr.numPr if paragraph._p.pPr is not None else None  # noqa: SLF001  see _style_of
        style = self._style_of(paragraph)
        return self._numbering.label(own if own is not None else style.numbers, style.id)

    def _style_of(self, paragraph: Paragraph) -> "_Style":
        """What matters of a paragraph's style; looked up once a style, for each look-up is a search."""
        name = paragraph._p.style  # noqa: SLF001  the public property searches all styles each time
        if name not in self._styles:
            style = paragraph.style
            match = HEADING_NAME.fullmatch((style.name if style is not None else "") or "")
            font = (style.font.name if style is not None else "") or ""
            numbers = style.element.find(f"{WORD}pPr/{WORD}numPr") if style is not None else None
            self._styles[name] = _Style(font, int(match[1]) if match else 0, numbers, name or "")
        return self._styles[name]


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style's font name, of a heading style its level, of a list style its ``w:numPr``; its id."""

    font: str
    level: int
    numbers: Any
    id: str


def _runs(paragraph: Paragraph) -> Iterator[Run]:
    """All runs of a paragraph, those inside links too."""
    for item in paragraph.iter_inner_content():
        if isinstance(item, Run):
            yield item
        else:
            yield from item.runs
