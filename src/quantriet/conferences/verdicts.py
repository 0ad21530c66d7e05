"""What a mark at a roll-call means: recorded, already known, refused and why. Values in, values out.

Pages, API, import, join log, the offline queue and the demonstration all judge here: a rule with two doors
drifts. The server's clock decides (``now``); a time told by a device only says when it happened.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quantriet.ledger.measures import Grade

OPENS_BEFORE = timedelta(minutes=60)
"""Check-in opens an hour before the start, when the technician must be there (domain 1.1)."""

SAME_ARRIVAL = timedelta(minutes=5)
"""Two scans so close tell of one arrival."""


class Code(StrEnum):
    """Every answer a mark can get."""

    RECORDED = "attendance.recorded"
    CHANGED = "attendance.changed"
    ALREADY = "attendance.already"
    TOO_EARLY = "attendance.too_early"
    CLOSED = "attendance.closed"
    CANCELLED = "attendance.cancelled"
    WRONG_SITE = "attendance.wrong_site"
    FOREIGN_CODE = "attendance.foreign_code"
    FORGED_CODE = "attendance.forged_code"
    UNKNOWN_CODE = "attendance.unknown_code"
    UNKNOWN_PERSON = "attendance.unknown_person"
    NOT_IN = "attendance.not_in"
    OUT_BEFORE_IN = "attendance.out_before_in"
    STALE = "attendance.stale"


SENTENCES: dict[Code, Promise] = {
    Code.RECORDED: _("Đã ghi."),
    Code.CHANGED: _("Đã sửa."),
    Code.ALREADY: _("Đã ghi từ trước, không tính thêm."),
    Code.TOO_EARLY: _(
        "Chưa đến giờ điểm danh: mở trước giờ họp 60 phút. Chưa ghi; hãy quét lại khi đến giờ."
    ),
    Code.CLOSED: _("Hội nghị đã kết thúc. Đã giữ lượt này để người phụ trách hội nghị quyết định."),
    Code.CANCELLED: _("Hội nghị đã hủy. Chưa ghi gì."),
    Code.WRONG_SITE: _(
        "Người này không thuộc danh sách của điểm này. Đã giữ lượt này để người phụ trách hội nghị quyết định."
    ),
    Code.FOREIGN_CODE: _(
        "Mã của hội nghị khác. Chưa ghi; hãy tìm tên trong danh sách hoặc dùng thẻ của hội nghị này."
    ),
    Code.FORGED_CODE: _("Mã không đúng. Chưa ghi, đã báo người phụ trách; hãy tìm tên trong danh sách."),
    Code.UNKNOWN_CODE: _(
        "Không có ai ở điểm này mang mã đó. Chưa ghi; hãy gõ lại hoặc tìm tên trong danh sách."
    ),
    Code.UNKNOWN_PERSON: _("Không tìm thấy người này. Chưa ghi; hãy tải lại trang."),
    Code.NOT_IN: _(
        "Chưa có lượt vào. Đã giữ lượt ra này: khi lượt vào đến, hệ thống tự ghép; nếu không, người phụ trách "
        "quyết định."
    ),
    Code.OUT_BEFORE_IN: _("Giờ ra trước giờ vào. Chưa ghi; đã giữ để người phụ trách xem lại."),
    Code.STALE: _("Người khác vừa ghi khác. Chưa lưu bản của bạn; hãy xem hai bản và chọn."),
}

DONE = frozenset({Code.RECORDED, Code.CHANGED, Code.ALREADY})
"""Answers after which the mark holds: nothing is left to do."""

HERE = ("present", "late")


class Act(StrEnum):
    """What a mark says: came in, went out (a scan), or a state set by hand."""

    IN = "in"
    OUT = "out"
    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"


@dataclass(frozen=True)
class Meeting:
    """What the judge must know of a conference and of its policy; minutes as in ``campaigns.policy``."""

    starts_at: datetime
    ends_at: datetime
    state: str
    late_after: int = 15
    early_before: int = 15
    minimum_share: int = 0
    everyone_before: int = 15

    @cached_property
    def opens_at(self) -> datetime:
        """Nobody has come before this moment."""
        return self.starts_at - OPENS_BEFORE

    @cached_property
    def everyone_from(self) -> datetime:
        """From this moment on a clerk can have looked over the hall: "có mặt cả" is open."""
        return min(self.starts_at - timedelta(minutes=self.everyone_before), self.ends_at)

    @cached_property
    def late_from(self) -> datetime:
        """Whoever comes in after this moment is late."""
        return self.starts_at + timedelta(minutes=self.late_after)

    @cached_property
    def early_until(self) -> datetime:
        """Whoever goes out before this moment has left early."""
        return self.ends_at - timedelta(minutes=self.early_before)


@dataclass(frozen=True)
class Known:
    """What is recorded of a person. ``version`` 0 with an empty state: nothing yet.

    ``in_at`` is the first coming in that is known, ``back_at`` the last one after it, ``out_at`` the last going,
    empty while he is there. Scans move them by smaller and greater only, so that their order does not matter.
    """

    state: str = ""
    in_at: datetime | None = None
    out_at: datetime | None = None
    left_early: bool = False
    excuse: str = ""
    version: int = 0
    back_at: datetime | None = None

    @property
    def last_in(self) -> datetime | None:
        """When he was last seen coming in."""
        return self.back_at or self.in_at


NOTHING = Known()


@dataclass(frozen=True)
class Ask:
    """A mark as it comes in. ``version``: the one its writer saw (``None``: a scan, which saw none).

    ``at``: when it happened; ``None`` with IN and OUT means now, with a state that the hour is not known.
    ``is_code``: it came from a card or a typed code.
    """

    act: Act
    at: datetime | None = None
    out_at: datetime | None = None
    excuse: str = ""
    version: int | None = None
    is_code: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer to a mark, and what is known afterwards."""

    code: Code
    after: Known

    @property
    def sentence(self) -> Promise:
        """What the clerk reads."""
        return SENTENCES[self.code]

    @property
    def writes(self) -> bool:
        """Whether the row changes."""
        return self.code in (Code.RECORDED, Code.CHANGED)


