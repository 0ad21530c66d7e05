"""Reading the head of a paper: issuer, number, place and date, kind, abstract, độ mật.

Party layout (HD 36-HD/VPTW of 3/4/2018): issuer and number on the left, "ĐẢNG CỘNG SẢN VIỆT NAM" and the date
on the right. State layout (Decree 30/2020/NĐ-CP): the same places with the country's name and motto. In
a file the two columns come as table cells, as tabs, or run together in one line.
"""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from quantriet.core.text.dates import find_dates
from quantriet.core.text.document_number import (
    PARTY_KINDS,
    STATE_KINDS,
    DocumentNumber,
    find_document_numbers,
    parse_document_number,
)
from quantriet.core.text.errors import TextError
from quantriet.core.text.normal import fold
from quantriet.documents.choices import Secrecy
from quantriet.documents.reading import marks
from quantriet.documents.reading.lines import PaperLine

LENGTH = 40  # lines in which a head can still go on
ABSTRACT = 600

_NATIONAL = re.compile(
    r"ĐẢNG CỘNG SẢN VIỆT NAM|CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    r"|ĐỘC LẬP\s*[-–—]\s*TỰ DO\s*[-–—]\s*HẠNH PHÚC",
    re.IGNORECASE,
)
_PLACE_DATE = re.compile(
    r"(?P<place>[^\W\d][^\d,\t]{1,40}),\s*ngày\s*(?P<rest>[\d\s.…_]*tháng\s*[\d\s.…_]*năm\s*[\d.…_]*)",
    re.IGNORECASE,
)
# The right column of a printed page is narrow: its date goes on in the next line.
_DATE_OPEN = re.compile(r",\s*ngày\s*[\d.…_]*\s*(?:tháng\s*[\d.…_]*\s*(?:năm\s*)?)?", re.IGNORECASE)
_DATE_REST = re.compile(r"(?:[\d.…_]+\s*)?(?:tháng\s*[\d.…_]*\s*)?(?:năm\s*)?[\d.…_]*", re.IGNORECASE)
_NUMBER_LINE = re.compile(r"(?<!\w)Số\s*:?\s*(?P<number>[\d\s.…_]*[-–—/].{1,40})", re.IGNORECASE)
_NO_SERIAL = re.compile(r"[\s.…_]*[-–—/]\s*(?P<symbol>[^\W\d_][^\s/]{0,7}/[^\W\d_]\S{0,20}|[^\W\d_]\S{1,30})")
_SECRET = re.compile(r"(?:ĐỘ\s+MẬT\s*:?\s*)?(?P<mark>TUYỆT\s+MẬT|TỐI\s+MẬT|MẬT)")
_SECRET_INSIDE = re.compile(r"(?<![^\W\d_])(?:TUYỆT|TỐI)\s+MẬT(?![^\W\d_])")
_INTERNAL = re.compile(
    r"(?:tài liệu\s+)?(?:lưu hành\s+)?nội bộ\b.{0,40}|không phổ biến\b.{0,40}", re.IGNORECASE
)
_RULE = re.compile(r"[\s*_=~.\-–—]+")
_ABSTRACT_MARK = re.compile(r"(?:V/v|Về việc)\s*:?\s*(?P<rest>.+)", re.IGNORECASE)
_BODY_START = re.compile(
    r"(?:[-–—]\s*)?(?:Căn cứ|Kính gửi|Thực hiện|Xét|Theo đề nghị|Ngày \d|Sau \d|Trong \d|Trên cơ sở)\b"
)

# Kinds by the words of the title line, longest first; the symbol is that of the number where there is one.
_KIND_WORDS = sorted(
    {
        fold(name): symbol
        for kinds in (STATE_KINDS, PARTY_KINDS)
        for symbol, names in kinds.items()
        for name in names.replace(" (ký hiệu cũ)", "").split(", ")
    }.items(),
    key=lambda pair: -len(pair[0]),
)


