"""Feedback on a session: counted without anybody, shown only from five sheets up and only when the box is closed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.lecturers.choices import Mark, Question
from quantriet.lecturers.commands import feedback as commands
from quantriet.lecturers.models import FeedbackBox, FeedbackCount, Lecture
from quantriet.lecturers.queries import feedback
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db

GOOD = dict.fromkeys(Question, Mark.GOOD)


class Hall:
    """A lecture going on, with its box."""

    def __init__(self) -> None:
        self.commune: Unit = factories.commune(factories.province())
        self.lecture = made.asked(self.commune, title="Nói về biển đảo")
        made.sent(self.lecture, made.serving(self.commune))
        with access.acting(factories.operator()):
            self.lecture.refresh_from_db()
            self.box = commands.open_box(self.lecture, by=factories.operator())
        self.move(begins=-1)

    def move(self, *, begins: int) -> None:
        """The session began so many hours from now; the box closes three days after its end."""
        starts = timezone.now() + timedelta(hours=begins)
        FeedbackBox.objects.update(opens_at=starts, closes_at=starts + timedelta(hours=2) + commands.OPEN_FOR)
        self.box.refresh_from_db()


@pytest.fixture
def hall() -> Hall:
    return Hall()


def told(hall: Hall) -> list[tuple[int, ...]] | None:
    hall.box.refresh_from_db()
    found = feedback.results(hall.box)
    return None if found is None else [tuple(count for _mark, count in row.counts) for row in found]


def test_sheets_are_counted_and_shown_once_closed(hall: Hall) -> None:
    for number in range(6):
        commands.answer(hall.box.code, GOOD | {Question.CLEAR: Mark.VERY if number else Mark.POOR})
    open_still = told(hall)
    hall.move(begins=-80)
    assert (open_still, told(hall)) == (None, [(0, 6, 0, 0), (5, 0, 0, 1), (0, 6, 0, 0)])


@pytest.mark.parametrize(("sheets", "is_shown"), [(4, False), (5, True)])
def test_below_five_nothing_is_shown_whoever_asks(hall: Hall, sheets: int, is_shown: bool) -> None:  # noqa: FBT001
    for _one in range(sheets):
        commands.answer(hall.box.code, GOOD)
    hall.move(begins=-80)
    assert (told(hall) is not None) is is_shown


@pytest.mark.parametrize("begins", [1, -80])
def test_a_box_takes_sheets_only_while_it_is_open(hall: Hall, begins: int) -> None:
    hall.move(begins=begins)
    with pytest.raises(DomainError) as refusal:
        commands.answer(hall.box.code, GOOD)
    hall.box.refresh_from_db()
    assert (refusal.value.code, hall.box.answers) == ("feedback.closed", 0)


def test_a_full_box_and_half_a_sheet_are_refused(hall: Hall) -> None:
    codes = []
    for marks, answers in (({Question.CLEAR: Mark.GOOD}, 0), (GOOD, commands.MOST)):
        FeedbackBox.objects.update(answers=answers)
        with pytest.raises(DomainError) as refusal:
            commands.answer(hall.box.code, marks)
        codes.append(refusal.value.code)
    assert codes == ["feedback.incomplete", "feedback.closed"]
    assert sum(FeedbackCount.objects.values_list("count", flat=True)) == 0


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        return {row[0] for row in cursor.fetchall()}


def test_no_column_could_tie_a_sheet_to_a_person_or_a_time(hall: Hall) -> None:
    rows = FeedbackCount.objects.count()
    commands.answer(hall.box.code, GOOD)
    assert columns("lecturers_feedbackcount") == {"id", "box_id", "question", "mark", "count"}
    assert FeedbackCount.objects.count() == rows  # a sheet makes no row


def test_opened_again_it_is_the_same_box_and_only_by_who_has_to_do_with_it(hall: Hall) -> None:
    other = factories.actor("officer", factories.province("Tỉnh Khác"))
    clerk, inspector = (factories.actor(role, hall.commune) for role in ("clerk", "inspector"))
    with access.acting(clerk):
        assert commands.open_box(hall.lecture, by=clerk).pk == hall.box.pk
    for by in (other, inspector):
        with access.acting(by), pytest.raises(ForbiddenError):
            commands.open_box(hall.lecture, by=by)


def test_there_is_no_box_before_somebody_is_sent() -> None:
    commune = factories.commune(factories.province())
    lecture = made.asked(commune)
    by = factories.actor("officer", commune)
    with access.acting(by), pytest.raises(DomainError) as refusal:
        commands.open_box(lecture, by=by)
    assert (refusal.value.code, FeedbackBox.objects.count()) == ("feedback.nobody_sent", 0)


def body(response: Any) -> str:
    return str(response.content.decode())


def test_anybody_in_the_hall_fills_in_one_sheet_without_signing_in(hall: Hall) -> None:
    listener, address = Client(), f"/bao-cao-vien/gop-y/{hall.box.code}/"
    asked = body(listener.get(address))
    half = listener.post(address, {"q1": "4"})
    sent = listener.post(address, {"q1": "4", "q2": "3", "q3": "3"})
    thanked = body(listener.get(address))
    listener.post(address, {"q1": "1", "q2": "1", "q3": "1"})
    hall.box.refresh_from_db()
    assert ("Nói về biển đảo" in asked, half.status_code, sent.status_code) == (True, 422, 302)
    assert ("Cảm ơn bạn" in thanked, hall.box.answers) == (True, 1)
    assert Client().get("/bao-cao-vien/gop-y/000000000000/").status_code == 404


def test_the_page_of_the_box_shows_the_code_then_the_counts(hall: Hall) -> None:
    clerk = factories.signed_in(factories.account("clerk", hall.commune))
    address = f"/bao-cao-vien/de-nghi/{hall.lecture.pk}/gop-y/"
    assert hall.box.code in body(clerk.get(address))
    for _one in range(5):
        commands.answer(hall.box.code, GOOD)
    hall.move(begins=-80)
    shown = body(clerk.get(address))
    assert ("5 phiếu" in shown, "(5/5)" in shown) == (True, True)
    with looking_everywhere():
        assert Lecture.objects.count() == 1
