"""What a device sends and how it proves itself. Pure: values in, values out, no database.

A device has a key of 32 bytes. Each event carries a MAC over what it says, so that it proves itself wherever
it was kept on the way; the call carries one over its whole body, which holds the device's clock besides.
A wrong clock is corrected by the difference at the moment of sending: a device that is a day ahead when it
scans is a day ahead when it sends. No moment lies after the server's own.
"""

import functools
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

from quantriet.conferences import verdicts
from quantriet.conferences.verdicts import Code

KEY_BYTES = 32
A_CALL = 500
SCHEME = "Quantriet-Device"
"""``Authorization: Quantriet-Device <number of the device>:<MAC of the body, 64 hexadecimal digits>``."""


class Reply(StrEnum):
    """Answers to an event that never comes to be judged as a mark, or not yet."""

    KEPT = "scan.kept"
    FORGED = "scan.forged"
    LATER = "scan.later"
    REVOKED = "device.revoked"
    EXPIRED = "device.expired"
    NOT_ALLOWED = "device.not_allowed"
    SITE_CLOSED = "device.site_closed"
    NUMBER_USED = "device.number_used"
    UNWRITABLE = "scan.unwritable"


SENTENCES: Mapping[str, Promise] = {
    **{code.value: sentence for code, sentence in verdicts.SENTENCES.items()},
    Reply.KEPT: _("Chưa đến giờ điểm danh. Đã giữ lượt này; hệ thống tự ghi khi mở điểm danh."),
    Reply.FORGED: _(
        "Lượt này không mang dấu của máy đã đăng ký. Chưa ghi, đã báo người phụ trách; hãy quét lại."
    ),
    Reply.LATER: _("Máy chủ chưa ghi được lượt này. Máy sẽ tự gửi lại."),
    Reply.REVOKED: _("Máy này đã bị ngừng dùng. Chưa ghi gì; hãy báo người phụ trách điểm cầu."),
    Reply.EXPIRED: _(
        "Máy này đã hết hạn dùng cho hội nghị. Đã giữ lượt này để người phụ trách hội nghị quyết định."
    ),
    Reply.NOT_ALLOWED: _(
        "Tài khoản đăng ký máy này không còn quyền điểm danh ở điểm cầu. Chưa ghi gì; hãy báo người phụ trách."
    ),
    Reply.SITE_CLOSED: _("Điểm cầu đã kết thúc. Đã giữ lượt này để người phụ trách hội nghị quyết định."),
    Reply.NUMBER_USED: _(
        "Số của lượt này đã dùng cho lượt khác. Chưa ghi; hãy đăng ký lại máy rồi quét lại."
    ),
    Reply.UNWRITABLE: _(
        "Hệ thống không ghi được lượt này. Chưa ghi; hãy ghi trong danh sách và báo quản trị."
    ),
}

CALLS: Mapping[int, tuple[str, Promise]] = {
    401: ("device.unknown", _("Máy chưa đăng ký, hoặc chữ ký không đúng. Chưa ghi gì.")),
    404: ("scan.address", _("Ở đây chỉ nhận lượt điểm danh của máy. Không có nội dung này.")),
    405: ("scan.method", _("Địa chỉ này chỉ nhận POST. Chưa ghi gì.")),
    413: ("scan.too_large", _("Nội dung gửi lên quá lớn. Chưa ghi gì; mỗi lần gửi tối đa 500 lượt.")),
    422: ("scan.unfit", _("Dữ liệu gửi lên không đúng mẫu. Chưa ghi gì.")),
    503: ("scan.later", _("Máy chủ đang bận hoặc chưa nối được cơ sở dữ liệu. Chưa ghi gì; hãy gửi lại.")),
}
"""Refusals of a whole call, by status: code and sentence."""

DONE = frozenset({*verdicts.DONE, Reply.KEPT})
"""After these the device may forget the event; it keeps all others and shows them to its clerk."""

AGAIN = frozenset({Reply.LATER})
"""After these the same event is worth sending again unchanged."""


Milliseconds = Annotated[int, Field(ge=0, lt=2**43)]
"""Since 1970, as the clocks of browsers count."""


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Event:
    """One event: ``code`` as scanned or typed, in or out, ``at`` a moment of the device's clock.

    ``id`` is made by the device, ``seq`` counts its events: sent again with its id it is the same event; a
    number that carried another id is refused.
    """

    id: UUID
    seq: Annotated[int, Field(ge=1, lt=2**53)]
    act: Literal["in", "out"]
    code: Annotated[str, Field(min_length=1, max_length=200)]
    at: Milliseconds
    mac: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Call:
    """What a device sends: what its clock shows now, and up to 500 events."""

    clock: Milliseconds
    events: Annotated[list[Event], Field(min_length=1, max_length=A_CALL)]