@dataclass(slots=True)
class Head:
    """What was recognised; empty or ``None`` where nothing was. ``length`` is how many lines it takes."""

    number: DocumentNumber | None = None
    symbol: str = ""
    kind: str = ""
    kind_title: str = ""
    issuer: str = ""
    superior: str = ""
    place: str = ""
    issued_on: date | None = None
    abstract: str = ""
    secrecy: str = Secrecy.OPEN.value
    secret_mark: str = ""
    length: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Found:
    """Lines of the head put into their heaps while reading."""

    issuer: list[str] = field(default_factory=list)
    letter_abstract: list[str] = field(default_factory=list)


def secret_mark(lines: Sequence[PaperLine], running: Sequence[str] = ()) -> str:
    """The mark MẬT, TỐI MẬT or TUYỆT MẬT of a head (or of running heads), "" where there is none.

    A mark is a line or a cell of its own; the two higher ones count inside a line of the head too.
    """
    cells = [cell for line in lines[:LENGTH] for cell in _cells(line.text)]
    for text in (*cells, *running):
        match = _SECRET.fullmatch(_bare(text))
        inside = match or (
            _SECRET_INSIDE.search(text) if marks.is_capitals(text) and len(text) < 60 else None
        )
        if inside is not None:
            return " ".join((match["mark"] if match else inside[0]).upper().split())
    return ""


def _bare(text: str) -> str:
    return text.strip(" []()|*.:-–—").upper()


def _cells(text: str) -> list[str]:
    """The columns of a line: by tabs, and by the fixed lines of the right column."""
    parts: list[str] = []
    for column in text.split("\t"):
        rest = column
        while match := _NATIONAL.search(rest) or _PLACE_DATE.search(_from_last_capital(rest)):
            piece = match[0]
            before, _, rest = rest.partition(piece)
            parts.extend(filter(None, (before.strip(), piece)))
        parts.extend(filter(None, (rest.strip(),)))
    return parts


def _from_last_capital(text: str) -> str:
    """The line from the place on, where number and date ran together: "Số 05-NQ/TU An Giang, ngày …"."""
    numbers = find_document_numbers(text)
    return text[numbers[0][1] :].strip() if numbers and text.lower().startswith("số") else text


def read_head(lines: Sequence[PaperLine]) -> Head:
    """Read the head; ``length`` tells where the text begins."""
    head = Head()
    found = _Found()
    lines = _dates_whole(lines)
    at = 0
    for at, line in enumerate(lines[:LENGTH]):
        kind = _title_kind(line.text)
        if kind:
            head.kind, head.kind_title = kind, line.text
            head.length = _read_abstract(head, lines, at)
            break
        if head.length == 0 and _begins_text(line.text, head):
            head.length = at
            break
        for cell in _cells(line.text):
            _take_cell(head, found, cell)
    else:
        head.length = _length_without_title(lines, head)
    head.issuer, head.superior = issuer_of(found.issuer)
    if not head.abstract:
        head.abstract = " ".join(found.letter_abstract)[:ABSTRACT]
    _settle_kind(head)
    return head


def _dates_whole(lines: Sequence[PaperLine]) -> list[PaperLine]:
    """The lines with a date that goes on in the next one put together; as many lines as came."""
    whole = list(lines)
    for at in range(min(len(whole), LENGTH) - 1):
        here, after = whole[at], whole[at + 1]
        opened = list(_DATE_OPEN.finditer(here.text))
        if opened and opened[-1].end() == len(here.text) and after.text and _DATE_REST.fullmatch(after.text):
            whole[at] = PaperLine(f"{here.text} {after.text}", here.page)
            whole[at + 1] = PaperLine("", after.page)
    return whole


def _length_without_title(lines: Sequence[PaperLine], head: Head) -> int:
    if head.number is None and not head.symbol and head.issued_on is None:
        return 0
    last = max(
        (
            at
            for at, line in enumerate(lines[:LENGTH])
            if _NUMBER_LINE.search(line.text) or _PLACE_DATE.search(line.text)
        ),
        default=-1,
    )
    return last + 1


def _begins_text(text: str, head: Head) -> bool:
    """Whether the text begins although no title line came: a letter, or a paper without its head."""
    if marks.opens_clause(text) or _BODY_START.match(text):
        return True
    return len(text) > 120 and not marks.is_capitals(text) and head.number is not None


