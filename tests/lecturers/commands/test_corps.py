"""The corps: appointed and dismissed by decision, once however often it is told, by who may."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.lecturers.choices import Corps, LectureState
from quantriet.lecturers.commands import corps
from quantriet.lecturers.commands.corps import Appointment, Decision, Renewed, Skills
from quantriet.lecturers.models import Absence, Lecture, Lecturer
from quantriet.org import access
from quantriet.org.models import AuditEvent, Notice
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db

ON = Decision("15-QĐ/BTGDV", date(2026, 1, 5))
OFF = Decision("40-QĐ/BTGDV", date(2026, 6, 1))
GOOD = Skills(("party", "law"), ("khmer",))


def test_appointing_again_changes_nothing_and_other_skills_bring_it_up_to_date() -> None:
    unit = factories.commune(factories.province())
    people = [factories.person(unit, f"Trần Thị {name}") for name in ("An", "Bình")]
    by = factories.actor("officer", unit)
    told = [Appointment(person.pk, skills=GOOD) for person in people]
    with access.acting(by):
        first = corps.appoint(unit, told, decision=ON, by=by)
        again = corps.appoint(unit, told, decision=ON, by=by)
        better = corps.appoint(
            unit, [Appointment(people[0].pk, skills=Skills(("law",)))], decision=OFF, by=by
        )
        rows = list(Lecturer.objects.order_by("id").values_list("subjects", "languages", "appointed_by"))
    assert (first, again, better) == (Renewed(2, 0, 0, 0), Renewed(0, 0, 2, 0), Renewed(0, 1, 0, 0))
    assert rows == [(["law"], [], ON.number), (["law", "party"], ["khmer"], ON.number)]
    assert AuditEvent.objects.filter(action="lecturer.appoint").count() == 2


@pytest.mark.parametrize(
    ("decision", "skills", "code"),
    [
        (Decision(" ", date(2026, 1, 5)), GOOD, "lecturer.no_decision"),
        (Decision("1-QĐ", date(2126, 1, 5)), GOOD, "lecturer.future"),
        (ON, Skills(("law",), most_a_month=32), "lecturer.load"),
    ],
)
def test_what_cannot_hold_is_refused_whole(decision: Decision, skills: Skills, code: str) -> None:
    unit = factories.province()
    person = factories.person(unit)
    by = factories.actor("officer", unit)
    with access.acting(by), pytest.raises(DomainError) as refusal:
        corps.appoint(unit, [Appointment(person.pk, skills=skills)], decision=decision, by=by)
    with looking_everywhere():
        assert (refusal.value.code, Lecturer.objects.count()) == (code, 0)


def test_a_person_of_another_unit_and_a_person_twice_are_refused() -> None:
    province = factories.province()
    own, other = factories.commune(province), factories.commune(province, "Xã Khác")
    mine, foreign = factories.person(own), factories.person(other)
    by = factories.actor("officer", own)
    codes = []
    with access.acting(by):
        for people in ([foreign], [mine, mine]):
            with pytest.raises(DomainError) as refusal:
                corps.appoint(own, [Appointment(one.pk) for one in people], decision=ON, by=by)
            codes.append(refusal.value.code)
    assert codes == ["lecturer.unknown_person", "lecturer.twice"]


@pytest.mark.parametrize("role", ["clerk", "member", "lecturer", "inspector", "administrator"])
def test_only_who_manages_the_corps_may_appoint(role: str) -> None:
    unit = factories.province()
    person = factories.person(unit)
    by = factories.actor(role, unit)
    with access.acting(by), pytest.raises(ForbiddenError):
        corps.appoint(unit, [Appointment(person.pk)], decision=ON, by=by)


def test_dismissed_once_his_coming_lectures_wait_for_somebody_again_and_he_may_come_back() -> None:
    unit = factories.province()
    lecturer = made.serving(unit)
    lecture = made.asked(unit)
    made.sent(lecture, lecturer)
    by = factories.actor("officer", unit)
    with access.acting(by):
        counts = [
            corps.dismiss([lecturer], decision=OFF, why="chuyển công tác", by=by) for _again in range(2)
        ]
        corps.appoint(unit, [Appointment(lecturer.person_id)], decision=OFF, by=by)
        row = Lecture.objects.get(pk=lecture.pk)
        terms = list(Lecturer.objects.order_by("id").values_list("dismissed_by", "dismissed_why"))
    assert counts == [1, 0]
    assert Notice.objects.filter(unit=unit, text__contains="không đến được nữa").count() == 1
    assert (row.state, row.lecturer_id, row.person_id, row.lecturer_name) == (
        LectureState.ASKED,
        None,
        None,
        "",
    )
    assert terms == [(OFF.number, "chuyển công tác"), ("", "")]


def test_a_dismissal_before_the_appointment_is_refused() -> None:
    unit = factories.province()
    lecturer = made.serving(unit)
    by = factories.actor("officer", unit)
    with access.acting(by), pytest.raises(DomainError) as refusal:
        corps.dismiss([lecturer], decision=Decision("1-QĐ", date(2025, 12, 31)), why="", by=by)
    assert refusal.value.code == "lecturer.too_early"


def test_renewing_appoints_changes_and_dismisses_by_one_decision_all_or_nothing() -> None:
    unit = factories.province()
    stays, goes = made.serving(unit), made.serving(unit)
    new = factories.person(unit, "Lê Văn Mới")
    by = factories.actor("officer", unit)
    people = [Appointment(stays.person_id, skills=GOOD), Appointment(new.pk, Corps.COMMUNICATOR)]
    broken = [*people, Appointment(new.pk, Corps.COMMUNICATOR)]
    with access.acting(by):
        with pytest.raises(DomainError):
            corps.renew(unit, broken, [goes], decision=OFF, by=by)
        untouched = Lecturer.objects.filter(dismissed_on=None).count()
        done = corps.renew(unit, people, [goes], decision=OFF, by=by)
        again = corps.renew(unit, people, [goes], decision=OFF, by=by)
        serving = Lecturer.objects.filter(dismissed_on=None).count()
    assert (untouched, serving) == (2, 2)
    assert (done, again) == (Renewed(1, 1, 0, 1), Renewed(0, 0, 2, 0))


def test_a_lecturer_notes_his_own_days_away_and_wishes_and_nobody_elses() -> None:
    unit = factories.province()
    lecturer, colleague = made.serving(unit), made.serving(unit)
    himself = factories.actor("lecturer", unit, of=lecturer.person)
    today = timezone.localdate()
    span = {"from_on": today, "to_on": today + timedelta(days=2)}
    with access.acting(himself):
        first = corps.note_absence(lecturer, by=himself, **span)
        assert corps.note_absence(lecturer, by=himself, **span).pk == first.pk
        corps.wish(lecturer, most_a_month=2, days_off=[6, 5, 6], by=himself)
        for refused in (
            lambda: corps.note_absence(colleague, by=himself, **span),
            lambda: corps.wish(colleague, most_a_month=1, days_off=[], by=himself),
        ):
            with pytest.raises(ForbiddenError):
                refused()
        corps.drop_absence(first, by=himself)
        corps.drop_absence(first, by=himself)
        assert not Absence.objects.exists()
        lecturer.refresh_from_db()
    assert (lecturer.most_a_month, lecturer.days_off) == (2, [5, 6])


def test_days_away_that_end_before_they_begin_are_refused() -> None:
    unit = factories.province()
    lecturer = made.serving(unit)
    by = factories.actor("officer", unit)
    today = timezone.localdate()
    with access.acting(by), pytest.raises(DomainError) as refusal:
        corps.note_absence(lecturer, from_on=today, to_on=today - timedelta(days=1), by=by)
    assert refusal.value.code == "lecturer.absence_ends"


def test_the_database_hides_the_corps_above_and_beside() -> None:
    province = factories.province()
    own, beside = factories.commune(province), factories.commune(province, "Xã Khác")
    rows = {
        name: made.serving(unit) for name, unit in {"own": own, "beside": beside, "above": province}.items()
    }
    with access.acting(factories.actor("officer", own)):
        seen = set(Lecturer.objects.values_list("pk", flat=True))
    with looking_everywhere():
        everybody = Lecturer.objects.count()
    assert (seen, everybody) == ({rows["own"].pk}, 3)