def judge(ask: Ask, known: Known, meeting: Meeting, *, now: datetime) -> Verdict:
    """The verdict on a mark about somebody who is expected at this site."""
    refused = _refused(ask, meeting, now)
    if refused is not None:
        return Verdict(refused, known)
    if ask.act is Act.OUT:
        return _out(ask, known, meeting, now)
    if ask.act is Act.IN and known.state in HERE:
        return _in_again(min(ask.at or now, now), known, meeting)
    return _told(ask, known, meeting, now)


def _told(ask: Ask, known: Known, meeting: Meeting, now: datetime) -> Verdict:
    """A first coming, or a state set by hand."""
    after = _in(ask, known, meeting, now) if ask.act is Act.IN else _set(ask, known, meeting)
    if after.out_at is not None and after.in_at is not None and after.out_at < after.in_at:
        return Verdict(Code.OUT_BEFORE_IN, known)
    if after == known:
        return Verdict(Code.ALREADY, known)
    if known.version and ask.version is not None and ask.version != known.version:
        return Verdict(Code.STALE, known)
    return Verdict(Code.CHANGED if known.version else Code.RECORDED, after)


def _refused(ask: Ask, meeting: Meeting, now: datetime) -> Code | None:
    if meeting.state == "cancelled":
        return Code.CANCELLED
    came = ask.act in (Act.IN, Act.OUT, Act.PRESENT, Act.LATE)
    if came and now < meeting.opens_at:
        return Code.TOO_EARLY
    if ask.is_code and meeting.state == "closed":
        return Code.CLOSED
    return None


def _in(ask: Ask, known: Known, meeting: Meeting, now: datetime) -> Known:
    """Came in, and nothing was known of him but that he was away."""
    at = min(ask.at or now, now)
    return Known(_on_time(at, meeting), at, version=known.version)


def _on_time(at: datetime, meeting: Meeting) -> str:
    return "late" if at > meeting.late_from else "present"


def _in_again(at: datetime, known: Known, meeting: Meeting) -> Verdict:
    """Somebody who is there came in, before or after what is known. A going that he came back from is over; an
    hour that nobody told (a tap on the list) stays untold; late or not follows the first hour, unless a person
    said otherwise. What changes no more than his hours is answered as known already, and the hours are kept.
    """
    first = known.in_at if known.in_at is None else min(known.in_at, at)
    last = at if known.last_in is None else max(known.last_in, at)
    is_back = known.out_at is not None and last > known.out_at
    told = known.in_at is not None and known.state == _on_time(known.in_at, meeting)
    state = _on_time(first, meeting) if first is not None and told else known.state
    out_at, early = (None, False) if is_back else (known.out_at, known.left_early)
    back_at = None if last == first else last
    after = replace(known, state=state, in_at=first, back_at=back_at, out_at=out_at, left_early=early)
    counts = (after.state, after.out_at, earns_credit(after, meeting))
    is_shown = counts != (known.state, known.out_at, earns_credit(known, meeting))
    return Verdict(Code.CHANGED if is_shown else Code.ALREADY, after)


