"""A flush reads whether it may record and writes as one: nothing is ended between the two."""

import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, conferences, devices, gate, scans, sites
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import Attendance, Conference, Device, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.scanning import Reply
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.models import Person
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories import operator
from tests.factories_devices import Reader, reader
from tests.racing import PATIENCE_S, acted, held_before_writing, until_waiting

Ending = Callable[[Town, Reader], Any]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def close(town: Town, _phone: Reader) -> Conference:
    return conferences.close(town.conference, by=operator())


def cancel(town: Town, _phone: Reader) -> Conference:
    return conferences.cancel(town.conference, reason="Bão", by=operator())


def close_site(town: Town, _phone: Reader) -> Site:
    return sites.report(town.site, state=Site.State.CLOSED, by=operator())


def revoke(_town: Town, phone: Reader) -> Device:
    return devices.revoke(phone.device, by=operator())


def sent(phone: Reader, person: Person) -> list[str]:
    """One call in a thread's own connection."""
    try:
        return [one.code for one in phone.send(phone.event(person))]
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("end", "answer"),
    [
        (close, Code.CLOSED),
        (cancel, Code.CANCELLED),
        (close_site, Reply.SITE_CLOSED),
        (revoke, Reply.REVOKED),
    ],
)
def test_a_flush_waits_for_what_is_being_ended_and_then_knows_it(
    town: Town, end: Ending, answer: str
) -> None:
    phone = reader(town.site)

    with ThreadPoolExecutor(2) as pool:
        with access.acting(operator()):
            end(town, phone)
            flush = pool.submit(sent, phone, town.an)
            until_waiting(1, flush)
        assert flush.result(timeout=PATIENCE_S) == [answer]

    with factories.looking_everywhere():
        assert not Attendance.objects.exists()


@pytest.mark.parametrize("end", [close, close_site, revoke])
def test_what_ends_waits_for_a_flush_that_has_begun(
    town: Town, end: Ending, embedded_postgres: EmbeddedPostgres
) -> None:
    phone = reader(town.site)

    with (
        ThreadPoolExecutor(2) as pool,
        held_before_writing(embedded_postgres, "conferences_attendance") as let_write,
    ):
        flush = pool.submit(sent, phone, town.an)
        until_waiting(1, flush)
        ended: Future[Any] = pool.submit(acted, lambda: end(town, phone))
        until_waiting(2, flush, ended)
        let_write()
        assert flush.result(timeout=PATIENCE_S) == [Code.RECORDED]
        ended.result(timeout=PATIENCE_S)


