"""What an attendance sheet means: our own, the export of the national member handbook, the join log of a
meeting. No database: the caller gives the rows and who is expected at the site; back come marks by row and
every fault with its cell. A name that fits nobody, or several, is asked about, never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property

from django.utils.translation import gettext as _

from quantriet.conferences import codes
from quantriet.conferences.log_days import Order, Unclear, order_of, written
from quantriet.conferences.verdicts import Act, Ask
from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import Column, FoundColumns, find_header, recognise_columns
from quantriet.core.office.sheets_in import Sheet
from quantriet.core.text import VIETNAM, TextError, clean_line, fold, parse_date, same_name

_NAMES = (
    "Họ tên", "Họ, tên", "Tên", "Người tham gia", "Tên hiển thị", "Name", "Full name", "Participant",
    "Name (Original Name)", "First name",
)  # fmt: skip
_INS = (
    "Thời gian điểm danh", "Giờ vào", "Thời gian vào", "Thời gian tham gia", "Join time", "First join", "Joined at",
    "Time joined",
)  # fmt: skip
_OUTS = ("Thời gian ra", "Thời gian rời", "Leave time", "Last leave", "Left at", "Time exited")
_LENGTHS = ("Thời lượng (phút)", "Duration", "Duration (minutes)", "In-meeting duration")

COLUMNS = (
    Column("code", "Mã điểm danh", ("Mã", "Mã thẻ điểm danh"), required=False),
    Column("name", "Họ và tên", _NAMES),
    Column("family", "Họ", ("Họ đệm", "Họ và tên đệm", "Họ và đệm", "Last name"), required=False),
    Column("birth", "Ngày sinh", ("Năm sinh", "Ngày tháng năm sinh"), required=False),
    Column("card", "Số thẻ", ("Số thẻ đảng viên", "Số thẻ đảng", "Số TĐV"), required=False),
    Column(
        "state",
        "Trạng thái điểm danh",
        ("Trạng thái", "Điểm danh", "Có mặt", "Tình trạng", "Status"),
        required=False,
    ),
    Column("in", "Thời gian", _INS, required=False),
    Column("out", "Giờ ra", _OUTS, required=False),
    Column("duration", "Thời lượng", _LENGTHS, required=False),
    Column("excuse", "Lý do", ("Lý do vắng", "Ghi chú"), required=False),
)

_STATES: dict[Act, tuple[str, ...]] = {
    Act.PRESENT: ("có mặt", "x", "1", "có", "đã điểm danh", "đủ", "present", "tham gia", "đã tham gia", "đúng giờ"),
    Act.LATE: ("muộn", "đến muộn", "đi muộn", "đi trễ", "trễ", "late"),
    Act.EXCUSED: ("vắng có lý do", "có lý do", "vắng có phép", "có phép", "p", "cp", "excused"),
    Act.ABSENT: (
        "vắng", "0", "v", "không", "vắng không lý do", "vắng không phép", "không phép", "kp", "chưa điểm danh",
        "absent", "không tham gia",
    ),
}  # fmt: skip
_BY_WORD = {fold(word): act for act, words in _STATES.items() for word in words}
_TICKS = ("v", "✓", "✔", "√", "+")
_BY_TICK = _BY_WORD | {fold(tick): Act.PRESENT for tick in _TICKS}
"""In a column called "Có mặt" a tick says that somebody came; anywhere else "v" is short for vắng."""
_CLOCK = re.compile(
    r"(?P<day>.*?)\s*\b(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::\d{2})?\s*(?P<half>[AaPp][Mm]|SA|CH)?$"
)
_AFTERNOON = frozenset({"PM", "CH"})
_SECTION = re.compile(r"\d+\. \S.*")
"""What begins the next part of a Teams report, alone in its row."""


@dataclass(frozen=True)
class Expected:
    """Somebody expected at the site, as far as a sheet can name him. ``card``: blind index of the owner's code."""

    person_id: int
    full_name: str
    folded: str
    unit_name: str
    birth_date: date | None = None
    birth_year: int | None = None
    card: bytes | None = None


