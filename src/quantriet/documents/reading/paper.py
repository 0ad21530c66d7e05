"""One paper, read: what a draft is made of, and what the officer should look at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quantriet.core.errors import DomainError
from quantriet.core.text.document_number import find_document_numbers
from quantriet.core.text.errors import SENTENCES
from quantriet.core.text.legacy import Encoding
from quantriet.documents.choices import RelationKind
from quantriet.documents.reading import clauses, head, lines, marks
from quantriet.documents.reading.clauses import ReadClause
from quantriet.documents.reading.lines import PaperFile, PaperLine
from quantriet.documents.terms import term_of

SCANNED = 40  # letters a page below which a PDF is pictures only


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the officer should look at: a code and its sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was recognised. Empty texts and ``None`` mean "not found"; ``remarks`` says why.

    ``relations`` are (kind, canonical number) pairs the text itself names.
    """

    number: str
    serial: int | None
    kind: str
    issuer_symbol: str
    issuer_name: str
    superior_name: str
    place: str
    issued_on: date | None
    term: str
    abstract: str
    secrecy: str
    clauses: tuple[ReadClause, ...]
    relations: tuple[tuple[str, str], ...]
    text: str
    remarks: tuple[Remark, ...]


def read(paper: PaperFile) -> Reading:
    """Read a paper.

    Refuses with ``document.scanned`` (a PDF of pictures), ``document.empty``, ``document.secret`` (the head
    bears MẬT or above: such a document must not be in this system).
    """
    cleaned, encoding = lines.clean(paper.lines)
    if _is_scanned(cleaned, paper.pages):
        raise DomainError(
            "document.scanned",
            _(
                "Tệp PDF này là ảnh quét, không có chữ để đọc. Chưa lưu gì; hãy gửi tệp .docx, "
                "PDF có chữ, hoặc nhập tay các mục."
            ),
        )
    if not _letters(cleaned):
        raise DomainError("document.empty", _("Tệp không có chữ nào. Chưa lưu gì; hãy chọn lại tệp."))
    kept, running = lines.without_furniture(cleaned)
    refuse_secret(head.secret_mark(cleaned, (*running, *paper.margins)))
    found = head.read_head(kept)
    paragraphs = [line.text for line in lines.joined(kept[found.length :])]
    body, _tail = _without_signature(paragraphs)
    split, doubled = clauses.split(body)
    number = found.number
    symbol = number.issuer if number else found.symbol.partition("/")[2]
    return Reading(
        number=number.canonical if number else "",
        serial=number.number if number else None,
        kind=found.kind,
        issuer_symbol=symbol,
        issuer_name=found.issuer,
        superior_name=found.superior,
        place=found.place,
        issued_on=found.issued_on,
        term=term_of(number, symbol, found.issued_on) if found.issued_on else "",
        abstract=found.abstract,
        secrecy=found.secrecy,
        clauses=split,
        relations=relations_in(paragraphs, own=number.canonical if number else ""),
        text="\n".join([line.text.replace("\t", " ") for line in kept[: found.length]] + paragraphs),
        remarks=_remarks(
            found, split, doubled, is_old=paper.had_old_font or encoding is not Encoding.UNICODE
        ),
    )


def is_scanned(paper: PaperFile) -> bool:
    """Whether a PDF is pictures only: nothing of it can be read."""
    cleaned, _encoding = lines.clean(paper.lines)
    return _is_scanned(cleaned, paper.pages)


def _is_scanned(cleaned: Sequence[PaperLine], pages: int) -> bool:
    return _letters(cleaned) < SCANNED * pages


def _letters(cleaned: Sequence[PaperLine]) -> int:
    return sum(len(line.text) for line in cleaned)


def refuse_marked(paper: PaperFile) -> None:
    """Refuse a paper whose head, running heads or margins bear MẬT or above; what cannot be read passes."""
    cleaned, _encoding = lines.clean(paper.lines)
    _kept, running = lines.without_furniture(cleaned)
    refuse_secret(head.secret_mark(cleaned, (*running, *paper.margins)))


