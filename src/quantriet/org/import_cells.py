"""What one cell of a sheet of units or people means, and what is wrong with it. No database.

Nothing is guessed: what cannot be read raises ``WrongCellError``. A column of a long sheet repeats the same
few cells, so ``Cells`` reads each different one once.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.office.cells import CellValue, shown
from quantriet.core.office.columns import header_key
from quantriet.core.text import TextError, alphabet, clean_line, legacy, parse_date, parse_int
from quantriet.org.import_words import POSTS, Words

T = TypeVar("T")
KNOWN_CELLS = 50_000
EARLIEST_YEAR = 1900
_NO_NAME = frozenset('=<>{}"|\\')

# Letters of Vietnamese words as they are written today; anything else asks for a closer look.
_VIETNAMESE = "".join(
    sorted(
        {
            unicodedata.normalize("NFC", letter + tone)
            for letter in alphabet.LETTERS
            for tone in alphabet.TONE_MARKS
        }
    )
)
_NOT_VIETNAMESE = re.compile(f"[^\\x20-\\x7e{_VIETNAMESE}{_VIETNAMESE.upper()}]")


class WrongCellError(ValueError):
    """A cell that cannot be read: a code, and a Vietnamese sentence that says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was wrong with a cell that has been read before."""

    code: str
    sentence: str


class Cells(dict[CellValue, T], Generic[T]):
    """Cells of one column by their values, each different one read once. ``otherwise`` stands for a wrong one.

    ``wrong`` holds those that are wrong, ``converted`` those in an old font with the text they became.
    """

    def __init__(self, read: Callable[[CellValue], T], *, otherwise: T) -> None:
        super().__init__()
        self._read = read
        self._otherwise = otherwise
        self.wrong: dict[CellValue, Wrong] = {}
        self.converted: dict[CellValue, str] = {}

    def __missing__(self, cell: CellValue) -> T:
        try:
            self[cell] = self._read(cell)
        except WrongCellError as error:
            self.wrong[cell] = Wrong(error.code, error.sentence)
            self[cell] = self._otherwise
        if isinstance(cell, str) and is_old_font(cell):
            self.converted[cell] = text(cell)
        return self[cell]

    def forget(self) -> None:
        """Between two parts of a sheet: a column where every cell differs must not be kept whole."""
        if len(self) > KNOWN_CELLS:
            self.clear()
            self.wrong.clear()
            self.converted.clear()


def is_old_font(cell: str) -> bool:
    """Whether a cell is in TCVN3 or VNI within a sheet of today's text."""
    return not cell.isascii() and bool(_NOT_VIETNAMESE.search(cell)) and legacy.convert(cell).was_changed


def text(cell: CellValue) -> str:
    """A cell as one clean line; old fonts are converted."""
    if not isinstance(cell, str):
        return shown(cell)
    value = cell
    if not value.isascii() and _NOT_VIETNAMESE.search(value):
        value = legacy.convert(value).text
    # The reader of sheets gives composed text without blank ends; only the rare rest needs cleaning.
    return value if value.isprintable() and "  " not in value else clean_line(value)


def old_font_sentence(became: str) -> str:
    """The notice beside a cell that was converted."""
    return _("Đã đổi từ phông cũ thành “{text}”. Hãy xem lại chữ có dấu.").format(text=became)


def optional(cell: CellValue, most: int) -> str:
    """A text that may be missing but must fit."""
    found = text(cell)
    if len(found) > most:
        raise WrongCellError("import.too_long", _("Dài hơn {most} chữ. Hãy viết gọn lại.").format(most=most))
    return found


def required(cell: CellValue, most: int, sentence: str) -> str:
    """A text that must be there and fit; ``sentence`` is said when it is missing."""
    found = optional(cell, most)
    if not found:
        raise WrongCellError("import.empty", sentence)
    return found


def word(cell: CellValue, words: Words[T]) -> T | None:
    """One of the known words; the empty cell is ``None``."""
    found = text(cell)
    if not found:
        return None
    meaning = words.meaning(found)
    if meaning is None:
        sentence = _("Không hiểu “{text}”. Hãy ghi một trong: {words}.").format(text=found, words=words.shown)
        raise WrongCellError("import.word_unknown", sentence)
    return meaning


def day(cell: CellValue) -> date | None:
    """A date: a date cell, dd/mm/yyyy, or Excel's serial number typed as text."""
    if cell == "":
        return None
    try:
        if isinstance(cell, str) and cell.isdecimal() and len(cell) == 5:
            return parse_date(int(cell))
        return parse_date(cell.date() if isinstance(cell, datetime) else cell)
    except TextError as error:
        raise WrongCellError(error.code, _(error.sentence)) from error


_MONTH_AND_YEAR = re.compile(r"(?:(?:0?[1-9]|1[0-2])\s*[/.-]\s*)?(?P<year>\d{4})")


def birth(cell: CellValue) -> tuple[date | None, int | None]:
    """A whole birth date with its year, or a lone year, as old lists have it with a month before it."""
    alone = _MONTH_AND_YEAR.fullmatch(cell.strip()) if isinstance(cell, str) else None
    found = None if alone is not None else day(cell)
    year = int(alone["year"]) if alone is not None else found.year if found is not None else None
    today = timezone.localdate()
    if year is not None and (year > today.year or (found is not None and found > today)):
        raise WrongCellError("import.birth_ahead", _("Ngày sinh ở sau hôm nay. Hãy xem lại."))
    if year is not None and year < EARLIEST_YEAR:
        raise WrongCellError("import.birth_old", _("Năm sinh trước năm 1900. Hãy xem lại."))
    return found, year


def person_name(cell: CellValue, most: int, sentence: str) -> str:
    """A person's name; what a formula or a piece of a page left there is none."""
    found = required(cell, most, sentence)
    if found[0] in "=+-@" or not _NO_NAME.isdisjoint(found):
        raise WrongCellError(
            "import.no_name", _("“{text}” không phải họ tên. Hãy xem lại ô này.").format(text=found[:40])
        )
    return found


def count(cell: CellValue) -> int:
    """A number of members; the empty cell is 0."""
    found = text(cell)
    if not found:
        return 0
    try:
        number = parse_int(found)
    except TextError as error:
        raise WrongCellError(error.code, _(error.sentence)) from error
    if not 0 <= number <= 10_000_000:
        raise WrongCellError("import.count", _("Số thành viên phải từ 0 trở lên."))
    return number


def email(cell: CellValue) -> str:
    """An address of mail, or nothing."""
    found = optional(cell, 254)
    if found and (found.count("@") != 1 or " " in found or found.startswith("@") or found.endswith("@")):
        raise WrongCellError("import.email", _("Địa chỉ thư không đúng dạng."))
    return found


def unit_id(cell: CellValue, ids: Mapping[str, int]) -> int:
    """The unit a code names among those the reader may name."""
    code = text(cell)
    if not code:
        raise WrongCellError("import.empty", _("Thiếu mã đơn vị."))
    if code not in ids:
        sentence = _("Không có đơn vị mã “{code}”. Hãy xem lại mã hoặc nhập đơn vị trước.").format(code=code)
        raise WrongCellError("import.unit_unknown", sentence)
    return ids[code]


def post_of(words: str) -> str:
    """The post that words tell of; unknown words are a post without duty, so none."""
    key = header_key(words)
    if not key:
        return ""
    if key in POSTS:
        return POSTS[key]
    # "Bí thư Đảng ủy xã Mai Châu": the longest known beginning tells the duty.
    beginnings = [known for known in POSTS if key.startswith(known)]
    return POSTS[max(beginnings, key=len)] if beginnings else ""
