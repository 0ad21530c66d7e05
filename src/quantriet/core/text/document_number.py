"""Numbers and symbols of official papers: `226-KL/TW` (Party) and `123/UBND-VP`, `30/2020/NĐ-CP` (state).

Party papers write number-kind/issuer, state papers number/kind-issuer with a year in legal ones
(HD 36-HD/VPTW of 3/4/2018; Decree 30/2020/NĐ-CP, Annex I and III). People and machines drop the bar of Đ,
put blanks round the hyphen and write in small letters; all of that is read, and written back in one form,
which is also the form to compare and to store. A number runs per issuer, kind and term (Party) or year
(state), so the symbol alone does not identify a paper: keep its date beside it.
"""

import enum
import re
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation.trans_null import gettext_noop

from .errors import TextError
from .normal import clean_line, fold


class NumberForm(enum.Enum):
    """Which house wrote the number."""

    PARTY = "party"
    STATE = "state"


PARTY_KINDS = MappingProxyType(
    {
        "NQ": gettext_noop("Nghị quyết"),
        "CT": gettext_noop("Chỉ thị"),
        "KL": gettext_noop("Kết luận"),
        "QĐ": gettext_noop("Quyết định, quy định"),
        "QĐi": gettext_noop("Quy định"),
        "QC": gettext_noop("Quy chế"),
        "QT": gettext_noop("Quy trình"),
        "HD": gettext_noop("Hướng dẫn"),
        "KH": gettext_noop("Kế hoạch"),
        "CTr": gettext_noop("Chương trình"),
        "ĐA": gettext_noop("Đề án"),
        "PA": gettext_noop("Phương án"),
        "ĐC": gettext_noop("Đề cương"),
        "BC": gettext_noop("Báo cáo"),
        "TTr": gettext_noop("Tờ trình"),
        "TB": gettext_noop("Thông báo"),
        "TT": gettext_noop("Thông tri"),
        "TC": gettext_noop("Thông cáo"),
        "TgB": gettext_noop("Thông báo (ký hiệu cũ)"),
        "CV": gettext_noop("Công văn"),
        "GM": gettext_noop("Giấy mời"),
        "GGT": gettext_noop("Giấy giới thiệu"),
        "BB": gettext_noop("Biên bản"),
        "BS": gettext_noop("Bản sao"),
        "TL": gettext_noop("Trích lục"),
        "DS": gettext_noop("Danh sách"),
    },
)
"""Symbols of kinds of Party papers with their Vietnamese names. QĐ serves decisions and regulations alike."""

STATE_KINDS = MappingProxyType(
    {
        "HP": gettext_noop("Hiến pháp"),
        "L": gettext_noop("Luật"),
        "PL": gettext_noop("Pháp lệnh"),
        "NQ": gettext_noop("Nghị quyết"),
        "NQLT": gettext_noop("Nghị quyết liên tịch"),
        "NĐ": gettext_noop("Nghị định"),
        "TT": gettext_noop("Thông tư"),
        "TTLT": gettext_noop("Thông tư liên tịch"),
        "CT": gettext_noop("Chỉ thị"),
        "QĐ": gettext_noop("Quyết định"),
        "QC": gettext_noop("Quy chế"),
        "QyĐ": gettext_noop("Quy định"),
        "TC": gettext_noop("Thông cáo"),
        "TB": gettext_noop("Thông báo"),
        "HD": gettext_noop("Hướng dẫn"),
        "CTr": gettext_noop("Chương trình"),
        "KH": gettext_noop("Kế hoạch"),
        "PA": gettext_noop("Phương án"),
        "ĐA": gettext_noop("Đề án"),
        "DA": gettext_noop("Dự án"),
        "BC": gettext_noop("Báo cáo"),
        "BB": gettext_noop("Biên bản"),
        "TTr": gettext_noop("Tờ trình"),
        "HĐ": gettext_noop("Hợp đồng"),
        "CĐ": gettext_noop("Công điện"),
        "BGN": gettext_noop("Bản ghi nhớ"),
        "BTT": gettext_noop("Bản thỏa thuận"),
        "GUQ": gettext_noop("Giấy ủy quyền"),
        "GM": gettext_noop("Giấy mời"),
        "GGT": gettext_noop("Giấy giới thiệu"),
        "GNP": gettext_noop("Giấy nghỉ phép"),
        "PG": gettext_noop("Phiếu gửi"),
        "PC": gettext_noop("Phiếu chuyển"),
        "PB": gettext_noop("Phiếu báo"),
        "SY": gettext_noop("Sao y"),
        "SL": gettext_noop("Sao lục"),
        "TrS": gettext_noop("Trích sao"),
        "VBHN": gettext_noop("Văn bản hợp nhất"),
    },
)
"""Symbols of kinds of state papers with their Vietnamese names. An official letter has no kind."""

_KINDS = MappingProxyType({NumberForm.PARTY: PARTY_KINDS, NumberForm.STATE: STATE_KINDS})

# Bodies whose symbol is not all capitals, or loses its Đ under a foreign keyboard.
_ISSUERS = ("TTg", "HĐND", "BCĐ", "LĐLĐ", "ĐTN", "ĐĐ", "HĐ", "BQLĐT", "LĐTBXH", "BLĐTBXH", "BGDĐT", "SGDĐT")
_ISSUER_BY_FOLD = {fold(issuer): issuer for issuer in _ISSUERS}