def refuse_secret(mark: str) -> None:
    """Refuse a độ mật of MẬT and above; "" passes."""
    if mark:
        raise DomainError(
            "document.secret",
            _(
                "Văn bản có dấu «{mark}». Hệ thống này không nhận văn bản từ MẬT trở lên: tệp đã bị bỏ, "
                "không lưu gì. Hãy chuyển theo đường văn thư mật."
            ).format(mark=mark),
            mark=mark,
        )


def _without_signature(paragraphs: Sequence[str]) -> tuple[list[str], list[str]]:
    """The text without recipients and signature; annexes behind them belong to the text."""
    end = next((at for at, text in enumerate(paragraphs) if marks.ends_text(text)), len(paragraphs))
    annex = next(
        (
            at
            for at in range(end, len(paragraphs))
            if re.match(r"phụ\s+lục", paragraphs[at], re.IGNORECASE) and marks.opens_clause(paragraphs[at])
        ),
        len(paragraphs),
    )
    return [*paragraphs[:end], *paragraphs[annex:]], list(paragraphs[end:annex])


_RELATION_WORDS = (
    (RelationKind.SUPERSEDES, re.compile(r"thay thế(?:\s+cho)?\s+[^.;]{0,60}$", re.IGNORECASE)),
    (RelationKind.AMENDS, re.compile(r"(?:sửa đổi|bổ sung)[^.;]{0,80}$", re.IGNORECASE)),
    (RelationKind.CITES, re.compile(r"^[-–\s]*căn cứ\b[^;]{0,200}$", re.IGNORECASE)),
    (
        RelationKind.IMPLEMENTS,
        re.compile(r"(?:thực hiện|triển khai|quán triệt)\s+[^.;]{0,100}$", re.IGNORECASE),
    ),
)


def relations_in(paragraphs: Sequence[str], *, own: str = "") -> tuple[tuple[str, str], ...]:
    """The other papers the text names, with what it does to them; the words before the number tell."""
    found: dict[tuple[str, str], None] = {}
    numbers: set[str] = set()
    for text in paragraphs:
        for start, _end, number in find_document_numbers(text):
            before = text[max(0, start - 200) : start]
            kind = next((kind for kind, words in _RELATION_WORDS if words.search(before)), None)
            if kind is not None and number.canonical not in numbers and number.canonical != own:
                numbers.add(number.canonical)
                found[kind.value, number.canonical] = None
    return tuple(found)


_SENTENCES = {
    "serial_missing": gettext_noop("Chỗ ghi số còn để trống. Hãy điền số văn bản."),
    "date_missing": gettext_noop("Chưa đọc được ngày ban hành. Hãy điền ngày."),
}


def _remarks(
    found: head.Head, split: Sequence[ReadClause], doubled: Sequence[str], *, is_old: bool
) -> tuple[Remark, ...]:
    remarks: list[Remark] = []
    if is_old:
        remarks.append(
            Remark("encoding", _("Tệp dùng phông chữ cũ; đã chuyển sang Unicode. Hãy xem lại chữ in hoa."))
        )
    faults = list(dict.fromkeys(found.faults))
    if found.number is None and not any(fault != "date_missing" for fault in faults):
        remarks.append(Remark("number_missing", _("Không thấy số, ký hiệu văn bản. Hãy điền số.")))
    remarks.extend(Remark(fault, _(_SENTENCES.get(fault) or SENTENCES[fault])) for fault in faults)
    if found.issued_on is None and not any(fault.startswith("date") for fault in faults):
        remarks.append(Remark("date_missing", _(_SENTENCES["date_missing"])))
    if not found.issuer:
        remarks.append(Remark("issuer_missing", _("Không thấy cơ quan ban hành. Hãy điền tên cơ quan.")))
    if not found.abstract:
        remarks.append(Remark("abstract_missing", _("Không thấy trích yếu. Hãy điền trích yếu.")))
    if doubled:
        remarks.append(
            Remark(
                "clause_doubled",
                _("Số mục in trùng nhau: {paths}. Hãy xem lại các mục này.").format(paths=", ".join(doubled)),
            )
        )
    if not split:
        remarks.append(Remark("no_clause", _("Không tách được mục nào. Hãy thêm mục bằng tay.")))
    return tuple(remarks)
