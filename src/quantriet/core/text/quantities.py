"""Fractions with percentages in the prose of a report, recomputed.

"1.356/1.468, đạt 97,8 %" was printed in a real report; it is 92,4 %. A report dropped in gets such places
marked. Only what stands in one clause is joined: a count, a slash (or "trên", "trong tổng số"), a count,
a few words, a percentage; or a percentage with the fraction in brackets behind it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from .numbers import percent_value

# Every repetition is bounded, so that a long or hostile text costs no more than its length.
_COUNT = r"\d{1,3}(?:[.\u00a0]\d{3}){1,5}|\d{1,3}(?:,\d{3}){1,5}|\d{1,15}"
_UNIT = r"(?:\s{1,3}[^\W\d_]+){0,4}?"
# Between fraction and percentage: words, then after a comma or bracket only words that join the two; so
# "44/61 đơn vị báo cáo, tỷ lệ nộp bài đạt 85 %" is no claim about 44/61.
_GAP = (
    r"[^\d.,;:()\n%]{0,60}?\s{0,3}[,(:=–-]?\s{0,3}"
    r"(?:(?:đạt|chiếm|bằng|là|tương\s{1,3}ứng|ứng|với|(?:tỷ|tỉ)\s{1,3}(?:lệ|trọng)|mức)\s{0,3})*"
)


def _fraction(side: str) -> str:
    return (
        rf"(?<![\d/.,-])(?P<{side}num>{_COUNT}){_UNIT}"
        rf"(?:\s{{0,3}}/\s{{0,3}}|\s{{1,3}}(?:trên|trong)\s{{1,3}})(?:tổng\s{{1,3}}số\s{{1,3}}|tổng\s{{1,3}})?"
        rf"(?P<{side}den>{_COUNT})(?![\d/]|[.,-]\d)"
    )


def _percent(side: str) -> str:
    return rf"(?P<{side}percent>\d{{1,4}}(?:[.,]\d{{1,6}})?)\s{{0,3}}(?:%|phần\s{{1,3}}trăm)"


_CLAIM = re.compile(
    rf"{_fraction('a')}{_GAP}{_percent('a')}|{_percent('b')}\s{{0,3}}\(\s{{0,3}}{_fraction('b')}",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(
    r"(?:ngày|hôm|sáng|chiều|tối|năm\s{1,3}học|nhiệm\s{1,3}kỳ|giai\s{1,3}đoạn)\s{1,3}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Claim:
    """A percentage a text states of two counts: ``text[start:end]`` is the place.

    ``printed`` is the percentage as printed (its decimals kept), ``computed`` the true one by the product's
    rounding rule with as many decimals, None when the denominator is 0.
    """

    numerator: int
    denominator: int
    printed: Decimal
    computed: Decimal | None
    start: int
    end: int

    @property
    def is_wrong(self) -> bool:
        """Whether the printed percentage differs from the true one at its own precision.

        92,4 and 92 are both right for 1.356/1.468, 97,8 is not; nor is 100 when one is missing. Where the
        truth lies exactly between two figures, either is right.
        """
        if self.computed is None:
            return True
        if self.printed == self.computed:
            return False
        is_whole = self.numerator in {0, self.denominator}
        if is_whole or self.printed in {0, 100}:
            return True
        half = Decimal(1).scaleb(self._exponent) / 2
        return abs(self.printed * self.denominator - self.numerator * 100) > half * self.denominator

    @property
    def _exponent(self) -> int:
        return -_places(self.printed)


def find_claims(text: str) -> list[Claim]:
    """Find the fractions with percentages in an NFC text, in order of place, right and wrong ones."""
    return [_claim(match) for match in _CLAIM.finditer(text) if not _is_time(text, match)]


def _is_time(text: str, match: re.Match[str]) -> bool:
    """Say whether the fraction is a day or a span of years (`ngày 12/01, đạt 97 %`)."""
    start = match.start("anum")
    return start >= 0 and _TIME_BEFORE.search(text, 0, start) is not None


def _claim(match: re.Match[str]) -> Claim:
    side = "a" if match["anum"] else "b"
    numerator, denominator = (_count(match[side + part]) for part in ("num", "den"))
    # A percentage has no groups of thousands: its one sign is the decimal sign, comma or point.
    printed = Decimal(match[side + "percent"].replace(",", "."))
    computed = percent_value(numerator, denominator, _places(printed))
    return Claim(numerator, denominator, printed, computed, match.start(), match.end())


def _count(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