@dataclass(frozen=True)
class Here:
    """What the reader must know of the site: its day, its codes, its people, how cards are indexed."""

    day: date
    conference_id: int
    key: bytes
    people: Sequence[Expected]
    cards: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> Mapping[str, Expected | None]:
        """Whose each short code is, ``None`` where it is two people's; made once, however many rows carry one."""
        known = {one.person_id: one for one in self.people}
        shorts = codes.short_codes(self.key, self.conference_id, known)
        return {code: None if person_id is None else known[person_id] for code, person_id in shorts.items()}

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """The names of everybody expected, for telling which way round a name is written."""
        return frozenset(one.folded for one in self.people)


@dataclass(frozen=True)
class SheetMark:
    """A row that says something: whom it is about, or whom it may be about (to be asked)."""

    row: int
    name: str
    person_id: int | None
    candidates: tuple[Expected, ...]
    ask: Ask


@dataclass(frozen=True)
class Reading:
    """A sheet as understood: marks, rows to be asked about, faults, and how many rows said nothing."""

    marks: tuple[SheetMark, ...]
    faults: tuple[Fault, ...]
    header_row: int
    silent: int
    order: Order = Order.DAY_FIRST
    unclear: Unclear | None = None

    @property
    def is_settled(self) -> bool:
        """Nothing is wrong in it and nothing is to be asked."""
        return not self.faults and not self.questions and self.unclear is None

    @property
    def questions(self) -> list[SheetMark]:
        """Rows whose person must be chosen by somebody."""
        return [mark for mark in self.marks if mark.person_id is None]


def read(sheet: Sheet, here: Here, answers: Mapping[int, int], order: Order | None = None) -> Reading:
    """Understand a sheet. ``answers``: row → person chosen for it, or 0 for "none of them, leave it out".
    ``order``: how somebody said its days are written; without it the sheet decides, or ``unclear`` asks.

    Refuses with ``sheet.no_header`` when no row names the columns, ``attendance.days_mixed``.
    """
    header = find_header(sheet.rows, COLUMNS)
    columns = recognise_columns(header, COLUMNS, sheet.merged)
    if columns.faults:
        return Reading((), columns.faults, columns.header_row, 0)
    rows = _table(sheet.rows, columns)
    found = order or _order(rows, header, columns, here.day)
    if isinstance(found, Unclear):
        return Reading((), (), columns.header_row, 0, unclear=found)
    states = _BY_TICK if fold(columns_text(header, columns, "state")) == fold("Có mặt") else _BY_WORD
    return _read_rows(rows, columns, here, answers, found, states=states)


def _table(rows: Sequence[SheetRow], columns: FoundColumns) -> list[SheetRow]:
    """The rows below the header that name somebody, up to the next part of a report of several."""
    table: list[SheetRow] = []
    for row in rows:
        if row.number <= columns.header_row:
            continue
        told = [text for place in range(len(row.values)) if (text := clean_line(row.text(place)))]
        if len(told) == 1 and _SECTION.fullmatch(told[0]):
            break
        if _name(row, columns):
            table.append(row)
    return table


def _order(rows: Sequence[SheetRow], header: SheetRow, columns: FoundColumns, day: date) -> Order | Unclear:
    moments = [name for name in ("in", "out") if name in columns.positions]
    cells = [columns.value(row, name) for row in rows for name in moments]
    return order_of(cells, [columns_text(header, columns, name) for name in moments], day)


def _read_rows(
    rows: Sequence[SheetRow],
    columns: FoundColumns,
    here: Here,
    answers: Mapping[int, int],
    order: Order,
    *,
    states: Mapping[str, Act],
) -> Reading:
    faults: list[Fault] = []
    marks: dict[int | str, SheetMark] = {}
    silent = 0
    is_log = "state" not in columns.positions
    clock = _Clock(here.day, order)
    for row in rows:
        ask = _ask(row, columns, clock, faults, None if is_log else states)
        if ask is None:
            silent += 1
            continue
        mark = _whose(row, columns, here, ask, faults)
        if mark is None:
            continue
        if mark.person_id is None and row.number in answers:
            if not answers[row.number]:
                silent += 1
                continue
            chosen = {one.person_id for one in mark.candidates}
            mark = replace(mark, person_id=answers[row.number] if answers[row.number] in chosen else None)
        _keep(mark, marks, columns, row, faults, is_log=is_log)
    return Reading(tuple(marks.values()), tuple(faults), columns.header_row, silent, order)