def _take_cell(head: Head, found: _Found, cell: str) -> None:
    """Put one cell of the head where it belongs."""
    if _RULE.fullmatch(cell) or _NATIONAL.fullmatch(cell):
        return
    if match := _PLACE_DATE.search(cell):
        head.place = head.place or match["place"].strip()
        _take_date(head, f"ngày {match['rest']}")
        return
    if match := _NUMBER_LINE.search(cell):
        _take_number(head, match["number"])
        return
    if _SECRET.fullmatch(_bare(cell)):
        head.secret_mark = head.secret_mark or _bare(cell)
        return
    if _INTERNAL.fullmatch(cell.strip(" ()[]")):
        head.secrecy = Secrecy.INTERNAL.value
        return
    if match := _ABSTRACT_MARK.fullmatch(cell):
        found.letter_abstract.append(match["rest"])
    elif found.letter_abstract and not marks.is_capitals(cell) and not cell.startswith("Kính gửi"):
        found.letter_abstract.append(cell)
    elif marks.is_capitals(cell) and head.number is None and not head.symbol:
        found.issuer.append(cell)


def _take_date(head: Head, text: str) -> None:
    dates = find_dates(text)
    if dates and dates[0].value is not None:
        head.issued_on = head.issued_on or dates[0].value
    elif head.issued_on is None:
        head.faults.append("date_impossible" if dates else "date_missing")


def _take_number(head: Head, text: str) -> None:
    """The number behind "Số"; the symbol alone where the serial is left blank to be written by hand."""
    if head.number is not None:
        return
    head.number = _number_in(text)
    if head.number is not None:
        return
    blank = _NO_SERIAL.fullmatch(text.strip())
    head.symbol = blank["symbol"] if blank else ""
    head.faults.append("serial_missing" if blank else "document_number_unreadable")


def _number_in(text: str) -> DocumentNumber | None:
    """The number: the whole text, one found in it, or its first word (small letters, QD for QĐ)."""
    words = text.split()
    for part in (text, words[0] if words else ""):
        with contextlib.suppress(TextError):
            return parse_document_number(part)
    numbers = find_document_numbers(text)
    return numbers[0][2] if numbers else None


def _title_kind(text: str) -> str:
    """The symbol of the kind when the line is the title of a paper (NGHỊ QUYẾT, KẾ HOẠCH …), else ""."""
    first = text.split("\t", maxsplit=1)[0]
    if not marks.is_capitals(first.split(",")[0]) or len(text) > 200:
        return ""
    words = fold(first)
    for name, symbol in _KIND_WORDS:
        if words == name or words.startswith((f"{name} ", f"{name}:")):
            return symbol
    return ""


def _read_abstract(head: Head, lines: Sequence[PaperLine], title_at: int) -> int:
    """The lines under the title, up to the rule or the text; gives where the text begins."""
    parts: list[str] = []
    at = title_at + 1
    while at < len(lines) and len(parts) < 8:
        line = lines[at]
        if _RULE.fullmatch(line.text):
            at += 1
            if parts:
                break
            continue
        if not parts and _names_the_issuer(line.text):
            head.kind_title = f"{head.kind_title} {line.text}"
            at += 1
            continue
        if not _goes_on(parts, line, lines[at - 1]):
            break
        parts.append(line.text.replace("\t", " "))
        at += 1
    head.abstract = " ".join(parts).strip(" *-–—")[:ABSTRACT]
    if not head.abstract:
        words = fold(head.kind_title)
        name = next((name for name, _ in _KIND_WORDS if words.startswith(f"{name} ")), "")
        head.abstract = " ".join(head.kind_title.split()[len(name.split()) :]) if name else ""
    return at


def _names_the_issuer(text: str) -> bool:
    """Whether a line under the title says whose paper it is (CỦA BỘ CHÍNH TRỊ): it belongs to the kind."""
    return marks.is_capitals(text) and fold(text).startswith("cua ")


