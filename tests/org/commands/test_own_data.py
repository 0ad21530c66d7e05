"""Requests of people about their data and the legal clock."""

from datetime import date

import pytest

from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import own_data
from quantriet.org.models import DataRequest, Person
from quantriet.org.queries import own_data as queries
from tests import factories


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),
        (date(2026, 11, 26), date(2026, 11, 30)),
        (date(2026, 11, 27), date(2026, 12, 1)),
        (date(2026, 11, 28), date(2026, 12, 1)),
        (date(2026, 11, 29), date(2026, 12, 1)),
    ],
)
def test_two_working_days_pass_over_the_weekend(asked: date, due: date) -> None:
    assert own_data.due_day(asked) == due


@pytest.fixture
def himself(db: None) -> tuple[Person, Actor]:
    home = factories.cell(factories.commune(factories.province()))
    person = factories.person(home, "Nguyễn Văn An", code="0012")
    return person, factories.actor("member", home, of=person)


def test_asked_twice_is_one_request_and_answered_twice_one_answer(himself: tuple[Person, Actor]) -> None:
    person, by = himself
    with access.acting(by):
        first = own_data.ask(person, kind="correct", text="Sai ngày sinh", by=by)
        again = own_data.ask(person, kind="correct", text="Sai ngày sinh", by=by)
    head = factories.actor("administrator", person.home_unit)
    with access.acting(head):
        own_data.answer(first, text="Đã sửa", by=head)
        own_data.answer(first, text="Đã sửa", by=head)
        with pytest.raises(DomainError) as refusal:
            own_data.answer(first, text="Khác", by=head)

    assert (first.pk, refusal.value.code) == (again.pk, "data_request.answered")
    with factories.looking_everywhere():
        assert list(DataRequest.objects.values_list("answer", flat=True)) == ["Đã sửa"]


def test_nobody_asks_for_another_and_nobody_answers_without_the_right(himself: tuple[Person, Actor]) -> None:
    person, by = himself
    with access.acting(by):
        request = own_data.ask(person, kind="erase", text="Xóa", by=by)
    stranger = factories.actor("member", person.home_unit)
    with access.acting(stranger):
        with pytest.raises(NotFoundError):
            own_data.ask(person, kind="erase", text="Xóa", by=stranger)
        with pytest.raises(ForbiddenError):
            own_data.answer(request, text="Không", by=stranger)


def test_the_export_holds_what_the_house_holds(himself: tuple[Person, Actor]) -> None:
    person, by = himself
    with access.acting(by):
        told = queries.as_json(person)

    assert {"Mục": "Mã", "Nội dung": "0012"} in told["Thông tin"]
    assert [row["Đơn vị"] for row in told["Sinh hoạt"]] == [person.home_unit.name]