def _keep(
    mark: SheetMark,
    marks: dict[int | str, SheetMark],
    columns: FoundColumns,
    row: SheetRow,
    faults: list[Fault],
    *,
    is_log: bool,
) -> None:
    """A log tells a person several times (line lost, came back): one stay from first to last."""
    key: int | str = mark.person_id or f"row {mark.row}"
    before = marks.get(key)
    if before is None:
        marks[key] = mark
    elif is_log:
        ins = [at for at in (before.ask.at, mark.ask.at) if at is not None]
        outs = [at for at in (before.ask.out_at, mark.ask.out_at) if at is not None]
        merged = replace(before.ask, at=min(ins) if ins else None, out_at=max(outs) if outs else None)
        marks[key] = replace(before, ask=merged)
    else:
        sentence = _("Người này đã có ở dòng {row}. Hãy xóa bớt một dòng.").format(row=before.row)
        faults.append(columns.fault(row, "name", "attendance.person_twice", sentence))


@dataclass(frozen=True)
class _Clock:
    """Reads the moments of a sheet: the day of the session, and how its days are written."""

    day: date
    order: Order

    def moment(self, value: CellValue) -> datetime | None:
        """A moment of the day of the session; raises ``ValueError`` for another day or what is no time."""
        if isinstance(value, datetime):
            found = self._of_cell(value)
        elif isinstance(value, time):
            found = datetime.combine(self.day, value, tzinfo=VIETNAM)
        elif isinstance(value, date):
            raise ValueError(value)  # noqa: TRY004 - a date without an hour is a fault of the cell
        else:
            text = clean_line(value)
            if not text:
                return None
            found = self._of_text(text)
        if found.date() != self.day:
            raise ValueError(value)
        return found

    def _of_cell(self, value: datetime) -> datetime:
        """A true date of a spreadsheet, the right way round again where the sheet has the month first."""
        if value.tzinfo is not None:
            return value.astimezone(VIETNAM)
        return datetime.combine(self._day_of(value), value.time(), tzinfo=VIETNAM)

    def _of_text(self, text: str) -> datetime:
        if "T" in text:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValueError(text)
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].upper() in _AFTERNOON else 0)
        at = time(hour, int(found["minute"]))
        told = found["day"].strip(" ,")
        return datetime.combine(self._day_of(told) if told else self.day, at, tzinfo=VIETNAM)

    def _day_of(self, told: str | datetime) -> date:
        one = written(told)
        if one is not None:
            day = one.on(self.order)
            if day is None:
                raise ValueError(told)
            return day
        try:
            return parse_date(told)
        except TextError as error:
            raise ValueError(told) from error


def _ask(
    row: SheetRow,
    columns: FoundColumns,
    clock: _Clock,
    faults: list[Fault],
    states: Mapping[str, Act] | None,
) -> Ask | None:
    """What a row says of its person; ``None`` when it says nothing or cannot be read (a fault tells). ``states``: what
    the words of the list mean; ``None``: a join log, in which everybody came.
    """
    act = Act.PRESENT
    if states is not None:
        word = fold(clean_line(columns_text(row, columns, "state")))
        if not word:
            return None
        found = states.get(word)
        if found is None:
            sentence = _("Không hiểu trạng thái này. Hãy ghi: có mặt, muộn, vắng có lý do, hoặc vắng.")
            faults.append(columns.fault(row, "state", "attendance.state_unknown", sentence))
            return None
        act = found
    try:
        at = clock.moment(columns.value(row, "in"))
    except ValueError:
        faults.append(columns.fault(row, "in", "attendance.time_unread", _time_sentence(clock.day)))
        return None
    try:
        out_at = clock.moment(columns.value(row, "out"))
    except ValueError:
        faults.append(columns.fault(row, "out", "attendance.time_unread", _time_sentence(clock.day)))
        return None
    if at is not None and out_at is not None and out_at < at:
        sentence = _("Giờ ra trước giờ vào. Hãy sửa một trong hai giờ.")
        faults.append(columns.fault(row, "out", "attendance.out_before_in", sentence))
        return None
    came = act in (Act.PRESENT, Act.LATE)
    excuse = clean_line(columns_text(row, columns, "excuse")) if act is Act.EXCUSED else ""
    # A sheet that says "có mặt" with an hour is believed in both: the hour decides late or not.
    return Ask(
        act, at=at if came and act is not Act.LATE else None, out_at=out_at if came else None, excuse=excuse
    )


