"""Claims that contradict: kept with the evidence of both sides, counting nothing, settled by entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, conferences, conflicts
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import (
    Attendance,
    AttendanceChange,
    AttendanceConflict,
    AttendanceVerdict,
    Conference,
)
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import conflicts as queries
from quantriet.conferences.scanning import Reply
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries as ledger_queries
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator
from tests.factories_devices import reader

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


class Session(Town):
    """A town whose session has run for two hours."""

    def __init__(self) -> None:
        super().__init__()
        starts = timezone.now() - timedelta(hours=2)
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=3)
        )
        self.conference = Conference.objects.get(pk=self.conference.pk)
        self.site = made.hub(self.conference)


@pytest.fixture
def town() -> Session:
    return Session()


def claims() -> list[AttendanceConflict]:
    with factories.looking_everywhere():
        return list(AttendanceConflict.objects.select_related("conference").order_by("id"))


def kinds() -> list[tuple[str, str]]:
    return [(one.kind, one.decision) for one in claims()]


def settled(decision: str, note: str = "") -> AttendanceVerdict:
    by = operator()
    with access.acting(by):
        return conflicts.settle(claims()[0], decision=decision, note=note, by=by)


def row_of(town: Town) -> Attendance:
    with factories.looking_everywhere():
        return Attendance.objects.get(conference=town.conference, person=town.an)


@contextmanager
def closed(town: Town) -> Iterator[None]:
    by = operator()
    with access.acting(by):
        conferences.close(town.conference, by=by)
    yield


def test_a_going_heard_before_its_coming_is_kept_and_finds_it(town: Session) -> None:
    phone = reader(town.site)
    came, went = phone.event(town.an, ago=100 * MINUTE), phone.event(town.an, "out", ago=40 * MINUTE)

    first = phone.send(went)
    assert (first[0].code, kinds(), town.counts(Measure.PRESENT)) == (
        Code.NOT_IN,
        [("out_first", "open")],
        [0],
    )
    phone.send(came)
    matched = (conflicts.match_all(), conflicts.match_all())

    assert (matched, kinds()) == ((1, 0), [("out_first", "matched")])
    row = row_of(town)
    assert (_ago(row.in_at), _ago(row.out_at), row.left_early) == (100, 40, True)
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES, Measure.LEFT_EARLY) == [1, 1, 1]
    with factories.looking_everywhere():
        assert AttendanceVerdict.objects.count() == 0


def test_a_going_that_finds_no_coming_before_it_waits_for_a_person(town: Session) -> None:
    phone = reader(town.site)
    phone.send(phone.event(town.an, ago=30 * MINUTE))

    answers = phone.send(phone.event(town.an, "out", ago=90 * MINUTE))

    assert (answers[0].code, conflicts.match_all(), kinds()) == (
        Code.OUT_BEFORE_IN,
        0,
        [("out_first", "open")],
    )
    settled("here", note="Đã vào trước khi có máy")
    row = row_of(town)
    assert (row.in_at, _ago(row.back_at), row.out_at, row.version) == (None, 30, None, 2)


def test_closing_matches_first_so_that_what_it_counts_is_whole(town: Session) -> None:
    phone = reader(town.site)
    phone.send(phone.event(town.an, "out", ago=40 * MINUTE))
    phone.send(phone.event(town.an, ago=100 * MINUTE))

    with closed(town):
        pass

    assert kinds() == [("out_first", "matched")]
    assert town.counts(Measure.LEFT_EARLY) == [1]


@pytest.mark.parametrize("decision", ["here", "elsewhere"])
def test_what_comes_after_the_closing_waits_and_the_verdict_is_an_entry(town: Session, decision: str) -> None:
    phone = reader(town.site)
    with closed(town):
        answers = phone.send(phone.event(town.an, ago=100 * MINUTE), phone.event(town.an, "out", ago=MINUTE))

    assert [one.code for one in answers] == [Code.CLOSED] * 2
    assert (kinds(), town.counts(Measure.PRESENT)) == ([("after_close", "open")], [0])
    verdict, again = settled(decision, "Máy mất mạng"), settled("elsewhere")

    assert (again.pk, verdict.decision, verdict.note, kinds()) == (
        verdict.pk,
        decision,
        "Máy mất mạng",
        [("after_close", decision)],
    )
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == ([1, 1] if decision == "here" else [0, 0])
    if decision == "here":
        row = row_of(town)
        assert (_ago(row.in_at), row.out_at is None, row.grade, row.call) == (
            100,
            False,
            Grade.AFTERWARDS,
            verdict.call,
        )


def test_two_devices_that_let_one_card_in_are_a_claim_and_presence_stands(town: Session) -> None:
    near, far = reader(town.site), reader(town.site)
    near.send(near.event(town.an, ago=100 * MINUTE))

    answers = far.send(far.event(town.an, ago=40 * MINUTE))

    (claim,) = claims()
    assert answers[0].code == Code.ALREADY
    assert (claim.kind, claim.device_id, claim.actor, _ago(claim.at)) == (
        "two_devices",
        far.device.pk,
        far.by.name,
        40,
    )
    settled("away", "Thẻ đưa cho người khác quét")
    with factories.looking_everywhere():
        change = AttendanceChange.objects.get()
    assert (row_of(town).state, change.before["state"], change.reason) == (
        "absent",
        "late",
        "Quyết định: Không dự. Thẻ đưa cho người khác quét",
    )
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [0, 0]
    ledger.fold()
    assert ledger_queries.verify().equal


@pytest.mark.parametrize("second", ["same device", "same moment", "went between"])
def test_control_what_is_no_second_arrival_is_no_claim(town: Session, second: str) -> None:
    near, far = reader(town.site), reader(town.site)
    near.send(near.event(town.an, ago=100 * MINUTE))
    if second == "went between":
        near.send(near.event(town.an, "out", ago=60 * MINUTE))
    phone = near if second == "same device" else far

    phone.send(phone.event(town.an, ago=98 * MINUTE if second == "same moment" else 40 * MINUTE))

    assert kinds() == []


def test_a_going_heard_later_between_two_comings_settles_the_claim_of_two_devices(town: Session) -> None:
    near, far = reader(town.site), reader(town.site)
    near.send(near.event(town.an, ago=100 * MINUTE))
    far.send(far.event(town.an, ago=40 * MINUTE))

    near.send(near.event(town.an, "out", ago=60 * MINUTE))
    conflicts.match_all()

    assert kinds() == [("two_devices", "matched")]


def test_a_forged_event_is_kept_with_whom_it_names_and_records_nothing(town: Session) -> None:
    phone = reader(town.site)
    good = phone.event(town.an, ago=30 * MINUTE)
    forged = type(good)(good.id, good.seq, good.act, good.code, good.at, "0" * 64)
    unreadable = type(good)(UUID(int=7), 99, "in", "QT1.x", good.at, "0" * 64)

    answers = [*phone.send(forged, unreadable), *phone.send(forged, unreadable)]
    honest = phone.send(good)

    assert {one.code for one in answers} == {Reply.FORGED}
    assert [one.code for one in honest] == [Code.RECORDED]  # its id was not used up by the forged one
    assert sorted((one.kind, one.person_id or 0, one.device_id) for one in claims()) == [
        ("forged", 0, phone.device.pk),
        ("forged", town.an.pk, phone.device.pk),
    ]


def test_a_claim_of_nobody_can_only_be_put_aside(town: Session) -> None:
    phone = reader(town.site)
    forged = codes.personal(bytes(32), town.conference.pk, town.an.pk)
    assert phone.send(phone.event(town.an, code=forged))[0].code == Code.FORGED_CODE

    with pytest.raises(DomainError) as refused:
        settled("here")
    settled("elsewhere")

    assert (refused.value.code, kinds()) == ("conflict.decision", [("forged", "elsewhere")])


def test_claims_of_one_site_are_one_row_whatever_order_they_come_in(town: Session) -> None:
    whole = made.called(town.province, town.campaign)
    here = made.site(whole, town.cell)
    phone = reader(here)
    events = [
        phone.event(town.chi, ago=50 * MINUTE),
        phone.event(town.chi, "out", ago=20 * MINUTE),
        phone.event(town.chi, ago=70 * MINUTE),
    ]

    for event in events:
        phone.send(event)

    (claim,) = claims()
    assert (_ago(claim.at), _ago(claim.back_at), _ago(claim.out_at), claim.client_id) == (
        70,
        50,
        20,
        events[2].id,
    )


def test_what_was_decided_is_not_asked_again_for_a_copy(town: Session) -> None:
    whole = made.called(town.province, town.campaign)
    here = made.site(whole, town.cell)
    code = codes.personal(bytes(whole.code_key), whole.pk, town.chi.pk)
    mark = Mark(Ask(Act.IN, is_code=True), Source.SCAN, code=code, client_id=UUID(int=1))
    by = operator()

    with access.acting(by):
        attendance.record(here, [mark], by=by, key="1")
    settled("elsewhere")
    with access.acting(by):
        attendance.record(here, [mark], by=by, key="2")

    assert kinds() == [("two_sites", "elsewhere")]


def test_moved_to_the_claiming_site_he_has_the_hours_of_that_site(town: Session) -> None:
    whole = made.called(town.province, town.campaign, starts_at=timezone.now() - timedelta(hours=2))
    here, there = made.site(whole, town.cell), made.site(whole, town.other_cell)
    near, far = reader(there), reader(here)
    near.send(near.event(town.chi, ago=110 * MINUTE))
    far.send(far.event(town.chi, ago=90 * MINUTE))

    settled("here")

    with factories.looking_everywhere():
        row = Attendance.objects.get(person=town.chi)
    assert (row.site_id, _ago(row.in_at), row.state) == (here.pk, 90, "late")
    assert town.counts(Measure.ATTENDANCES, Measure.LATE) == [1, 1]


def test_nobody_below_the_conference_decides(town: Session) -> None:
    phone = reader(town.site)
    phone.send(phone.event(town.an, "out"))
    clerk = factories.actor("clerk", town.commune)

    with access.acting(clerk), pytest.raises(ForbiddenError):
        conflicts.settle(claims()[0], decision="here", by=clerk)


def test_the_queue_costs_the_same_for_one_claim_and_for_three(town: Session) -> None:
    phone = reader(town.site)

    def asked(*people: object) -> int:
        for person in people:
            phone.send(phone.event(person, "out"))  # type: ignore[arg-type]
        with access.acting(operator()), CaptureQueriesContext(connection) as told:
            rows = queries.rows(town.conference)
        assert [len(row.scans) for row in rows] == [1] * len(claims())
        return len(told)

    assert asked(town.an) == asked(town.binh, town.chi)


def _ago(moment: object) -> int | None:
    """Whole minutes ago."""
    return None if moment is None else round((timezone.now() - moment).total_seconds() / 60)  # type: ignore[operator]
