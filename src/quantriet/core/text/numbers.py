"""Numbers and percentages as an office writes them: 1.356 and 92,4 % (1.356/1.468).

The blank before the percent sign does not break: no line ends between a number and its sign.

One rounding rule for the whole product: half up, in decimal arithmetic; and a percentage never shows 100
unless all are counted, nor 0 unless none is. 1.467 of 1.468 is 99,9 %, one of 10.000 is 0,1 %, and 10.001
of 10.000 is 100,1 %. The exact values are written without decimals: 100 % and 0 %.
With nothing to divide by there is no percentage: a dash.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .errors import TextError


@dataclass(frozen=True)
class NumberStyle:
    """How a language writes numbers: its signs and what stands between a number and its percent sign."""

    group: str
    decimal: str
    percent: str
    nothing: str = "–"


VIETNAMESE = NumberStyle(group=".", decimal=",", percent="\N{NO-BREAK SPACE}%")
ENGLISH = NumberStyle(group=",", decimal=".", percent="%")

_LONGEST = 200
_BLANKS = re.compile(r"\s")


def format_int(number: int, style: NumberStyle = VIETNAMESE) -> str:
    """Write a whole number: 1356 as `1.356`."""
    return f"{number:,}".replace(",", style.group)


def format_decimal(number: Decimal | int, places: int = 1, style: NumberStyle = VIETNAMESE) -> str:
    """Write a number with a fixed count of decimals, rounded half up: 1234.56 as `1.234,6`."""
    rounded = _round(Decimal(number), places)
    whole, _, rest = f"{rounded:,f}".partition(".")
    whole = whole.replace(",", style.group)
    return f"{whole}{style.decimal}{rest}" if rest else whole


def percent_value(numerator: int, denominator: int, places: int = 1) -> Decimal | None:
    """Give the percentage by the product's rounding rule; None when there is nothing to divide by.

    For charts and exports, so that every door shows the same figure.
    """
    if denominator < 0:
        raise ValueError("the denominator of a percentage is a count")
    if denominator == 0:
        return None
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    rounded = _round(exact, places)
    step = Decimal(1).scaleb(-places)
    # The comparison is made on the counts: the quotient itself is already rounded to 28 digits.
    if rounded == 100 and numerator != denominator:
        return rounded - step if numerator < denominator else rounded + step
    if rounded == 0 and numerator:
        return step if numerator > 0 else -step
    return rounded


def format_percent(numerator: int, denominator: int, places: int = 1, style: NumberStyle = VIETNAMESE) -> str:
    """Write one count as a share of another: `92,4 %`; a dash when there is nothing to divide by."""
    value = percent_value(numerator, denominator, places)
    if value is None:
        return style.nothing
    is_whole = value == 0 or numerator == denominator
    return format_decimal(value, 0 if is_whole else places, style) + style.percent


def format_share(numerator: int, denominator: int, places: int = 1, style: NumberStyle = VIETNAMESE) -> str:
    """Write a percentage with both its counts: `92,4 % (1.356/1.468)`; a dash without a denominator."""
    percent = format_percent(numerator, denominator, places, style)
    if denominator == 0:
        return percent
    return f"{percent} ({format_int(numerator, style)}/{format_int(denominator, style)})"


def parse_int(text: str, style: NumberStyle = VIETNAMESE) -> int:
    """Read a whole number written plainly or in groups of three (`1.356`, `1 356`, `1356`).

    `1,5`, `1.35` and words are refused (`number_unreadable`), an empty text is `number_empty`.
    """
    compact = _compact(text)
    group = re.escape(style.group)
    if not re.fullmatch(rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)", compact):
        raise TextError("number_unreadable", text)
    return int(compact.replace(style.group, ""))


def parse_decimal(text: str, style: NumberStyle = VIETNAMESE) -> Decimal:
    """Read a number with or without decimals: `1.234,56`."""
    compact = _compact(text)
    group, decimal = re.escape(style.group), re.escape(style.decimal)
    pattern = rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)(?:{decimal}[0-9]+)?"
    if not re.fullmatch(pattern, compact):
        raise TextError("number_unreadable", text)
    return Decimal(compact.replace(style.group, "").replace(style.decimal, "."))


def parse_percent(text: str, style: NumberStyle = VIETNAMESE) -> Decimal:
    """Read a percentage with its sign (`97,8 %`, `97,8%`) as the number before the sign: 97.8."""
    compact = _compact(text)
    if not compact.endswith("%"):
        raise TextError("number_unreadable", text)
    return parse_decimal(compact[:-1], style)


def _compact(text: str) -> str:
    """Take out blanks (no-break ones too) and give the typographic minus its plain form."""
    compact = _BLANKS.sub("", text).replace("\u2212", "-")
    if not compact:
        raise TextError("number_empty", text)
    if len(compact) > _LONGEST:  # Python refuses to read digits by the thousand, with another error
        raise TextError("number_unreadable", text[:_LONGEST])
    return compact


def _round(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0