_reader = TypeAdapter(Call)
_CREDENTIALS = re.compile(SCHEME + r" ([1-9]\d{0,17}):([0-9a-f]{64})")


def read(body: bytes) -> Call:
    """The call in a body; raises ``pydantic.ValidationError`` (a ``ValueError``) for anything else."""
    return _reader.validate_json(body)


def credentials(header: str) -> tuple[int, str] | None:
    """Number and MAC out of the header ``Authorization``; ``None`` for anything else."""
    found = _CREDENTIALS.fullmatch(header)
    return None if found is None else (int(found[1]), found[2])


def said(device_id: int, event: Event) -> bytes:
    """What the MAC of an event stands for, one value a line."""
    return f"QT1\n{device_id}\n{event.id}\n{event.seq}\n{event.act}\n{event.at}\n{event.code}".encode()


def forged(device_id: int, key: bytes, call: Call) -> frozenset[int]:
    """The places in a call of events whose MAC is wrong."""
    return frozenset(
        at for at, event in enumerate(call.events) if not is_genuine(key, said(device_id, event), event.mac)
    )


def mac(key: bytes, text: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal digits."""
    return hmac.digest(key, text, hashlib.sha256).hex()


def is_genuine(key: bytes, text: bytes, claimed: str) -> bool:
    """Whether the MAC was made with this key; compared without telling by time where it differs."""
    return hmac.compare_digest(mac(key, text), claimed)


def corrected(at: int, *, clock: int, now: datetime) -> datetime:
    """A moment of the device's clock by ours, when its clock shows ``clock`` at our ``now``; never later than that.

    Only the difference between scan and sending counts, so a wrong clock changes nothing.
    """
    return now - timedelta(milliseconds=max(clock - at, 0))


def told(at: int) -> datetime:
    """A moment of the device's clock, as the device says it."""
    return datetime.fromtimestamp(at / 1000, UTC)


def kept(code: Code) -> Reply | None:
    """What is not refused but kept, to be judged when its time comes."""
    return Reply.KEPT if code is Code.TOO_EARLY else None


@dataclass(frozen=True)
class Answer:
    """The answer to an event: a stable code, and who is recorded how."""

    id: UUID
    code: str
    name: str = ""
    state: str = ""

    @property
    def is_done(self) -> bool:
        """The device may forget the event."""
        return self.code in DONE

    @property
    def sentence(self) -> Promise:
        """What the clerk reads."""
        return SENTENCES[self.code]


def written(answers: Sequence[Answer], language: str) -> bytes:
    """The answers as JSON, in the order of the events; ``language`` as browsers send it."""
    sentences = _sentences(_language(language))
    told = [
        {
            "id": str(one.id),
            "code": one.code,
            "sentence": sentences[one.code],
            "is_done": one.code in DONE,
            "name": one.name,
            "state": one.state,
        }
        for one in answers
    ]
    return json.dumps({"answers": told}, ensure_ascii=False).encode()


def refused(status: int, language: str) -> bytes:
    """The refusal of a whole call as problem details (RFC 9457)."""
    code, sentence = CALLS[status]
    with translation.override(_language(language)):
        told = {"type": f"urn:quantriet:{code}", "status": status, "detail": str(sentence), "code": code}
    return json.dumps(told, ensure_ascii=False).encode()


def _language(accepted: str) -> str:
    return "en" if accepted.lower().startswith("en") else "vi"


@functools.cache
def _sentences(language: str) -> Mapping[str, str]:
    with translation.override(language):
        return {code: str(sentence) for code, sentence in SENTENCES.items()}


@dataclass(frozen=True)
class Standing:
    """What decides whether a device may record at this moment."""

    revoked: bool
    valid_until: datetime
    site_closed: bool
    allowed: bool


TOO_LATE = frozenset({Reply.EXPIRED, Reply.SITE_CLOSED})
"""What is refused so came when its site or its conference was long over: it is kept for a person."""


def refusal(device: Standing, *, now: datetime) -> Reply | None:
    """Why nothing of a device is recorded now; ``None``: it may."""
    if device.revoked:
        return Reply.REVOKED
    if not device.allowed:
        return Reply.NOT_ALLOWED
    if now > device.valid_until:
        return Reply.EXPIRED
    return Reply.SITE_CLOSED if device.site_closed else None
