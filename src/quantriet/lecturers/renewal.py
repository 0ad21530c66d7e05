"""What a sheet of the corps (kiện toàn) says: who serves, in what, and who leaves. No database.

A person is found by his card or by his name, with birth and unit where the sheet tells them; a name that fits several
is asked about, one that fits nobody is a fault: people are entered in the list of people first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from quantriet.core.office.cells import CellValue, Fault, SheetRow
from quantriet.core.office.columns import Column, FoundColumns, find_header, header_key, recognise_columns
from quantriet.core.office.sheets_in import Sheet
from quantriet.core.text import TextError, clean_line, fold, parse_date, parse_int, same_name
from quantriet.lecturers.choices import Corps, Language, Subject
from quantriet.lecturers.models.corps import MOST_LOAD, USUAL_LOAD

COLUMNS = (
    Column("name", "Họ và tên", ("Họ tên", "Họ, tên", "Tên")),
    Column("birth", "Ngày sinh", ("Năm sinh", "Ngày tháng năm sinh"), required=False),
    Column("card", "Số thẻ", ("Số thẻ đảng viên", "Số thẻ đảng", "Mã người"), required=False),
    Column("unit", "Mã đơn vị", ("Đơn vị", "Mã tổ chức đảng", "Đơn vị công tác"), required=False),
    Column("corps", "Lực lượng", ("Loại", "Đối tượng", "Là"), required=False),
    Column("subjects", "Lĩnh vực", ("Chuyên đề", "Lĩnh vực phụ trách")),
    Column("languages", "Ngôn ngữ", ("Tiếng dân tộc", "Ngoại ngữ"), required=False),
    Column("area", "Địa bàn", ("Mã địa bàn", "Địa bàn phụ trách"), required=False),
    Column("most", "Số buổi một tháng", ("Số buổi/tháng", "Số buổi"), required=False),
    Column("leaves", "Hình thức", ("Kiện toàn", "Tình trạng", "Ghi chú"), required=False),
)

STAYS = ("", "mới", "bổ sung", "tiếp tục", "giữ", "cũ")
LEAVES = ("thôi", "miễn nhiệm", "cho thôi", "nghỉ")
_STAYS, _LEAVES = ({header_key(word) for word in words} for words in (STAYS, LEAVES))


@dataclass(frozen=True)
class Known:
    """A person of the actor's units, as far as a sheet can name him. ``card``: blind index of the owner's code."""

    person_id: int
    full_name: str
    unit_code: str
    unit_name: str
    birth_date: date | None = None
    birth_year: int | None = None
    card: bytes | None = None


@dataclass(frozen=True)
class House:
    """What the reader must know: people who bear names of the sheet, units by code, how cards are indexed."""

    people: Sequence[Known]
    areas: Mapping[str, int]
    cards: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class RenewalLine:
    """A row of the sheet: whom it is about, or whom it may be about (to be asked)."""

    row: int
    name: str
    person_id: int | None
    candidates: tuple[Known, ...]
    corps: str
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    area_id: int | None
    most: int
    leaves: bool


@dataclass(frozen=True)
class RenewalSheet:
    """The lines of a sheet and every fault with its cell; a row with a fault gives no line."""

    lines: tuple[RenewalLine, ...]
    faults: tuple[Fault, ...]

    @property
    def questions(self) -> list[RenewalLine]:
        """Rows whose person must be chosen by somebody."""
        return [line for line in self.lines if line.person_id is None]


class _WrongError(ValueError):
    """A cell that cannot be read: its column, a code and a sentence."""

    def __init__(self, column: str, code: str, sentence: str) -> None:
        super().__init__(code)
        self.column, self.code, self.sentence = column, code, sentence


def found_columns(sheet: Sheet) -> FoundColumns:
    """Where the columns stand; refuses with ``sheet.no_header``."""
    return recognise_columns(find_header(sheet.rows, COLUMNS), COLUMNS, sheet.merged)


def told_in(sheet: Sheet, name: str) -> set[str]:
    """The different texts of a column, for looking up what they name."""
    columns = found_columns(sheet)
    rows = [row for row in sheet.rows if row.number > columns.header_row]
    return {text for row in rows if (text := _text(row, columns, name))}


def read(sheet: Sheet, house: House, answers: Mapping[int, int]) -> RenewalSheet:
    """Understand a sheet. ``answers``: row → the person chosen for it."""
    columns = found_columns(sheet)
    if columns.faults:
        return RenewalSheet((), columns.faults)
    lines: dict[tuple[int, str], RenewalLine] = {}
    faults: list[Fault] = []
    for row in sheet.rows:
        if row.number <= columns.header_row or not _text(row, columns, "name"):
            continue
        try:
            line = _line(row, columns, house, answers)
        except _WrongError as error:
            faults.append(columns.fault(row, error.column, error.code, error.sentence))
            continue
        key = (line.person_id or -line.row, line.corps)
        if key in lines:
            sentence = _("Trùng với dòng {row}. Hãy bỏ một dòng.").format(row=lines[key].row)
            faults.append(columns.fault(row, "name", "renewal.twice", sentence))
        lines.setdefault(key, line)
    return RenewalSheet(tuple(lines.values()), tuple(faults))


def _text(row: SheetRow, columns: FoundColumns, name: str) -> str:
    return clean_line(row.text(columns.positions[name])) if name in columns.positions else ""


def _line(row: SheetRow, columns: FoundColumns, house: House, answers: Mapping[int, int]) -> RenewalLine:
    leaves = _leaves(_text(row, columns, "leaves"))
    maybe = _who(row, columns, house)
    chosen = {one.person_id for one in maybe} & {answers.get(row.number, 0)}
    person_id = maybe[0].person_id if len(maybe) == 1 else next(iter(chosen), None)
    subjects = _words("subjects", _text(row, columns, "subjects"), Subject.choices)
    if not subjects and not leaves:
        raise _WrongError("subjects", "renewal.subjects", _("Thiếu lĩnh vực. Hãy ghi ít nhất một lĩnh vực."))
    return RenewalLine(
        row=row.number,
        name=_text(row, columns, "name"),
        person_id=person_id,
        candidates=() if person_id else tuple(maybe),
        corps=_corps(_text(row, columns, "corps")),
        subjects=subjects,
        languages=_words("languages", _text(row, columns, "languages"), Language.choices),
        area_id=_area(_text(row, columns, "area"), house),
        most=_most(_text(row, columns, "most")),
        leaves=leaves,
    )


def _leaves(text: str) -> bool:
    word = header_key(text)
    if word in _LEAVES or word in _STAYS:
        return word in _LEAVES
    raise _WrongError(
        "leaves",
        "renewal.leaves",
        _("Không hiểu “{text}”. Hãy ghi: mới, tiếp tục hoặc thôi.").format(text=text),
    )


def _corps(text: str) -> str:
    if not text:
        return Corps.LECTURER.value
    words = {header_key(str(label)): code for code, label in Corps.choices} | {
        "bcv": "lecturer",
        "ttv": "communicator",
    }
    found = words.get(header_key(text))
    if found is None:
        raise _WrongError("corps", "renewal.corps", _("Hãy ghi “báo cáo viên” hoặc “tuyên truyền viên”."))
    return found


def _words(column: str, text: str, choices: Sequence[tuple[str, str | Promise]]) -> tuple[str, ...]:
    """Words of a list parted by ``;``, or by commas where every part is a word of the list."""
    known = {header_key(word): code for code, label in choices for word in (code, str(label))}
    known |= {key.removeprefix("tieng"): code for key, code in known.items()}
    whole = [part for part in text.replace("\n", ";").split(";") if part.strip()]
    found: list[str] = []
    for part in whole:
        keys = [header_key(part)]
        if keys[0] not in known:
            keys = [header_key(piece) for piece in part.split(",") if piece.strip()]
        if any(key not in known for key in keys):
            sentence = _("Không hiểu “{text}”. Hãy ghi, cách nhau bằng dấu chấm phẩy: {words}.")
            told = "; ".join(str(label) for _code, label in choices)
            raise _WrongError(column, f"renewal.{column}", sentence.format(text=part.strip(), words=told))
        found += [known[key] for key in keys]
    return tuple(dict.fromkeys(found))


def _area(text: str, house: House) -> int | None:
    if not text:
        return None
    if text not in house.areas:
        raise _WrongError(
            "area",
            "renewal.area",
            _("Không có đơn vị mã “{code}” trong phạm vi của bạn. Hãy xem lại mã.").format(code=text),
        )
    return house.areas[text]


def _most(text: str) -> int:
    if not text:
        return USUAL_LOAD
    try:
        number = parse_int(text)
    except TextError as error:
        raise _WrongError("most", "renewal.most", error.sentence) from error
    if not 0 <= number <= MOST_LOAD:
        raise _WrongError("most", "renewal.most", _("Hãy ghi số từ 0 đến {most}.").format(most=MOST_LOAD))
    return number


def _who(row: SheetRow, columns: FoundColumns, house: House) -> list[Known]:
    """Whom a row can mean; never nobody."""
    name = _text(row, columns, "name")
    same = [one for one in house.people if same_name(one.full_name, name)]
    card = house.cards.get(_text(row, columns, "card"))
    by_card = [one for one in same if card is not None and one.card == card]
    unit = header_key(_text(row, columns, "unit"))
    fitting = by_card or [
        one
        for one in same
        if born_alike(one, columns.value(row, "birth"))
        and (not unit or unit in (header_key(one.unit_code), header_key(one.unit_name)))
    ]
    if not fitting:
        raise _WrongError(
            "name",
            "renewal.unknown_person",
            _(
                "Không có ai tên, ngày sinh, đơn vị như vậy trong danh sách người của các đơn vị bạn phụ trách. "
                "Hãy sửa dòng này, hoặc nhập người đó vào danh sách người trước."
            ),
        )
    return fitting


def born_alike(one: Known, told: CellValue) -> bool:
    """Whether the birth a sheet tells does not contradict what is known; what is not told contradicts nothing."""
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
    if one.birth_date is None:
        return one.birth_year in (None, born.year)
    return one.birth_date == born


def folded_names(sheet: Sheet) -> set[str]:
    """The names of a sheet in the form people are stored under."""
    return {fold(name) for name in told_in(sheet, "name")}
