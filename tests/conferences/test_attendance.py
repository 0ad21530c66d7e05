"""Roll-call: every way ends in one command; nobody counts twice; corrections count out what was counted in."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.campaigns import queries
from quantriet.campaigns.models import Campaign, RollLine
from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, conflicts, guests, makeups
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.models import Attendance, AttendanceChange, AttendanceConflict, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.queries import roster
from quantriet.conferences.verdicts import Act, Ask, Code
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries as ledger_queries
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Batch
from quantriet.org import access
from quantriet.org.models import Person, Unit
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator


class Town:
    """A province with a commune of two cells, three people, a running campaign and a session of the commune."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.commune = factories.commune(self.province)
        self.cell = factories.cell(self.commune, "Chi bộ 1")
        self.other_cell = factories.cell(self.commune, "Chi bộ 2")
        self.an = factories.person(self.cell, "Nguyễn Văn An")
        self.binh = factories.person(self.cell, "Trần Thị Bình")
        self.chi = factories.person(self.other_cell, "Lê Chi")
        self.people = [self.an, self.binh, self.chi]
        self.campaign = campaigns_made.started(self.province)
        self.conference = made.called(self.commune, self.campaign)
        self.site = made.hub(self.conference)

    def counts(self, *measures: Measure, unit: Unit | None = None) -> list[int]:
        return counts(self.campaign, unit or self.province, *measures)


def counts(campaign: Campaign, unit: Unit, *measures: Measure) -> list[int]:
    with access.acting(operator()):
        row = queries.board(campaign, unit).top
        return [row.amount(measure).total for measure in measures]


def codes_of(answers: list[Answer]) -> list[Code]:
    return [answer.code for answer in answers]


def states(site: Site) -> list[tuple[str, str]]:
    with access.acting(operator()):
        return [(row.full_name, row.state) for row in roster.of_site(site)]


def scan(site: Site, code: str, *, act: Act = Act.IN, client_id: uuid.UUID | None = None) -> Code:
    by = operator()
    mark = Mark(Ask(act, is_code=True), source=Source.SCAN, code=code, client_id=client_id or uuid.uuid4())
    with access.acting(by):
        return attendance.record(site, [mark], by=by, key=str(mark.client_id))[0].code


def qr(site: Site, person: Person) -> str:
    return codes.personal(bytes(site.conference.code_key), site.conference_id, person.pk)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def test_a_mark_is_a_person_a_turn_and_a_credit_at_the_unit_of_the_roll(town: Town) -> None:
    answers = made.mark(town.site, [town.an, town.chi])

    assert codes_of(answers) == [Code.RECORDED, Code.RECORDED]
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES, Measure.SUMMONED) == [2, 2, 3]
    assert town.counts(Measure.PRESENT, unit=town.other_cell) == [1]
    assert states(town.site) == [("Nguyễn Văn An", "present"), ("Trần Thị Bình", ""), ("Lê Chi", "present")]


def test_a_mark_during_the_session_is_evidence_at_the_spot(town: Town) -> None:
    made.mark(town.site, [town.an])

    with factories.looking_everywhere():
        assert Attendance.objects.get().grade == Grade.ON_SPOT


def test_the_same_call_again_writes_nothing(town: Town) -> None:
    made.mark(town.site, town.people, key="tap")

    again = made.mark(town.site, town.people, key="tap")

    assert codes_of(again) == [Code.ALREADY] * 3
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [3, 3]


def test_a_retry_of_a_call_does_not_undo_what_was_corrected_since(town: Town) -> None:
    made.mark(town.site, [town.an], key="tap")
    made.mark(town.site, [town.an], Act.ABSENT, key="correction")

    again = made.mark(town.site, [town.an], key="tap")

    assert (codes_of(again), again[0].known.state) == ([Code.ALREADY], "absent")
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [0, 0]


def test_everyone_except_marks_the_rest_and_keeps_what_was_marked(town: Town) -> None:
    made.mark(town.site, [town.binh], Act.LATE)
    by = operator()

    with access.acting(by):
        attendance.everyone_except(town.site, {town.an.pk: Ask(Act.EXCUSED, excuse="ốm")}, by=by, key="all")

    assert states(town.site) == [
        ("Nguyễn Văn An", "excused"),
        ("Trần Thị Bình", "late"),
        ("Lê Chi", "present"),
    ]
    wanted = (Measure.PRESENT, Measure.EXCUSED, Measure.LATE, Measure.ATTENDANCES)
    assert town.counts(*wanted) == [2, 1, 1, 2]


