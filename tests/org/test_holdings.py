"""Nothing that is kept about a person is forgotten in his export: every column that points to a person or an account
is told, or left out with a reason.
"""

import pytest
from django.apps import apps

from quantriet.org import holdings
from quantriet.org.models import Account, Person
from quantriet.org.queries import own_data

PLAIN = {"person_id", "account_id"}
"""Columns of floors that know neither model, and of rows that outlive them."""


def pointing() -> set[str]:
    """Every column of every floor that points to a person or an account."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model in (Person, Account) or field.name in PLAIN
    }


def test_every_column_that_points_to_a_person_is_told_or_left_out_with_a_reason() -> None:
    told, left_out = own_data.told_columns(), holdings.left_out()

    assert pointing() - told - set(left_out) == set()
    assert told & set(left_out) == set()
    assert [reason for reason in left_out.values() if len(reason) < 20] == []


def test_nothing_is_told_or_left_out_that_does_not_exist() -> None:
    assert (own_data.told_columns() | set(holdings.left_out())) - pointing() == set()


def test_control_a_table_nobody_tells_of_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {title: one for title, one in holdings._holdings.items() if title != "Điểm danh"}
    monkeypatch.setattr(holdings, "_holdings", fewer)

    assert pointing() - own_data.told_columns() - set(holdings.left_out()) == {
        "conferences.Attendance.person"
    }


def test_each_part_of_the_export_has_a_name_and_headers_of_its_own() -> None:
    titles = [one.title for one in holdings.registered()]
    record = [title for title, _header in own_data._HEADS]

    assert len({*titles, *record}) == len(titles) + len(record)
    assert [one.title for one in holdings.registered() if len(set(one.header)) != len(one.header)] == []
