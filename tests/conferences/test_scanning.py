"""The wire of devices: what is taken, what is proven, and that wrong clocks change nothing."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import scanning, verdicts
from quantriet.conferences.scanning import Answer, Call, Event, Reply, Standing

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ID = UUID(int=7, version=4)
GOOD = {"id": str(ID), "seq": 1, "act": "in", "code": "QT1.1.2.X", "at": 1000, "mac": "0" * 64}

moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by the strategy
within_36_hours = st.integers(-36 * 3600 * 1000, 36 * 3600 * 1000)


def body(**event: object) -> bytes:
    return json.dumps({"clock": 2000, "events": [GOOD | event]}).encode()


def test_a_call_is_read() -> None:
    assert scanning.read(body()) == Call(2000, [Event(ID, 1, "in", "QT1.1.2.X", 1000, "0" * 64)])


@pytest.mark.parametrize(
    "unfit",
    [
        b"",
        b"[]",
        b'{"clock": 1, "events": []}',
        body(act="late"),
        body(seq=0),
        body(seq=2**53),
        body(code=""),
        body(code="x" * 201),
        body(at=-1),
        body(mac="0" * 63),
        body(person=7),
        json.dumps({"clock": 2000, "events": [GOOD] * (scanning.A_CALL + 1)}).encode(),
    ],
)
def test_anything_else_is_refused(unfit: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        scanning.read(unfit)


def test_credentials_are_a_number_and_a_mac() -> None:
    assert scanning.credentials("Quantriet-Device 12:" + "a" * 64) == (12, "a" * 64)


@pytest.mark.parametrize(
    "header", ["", "Bearer x", "Quantriet-Device 0:" + "a" * 64, "Quantriet-Device 1:" + "A" * 64]
)
def test_other_headers_are_none(header: str) -> None:
    assert scanning.credentials(header) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"id": UUID(int=8, version=4)},
        {"seq": 2},
        {"act": "out"},
        {"code": "QT1.1.3.X"},
        {"at": 1001},
    ],
)
def test_the_mac_holds_every_word_of_an_event(changed: dict[str, object]) -> None:
    words = {"id": ID, "seq": 1, "act": "in", "code": "QT1.1.2.X", "at": 1000}
    proof = scanning.mac(KEY, scanning.said(5, Event(**words, mac="0" * 64)))  # type: ignore[arg-type]
    event = Event(**(words | changed), mac=proof)  # type: ignore[arg-type]

    assert scanning.forged(5, KEY, Call(2000, [event])) == {0}


def test_the_mac_holds_the_device() -> None:
    event = Event(ID, 1, "in", "QT1.1.2.X", 1000, "0" * 64)
    good = Event(ID, 1, "in", "QT1.1.2.X", 1000, scanning.mac(KEY, scanning.said(5, event)))

    assert scanning.forged(5, KEY, Call(2000, [good])) == frozenset()
    assert scanning.forged(6, KEY, Call(2000, [good])) == {0}


@given(at=moments, waited=st.integers(0, 10**9), wrong=within_36_hours)
def test_a_clock_wrong_by_36_hours_tells_the_same_moment(at: datetime, waited: int, wrong: int) -> None:
    happened = round(at.timestamp() * 1000)
    now = at + timedelta(milliseconds=waited)

    found = scanning.corrected(happened + wrong, clock=happened + waited + wrong, now=now)

    assert found == at


@given(at=st.integers(0, 2**43 - 1), clock=st.integers(0, 2**43 - 1))
def test_no_moment_lies_after_the_servers_own(at: int, clock: int) -> None:
    assert scanning.corrected(at, clock=clock, now=datetime(2300, 1, 1, tzinfo=UTC)) <= datetime(
        2300, 1, 1, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("changed", "reply"),
    [
        ({}, None),
        ({"revoked": True}, Reply.REVOKED),
        ({"valid_until": NOW - timedelta(seconds=1)}, Reply.EXPIRED),
        ({"allowed": False}, Reply.NOT_ALLOWED),
        ({"site_closed": True}, Reply.SITE_CLOSED),
    ],
)
def test_what_stops_a_device(changed: dict[str, object], reply: Reply | None) -> None:
    usual = {"revoked": False, "valid_until": NOW, "site_closed": False, "allowed": True}

    assert scanning.refusal(Standing(**(usual | changed)), now=NOW) == reply  # type: ignore[arg-type]


def test_every_answer_has_a_sentence() -> None:
    assert set(scanning.SENTENCES) == {*map(str, verdicts.Code), *map(str, Reply)}


@pytest.mark.parametrize(
    ("language", "sentence"), [("", "Đã ghi."), ("vi", "Đã ghi."), ("en-GB,vi", "Recorded.")]
)
def test_answers_are_written_in_the_readers_language(language: str, sentence: str) -> None:
    told = json.loads(
        scanning.written([Answer(ID, "attendance.recorded", "Nguyễn Văn An", "present")], language)
    )

    assert told == {
        "answers": [
            {
                "id": str(ID),
                "code": "attendance.recorded",
                "sentence": sentence,
                "is_done": True,
                "name": "Nguyễn Văn An",
                "state": "present",
            }
        ]
    }
