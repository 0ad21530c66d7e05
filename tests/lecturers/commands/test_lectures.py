"""Requests for a lecturer: asked once, answered once, nobody in two places, a person's choice never overwritten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.lecturers import solver
from quantriet.lecturers.assignment import Choice, Gap, Why, completed, explained
from quantriet.lecturers.choices import ChosenBy, LectureState, OutlineState
from quantriet.lecturers.commands import corps, lectures, outlines
from quantriet.lecturers.models import Lecture, Lecturer, Outline
from quantriet.lecturers.queries import corps as corps_queries
from quantriet.lecturers.queries import problems
from quantriet.org import access
from quantriet.org.models import Notice, Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def commune(province: Unit) -> Unit:
    return factories.commune(province)


def fresh(lecture: Lecture) -> Lecture:
    with looking_everywhere():
        return Lecture.objects.get(pk=lecture.pk)


def told(unit: Unit) -> list[str]:
    return list(Notice.objects.filter(unit=unit).order_by("id").values_list("text", flat=True))


def test_asking_again_with_the_same_key_is_the_same_lecture_and_one_notice(
    province: Unit, commune: Unit
) -> None:
    by = factories.actor("clerk", commune)
    with access.acting(by):
        rows = [lectures.ask(commune, province, made.wanted(), key="k", by=by) for _again in range(2)]
    assert rows[0].pk == rows[1].pk
    assert len(told(province)) == 1
    assert rows[0].place_unit_id == commune.pk


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "  "}, "lecture.empty"),
        ({"place": ""}, "lecture.empty"),
        ({"ends_at": made.in_days(10, 8)}, "lecture.times"),
        ({"ends_at": made.in_days(12, 8)}, "lecture.times"),
        ({"starts_at": made.in_days(-1), "ends_at": made.in_days(-1, 9)}, "lecture.past"),
    ],
)
def test_what_cannot_be_is_refused(commune: Unit, change: dict[str, Any], code: str) -> None:
    by = factories.actor("secretary", commune)
    with access.acting(by), pytest.raises(DomainError) as refusal:
        lectures.ask(commune, commune, made.wanted(**change), key="k", by=by)
    assert (refusal.value.code, fresh_count()) == (code, 0)


def fresh_count() -> int:
    with looking_everywhere():
        return Lecture.objects.count()


def test_a_unit_asks_itself_and_those_above_and_nobody_else(province: Unit, commune: Unit) -> None:
    beside = factories.commune(province, "Xã Bên Cạnh")
    cell = factories.cell(commune)
    front = factories.front(commune)
    assert corps_queries.asked_units(cell) == [cell, commune, province]
    assert corps_queries.asked_units(front) == [commune, province]
    by = factories.actor("secretary", commune)
    with access.acting(by):
        for other in (beside, cell):
            with pytest.raises(DomainError) as refusal:
                lectures.ask(commune, other, made.wanted(), key="k", by=by)
            assert refusal.value.code == "lecture.not_above"


def test_who_may_not_ask_does_not(commune: Unit) -> None:
    by = factories.actor("inspector", commune)
    with access.acting(by), pytest.raises(ForbiddenError):
        lectures.ask(commune, commune, made.wanted(), key="k", by=by)


def test_a_proposal_is_told_to_nobody_sending_tells_the_unit_once(province: Unit, commune: Unit) -> None:
    lecturer = made.serving(province)
    lecture = made.asked(commune, province)
    by = factories.actor("officer", province)
    with access.acting(by):
        lectures.choose(lecture, lecturer, by=by)
        assert told(commune) == []
        for _again in range(2):
            lectures.send([lecture], by=by)
    row = fresh(lecture)
    assert (row.state, row.lecturer_name, row.lecturer_phone, row.person_id) == (
        LectureState.ACCEPTED, lecturer.person.full_name, lecturer.person.phone, lecturer.person_id,
    )  # fmt: skip
    assert len(told(commune)) == 1
    with looking_everywhere():
        outline = Outline.objects.get()
        assert outline.due_on == access.local_day(row.starts_at) - timedelta(days=lectures.OUTLINE_DAYS)


def test_nobody_is_sent_to_two_places_at_once_whichever_corps_sends(province: Unit, commune: Unit) -> None:
    person = factories.person(commune)
    above, here = made.serving(province, person), made.serving(commune, person)
    made.sent(made.asked(commune, province), above)
    second = made.asked(commune, hour=9)
    by = factories.actor("officer", commune)
    with access.acting(by):
        lectures.choose(second, here, by=by)
        with pytest.raises(DomainError) as refusal:
            lectures.send([second], by=by)
    assert (refusal.value.code, fresh(second).state) == ("lecture.busy", LectureState.ASKED)


def test_control_what_the_constraint_does_not_see_is_not_held_back(commune: Unit) -> None:
    lecturer = made.serving(commune)
    first, second = made.asked(commune), made.asked(commune, hour=9)
    made.sent(first, lecturer)
    with looking_everywhere():
        Lecture.objects.filter(pk=first.pk).update(person=None)

    made.sent(second, lecturer)

    assert fresh(second).state == LectureState.ACCEPTED


def test_of_several_all_or_none_are_sent(commune: Unit) -> None:
    lecturer = made.serving(commune)
    first, second = made.asked(commune), made.asked(commune, days=11)
    by = factories.actor("officer", commune)
    with access.acting(by):
        lectures.choose(first, lecturer, by=by)
        with pytest.raises(DomainError) as refusal:
            lectures.send([first, second], by=by)
    assert (refusal.value.code, fresh(first).state) == ("lecture.nobody", LectureState.ASKED)


def test_refusing_needs_a_reason_is_told_and_ends_it(province: Unit, commune: Unit) -> None:
    lecture = made.asked(commune, province)
    by = factories.actor("officer", province)
    with access.acting(by):
        with pytest.raises(DomainError):
            lectures.refuse(lecture, reason=" ", by=by)
        for _again in range(2):
            lectures.refuse(lecture, reason="Lực lượng đi hết", by=by)
        with pytest.raises(ConflictError) as late:
            lectures.choose(lecture, None, by=by)
    assert (fresh(lecture).state, late.value.code) == (LectureState.REFUSED, "lecture.answered")
    assert told(commune) == ["Không cử được báo cáo viên: Lực lượng đi hết"]


def test_who_asked_cannot_answer(province: Unit, commune: Unit) -> None:
    lecture = made.asked(commune, province)
    own = made.serving(commune)
    by = factories.actor("officer", commune)
    with access.acting(by):
        for answer in (
            lambda: lectures.refuse(lecture, reason="không", by=by),
            lambda: lectures.choose(lecture, own, by=by),
            lambda: lectures.send([lecture], by=by),
        ):
            with pytest.raises(ForbiddenError):
                answer()


def test_withdrawing_frees_the_lecturer_and_is_told_once(province: Unit, commune: Unit) -> None:
    lecturer = made.serving(province)
    lecture = made.asked(commune, province)
    made.sent(lecture, lecturer)
    before = len(told(province))
    by = factories.actor("clerk", commune)
    with access.acting(by):
        for _again in range(2):
            lectures.withdraw(lecture, by=by)
    row = fresh(lecture)
    assert (row.state, row.person_id, len(told(province)) - before) == (LectureState.WITHDRAWN, None, 1)
    made.sent(made.asked(commune, province), lecturer)


def test_a_lecture_that_has_begun_is_changed_no_more(commune: Unit) -> None:
    lecturer = made.serving(commune)
    lecture = made.asked(commune)
    with looking_everywhere():
        now = timezone.now()
        Lecture.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    by = factories.actor("officer", commune)
    codes = []
    acts: tuple[Callable[[], object], ...] = (
        lambda: lectures.withdraw(lecture, by=by),
        lambda: lectures.choose(lecture, lecturer, by=by),
    )
    with access.acting(by):
        for act in acts:
            with pytest.raises(DomainError) as refusal:
                act()
            codes.append(refusal.value.code)
    assert codes == ["lecture.begun", "lecture.begun"]


def test_somebody_else_takes_over_with_what_was_written(commune: Unit) -> None:
    first, second = made.serving(commune), made.serving(commune)
    lecture = made.asked(commune)
    outline = made.sent(lecture, first)
    himself = factories.actor("lecturer", commune, of=first.person)
    with access.acting(himself):
        outlines.write(outline, text="Nội dung", local_examples="Ấp 2", seen=outline.version, by=himself)
        outlines.submit(outline, by=himself)
    by = factories.actor("officer", commune)
    with access.acting(by):
        for _again in range(2):
            lectures.replace_lecturer(lecture, second, by=by)
        now = Outline.objects.get(pk=outline.pk)
    row = fresh(lecture)
    assert (row.lecturer_name, row.chosen_by) == (second.person.full_name, ChosenBy.HAND)
    assert (now.text, now.state, now.person_id) == ("Nội dung", OutlineState.DRAFT, second.person_id)


def test_who_was_dismissed_is_not_sent(commune: Unit) -> None:
    lecturer = made.serving(commune)
    lecture = made.asked(commune)
    by = factories.actor("officer", commune)
    with access.acting(by):
        corps.dismiss([lecturer], decision=made.SINCE, why="", by=by)
        with pytest.raises(DomainError) as refusal:
            lectures.choose(lecture, lecturer, by=by)
    assert refusal.value.code == "lecturer.not_serving"


# --- plans ------------------------------------------------------------------------------------------------------


def planned(unit: Unit) -> list[Choice]:
    with access.acting(factories.operator()):
        problem = problems.problem(unit)
    return explained(problem, completed(problem, solver.search(problem)))


def test_a_plan_takes_who_fits_and_tells_why_nobody_does(province: Unit, commune: Unit) -> None:
    near = made.serving(province, factories.person(commune))
    made.serving(province, factories.person(factories.commune(province, "Xã Xa")), subjects=("law",))
    fitting, language, law = (
        made.asked(commune, province),
        made.asked(commune, province, days=12, language="khmer"),
        made.asked(commune, province, hour=9, subject="law"),
    )
    choices = {one.slot_id: one for one in planned(province)}
    assert choices[fitting.pk].teacher_id == near.pk
    assert (Why.NEAR, ()) in choices[fitting.pk].reasons
    assert choices[language.pk].reasons == ((Gap.SUBJECT.value, (1,)), (Gap.LANGUAGE.value, (1,)))
    assert (Why.PROVINCE, ()) in choices[law.pk].reasons


def test_days_away_the_wish_of_the_unit_and_promises_below_are_reckoned_with(
    province: Unit, commune: Unit
) -> None:
    away, busy, liked, other = (made.serving(province, factories.person(commune, f"Lê {name}"))
                                for name in ("Vắng", "Bận", "Quý", "Khác"))  # fmt: skip
    by = factories.operator()
    day = access.local_day(made.in_days(10))
    with access.acting(by):
        corps.note_absence(away, from_on=day, to_on=day, by=by)
    made.sent(made.asked(commune), made.serving(commune, busy.person))
    lecture = made.asked(commune, province, wished_name="lê quý")
    with access.acting(by):
        options = {one.lecturer.pk: one.gap for one in problems.options(lecture)}
    assert options == {away.pk: Gap.ABSENT, busy.pk: Gap.BUSY, liked.pk: None, other.pk: None}
    assert {one.slot_id: one.teacher_id for one in planned(province)} == {lecture.pk: liked.pk}


def test_a_plan_never_changes_what_a_person_chose_or_what_was_answered(province: Unit, commune: Unit) -> None:
    chosen, other = made.serving(province), made.serving(province)
    by_hand, refused, free = (made.asked(commune, province, days=days) for days in (10, 11, 12))
    by = factories.actor("officer", province)
    with access.acting(by):
        lectures.choose(by_hand, chosen, by=by)
        lectures.refuse(refused, reason="hết người", by=by)
        plan = [Choice(one.pk, other.pk, ((Why.SUBJECT, ()),)) for one in (by_hand, refused, free)]
        kept = [lectures.propose(province, plan, by=by) for _again in range(2)]
    rows = [(row.lecturer_id, row.chosen_by) for row in map(fresh, (by_hand, refused, free))]
    assert kept == [1, 1]
    assert rows == [(chosen.pk, ChosenBy.HAND), (None, ""), (other.pk, ChosenBy.PLAN)]


def test_control_a_choice_given_back_to_the_plan_is_changed_by_it(commune: Unit) -> None:
    chosen, other = made.serving(commune), made.serving(commune)
    lecture = made.asked(commune)
    by = factories.actor("officer", commune)
    with access.acting(by):
        lectures.choose(lecture, chosen, by=by)
        lectures.choose(lecture, None, by=by)
        lectures.propose(commune, [Choice(lecture.pk, other.pk, ())], by=by)
    assert fresh(lecture).lecturer_id == other.pk


def test_a_plan_proposes_nobody_who_left_meanwhile_and_touches_no_foreign_lecture(
    province: Unit, commune: Unit
) -> None:
    left = made.serving(province)
    mine, foreign = made.asked(commune, province), made.asked(commune)
    by = factories.actor("officer", province)
    with access.acting(by):
        corps.dismiss([left], decision=made.SINCE, why="", by=by)
        plan = [Choice(mine.pk, left.pk, ()), Choice(foreign.pk, 0, ())]
        kept = lectures.propose(province, plan, by=by)
    assert (kept, fresh(mine).lecturer_id, fresh(foreign).version) == (0, None, 1)
    with looking_everywhere():
        assert Lecturer.objects.filter(dismissed_on=None).count() == 0