def test_undo_takes_back_what_one_call_made_and_changed(town: Town) -> None:
    made.mark(town.site, [town.an], Act.EXCUSED, excuse="ốm")
    made.mark(town.site, [town.an, town.binh], key="tap")
    by = operator()

    with access.acting(by):
        undone = attendance.undo(town.site, "tap", by=by)
        again = attendance.undo(town.site, "tap", by=by)

    assert (undone, again) == (2, 0)
    assert states(town.site) == [("Nguyễn Văn An", "excused"), ("Trần Thị Bình", ""), ("Lê Chi", "")]
    assert town.counts(Measure.PRESENT, Measure.EXCUSED, Measure.ATTENDANCES) == [0, 1, 0]


def test_undo_leaves_what_somebody_changed_since(town: Town) -> None:
    made.mark(town.site, [town.an], key="tap")
    made.mark(town.site, [town.an], Act.LATE)
    by = operator()

    with access.acting(by):
        undone = attendance.undo(town.site, "tap", by=by)

    assert undone == 0
    assert states(town.site)[0] == ("Nguyễn Văn An", "late")


def test_a_correction_counts_out_and_keeps_what_stood_before(town: Town) -> None:
    made.mark(town.site, [town.an], Act.LATE)

    made.mark(town.site, [town.an], Act.ABSENT, version=1)

    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES, Measure.LATE) == [0, 0, 0]
    with factories.looking_everywhere():
        assert AttendanceChange.objects.get().before["state"] == "late"


def test_the_second_clerk_is_told_and_shown_what_the_first_wrote(town: Town) -> None:
    made.mark(town.site, [town.an])
    made.mark(town.site, [town.an], Act.EXCUSED, excuse="ốm", version=1)

    second = made.mark(town.site, [town.an], Act.ABSENT, version=1)

    assert codes_of(second) == [Code.STALE]
    assert (second[0].known.state, second[0].known.excuse, second[0].known.version) == ("excused", "ốm", 2)
    assert states(town.site)[0] == ("Nguyễn Văn An", "excused")


def test_a_corrected_person_keeps_the_credit_of_another_session(town: Town) -> None:
    second = made.hub(made.called(town.commune, town.campaign))
    made.mark(town.site, [town.an])
    made.mark(second, [town.an])

    made.mark(town.site, [town.an], Act.ABSENT)

    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


def test_one_person_at_two_sessions_is_two_turns_and_one_person(town: Town) -> None:
    made.mark(town.site, [town.an])
    made.mark(made.hub(made.called(town.commune, town.campaign)), [town.an])

    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 2]


def test_an_excuse_of_another_session_stays_when_one_is_lifted(town: Town) -> None:
    second = made.hub(made.called(town.commune, town.campaign))
    made.mark(town.site, [town.an], Act.EXCUSED, excuse="ốm")
    made.mark(second, [town.an], Act.EXCUSED, excuse="công tác")

    made.mark(town.site, [town.an], Act.ABSENT)

    with factories.looking_everywhere():
        assert RollLine.objects.get(person=town.an).excuse == "công tác"
    assert town.counts(Measure.EXCUSED) == [1]


def test_a_qr_records_once_whoever_scans_it(town: Town) -> None:
    code = qr(town.site, town.an)
    client = uuid.uuid4()

    answers = [
        scan(town.site, code, client_id=client),
        scan(town.site, code, client_id=client),
        scan(town.site, code),
    ]

    assert answers == [Code.RECORDED, Code.ALREADY, Code.ALREADY]
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


def test_a_scan_sent_again_after_a_correction_changes_nothing(town: Town) -> None:
    client = uuid.uuid4()
    scan(town.site, qr(town.site, town.an), client_id=client)
    made.mark(town.site, [town.an], Act.ABSENT)

    assert scan(town.site, qr(town.site, town.an), client_id=client) == Code.ALREADY
    assert states(town.site)[0] == ("Nguyễn Văn An", "absent")


def test_a_short_code_finds_its_person(town: Town) -> None:
    code = codes.shown(codes.short(bytes(town.conference.code_key), town.conference.pk, town.binh.pk))

    assert scan(town.site, code.lower()) == Code.RECORDED
    assert states(town.site)[1] == ("Trần Thị Bình", "present")


