"""An official letter as values: who writes to whom, the text in blocks, and the layout as data.

``letters_docx.to_docx`` and ``letters_pdf.to_pdf`` set the same letter. The layouts are values, not code: a
changed rule is a changed number here. Their sources: the Party layout follows HD 36-HD/VPTW (3/4/2018), the
state layout Decree 30/2020/NĐ-CP, Annex I; sizes of the lists of recipients, the dashes under the summary and
the weight of the signing lines follow common practice and wait for the eye of an office clerk.

These papers are always Vietnamese, whatever language the reader of the pages has chosen, so nothing here is
translated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from quantriet.core.text.dates import format_date_in_words


class Align(StrEnum):
    """How the text of a table cell stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Mark(StrEnum):
    """In whose place a person signs."""

    ON_BEHALF = "on_behalf"
    IN_PLACE = "in_place"
    BY_ORDER = "by_order"


@dataclass(frozen=True, slots=True)
class Style:
    """How a part of the letter looks; size in points."""

    size: float
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class NationalLine:
    """A fixed line at the top right."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Layout:
    """The looks of a kind of official paper. Lengths in millimetres, sizes in points, A4.

    ``national_rule`` is the length of the line under the national lines, that of the last of them in Times
    New Roman. ``issuer_mark`` (``*``) stands under the issuer, or a line of length ``issuer_rule``; the same
    for the summary (``abstract_mark``, ``abstract_rule``). A length of 0 draws nothing.
    """

    name: str
    margins: tuple[float, float, float, float]  # top, bottom, left, right
    national: Sequence[NationalLine]
    national_rule: float
    superior: Style
    issuer: Style
    issuer_mark: str
    issuer_rule: float
    number_prefix: str
    number: Style
    place_date: Style
    kind: Style
    abstract: Style
    abstract_mark: str
    abstract_rule: float
    abstract_without_kind: Style
    body: Style
    headings: Sequence[Style]
    table: Style
    recipients_label: Style
    recipients: Style
    authority: Style
    position: Style
    signer: Style
    marks: Mapping[Mark, str]
    page_number: Style
    left_share: float
    indent: float = 12.7
    line_spacing: float = 1.15
    paragraph_gap: float = 6.0


PARTY = Layout(
    name="party",
    margins=(20, 20, 30, 15),
    national=(NationalLine("ĐẢNG CỘNG SẢN VIỆT NAM", Style(15, bold=True)),),
    national_rule=72.7,
    superior=Style(14),
    issuer=Style(14, bold=True),
    issuer_mark="*",
    issuer_rule=0,
    number_prefix="Số ",
    number=Style(14),
    place_date=Style(14, italic=True),
    kind=Style(16, bold=True),
    abstract=Style(14, bold=True),
    abstract_mark="-----",
    abstract_rule=0,
    abstract_without_kind=Style(12, italic=True),
    body=Style(14),
    headings=(Style(14, bold=True), Style(14, bold=True), Style(14, bold=True, italic=True)),
    table=Style(12),
    recipients_label=Style(14, underline=True),
    recipients=Style(12),
    authority=Style(14, bold=True),
    position=Style(14),
    signer=Style(14, bold=True),
    marks={Mark.ON_BEHALF: "T/M", Mark.IN_PLACE: "K/T", Mark.BY_ORDER: "T/L"},
    page_number=Style(14),
    left_share=0.42,
)

STATE = Layout(
    name="state",
    margins=(20, 20, 30, 15),
    national=(
        NationalLine("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Style(12, bold=True)),
        NationalLine("Độc lập - Tự do - Hạnh phúc", Style(13, bold=True)),
    ),
    national_rule=56.1,
    superior=Style(12),
    issuer=Style(12, bold=True),
    issuer_mark="",
    issuer_rule=25,
    number_prefix="Số: ",
    number=Style(13),
    place_date=Style(13, italic=True),
    kind=Style(14, bold=True),
    abstract=Style(14, bold=True),
    abstract_mark="",
    abstract_rule=50,
    abstract_without_kind=Style(12),
    body=Style(14),
    headings=(Style(14, bold=True), Style(14, bold=True), Style(14, bold=True, italic=True)),
    table=Style(12),
    recipients_label=Style(12, bold=True, italic=True),
    recipients=Style(11),
    authority=Style(14, bold=True),
    position=Style(14, bold=True),
    signer=Style(14, bold=True),
    marks={Mark.ON_BEHALF: "TM.", Mark.IN_PLACE: "KT.", Mark.BY_ORDER: "TL."},
    page_number=Style(14),
    left_share=0.45,
)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body with its number written in it (`I. TÌNH HÌNH`); level 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A justified paragraph with an indented first line: a text or several runs."""

    runs: str | Sequence[Run]


