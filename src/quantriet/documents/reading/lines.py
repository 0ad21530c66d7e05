"""From what a file gave to clean paragraphs: old encodings, page furniture, lines joined again.

A Word file gives paragraphs, a PDF gives printed lines with their page; both become ``PaperLine``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quantriet.core.text.legacy import Encoding, convert, decode
from quantriet.core.text.normal import clean_line, fold
from quantriet.documents.reading import marks

# A page shows its number as "2", "- 2 -", "Trang 2", "2/14", "Trang 2/14".
_PAGE_NUMBER = re.compile(r"(?:trang\s*)?[-–—]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–—]?", re.IGNORECASE)
# A wide gap parts columns, unless a number or a date was left to be filled in by hand.
_COLUMN = re.compile(r"\t+| {4,}(?!\s*(?:[-–/]|tháng|năm))")
_SENTENCE_END = re.compile(r"[.:;!?…”\"]\s*$")
_ONLY_UNICODE = re.compile(r"[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9\u0300-\u0323]")
EDGE = 3  # lines at the top and the bottom of a page that may be furniture


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paragraph (``page`` 0) or a printed line of page 1, 2, …"""

    text: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class PaperFile:
    """The lines of a file, its pages (0 for Word), texts in its margins, whether an old font was met."""

    lines: tuple[PaperLine, ...]
    pages: int = 0
    margins: tuple[str, ...] = ()
    had_old_font: bool = False


def clean(lines: Sequence[PaperLine]) -> tuple[list[PaperLine], Encoding]:
    """Clean lines in Unicode NFC, without empty ones, and the old encoding that was found (else UNICODE).

    Tabs and wide gaps stay as tabs: columns of a head are told apart by them.
    """
    whole = "\n".join(line.text for line in lines).replace("\x00", "")
    encoding = convert(whole).encoding
    decoded = [replace(line, text=_to_unicode(line, encoding)) for line in lines]
    cleaned = [replace(line, text=text) for line in decoded for text in _columns_kept(line.text)]
    return [line for line in cleaned if line.text], encoding


def _to_unicode(line: PaperLine, encoding: Encoding) -> str:
    """One line converted; a short one that proves nothing alone follows the whole document."""
    text = line.text.replace("\x00", "")
    converted = convert(text)
    if converted.was_changed or encoding is Encoding.UNICODE or _ONLY_UNICODE.search(text):
        return converted.text
    return decode(text, encoding)


def _columns_kept(text: str) -> list[str]:
    """The lines of a paragraph, each cleaned, its columns parted by one tab."""
    text = re.sub("[\v\f\r\x85\u2028\u2029]", "\n", text)
    cells = ([clean_line(cell) for cell in _COLUMN.split(line)] for line in text.split("\n"))
    return ["\t".join(cell for cell in row if cell) for row in cells]


def without_furniture(lines: Sequence[PaperLine]) -> tuple[list[PaperLine], list[str]]:
    """The lines without page numbers and running heads, and the running heads taken away.

    A running head or foot stands at the edge of most pages with the same words, whatever its number.
    """
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        if line.page:
            pages.setdefault(line.page, []).append(at)
    edges = {at for ats in pages.values() for at in (*ats[:EDGE], *ats[-EDGE:])}
    outer = {at for ats in pages.values() for at in (ats[0], ats[-1])}
    seen = Counter(
        shape for ats in pages.values() for shape in {_shape(lines[at]) for at in ats if at in edges}
    )
    most = max(2, (len(pages) + 1) // 2)
    running = {shape for shape, times in seen.items() if len(pages) > 2 and times >= most and shape}
    kept: list[PaperLine] = []
    taken: list[str] = []
    for at, line in enumerate(lines):
        if at in outer and _PAGE_NUMBER.fullmatch(line.text):
            continue
        if at in edges and _shape(line) in running and not marks.opens_clause(line.text):
            taken.append(line.text)
            continue
        kept.append(line)
    return kept, sorted(set(taken))


def _shape(line: PaperLine) -> str:
    """What makes two running heads one: their words without numbers."""
    return re.sub(r"[\d\s]+", " ", fold(line.text)).strip()


def joined(lines: Sequence[PaperLine]) -> list[PaperLine]:
    """Printed lines joined into paragraphs; paragraphs of a Word file stay as they are."""
    width = _full_width(lines)
    paragraphs: list[PaperLine] = []
    last = ""
    for line in lines:
        text = line.text.replace("\t", " ")
        before = paragraphs[-1] if paragraphs else None
        if before is not None and line.page and before.page and _continues(last, text, width):
            paragraphs[-1] = replace(before, text=_glue(before.text, text))
        else:
            paragraphs.append(replace(line, text=text))
        last = text
    return paragraphs


def _full_width(lines: Sequence[PaperLine]) -> int:
    """Letters of a full line: the length that nine of ten printed lines do not pass."""
    lengths = sorted(len(line.text) for line in lines if line.page)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _continues(last: str, text: str, width: int) -> bool:
    """Whether a printed line goes on with the paragraph of the line above it."""
    if marks.opens_clause(text) or marks.is_bullet(text) or marks.ends_text(text):
        return False
    if text[:1].islower():
        return True
    is_full = len(last) >= width * 0.8
    if marks.is_capitals(text) != marks.is_capitals(last):
        return is_full and not marks.is_capitals(text) and not marks.is_capitals(last)
    if marks.is_capitals(text):
        return is_full or last.endswith((",", "-", "–"))
    return is_full and (not _SENTENCE_END.search(last) or len(last) >= width * 0.92)


def _glue(before: str, text: str) -> str:
    return f"{before} {text}"