def test_forged_foreign_and_unknown_codes_are_refused(town: Town) -> None:
    other = made.hub(made.called(town.commune, town.campaign))
    own = qr(town.site, town.an)
    forged = own[:-1] + ("0" if own[-1] != "0" else "1")

    answers = [scan(town.site, code) for code in (forged, qr(other, town.an), "AAAA-BBBB", "lung tung")]

    assert answers == [Code.FORGED_CODE, Code.FOREIGN_CODE, Code.UNKNOWN_CODE, Code.UNKNOWN_CODE]
    assert town.counts(Measure.ATTENDANCES) == [0]


def test_a_scan_before_the_window_is_refused(town: Town) -> None:
    begins = timezone.now() + timedelta(minutes=61)
    early = made.hub(
        made.called(town.commune, town.campaign, starts_at=begins, ends_at=begins + timedelta(hours=1))
    )

    assert scan(early, qr(early, town.an)) == Code.TOO_EARLY


def test_going_out_early_is_counted_and_coming_back_takes_it_away(town: Town) -> None:
    code = qr(town.site, town.an)
    scan(town.site, code)

    out = scan(town.site, code, act=Act.OUT)
    early = town.counts(Measure.LEFT_EARLY)
    scan(town.site, code)

    assert (out, early, town.counts(Measure.LEFT_EARLY)) == (Code.CHANGED, [1], [0])


def test_in_and_out_of_one_device_sent_together_and_again_are_one_stay(town: Town) -> None:
    code = qr(town.site, town.an)
    came, left = timezone.now() - timedelta(minutes=8), timezone.now() - timedelta(minutes=2)
    marks = [
        Mark(Ask(act, at=at, is_code=True), Source.SCAN, code=code, client_id=uuid.uuid4())
        for act, at in ((Act.IN, came), (Act.OUT, left))
    ]
    by = operator()

    with access.acting(by):
        first = attendance.record(town.site, marks, by=by, key="sync")
        again = attendance.record(town.site, marks[::-1], by=by, key="sync again")
        row = Attendance.objects.get()

    assert codes_of(first) == [Code.RECORDED, Code.CHANGED]
    assert codes_of(again) == [Code.ALREADY, Code.ALREADY]
    assert (row.in_at, row.out_at, row.left_early) == (came, left, True)


def test_somebody_of_another_site_is_a_claim_to_be_settled(town: Town) -> None:
    whole = made.called(town.province, town.campaign)
    here, there = made.site(whole, town.cell), made.site(whole, town.other_cell)
    made.mark(there, [town.chi])

    claim = scan(here, qr(here, town.chi))

    assert claim == Code.WRONG_SITE
    by = operator()
    with access.acting(by):
        conflict = AttendanceConflict.objects.get()
        conflicts.settle(conflict, decision="here", by=by)
        conflicts.settle(conflict, decision="elsewhere", by=by)
        conflict.refresh_from_db()
        row = Attendance.objects.get(conference=whole)
    assert (conflict.decision, row.site_id, row.person_id) == ("here", here.pk, town.chi.pk)
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


def test_nearest_site_expects_and_the_hub_takes_the_rest(town: Town) -> None:
    whole = made.called(town.province, town.campaign)
    here = made.site(whole, town.cell)

    with access.acting(operator()):
        at_hub = [row.full_name for row in roster.of_site(made.hub(whole))]
        at_site = [row.full_name for row in roster.of_site(here)]

    assert (at_hub, at_site) == (["Lê Chi"], ["Nguyễn Văn An", "Trần Thị Bình"])


def test_a_clerk_of_another_commune_learns_nothing_and_writes_nothing(town: Town) -> None:
    stranger = factories.actor("clerk", factories.commune(town.province, "Đảng bộ xã Khác"))

    with access.acting(stranger), pytest.raises(ForbiddenError):
        attendance.record(town.site, [Mark(Ask(Act.PRESENT), person_id=town.an.pk)], by=stranger, key="x")


def test_a_clerk_of_one_site_cannot_record_people_of_another(town: Town) -> None:
    whole = made.called(town.province, town.campaign)
    neighbour = factories.commune(town.province, "Đảng bộ xã Bên")
    site = made.site(whole, neighbour)
    clerk = factories.actor("clerk", neighbour)

    with access.acting(clerk):
        answer = attendance.record(site, [Mark(Ask(Act.PRESENT), person_id=town.an.pk)], by=clerk, key="x")

    assert codes_of(answer) == [Code.WRONG_SITE]
    assert town.counts(Measure.ATTENDANCES) == [0]


def test_guests_count_once(town: Town) -> None:
    by = operator()
    with access.acting(by):
        first = guests.add(
            town.site, [("Võ Dân", "Hội Nông dân"), ("Võ Dân", "Hội Nông dân")], key="a", by=by
        )
        again = guests.add(town.site, [("Võ Dân", "Hội Nông dân")], key="b", by=by)

    assert (first, again, town.counts(Measure.GUESTS)) == (1, 0, [1])