@dataclass(frozen=True, slots=True)
class Bullet:
    """A paragraph that begins with a dash, as official papers list things."""

    runs: str | Sequence[Run]


@dataclass(frozen=True, slots=True)
class LetterColumn:
    """A table column: its share of the width against the others and how its cells stand."""

    share: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A header cell that may reach over several columns and rows."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table: header rows (repeated on each page), rows of texts, and a bold last row of totals.

    Header cells fill the grid from left to right, as in HTML: a place held by a cell from above is passed.
    """

    columns: Sequence[LetterColumn]
    header: Sequence[Sequence[HeaderCell]]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Bullet | TableBlock | PageBreak


@dataclass(frozen=True, slots=True)
class Annex:
    """An appendix after the signature, on pages of its own (on their side if wide): `Phụ lục 1`, title."""

    label: str
    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """A line of authority over the signer's post: `T/M BAN THƯỜNG VỤ`."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: lines of authority, the post (`BÍ THƯ`), the name; room for signature and seal between."""

    position: str
    name: str = ""
    authority: Sequence[Authority] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """An official letter. ``number`` is without `Số` (`05-BC/ĐU`); ``day`` None leaves room to write it in.

    With a type name (`BÁO CÁO`) the summary stands under it in the middle; without one (công văn) it stands
    under the number, and ``addressees`` follow as `Kính gửi`.
    """

    layout: Layout
    superior: str
    issuer: str
    number: str
    place: str
    day: date | None
    kind_name: str
    abstract: str
    body: Sequence[Block]
    recipients: Sequence[str]
    signature: Signature
    addressees: Sequence[str] = ()
    annexes: Sequence[Annex] = field(default=())

    @property
    def number_line(self) -> str:
        """`Số 05-BC/ĐU`."""
        return f"{self.layout.number_prefix}{self.number}"

    @property
    def place_date_line(self) -> str:
        """`Hạ Long, ngày 20 tháng 02 năm 2018`; gaps where the day is not known."""
        blank = "\N{NO-BREAK SPACE}" * 6
        words = format_date_in_words(self.day) if self.day else f"ngày{blank}tháng{blank}năm{blank}"
        return f"{self.place}, {words}"

    @property
    def authority_lines(self) -> list[str]:
        """The lines of authority with the layout's marks."""
        return [f"{self.layout.marks[line.mark]} {line.text}" for line in self.signature.authority]


def runs_of(text: str | Sequence[Run]) -> Sequence[Run]:
    """A plain text as one run."""
    return (Run(text),) if isinstance(text, str) else text


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A header cell with the column (from 0) it begins in."""

    column: int
    cell: HeaderCell


def placed_header(table: TableBlock) -> list[list[PlacedCell]]:
    """The header rows with each cell's column; raises ValueError where the spans do not fill the grid."""
    width = len(table.columns)
    held: set[tuple[int, int]] = set()
    placed: list[list[PlacedCell]] = []
    for row, cells in enumerate(table.header):
        column = 0
        placed.append([])
        for cell in cells:
            while (row, column) in held:
                column += 1
            places = {
                (row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)
            }
            if places & held or column + cell.columns > width:
                raise ValueError(f"header cell does not fit: {cell.text}")
            held |= places
            placed[-1].append(PlacedCell(column, cell))
    if held != {(row, column) for row in range(len(table.header)) for column in range(width)}:
        raise ValueError("the header does not fill its grid")
    return placed


def check_rows(table: TableBlock) -> None:
    """Every row and the totals have as many cells as there are columns; raises ValueError."""
    for cells in [*table.rows, *([table.totals] if table.totals is not None else [])]:
        if len(cells) != len(table.columns):
            raise ValueError(f"a row of {len(cells)} cells in a table of {len(table.columns)} columns")