def _set(ask: Ask, known: Known, meeting: Meeting) -> Known:
    """A state set by hand; times follow where they are told (a join log, a sheet), else stay as they are."""
    if ask.act not in (Act.PRESENT, Act.LATE):
        excuse = ask.excuse.strip()[:200] if ask.act is Act.EXCUSED else ""
        return Known(ask.act.value, excuse=excuse, version=known.version)
    was_here = known.state in HERE
    in_at = ask.at or (known.in_at if was_here else None)
    out_at = ask.out_at or (known.out_at if was_here else None)
    state = ask.act.value
    if ask.at is not None:
        state = "late" if ask.at > meeting.late_from else "present"
    early = out_at is not None and out_at < meeting.early_until
    back_at = known.back_at if was_here and ask.at is None and ask.out_at is None else None
    return Known(state, in_at, out_at, early, version=known.version, back_at=back_at)


def _out(ask: Ask, known: Known, meeting: Meeting, now: datetime) -> Verdict:
    """Went out: the last going counts; one that he came back from changes nothing, whenever it is heard of."""
    if known.state not in HERE:
        return Verdict(Code.NOT_IN, known)
    at = min(ask.at or now, now)
    if known.in_at is not None and at < known.in_at:
        return Verdict(Code.OUT_BEFORE_IN, known)
    came_back = known.last_in is not None and at < known.last_in
    if came_back or (known.out_at is not None and at <= known.out_at):
        return Verdict(Code.ALREADY, known)
    return Verdict(Code.CHANGED, replace(known, out_at=at, left_early=at < meeting.early_until))


@dataclass(frozen=True)
class Claimed:
    """The hours a claim tells: first and last coming in, last going; none of them is a claim of presence alone."""

    in_at: datetime | None = None
    back_at: datetime | None = None
    out_at: datetime | None = None


def claimed(known: Known, told: Claimed, meeting: Meeting) -> Known:
    """What is known when a person has decided that a claim holds, beside what was known at that site."""
    asks = [
        Ask(act, at)
        for act, at in ((Act.IN, told.in_at), (Act.IN, told.back_at), (Act.OUT, told.out_at))
        if at is not None
    ]
    running = replace(meeting, state="open")
    if told.in_at is None:  # he was seen going: when he had come nobody knows
        known = Known(
            known.state if known.state in HERE else "present",
            out_at=known.out_at,
            left_early=known.left_early,
            version=known.version,
            back_at=known.last_in,
        )
    for ask in asks:
        known = judge(ask, known, running, now=max(ask.at or meeting.ends_at, meeting.opens_at)).after
    return known


def is_twice(at: datetime, known: Known) -> bool:
    """Whether somebody who never went out was let in again at another time than his arrival: two readers at one
    door are no wonder, an hour between them is.
    """
    if known.in_at is None or known.last_in is None or known.out_at is not None:
        return False
    return min(abs(at - known.in_at), abs(at - known.last_in)) > SAME_ARRIVAL


def everyone_is_open(meeting: Meeting, *, now: datetime) -> bool:
    """Whether all may be said to be there in one word: shortly before the start, or once it was opened."""
    return meeting.state == "open" or now >= meeting.everyone_from


def earns_credit(known: Known, meeting: Meeting) -> bool:
    """Whether what is recorded earns credit: there, and long enough where the policy asks for it.

    An hour that is not known is taken in the person's favour: in from the start, out at the end.
    """
    if known.state not in HERE:
        return False
    if not meeting.minimum_share:
        return True
    start = max(known.in_at or meeting.starts_at, meeting.starts_at)
    end = min(known.out_at or meeting.ends_at, meeting.ends_at)
    whole = meeting.ends_at - meeting.starts_at
    return (end - start) * 100 >= whole * meeting.minimum_share


def may_cost_credit(ask: Ask, meeting: Meeting) -> bool:
    """Whether a mark can end what earns somebody credit, whatever is recorded of him: he was away, or left too
    early for the policy.
    """
    if ask.act in (Act.EXCUSED, Act.ABSENT):
        return True
    tells_hours = ask.act is Act.OUT or (
        ask.act is not Act.IN and (ask.at is not None or ask.out_at is not None)
    )
    return tells_hours and bool(meeting.minimum_share)


def grade(meeting: Meeting, *, at_the_moment: bool, now: datetime) -> Grade:
    """How well a mark is evidenced: at the moment while the conference runs, else afterwards.

    ``at_the_moment``: it came by list, scan or code, not from a file or a make-up.
    """
    runs = meeting.opens_at <= now <= meeting.ends_at + OPENS_BEFORE
    return Grade.ON_SPOT if at_the_moment and runs and meeting.state != "closed" else Grade.AFTERWARDS
