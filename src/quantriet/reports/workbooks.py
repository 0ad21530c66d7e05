"""A report's workbook: figures, tables of the annex, and on demand the people behind them, a sheet a unit.

Rows are written as they come, so a province of 100,000 people takes no more memory than a commune. The
labels are those of papers: Vietnamese.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_date
from quantriet.reports.counts import Annex, AnnexRow, ClassRow
from quantriet.reports.outlines import FIGURES
from quantriet.reports.papers import Paper

PersonCells = tuple[str, str, str, str, date | None, str, str]
"""Name, cell, class of people, state, day of study, how, evidence."""

_FIGURE_COLUMNS = (
    TableColumn("Chỉ tiêu", width=48),
    TableColumn("Số lượng", CellKind.INTEGER),
    TableColumn("Tổng số", CellKind.INTEGER),
    TableColumn("Tỷ lệ", CellKind.PERCENT),
    TableColumn("Số khác", CellKind.INTEGER),
    TableColumn("Lý do", width=40),
)
_UNIT_COLUMNS = (
    TableColumn("TT", CellKind.INTEGER, 6),
    TableColumn("Đơn vị", width=40),
    TableColumn("Cấp", width=12),
    *(
        TableColumn(title, CellKind.INTEGER, 12)
        for title in (
            "Hội nghị phải dự",
            "Hội nghị đã dự",
            "Điểm cầu trực tiếp",
            "Điểm cầu trực tuyến",
            "Triệu tập",
            "Có mặt",
        )
    ),
    TableColumn("Tỷ lệ có mặt", CellKind.PERCENT, 12),
    *(
        TableColumn(title, CellKind.INTEGER, 12)
        for title in (
            "Vắng có lý do",
            "Vắng không lý do",
            "Học bù",
            "Khách, ngoài Đảng",
            "Bài phải nộp",
            "Bài đã nộp",
        )
    ),
    TableColumn("Tỷ lệ nộp bài", CellKind.PERCENT, 12),
    TableColumn("Ghi chú", width=28),
)
_CLASS_COLUMNS = (
    TableColumn("TT", CellKind.INTEGER, 6),
    TableColumn("Đối tượng", width=40),
    TableColumn("Triệu tập", CellKind.INTEGER),
    TableColumn("Có mặt", CellKind.INTEGER),
    TableColumn("Tỷ lệ", CellKind.PERCENT),
    TableColumn("Vắng có lý do", CellKind.INTEGER),
    TableColumn("Bài phải nộp", CellKind.INTEGER),
)
_PEOPLE_COLUMNS = (
    TableColumn("TT", CellKind.INTEGER, 8),
    TableColumn("Họ và tên", width=30),
    TableColumn("Nơi sinh hoạt", width=36),
    TableColumn("Đối tượng", width=18),
    TableColumn("Kết quả", width=20),
    TableColumn("Ngày học", CellKind.DATE),
    TableColumn("Hình thức", width=18),
    TableColumn("Bằng chứng", width=16),
)


@dataclass(frozen=True)
class PeopleSheet:
    """The people of one part of the subtree; ``rows`` may be read from the database as it is written."""

    unit: str
    rows: Iterable[PersonCells]


def workbook(
    paper: Paper, people: Iterable[PeopleSheet] = (), *, progress: Callable[[int], None] = lambda _rows: None
) -> bytes:
    """The workbook as bytes. ``progress`` hears how many people have been written."""
    book = Workbook()
    day = f"Ngày báo cáo: {format_date(paper.dated_on)}" if paper.dated_on else ""
    under = [line for line in (paper.unit, f"Số {paper.number}" if paper.number else "", day) if line]
    book.add_table(_figures(paper, under))
    if any(section.kind == "table" for section in paper.sections):
        book.add_table(_units(paper.annex, under))
        book.add_table(_classes(paper.annex, under))
    written = 0
    for sheet in people:
        counted = _counted(sheet.rows, written, progress)
        book.add_long_table(
            Table(
                title=sheet.unit,
                columns=_PEOPLE_COLUMNS,
                rows=counted,
                sheet_name=sheet.unit,
            )
        )
        written = counted.written
        progress(written)
    return book.to_bytes()


class _counted:  # noqa: N801 - an iterator used like a function
    """Rows with their numbers; tells every thousandth how many there are in all."""

    def __init__(self, rows: Iterable[PersonCells], before: int, progress: Callable[[int], None]) -> None:
        self._rows = rows
        self._progress = progress
        self.written = before

    def __iter__(self) -> Iterator[Sequence[object]]:
        for at, row in enumerate(self._rows, 1):
            self.written += 1
            if self.written % 1000 == 0:
                self._progress(self.written)
            yield (at, *row)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _figures(paper: Paper, under: Sequence[str]) -> Table:
    rows: list[Sequence[object]] = []
    for section in paper.sections:
        for code in section.figures:
            value = paper.figures.get(code)
            if value is None:
                continue
            dispute = paper.disputes.get(code)
            rows.append(
                (
                    FIGURES[code].label,
                    value.numerator,
                    value.denominator,
                    _share(value.numerator, value.denominator or 0),
                    dispute.value if dispute else None,
                    dispute.reason if dispute else "",
                )
            )
    return Table(
        title=f"BÁO CÁO {paper.title}",
        columns=_FIGURE_COLUMNS,
        rows=rows,
        subtitles=under,
        sheet_name="Số liệu chung",
    )


def _units(annex: Annex, under: Sequence[str]) -> Table:
    return Table(
        title="Phụ lục 1. Số liệu theo đơn vị",
        columns=_UNIT_COLUMNS,
        rows=[_unit_row(at, row) for at, row in enumerate(annex.rows, 1)],
        totals=_unit_row(None, annex.sum),
        subtitles=under,
        sheet_name="Theo đơn vị",
    )


def _unit_row(at: int | None, row: AnnexRow) -> Sequence[object]:
    if not row.has_counts:
        return (at, row.name, row.level, *[None] * 14, row.note)
    return (
        at,
        row.name,
        row.level,
        row.due,
        row.held,
        row.sites_in_person,
        row.sites_online,
        row.summoned,
        row.present,
        _share(row.present, row.summoned),
        row.excused,
        row.absent,
        row.made_up,
        row.non_members,
        row.essays_due,
        row.essays,
        _share(row.essays, row.essays_due),
        row.note,
    )


def _classes(annex: Annex, under: Sequence[str]) -> Table:
    return Table(
        title="Phụ lục 2. Số liệu theo đối tượng",
        columns=_CLASS_COLUMNS,
        rows=[_class_row(at, row) for at, row in enumerate(annex.classes, 1)],
        totals=_class_row(None, annex.classes_sum),
        subtitles=under,
        sheet_name="Theo đối tượng",
    )


def _class_row(at: int | None, row: ClassRow) -> Sequence[object]:
    return (
        at,
        row.name,
        row.summoned,
        row.present,
        _share(row.present, row.summoned),
        row.excused,
        row.essays_due,
    )
