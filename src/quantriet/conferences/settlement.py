"""Settled attendance: what a session comes to for each person, and how many there are of each. Values in, values out.

Everybody who is summoned is in exactly one outcome, so the outcomes add up to the summons; who came without one stands
beside. People (người) and attendances (lượt) are both told, as the ledger counts them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quantriet.conferences import verdicts
from quantriet.conferences.verdicts import HERE, Known, Meeting


class Outcome(StrEnum):
    """What a session came to for one person."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    TOO_SHORT = "too_short"
    MADE_UP = "made_up"
    SUPERIOR = "superior"
    EXCUSED = "excused"
    ABSENT = "absent"
    UNSAID = "unsaid"
    EXEMPT = "exempt"
    BESIDE = "beside"


WORDS: Mapping[Outcome, Promise] = {
    Outcome.PRESENT: _("Có mặt"),
    Outcome.LATE: _("Đến muộn"),
    Outcome.LEFT_EARLY: _("Về sớm"),
    Outcome.TOO_SHORT: _("Dự không đủ thời gian"),
    Outcome.MADE_UP: _("Học bù"),
    Outcome.SUPERIOR: _("Đã dự ở cấp trên"),
    Outcome.EXCUSED: _("Vắng có lý do"),
    Outcome.ABSENT: _("Vắng"),
    Outcome.UNSAID: _("Chưa ghi"),
    Outcome.EXEMPT: _("Được miễn"),
    Outcome.BESIDE: _("Ngoài danh sách"),
}
"""As lists and sheets say it."""

SUMMONED = tuple(one for one in Outcome if one not in (Outcome.EXEMPT, Outcome.BESIDE))
"""The outcomes of whoever is summoned: their sum is the summons."""

STUDIED = frozenset({Outcome.PRESENT, Outcome.LATE, Outcome.LEFT_EARLY, Outcome.MADE_UP, Outcome.SUPERIOR})
"""After these a person has had the session: a thank-you is due, and no make-up."""

MISSED = frozenset({Outcome.TOO_SHORT, Outcome.EXCUSED, Outcome.ABSENT, Outcome.UNSAID})
"""After these he has not."""


@dataclass(frozen=True)
class Said:
    """What is recorded of one person. ``is_summoned``: he is on the list of the session; hours as they are known, where
    the policy asks how long somebody stayed.
    """

    state: str = ""
    source: str = ""
    left_early: bool = False
    in_at: datetime | None = None
    out_at: datetime | None = None
    is_summoned: bool = True
    is_exempt: bool = False


def outcome(said: Said, meeting: Meeting) -> Outcome:
    """What a session came to for one person. Who was late and left early has left early: the graver of both."""
    if said.state in HERE:
        return _of_those_there(said, meeting)
    if said.state:
        return Outcome.EXCUSED if said.state == "excused" else Outcome.ABSENT
    return Outcome.EXEMPT if said.is_exempt else Outcome.UNSAID


def _of_those_there(said: Said, meeting: Meeting) -> Outcome:
    if not said.is_summoned:
        return Outcome.BESIDE
    if said.source == "superior":
        return Outcome.SUPERIOR
    known = Known(said.state, said.in_at, said.out_at, said.left_early)
    if not verdicts.earns_credit(known, meeting):
        return Outcome.TOO_SHORT
    if said.source == "make_up":
        return Outcome.MADE_UP
    if said.left_early:
        return Outcome.LEFT_EARLY
    return Outcome.LATE if said.state == "late" else Outcome.PRESENT


@dataclass(frozen=True)
class Sums:
    """How many people there are of each outcome, and how many attendances of each kind."""

    of: Mapping[Outcome, int]
    turns: int
    late: int
    left_early: int
    guests: int
    summoned: int | None

    @property
    def people(self) -> int:
        """Who was summoned and has had the session (người)."""
        return sum(self.of.get(one, 0) for one in STUDIED)

    @property
    def missed(self) -> int:
        """Who was summoned and has not."""
        return sum(self.of.get(one, 0) for one in MISSED)


def sums(
    groups: Iterable[tuple[Said, int]],
    meeting: Meeting,
    *,
    summoned: int | None,
    guests: int,
    exempt: int = 0,
) -> Sums:
    """The sums over people of whom the same was said. Whoever is summoned and in no group is unsaid, which is no
    absence; ``summoned`` is ``None`` where no list tells it. ``guests`` are those who are in no register.
    """
    of: Counter[Outcome] = Counter()
    turns = late = early = beside = 0
    for said, count in groups:
        of[outcome(said, meeting)] += count
        if said.state not in HERE or said.source == "superior":
            continue
        turns += count if said.is_summoned else 0
        beside += 0 if said.is_summoned else count
        late += count if said.state == "late" else 0
        early += count if said.left_early else 0
    said_of = sum(of[one] for one in SUMMONED)
    of[Outcome.UNSAID] += max(0, (summoned or 0) - said_of)
    of[Outcome.EXEMPT] += exempt
    return Sums({one: of[one] for one in Outcome}, turns, late, early, guests + beside, summoned)


class Word(StrEnum):
    """What a site is told after a session."""

    THANKS = "thanks"
    MAKE_UP = "make_up"
    REPORT = "report"


def word_for(sums: Sums, *, is_silent: bool) -> Word:
    """What a site is told: nobody is thanked or sent to a make-up before anything is known of it."""
    if is_silent:
        return Word.REPORT
    return Word.MAKE_UP if sums.missed else Word.THANKS