def _goes_on(parts: list[str], line: PaperLine, before: PaperLine) -> bool:
    """Whether the line still belongs to the abstract."""
    text = line.text
    if marks.opens_clause(text) or _BODY_START.match(text):
        return False
    if not parts:
        return len(text) <= 400
    if len(text) > 160 or text.endswith((".", ":", ";")):
        return False
    return (
        text[:1].islower()
        or text[:1].isdigit()
        or before.text.endswith((",", "-", "–"))
        or _ends_open(before.text)
    )


def _ends_open(text: str) -> bool:
    """Whether a line ends with a word that wants another one."""
    return fold(text).rpartition(" ")[2] in {
        "cua",
        "ve",
        "va",
        "cac",
        "cho",
        "doi",
        "voi",
        "theo",
        "trong",
        "tai",
        "tren",
    }


def _settle_kind(head: Head) -> None:
    """The number's own symbol wins over the title; a letter (V/v) without title is a công văn."""
    if head.number is not None:
        head.kind = head.number.kind or head.kind
    elif head.symbol:
        head.kind = re.split(r"[/\-–—]", head.symbol)[0] or head.kind
    if not head.kind and head.abstract:
        head.kind = "CV"


# ---- names of bodies ----------------------------------------------------------------------------------

_BODIES = (
    "Ban Chấp hành Trung ương", "Bộ Chính trị", "Ban Bí thư", "Ban Chấp hành", "Ban Thường vụ",
    "Ban Tuyên giáo và Dân vận", "Ban Tuyên giáo", "Ban Dân vận", "Ban Tổ chức", "Ban Nội chính",
    "Ban Xây dựng Đảng", "Ủy ban Kiểm tra", "Văn phòng", "Trung ương", "Tỉnh ủy", "Thành ủy", "Huyện ủy",
    "Quận ủy", "Đảng ủy", "Đảng bộ", "Đảng đoàn", "Chi bộ", "Chi ủy", "Ban Cán sự Đảng", "Đảng",
    "Ủy ban nhân dân", "Hội đồng nhân dân", "Ủy ban Mặt trận Tổ quốc Việt Nam", "Mặt trận Tổ quốc Việt Nam",
    "Chính phủ", "Thủ tướng Chính phủ", "Quốc hội", "tỉnh", "thành phố", "phường", "xã", "đặc khu", "huyện",
    "thị trấn", "các cơ quan", "và", "của", "cơ sở", "bộ phận",
)  # fmt: skip
_BODY_BY_FOLD = {fold(body): body for body in _BODIES}
_LONGEST = max(len(body.split()) for body in _BODIES)
_OF_THE_ONE_ABOVE = (
    "Ban Chấp hành",
    "Ban Thường vụ",
)  # each organisation has one: the name alone names nobody
_GOES_ON = ("VÀ ", "CỦA ", "TRUNG ƯƠNG", "CÁC ", "TỈNH ", "THÀNH PHỐ ", "PHƯỜNG ", "XÃ ", "ĐẶC KHU ")


def issuer_of(lines: Sequence[str]) -> tuple[str, str]:
    """Issuer and superior body of the left column, in usual writing: ``("Đảng ủy phường …", "Đảng bộ …")``.

    The issuer stands last; a line that begins with a joining word belongs to the one above it.
    """
    names: list[str] = []
    for line in lines:
        text = line.strip(" *-–—_.")
        if not text:
            continue
        if names and text.upper().startswith(_GOES_ON):
            names[-1] = f"{names[-1]} {text}"
        else:
            names.append(text)
    written = [usual_writing(name) for name in names]
    if len(written) > 1 and written[-1] in _OF_THE_ONE_ABOVE:
        written[-1] = f"{written[-1]} {written[-2]}"
    return (written[-1] if written else ""), (" ".join(written[:-1]) if len(written) > 1 else "")


def usual_writing(name: str) -> str:
    """A name in capitals as a sentence writes it: known bodies by the list, the rest as proper names."""
    words = name.split()
    written: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            body = _BODY_BY_FOLD.get(fold(" ".join(words[at : at + length])))
            if body is not None:
                written.append(body)
                at += length
                break
        else:
            written.append(words[at].capitalize())
            at += 1
    text = " ".join(written)
    return text[:1].upper() + text[1:]