def test_a_conference_is_not_cancelled_over_the_head_of_a_flush(
    town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    """Whoever cancels sees what was recorded a moment ago, and is refused."""
    phone = reader(town.site)

    def refused() -> str:
        with pytest.raises(DomainError) as error:
            cancel(town, phone)
        return error.value.code

    with (
        ThreadPoolExecutor(2) as pool,
        held_before_writing(embedded_postgres, "conferences_attendance") as let_write,
    ):
        flush = pool.submit(sent, phone, town.an)
        until_waiting(1, flush)
        cancelled = pool.submit(acted, refused)
        until_waiting(2, flush, cancelled)
        let_write()

        assert flush.result(timeout=PATIENCE_S) == [Code.RECORDED]
        assert cancelled.result(timeout=PATIENCE_S) == "conference.has_attendance"


def tapped(town: Town, person: Person) -> list[str]:
    """One scan on a page in a thread's own connection; the page read its site before."""
    code = codes.personal(bytes(town.conference.code_key), town.conference.pk, person.pk)
    mark = Mark(Ask(Act.IN, is_code=True), Source.SCAN, code=code, client_id=uuid.uuid4())
    recorded = acted(lambda: attendance.record(town.site, [mark], by=operator(), key=str(mark.client_id)))
    return [one.code for one in recorded]


@pytest.mark.parametrize(("end", "answer"), [(close, Code.CLOSED), (cancel, Code.CANCELLED)])
def test_a_tap_on_a_page_waits_for_what_is_being_ended_and_then_knows_it(
    town: Town, end: Ending, answer: str
) -> None:
    phone = reader(town.site)

    with ThreadPoolExecutor(1) as pool:
        with access.acting(operator()):
            end(town, phone)
            tap = pool.submit(tapped, town, town.an)
            until_waiting(1, tap)
        assert tap.result(timeout=PATIENCE_S) == [answer]

    with factories.looking_everywhere():
        assert not Attendance.objects.exists()


def test_what_ends_waits_for_a_tap_that_has_begun_and_counts_its_site(
    town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    phone = reader(town.site)

    with (
        ThreadPoolExecutor(2) as pool,
        held_before_writing(embedded_postgres, "conferences_attendance") as let_write,
    ):
        tap = pool.submit(tapped, town, town.an)
        until_waiting(1, tap)
        ended: Future[Any] = pool.submit(acted, lambda: close(town, phone))
        until_waiting(2, tap, ended)
        let_write()
        assert tap.result(timeout=PATIENCE_S) == [Code.RECORDED]
        ended.result(timeout=PATIENCE_S)

    with factories.looking_everywhere():
        assert Site.objects.get(pk=town.site.pk).state == Site.State.CLOSED


def test_control_without_the_gate_a_tap_is_recorded_while_its_conference_is_being_closed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = reader(town.site)
    monkeypatch.setattr(gate, "enter", lambda _conferences: None)

    with ThreadPoolExecutor(1) as pool, access.acting(operator()):
        close(town, phone)
        tap = pool.submit(tapped, town, town.an)
        assert tap.result(timeout=PATIENCE_S) == [Code.RECORDED]

    with factories.looking_everywhere():
        assert Site.objects.get(pk=town.site.pk).state == Site.State.PLANNED


def test_flushes_of_one_conference_go_on_side_by_side(
    town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    """Both come to the table before either may write."""
    phones = [reader(town.site) for _phone in range(2)]

    with (
        ThreadPoolExecutor(2) as pool,
        held_before_writing(embedded_postgres, "conferences_attendance") as let_write,
    ):
        flushes = [
            pool.submit(sent, phone, person) for phone, person in zip(phones, town.people, strict=False)
        ]
        until_waiting(2, *flushes)
        waiting = _waited_for()
        let_write()
        answers = [flush.result(timeout=PATIENCE_S) for flush in flushes]

    assert waiting == [("relation", "conferences_attendance")] * 2
    assert answers == [[Code.RECORDED], [Code.RECORDED]]


def _waited_for() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT locktype, relation::regclass::text FROM pg_locks WHERE NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return [tuple(row) for row in cursor.fetchall()]


def test_what_was_kept_waits_for_a_conference_that_is_being_closed(town: Town) -> None:
    phone = reader(town.site)
    _keep(town, phone)

    with ThreadPoolExecutor(2) as pool:
        with access.acting(operator()):
            close(town, phone)
            judged = pool.submit(_judged)
            until_waiting(1, judged)
        assert judged.result(timeout=PATIENCE_S) == 1

    with factories.looking_everywhere():
        assert not Attendance.objects.exists()


def _keep(town: Town, phone: Reader) -> None:
    """A scan heard before the opening of a conference that has begun since."""
    begins = town.conference.starts_at
    Conference.objects.filter(pk=town.conference.pk).update(
        starts_at=begins + timedelta(days=1), ends_at=begins + timedelta(days=2)
    )
    assert [one.code for one in phone.send(phone.event(town.an))] == [Reply.KEPT]
    Conference.objects.filter(pk=town.conference.pk).update(starts_at=begins, ends_at=town.conference.ends_at)


def _judged() -> int:
    try:
        return scans.judge_kept()
    finally:
        connection.close()