_DASHES = re.compile("\\s*[-\u2010-\u2015\u2212]\\s*")
_SLASH = re.compile(r"\s*/\s*")
_LEAD = re.compile(r"^số\s*(?::\s*)?", re.IGNORECASE)
_SYMBOL = r"[^\W\d_][^\W_]*"
_PARTY = re.compile(rf"(?P<number>\d{{1,5}})-(?P<kind>{_SYMBOL})/(?P<issuer>{_SYMBOL}(?:-{_SYMBOL})*)")
_STATE = re.compile(
    rf"(?P<number>\d{{1,5}})/(?:(?P<year>(?:19|20)\d\d)/)?(?P<first>{_SYMBOL})(?:-(?P<rest>{_SYMBOL}(?:-{_SYMBOL})*))?",
)


@dataclass(frozen=True)
class DocumentNumber:
    """The number of an official paper taken apart.

    ``kind`` is a symbol of `PARTY_KINDS` or `STATE_KINDS`, empty for a state letter or law
    (`123/UBND-VP`, `91/2025/QH15`); ``department`` is the part that drafted it, ``year`` stands only in
    legal state papers; ``raw`` is what was read and does not count when numbers are compared by `canonical`.
    """

    number: int
    kind: str
    issuer: str
    raw: str
    form: NumberForm = NumberForm.PARTY
    department: str = ""
    year: int | None = None

    @property
    def canonical(self) -> str:
        """The number in its official form, two digits at least: `01-CT/TW`, `123/UBND-VP`."""
        if self.form is NumberForm.PARTY:
            return f"{self.number:02d}-{self.symbol}"
        year = f"{self.year}/" if self.year else ""
        return f"{self.number:02d}/{year}{self.symbol}"

    @property
    def symbol(self) -> str:
        """What stands after the number: `CT/TW`, `UBND-VP`. Numbers run within it."""
        if self.form is NumberForm.PARTY:
            return f"{self.kind}/{self.issuer}"
        return "-".join(part for part in (self.kind, self.issuer, self.department) if part)

    @property
    def kind_name(self) -> str:
        """The Vietnamese name of the kind; a state paper without a kind but with a body is a letter."""
        return _KINDS[self.form].get(self.kind, "" if self.year else gettext_noop("Công văn"))


def parse_document_number(text: str) -> DocumentNumber:
    """Read a number like `226-KL/TW`, `2182 - TB/TU`, `54-QD/TW`, `Số: 123/UBND-VP`, `30/2020/NĐ-CP`.

    Raises `TextError`: document_number_empty, document_number_no_symbol (`01`, `Chỉ thị số 01`),
    document_kind_unknown, document_number_unreadable.
    """
    line = clean_line(text)
    if not line:
        raise TextError("document_number_empty", text)
    compact = _SLASH.sub("/", _DASHES.sub("-", _LEAD.sub("", line)))
    if match := _PARTY.fullmatch(compact):
        kind = _find_kind(match["kind"], NumberForm.PARTY)
        if not kind:
            raise TextError("document_kind_unknown", text)
        return DocumentNumber(int(match["number"]), kind, _issuer(match["issuer"]), text)
    if match := _STATE.fullmatch(compact):
        return _state_number(match, text)
    if re.fullmatch(r"(?:[^\W\d_]+\s+)*(?:số\s*)?\d{1,5}", compact):
        raise TextError("document_number_no_symbol", text)
    raise TextError("document_number_unreadable", text)


def find_document_numbers(text: str) -> list[tuple[int, int, DocumentNumber]]:
    """Find the numbers in an NFC text, in order, as (start, end, number). Unknown kinds are left out."""
    found = []
    for match in _IN_TEXT.finditer(text):
        try:
            found.append((match.start(), match.end(), parse_document_number(match[0])))
        except TextError:
            continue
    return found


# In running text a symbol is written in capitals, which keeps fractions and words with hyphens out.
_CAPITALS = r"[A-ZĐ][A-Za-zĐđ]{0,11}\d{0,2}"
_IN_TEXT = re.compile(
    rf"(?<![\w/.-])\d{{1,5}}(?:\s?[-\u2010-\u2015]\s?{_CAPITALS}/{_CAPITALS}(?:-{_CAPITALS})*"
    rf"|/(?:(?:19|20)\d\d/)?{_CAPITALS}(?:-{_CAPITALS})*)(?![\w/])",
)


def _state_number(match: re.Match[str], raw: str) -> DocumentNumber:
    """Read number/first-rest: the first part is a kind when it is one, else the issuer of a letter."""
    year = int(match["year"]) if match["year"] else None
    rest = match["rest"] or ""
    kind = _find_kind(match["first"], NumberForm.STATE) if rest else ""
    issuer, _, department = rest.partition("-") if kind else (match["first"], "", rest)
    return DocumentNumber(
        int(match["number"]),
        kind,
        _issuer(issuer),
        raw,
        NumberForm.STATE,
        _issuer(department),
        year,
    )


def _find_kind(symbol: str, form: NumberForm) -> str:
    """Give the official spelling of a kind: exact, then without regard to case, then with D for Đ."""
    kinds = _KINDS[form]
    if symbol in kinds:
        return symbol
    for spelled in (str.casefold, fold):
        for kind in kinds:
            if spelled(kind) == spelled(symbol):
                return kind
    return ""


def _issuer(symbol: str) -> str:
    """Give the official spelling of a body's symbol: capitals, with the Đ of known bodies put back."""
    return "-".join(_issuer_part(part) for part in symbol.split("-"))


def _issuer_part(part: str) -> str:
    if known := _ISSUER_BY_FOLD.get(fold(part)):
        return known
    capitals = part.upper()
    # "DU…" is always đảng ủy (ĐU, ĐUK, ĐUCA), "BCD…" always a steering committee (BCĐTW).
    for wrong, right in (("DU", "ĐU"), ("BCD", "BCĐ")):
        if capitals.startswith(wrong):
            return right + capitals[len(wrong) :]
    return capitals
