"""The table of a board as an Excel sheet: counts as numbers, shares as fractions."""

from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.pages.board_cells import BoardShown, Row, Shown
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_date

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(built: BoardShown) -> bytes:
    """The workbook of a board."""
    view = built.view
    columns = [TableColumn(_("Đơn vị"), width=42)]
    for one in view.indicators:
        columns += [
            TableColumn(f"{one.title}: {_('đã làm')}", CellKind.INTEGER),
            TableColumn(f"{one.title}: {_('phải làm')}", CellKind.INTEGER),
            TableColumn(f"{one.title}: {_('tỷ lệ')}", CellKind.PERCENT),
        ]
    columns += [TableColumn(str(label), CellKind.INTEGER) for label in (_("Ghi tại chỗ"), _("Nhập sau"))]
    columns += [TableColumn(str(label), CellKind.INTEGER) for label in (_("Có văn bản"), _("Tự khai"))]
    day = format_date(view.lens.on or timezone.localdate())
    book = Workbook()
    book.add_table(
        Table(
            view.looking.campaign.title,
            columns,
            [_sheet_row(view, row) for row in ([built.own] if built.own else []) + built.rows],
            subtitles=(view.looking.unit.name, _("Số liệu đến ngày %(day)s") % {"day": day}),
            totals=_sheet_row(view, built.top),
            sheet_name=_("Bảng"),
        )
    )
    return book.to_bytes()


def _sheet_row(view: Shown, row: Row) -> list[object]:
    cells: list[object] = [row.name]
    for one in view.indicators:
        share = row.by_code[one.code]
        fraction = None if share.percent is None else share.percent / 100
        cells += [share.part, share.whole, fraction]
    return [*cells, *row.mix.values()]
