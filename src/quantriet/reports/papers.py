"""A report as an official paper. Pure: what a report shows in, a letter out (Word and PDF set the same letter).

The Party's layout is that of HD 36-HD/VPTW; the Front and the unions take the layout of Decree 30/2020/NĐ-CP.
Papers are always Vietnamese, so nothing here is translated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from quantriet.core.office.letters import (
    PARTY,
    STATE,
    Align,
    Authority,
    Block,
    HeaderCell,
    Heading,
    Letter,
    LetterColumn,
    Mark,
    Paragraph,
    Run,
    Signature,
    TableBlock,
)
from quantriet.core.office.letters import Annex as LetterAnnex
from quantriet.core.text import format_int, format_percent
from quantriet.org.paper_words import issuer_of
from quantriet.reports.checking import Dispute
from quantriet.reports.counts import Annex, AnnexRow, ClassRow, FigureValue
from quantriet.reports.outlines import FIGURES, FigureSpec, Section

NOTHING = "–"


@dataclass(frozen=True)
class Paper:
    """What the paper shows of a report."""

    party: bool
    superior: str
    unit: str
    number: str
    place: str
    dated_on: date | None
    authority: str
    signer_position: str
    signer_name: str
    recipients: Sequence[str]
    title: str
    sections: Sequence[Section]
    texts: Mapping[str, str]
    figures: Mapping[str, FigureValue]
    disputes: Mapping[str, Dispute]
    annex: Annex


def sentence(spec: FigureSpec, value: FigureValue) -> str:
    """A figure as a sentence: `Đã học: 1.356/1.468 người, đạt 92,4 %.`"""
    if value.denominator is None:
        return f"{spec.label}: {format_int(value.numerator)} {spec.noun}."
    if not value.denominator:
        return f"{spec.label}: chưa có số liệu."
    return (
        f"{spec.label}: {format_int(value.numerator)}/{format_int(value.denominator)} {spec.noun}, "
        f"đạt {format_percent(value.numerator, value.denominator)}."
    )


def dispute_sentence(spec: FigureSpec, value: FigureValue, dispute: Dispute) -> str:
    """What the unit says instead: `Đơn vị ghi số khác: 1.360/1.468 người, đạt 92,6 %; lý do: …`"""
    other = dispute.value or 0
    words = f"{format_int(other)} {spec.noun}"
    if value.denominator:
        share = format_percent(other, value.denominator)
        words = f"{format_int(other)}/{format_int(value.denominator)} {spec.noun}, đạt {share}"
    return f"Đơn vị ghi số khác: {words}; lý do: {dispute.reason.rstrip('.')}."


def is_printed(value: FigureValue, dispute: Dispute | None) -> bool:
    """What was never counted is left out of the paper; what is due and not done is said."""
    return bool(value.numerator or value.denominator or dispute is not None)


def letter(paper: Paper) -> Letter:
    """The report as an official letter with its tables as annexes."""
    return Letter(
        layout=PARTY if paper.party else STATE,
        superior=paper.superior.upper(),
        issuer=issuer_of(paper.unit, paper.party).upper(),
        number=paper.number or ("……-BC/……" if paper.party else "……/BC-……"),
        place=paper.place or "……………",
        day=paper.dated_on,
        kind_name="BÁO CÁO",
        abstract=paper.title,
        body=_body(paper),
        recipients=paper.recipients,
        signature=Signature(
            paper.signer_position.upper(),
            paper.signer_name,
            (Authority(Mark.ON_BEHALF, paper.authority.upper()),) if paper.authority else (),
        ),
        annexes=_annexes(paper) if any(section.kind == "table" for section in paper.sections) else (),
    )


def _body(paper: Paper) -> list[Block]:
    blocks: list[Block] = []
    chapter = ""
    for section in paper.sections:
        if section.kind == "table":
            continue
        if section.chapter != chapter:
            chapter = section.chapter
            blocks.append(Heading(chapter, 1))
        if section.title:
            blocks.append(Heading(section.title, 2))
        blocks += _section(paper, section)
    return blocks


def _section(paper: Paper, section: Section) -> list[Block]:
    blocks: list[Block] = []
    for code in section.figures:
        value = paper.figures.get(code)
        if value is None:
            continue
        dispute = paper.disputes.get(code)
        if not is_printed(value, dispute):
            continue
        runs = [Run(f"- {sentence(FIGURES[code], value)}")]
        if dispute is not None:
            runs.append(Run(f" {dispute_sentence(FIGURES[code], value, dispute)}", italic=True))
        blocks.append(Paragraph(runs))
    if "conferences" in section.figures and any(one.kind == "table" for one in paper.sections):
        blocks.append(
            Paragraph([Run("(Số liệu theo đơn vị và theo đối tượng: Phụ lục 1, Phụ lục 2)", italic=True)])
        )
    lines = [line.strip() for line in paper.texts.get(section.code, "").split("\n") if line.strip()]
    blocks += [Paragraph(line) for line in lines]
    return blocks or [Paragraph("Chưa có số liệu." if section.figures else "Không có.")]


# Shares of the width; words of the header and a date must not break within themselves.
_COLUMNS = (
    LetterColumn(0.95, Align.CENTER),
    LetterColumn(3.4),
    LetterColumn(1.2, Align.CENTER),
    *(
        LetterColumn(share, Align.RIGHT)
        for share in (1.3, 1.2, 1.4, 1.4, 1.35, 1.35, 1.7, 1.2, 1.7, 1.1, 1.4, 1.35, 1.3, 1.7)
    ),
    LetterColumn(2.6),
)
_HEADER = (
    (
        HeaderCell("TT", rows=2),
        HeaderCell("Đơn vị", rows=2),
        HeaderCell("Cấp", rows=2),
        HeaderCell("Hội nghị", columns=2),
        HeaderCell("Điểm cầu", columns=2),
        HeaderCell("Triệu tập", rows=2),
        HeaderCell("Có mặt", rows=2),
        HeaderCell("Tỷ lệ", rows=2),
        HeaderCell("Vắng", columns=2),
        HeaderCell("Học bù", rows=2),
        HeaderCell("Khách, ngoài Đảng", rows=2),
        HeaderCell("Bài thu hoạch", columns=3),
        HeaderCell("Ghi chú", rows=2),
    ),
    (
        HeaderCell("Phải dự"),
        HeaderCell("Đã dự"),
        HeaderCell("Trực tiếp"),
        HeaderCell("Trực tuyến"),
        HeaderCell("Có lý do"),
        HeaderCell("Không"),
        HeaderCell("Phải nộp"),
        HeaderCell("Đã nộp"),
        HeaderCell("Tỷ lệ"),
    ),
)


def annex_cells(number: str, row: AnnexRow) -> list[str]:
    """A line of Annex 1 as texts; dashes where nothing is known."""
    if not row.has_counts:
        return [number, row.name, row.level, *[NOTHING] * 14, row.note]
    counts = (
        row.due,
        row.held,
        row.sites_in_person,
        row.sites_online,
        row.summoned,
        row.present,
    )
    return [
        number,
        row.name,
        row.level,
        *map(format_int, counts),
        format_percent(row.present, row.summoned),
        format_int(row.excused),
        format_int(row.absent),
        format_int(row.made_up),
        format_int(row.non_members),
        format_int(row.essays_due),
        format_int(row.essays),
        format_percent(row.essays, row.essays_due),
        row.note,
    ]


def class_cells(number: str, row: ClassRow) -> list[str]:
    """A line of the table by đối tượng as texts."""
    return [
        number,
        row.name,
        format_int(row.summoned),
        format_int(row.present),
        format_percent(row.present, row.summoned),
        format_int(row.excused),
        format_int(row.essays_due),
    ]


def _annexes(paper: Paper) -> list[LetterAnnex]:
    rows = [annex_cells(str(at), row) for at, row in enumerate(paper.annex.rows, 1)]
    units = TableBlock(_COLUMNS, _HEADER, rows, totals=annex_cells("", paper.annex.sum))
    classes = TableBlock(
        (
            LetterColumn(0.7, Align.CENTER),
            LetterColumn(4),
            *(LetterColumn(1.5, Align.RIGHT) for _n in range(5)),
        ),
        (
            tuple(
                map(
                    HeaderCell,
                    ("TT", "Đối tượng", "Triệu tập", "Có mặt", "Tỷ lệ", "Vắng có lý do", "Bài phải nộp"),
                )
            ),
        ),
        [class_cells(str(at), row) for at, row in enumerate(paper.annex.classes, 1)],
        totals=class_cells("", paper.annex.classes_sum),
    )
    return [
        LetterAnnex("Phụ lục 1", "SỐ LIỆU THEO ĐƠN VỊ", [units], landscape=True),
        LetterAnnex("Phụ lục 2", "SỐ LIỆU THEO ĐỐI TƯỢNG", [classes]),
    ]