def columns_text(row: SheetRow, columns: FoundColumns, name: str) -> str:
    """The cell of a wanted column as text; empty when the column is not there."""
    return row.text(columns.positions[name]) if name in columns.positions else ""


def _time_sentence(day: date) -> str:
    return _("Không đọc được giờ, hoặc không phải ngày họp {day}. Hãy ghi như 07:35.").format(
        day=day.strftime("%d/%m/%Y")
    )


def _whose(
    row: SheetRow, columns: FoundColumns, here: Here, ask: Ask, faults: list[Fault]
) -> SheetMark | None:
    """Whose row it is: by our code, by card, by name with birth; else the people it may be."""
    name = _name_among(here, row, columns)
    typed = codes.read_short(columns_text(row, columns, "code"))
    if typed:
        known = here.by_code.get(typed)
        if known is None or not same_name(known.full_name, name):
            sentence = _("Mã này không phải của người trong danh sách điểm này. Hãy xóa mã để tìm theo tên.")
            faults.append(columns.fault(row, "code", "attendance.forged_code", sentence))
            return None
        return SheetMark(row.number, name, known.person_id, (), ask)
    certain = _certain(row, columns, here, name)
    if certain is not None:
        return SheetMark(row.number, name, certain.person_id, (), ask)
    folded = f" {fold(name)} "
    maybe = [one for one in here.people if same_name(one.full_name, name)] or [
        one for one in here.people if f" {one.folded} " in folded or folded in f" {one.folded} "
    ]
    if not maybe:
        sentence = _(
            "Không có ai tên này trong danh sách của điểm. Hãy sửa tên, hoặc xóa dòng và ghi vào mục khách."
        )
        faults.append(columns.fault(row, "name", "attendance.unknown_person", sentence))
        return None
    return SheetMark(row.number, name, None, tuple(maybe), ask)


def _name(row: SheetRow, columns: FoundColumns) -> str:
    """The name of a row; family name first where it has a column of its own."""
    parts = (columns_text(row, columns, "family"), columns_text(row, columns, "name"))
    return clean_line(" ".join(parts))


def _name_among(here: Here, row: SheetRow, columns: FoundColumns) -> str:
    """The name of a row. People fill in "first" and "last" either way round: the way that is somebody's counts."""
    name = _name(row, columns)
    turned = clean_line(f"{columns_text(row, columns, 'name')} {columns_text(row, columns, 'family')}")
    return turned if fold(name) not in here.folded_names and fold(turned) in here.folded_names else name


def _certain(row: SheetRow, columns: FoundColumns, here: Here, name: str) -> Expected | None:
    """The one person a row can only mean: his card and name, or his name where birth leaves nobody else."""
    card = here.cards.get(clean_line(columns_text(row, columns, "card")))
    by_card = [one for one in here.people if card is not None and one.card == card]
    if len(by_card) == 1 and same_name(by_card[0].full_name, name):
        return by_card[0]
    same = [one for one in here.people if same_name(one.full_name, name)]
    fitting = [one for one in same if _born_alike(one, columns.value(row, "birth"))]
    told_birth = bool(columns_text(row, columns, "birth"))
    return fitting[0] if len(fitting) == 1 and (told_birth or len(same) == 1) else None


def _born_alike(one: Expected, told: CellValue) -> bool:
    """Whether the birth told by a sheet contradicts what is known; what is not told contradicts nothing."""
    text = told.strftime("%d/%m/%Y") if isinstance(told, date) else clean_line(str(told))
    if not text:
        return True
    if text.isdecimal() and len(text) == 4:
        year = one.birth_year or (one.birth_date.year if one.birth_date else None)
        return year is None or year == int(text)
    try:
        born = parse_date(text)
    except TextError:
        return False
    return one.birth_date is None or one.birth_date == born
