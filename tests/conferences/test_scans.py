"""What devices bring in: the same verdicts, rows, entries and credits as a tap on a page; each event once."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from quantriet.campaigns.models import Credit
from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, devices, marks, scans, sites
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.commands.entries import Call
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference, Scan, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.scanning import Answer, Event, Reply
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Entry
from quantriet.org import access
from quantriet.org.models import Account, Person, RoleAssignment
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader


def codes_of(answers: Sequence[Answer]) -> list[str]:
    return [answer.code for answer in answers]


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def test_a_scan_is_recorded_counted_and_credited(town: Town) -> None:
    phone = reader(town.site)

    answers = phone.send(phone.event(town.an))

    assert [(one.code, one.name, one.state) for one in answers] == [
        ("attendance.recorded", "Nguyễn Văn An", "present")
    ]
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]
    with factories.looking_everywhere():
        row = Attendance.objects.get()
        assert Credit.objects.get().source == f"conferences_attendance:{row.pk}"
    assert (row.actor, row.source, row.site_id) == (phone.by.name, Source.SCAN, town.site.pk)


def test_sent_again_it_is_known_and_counts_nothing(town: Town) -> None:
    phone = reader(town.site)
    event = phone.event(town.an)
    phone.send(event)

    again = phone.send(event)

    assert codes_of(again) == [Code.ALREADY]
    assert (again[0].name, town.counts(Measure.PRESENT, Measure.ATTENDANCES)) == ("Nguyễn Văn An", [1, 1])


def test_a_number_that_carried_another_id_is_refused_and_names_nobody(town: Town) -> None:
    phone = reader(town.site)
    phone.send(phone.event(town.an, seq=5))

    late = phone.send(phone.event(town.binh, seq=5))
    together = phone.send(phone.event(town.binh, seq=6), phone.event(town.chi, seq=6))

    assert [(one.code, one.name, one.is_done) for one in late] == [(Reply.NUMBER_USED, "", False)]
    assert codes_of(together) == [Code.RECORDED, Reply.NUMBER_USED]
    assert town.counts(Measure.PRESENT) == [2]


def test_an_id_of_another_device_is_refused(town: Town) -> None:
    first, other = reader(town.site), reader(town.site)
    event = first.event(town.an)
    first.send(event)

    late = other.send(other.event(town.binh, client_id=event.id))

    assert [(one.code, one.name) for one in late] == [(Reply.NUMBER_USED, "")]


def test_an_id_that_is_kept_out_of_sight_is_refused_and_tells_nothing(town: Town) -> None:
    """As when a phone is enrolled anew far away and sends again what it still held."""
    far = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Khác")
    stranger = factories.person(factories.cell(far, "Chi bộ xa"), "Người Xa Lạ")
    near, away = reader(town.site), reader(made.hub(made.called(far)))
    event = near.event(town.an)
    near.send(event)

    answers = away.send(away.event(stranger, client_id=event.id))

    assert [(one.code, one.name) for one in answers] == [(Reply.NUMBER_USED, "")]


def test_a_copy_in_the_same_flush_gets_the_answer_of_the_first(town: Town) -> None:
    phone = reader(town.site)
    event = phone.event(town.an, "out")

    answers = phone.send(event, event)

    assert [(one.code, one.is_done) for one in answers] == [(Code.NOT_IN, False)] * 2


def test_typed_codes_cost_the_list_of_the_site_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = reader(town.site)
    key, conference_id = bytes(town.conference.code_key), town.conference.pk
    typed = [codes.short(key, conference_id, person.pk) for person in town.people]
    made_for: list[int] = []
    plain = codes.short

    def short(key: bytes, conference_id: int, person_id: int) -> str:
        made_for.append(person_id)
        return plain(key, conference_id, person_id)

    monkeypatch.setattr(codes, "short", short)

    answers = phone.send(*[phone.event(town.an, code=code) for code in typed])

    assert codes_of(answers) == [Code.RECORDED] * 3
    assert sorted(made_for) == sorted(person.pk for person in town.people)


def test_twice_in_one_call_is_once(town: Town) -> None:
    phone = reader(town.site)
    event = phone.event(town.an)

    answers = phone.send(event, event)

    assert codes_of(answers) == [Code.RECORDED, Code.ALREADY]
    assert town.counts(Measure.ATTENDANCES) == [1]


def test_a_going_sent_again_after_he_came_back_does_not_send_him_away(town: Town) -> None:
    phone = reader(town.site)
    came = phone.event(town.an, ago=timedelta(minutes=9))
    went = phone.event(town.an, "out", ago=timedelta(minutes=6))
    back = phone.event(town.an, ago=timedelta(minutes=3))
    phone.send(came, went, back)

    answers = phone.send(went)

    assert codes_of(answers) == [Code.ALREADY]
    with factories.looking_everywhere():
        assert Attendance.objects.get().out_at is None


def test_a_call_is_answered_row_by_row(town: Town) -> None:
    phone = reader(town.site)
    other = made.called(town.commune, town.campaign)
    foreign = codes.personal(bytes(other.code_key), other.pk, town.an.pk)
    forged = phone.event(town.binh, code=f"QT1.{town.conference.pk}.{town.binh.pk}.{'0' * 26}")
    unsigned = Event(uuid.uuid4(), 99, "in", phone.event(town.chi).code, phone.clock, "0" * 64)
    typed = codes.short(bytes(town.conference.code_key), town.conference.pk, town.chi.pk)

    answers = phone.send(
        phone.event(town.an),
        phone.event(town.an, code=foreign),
        forged,
        unsigned,
        phone.event(town.chi, code=codes.shown(typed)),
        phone.event(town.chi, code="2222-2222"),
    )

    assert codes_of(answers) == [
        Code.RECORDED,
        Code.FOREIGN_CODE,
        Code.FORGED_CODE,
        Reply.FORGED,
        Code.RECORDED,
        Code.UNKNOWN_CODE,
    ]
    assert town.counts(Measure.PRESENT) == [2]


def test_the_right_of_the_device_is_asked_at_every_flush(town: Town) -> None:
    account = factories.account("clerk", town.commune)
    phone = reader(town.site, account)
    assert codes_of(phone.send(phone.event(town.an))) == [Code.RECORDED]

    RoleAssignment.objects.filter(account=account).update(
        from_on=timezone.localdate() - timedelta(days=2), to_on=timezone.localdate()
    )

    assert codes_of(phone.send(phone.event(town.binh))) == [Reply.NOT_ALLOWED]


def _lock(town: Town, phone: Reader) -> None:
    Account.objects.filter(pk=phone.by.account_id).update(is_active=False)


def _revoke(town: Town, phone: Reader) -> None:
    by = factories.operator()
    with access.acting(by):
        devices.revoke(phone.device, by=by)


def _close(town: Town, phone: Reader) -> None:
    by = factories.operator()
    with access.acting(by):
        sites.report(town.site, state=Site.State.CLOSED, by=by)


def _end(town: Town, phone: Reader) -> None:
    """Its conference ended earlier than was planned when it was enrolled."""
    ended = timezone.now() - timedelta(hours=48, seconds=1)
    Conference.objects.filter(pk=town.conference.pk).update(
        starts_at=ended - timedelta(hours=3), ends_at=ended
    )


@pytest.mark.parametrize(
    ("stop", "reply"),
    [
        (_lock, Reply.NOT_ALLOWED),
        (_revoke, Reply.REVOKED),
    ],
)
def test_what_stops_a_device_holds_at_the_next_flush(
    town: Town, stop: Callable[[Town, Reader], None], reply: Reply
) -> None:
    phone = reader(town.site)
    event = phone.event(town.an)

    stop(town, phone)

    assert codes_of(phone.send(event)) == [reply]
    assert town.counts(Measure.PRESENT) == [0]
    with factories.looking_everywhere():
        assert Scan.objects.count() == 0  # nothing of it is kept: asked again it may be another answer


@pytest.mark.parametrize(("end", "reply"), [(_close, Reply.SITE_CLOSED), (_end, Reply.EXPIRED)])
def test_what_comes_after_all_was_over_is_kept_for_a_person_once(
    town: Town, end: Callable[[Town, Reader], None], reply: Reply
) -> None:
    phone = reader(town.site)
    event = phone.event(town.an, ago=timedelta(minutes=3))
    end(town, phone)

    answers = [*phone.send(event), *phone.send(event)]

    assert codes_of(answers) == [reply] * 2
    assert town.counts(Measure.PRESENT) == [0]
    with factories.looking_everywhere():
        claim = AttendanceConflict.objects.get()
        assert Scan.objects.count() == 1
    assert (claim.kind, claim.person_id, claim.device_id, claim.client_id) == (
        "after_close",
        town.an.pk,
        phone.device.pk,
        event.id,
    )


def test_a_device_whose_site_was_moved_out_of_reach_records_nothing(town: Town) -> None:
    far = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Khác")
    phone = reader(town.site, None)
    phone.device.unit, phone.device.account = far, factories.account("clerk", far)
    phone.device.save()

    assert codes_of(phone.send(phone.event(town.an))) == [Reply.NOT_ALLOWED]


def test_many_devices_in_one_flush_each_within_its_own_reach(town: Town) -> None:
    """The flush sees what all its devices see together; each device still only what its own clerk may."""
    far_province = factories.province("Đảng bộ tỉnh Khác")
    far = factories.commune(far_province, "Đảng bộ xã Khác")
    stranger = factories.person(factories.cell(far, "Chi bộ xa"), "Người Xa Lạ")
    far_conference = made.called(far)
    near, away = reader(town.site), reader(made.hub(far_conference))
    crossing = codes.personal(bytes(town.conference.code_key), town.conference.pk, stranger.pk)

    answers = scans.record(
        [
            near.told([near.event(town.an), near.event(stranger, code=crossing)]),
            away.told([away.event(stranger)]),
        ]
    )

    assert [[(one.code, one.name) for one in some] for some in answers] == [
        [(Code.RECORDED, "Nguyễn Văn An"), (Code.WRONG_SITE, "")],
        [(Code.RECORDED, "Người Xa Lạ")],
    ]
    with factories.looking_everywhere():
        claim = AttendanceConflict.objects.get()
    assert (claim.person_id, claim.site_id, claim.actor) == (stranger.pk, town.site.pk, near.by.name)


def test_one_scan_on_a_page_can_take_back_what_a_device_recorded(town: Town) -> None:
    phone = reader(town.site)
    event = phone.event(town.an)
    phone.send(event)
    by = factories.operator()

    with access.acting(by):
        count = attendance.undo(town.site, event.id.hex, by=by)

    assert (count, town.counts(Measure.PRESENT, Measure.ATTENDANCES)) == (1, [0, 0])


@pytest.mark.parametrize("hours", [-36, 36])
def test_a_clock_wrong_by_36_hours_changes_no_verdict(town: Town, hours: int) -> None:
    right, wrong = reader(town.site), reader(town.site, ahead=timedelta(hours=hours))
    right.send(right.event(town.an, ago=timedelta(minutes=4)))

    answers = wrong.send(wrong.event(town.binh, ago=timedelta(minutes=4)))

    assert [(one.code, one.state) for one in answers] == [("attendance.recorded", "present")]
    with factories.looking_everywhere():
        first, second = (_minute(row.in_at) for row in Attendance.objects.order_by("person__full_name"))
    assert first == second == 4


def test_before_the_opening_scans_are_kept_and_judged_at_the_opening(town: Town) -> None:
    begins = timezone.now() + timedelta(hours=2)
    Conference.objects.filter(pk=town.conference.pk).update(
        starts_at=begins, ends_at=begins + timedelta(hours=3)
    )
    town.conference.refresh_from_db()
    phone = reader(made.hub(town.conference))
    event = phone.event(town.an)
    assert [(one.code, one.name) for one in phone.send(event)] == [(Reply.KEPT, "")]
    assert codes_of(phone.send(event)) == [Reply.KEPT]
    assert scans.judge_kept() == 0
    assert town.counts(Measure.PRESENT) == [0]

    begins = timezone.now() + timedelta(minutes=30)
    Conference.objects.filter(pk=town.conference.pk).update(starts_at=begins)

    assert (scans.judge_kept(), scans.judge_kept()) == (1, 0)
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]
    assert codes_of(phone.send(event)) == [Code.ALREADY]


def _kept_for_later(conference: Conference, person: Person) -> None:
    """A scan of this person before check-in opens, which has opened since."""
    begins = timezone.now() + timedelta(hours=2)
    Conference.objects.filter(pk=conference.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=3))
    conference.refresh_from_db()
    phone = reader(made.hub(conference))
    assert codes_of(phone.send(phone.event(person))) == [Reply.KEPT]
    Conference.objects.filter(pk=conference.pk).update(starts_at=timezone.now() + timedelta(minutes=30))


def test_a_conference_that_cannot_be_judged_stops_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made.called(town.commune, town.campaign)
    _kept_for_later(town.conference, town.an)
    _kept_for_later(other, town.binh)
    plain = marks.write_down

    def write_down(heard: Sequence[marks.Heard], call: Call) -> list[marks.Answer]:
        if call.conference.pk == town.conference.pk:
            raise ZeroDivisionError
        return plain(heard, call)

    monkeypatch.setattr(marks, "write_down", write_down)

    assert scans.judge_kept() == 1
    with factories.looking_everywhere():
        assert list(Scan.objects.filter(waits=True).values_list("conference_id", flat=True)) == [
            town.conference.pk
        ]


def test_what_is_still_too_early_goes_on_waiting(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _kept_for_later(town.conference, town.an)
    plain = marks.write_down

    def put_off(heard: Sequence[marks.Heard], call: Call) -> list[marks.Answer]:
        return [replace(one, code=Code.TOO_EARLY) for one in plain(heard, call)]

    monkeypatch.setattr(marks, "write_down", put_off)

    assert scans.judge_kept() == 0
    with factories.looking_everywhere():
        assert list(Scan.objects.values_list("code", "waits")) == [(Reply.KEPT, True)]


def test_statements_do_not_grow_with_devices_and_events(town: Town) -> None:
    hall, room = town.site, made.site(town.conference, town.other_cell)
    phones = [reader(hall), reader(room), reader(hall)]
    scans.record([phones[0].told([phones[0].event(town.an)])])

    with CaptureQueriesContext(connection) as one:
        scans.record([phones[0].told([phones[0].event(town.binh)])])
    with CaptureQueriesContext(connection) as three:
        scans.record(
            [
                phones[0].told(
                    [phones[0].event(factories.person(town.cell, f"Người {at}")) for at in range(3)]
                ),
                phones[1].told([phones[1].event(town.chi)]),
                phones[2].told([phones[2].event(town.an)]),
            ]
        )

    growth = Counter(_kind(sql["sql"]) for sql in three) - Counter(_kind(sql["sql"]) for sql in one)
    assert {kind for kind in growth if "conferences" in kind or "campaigns" in kind or "ledger" in kind} <= {
        "INSERT INTO conferences_attendanceconflict",  # one, when somebody is claimed
        "UPDATE conferences_attendance AS",  # one, when somebody who is there is seen coming again
    }


def _kind(sql: str) -> str:
    return " ".join(sql.split()[:3])


# One of three people, at one of two sites, in or out; minutes before now in falling order.
Happening = tuple[int, int, str]
happenings = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.sampled_from(["in", "out"])), min_size=1, max_size=9
)
begins = st.sampled_from([-170, -60, -10, 30])
minimum = st.sampled_from([0, 50])


class TestBothPaths(HypothesisTestCase):
    """The page and the intake are fed the same events; every verdict, row, entry and credit is compared."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(happened=happenings, cut=st.integers(1, 9), begins=begins, minimum=minimum)
    def test_they_record_the_same(
        self, happened: list[Happening], cut: int, begins: int, minimum: int
    ) -> None:
        town = Town()
        starts = timezone.now() + timedelta(minutes=begins)
        Conference.objects.filter(pk=town.conference.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=3)
        )
        town.campaign.policy = {**town.campaign.policy, "minimum_share": minimum}
        town.campaign.save()
        town.conference = Conference.objects.get(pk=town.conference.pk)
        phones = [reader(made.hub(town.conference)), reader(made.site(town.conference, town.other_cell))]
        ago = range(len(happened), 0, -1)
        events = [
            (site, phones[site].event(town.people[who], act, ago=timedelta(minutes=back)))
            for (who, site, act), back in zip(happened, ago, strict=True)
        ]

        by_page = _rolled_back(lambda: (_through_pages(phones, events), _facts(town)))
        by_device = _rolled_back(lambda: (_through_devices(phones, events, cut), _facts(town)))

        assert by_device == by_page