def test_a_person_off_the_roll_sits_in_as_a_guest(town: Town) -> None:
    late_comer = factories.person(town.cell, "Phạm Mới", from_on=timezone.localdate())

    made.mark(town.site, [late_comer])

    assert town.counts(Measure.GUESTS, Measure.ATTENDANCES, Measure.PRESENT) == [1, 0, 0]


def test_making_up_later_is_a_credit_of_its_own_kind(town: Town) -> None:
    made.mark(town.site, [town.an], Act.ABSENT)
    made.mark(town.site, [town.binh])
    by = operator()

    with access.acting(by):
        answers = makeups.make_up(
            town.site, [town.an.pk, town.binh.pk], note="Xem lại bản ghi", key="m", by=by
        )

    assert codes_of(answers) == [Code.CHANGED]
    assert town.counts(Measure.PRESENT, Measure.MADE_UP) == [2, 1]
    with factories.looking_everywhere():
        assert Attendance.objects.get(person=town.an).grade == Grade.AFTERWARDS


def test_who_attended_above_is_credited_below_and_not_counted_twice(town: Town) -> None:
    made.mark(made.hub(made.called(town.province, town.campaign)), [town.an])
    by = operator()

    with access.acting(by):
        answers = makeups.credit_superior(town.site, key="s", by=by)
        again = makeups.credit_superior(town.site, key="t", by=by)

    assert (codes_of(answers), again) == ([Code.RECORDED], [])
    assert town.counts(Measure.PRESENT, Measure.ATTENDANCES) == [1, 1]


def test_credit_from_above_is_refused_where_the_policy_does_not_know_it(town: Town) -> None:
    Campaign.objects.filter(pk=town.campaign.pk).update(
        policy={**town.campaign.policy, "credit_from_superior": False}
    )
    by = operator()

    with access.acting(by), pytest.raises(DomainError) as refused:
        makeups.credit_superior(made.hub(town.conference), key="s", by=by)

    assert refused.value.code == "credit.not_recognised"


def test_a_refused_call_leaves_no_empty_batch(town: Town) -> None:
    made.mark(town.site, [town.an])
    before = Batch.objects.count()

    made.mark(town.site, [town.an])

    assert Batch.objects.count() == before


def test_tallies_equal_their_entries_after_all_this(town: Town) -> None:
    made.mark(town.site, town.people)
    made.mark(town.site, [town.an], Act.EXCUSED)
    made.mark(town.site, [town.an], Act.LATE)

    ledger.fold()

    assert ledger_queries.verify().equal
    assert town.counts(Measure.PRESENT, Measure.LATE, Measure.EXCUSED) == [3, 1, 0]


def early(town: Town, **before: int) -> Site:
    """The hall of a conference that begins a little later."""
    begins = timezone.now() + timedelta(**before)
    return made.hub(
        made.called(town.commune, town.campaign, starts_at=begins, ends_at=begins + timedelta(hours=2))
    )


def test_all_are_said_present_from_a_quarter_of_an_hour_before_or_once_it_was_opened(db: None) -> None:
    town, by = Town(), operator()
    soon, later = early(town, minutes=10), early(town, minutes=40)
    opened = early(town, minutes=40)

    with access.acting(by):
        opened.conference.state = "open"
        done = [len(attendance.everyone_except(site, {}, by=by, key="all")) for site in (soon, opened)]
        with pytest.raises(DomainError) as refused:
            attendance.everyone_except(later, {}, by=by, key="all")

    assert (done, refused.value.code) == ([3, 3], "attendance.everyone_too_early")
    with factories.looking_everywhere():
        assert Attendance.objects.filter(site=later).count() == 0


def test_who_insists_before_the_hour_is_graded_as_entered_afterwards(db: None) -> None:
    town, by = Town(), operator()
    later, far = early(town, minutes=40), early(town, hours=5)

    with access.acting(by):
        attendance.everyone_afterwards(later, {town.an.pk: Ask(Act.ABSENT, version=0)}, by=by, key="all")
        codes = set(codes_of(attendance.everyone_afterwards(far, {}, by=by, key="all")))

    with factories.looking_everywhere():
        grades = set(Attendance.objects.filter(site=later, state="present").values_list("grade", flat=True))
    assert (grades, codes) == ({Grade.AFTERWARDS}, {Code.TOO_EARLY})