def _rolled_back(act: Callable[[], Any]) -> Any:
    """What an act finds; what it wrote is taken back."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


def _through_pages(phones: list[Reader], events: list[tuple[int, Event]]) -> list[str]:
    found = []
    for site, event in events:
        phone = phones[site]
        ask = Ask(Act(event.act), _moment(event), is_code=True)
        mark = Mark(ask, Source.SCAN, code=event.code, client_id=event.id)
        with access.acting(phone.by):
            answer = attendance.record(phone.site, [mark], by=phone.by, key=event.id.hex)[0]
        found.append("scan.kept" if answer.code is Code.TOO_EARLY else str(answer.code))
    return found


def _through_devices(phones: list[Reader], events: list[tuple[int, Event]], cut: int) -> list[str]:
    """In flushes of ``cut`` events; neighbours of one device share a call."""
    found: list[str] = []
    for first in range(0, len(events), cut):
        told = [phones[site].told([event]) for site, event in events[first : first + cut]]
        found += [str(answer.code) for some in scans.record(told) for answer in some]
    return found


def _moment(event: Event) -> datetime:
    return datetime.fromtimestamp(event.at / 1000, UTC)


def _facts(town: Town) -> dict[str, Any]:
    with factories.looking_everywhere():
        rows = Attendance.objects.order_by("person_id")
        credited = Credit.objects.order_by("person_id", "document_id")
        claims = AttendanceConflict.objects.order_by("person_id", "site_id")
        entries = Entry.objects.filter(book=town.campaign.book_id)
        counted: Counter[Any] = Counter()
        for one in entries:
            counted[(one.unit_id, one.measure, one.slice, one.grade, one.occurred_on)] += one.amount
        return {
            "rows": [
                (
                    *(one.person_id, one.site_id, one.unit_id, one.line_id, one.person_class, one.state),
                    *(one.left_early, one.form, one.grade, one.source, one.client_id, one.actor, one.call),
                    *(_minute(one.in_at), _minute(one.out_at)),
                )
                for one in rows
            ],
            "credits": [
                (one.person_id, one.document_id, one.means, one.level, one.form, one.grade, one.credited_on)
                for one in credited
            ],
            "claims": [(one.person_id, one.site_id, one.state, one.actor, one.client_id) for one in claims],
            "entries": {key: amount for key, amount in counted.items() if amount},
        }


def _minute(moment: Any) -> int | None:
    """Minutes ago: the two paths run a moment apart."""
    return None if moment is None else round((timezone.now() - moment).total_seconds() / 60)
