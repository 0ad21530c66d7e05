"""Many accounts at the gate at once: exactly what the gate says of each alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.org import access
from quantriet.org.models import Account, Placement, RoleAssignment, Unit
from quantriet.org.permissions import ROLES, Can
from quantriet.org.queries import holders
from quantriet.org.queries.holders import Holder
from tests import factories

pytestmark = pytest.mark.django_db


PAIRS = """
SELECT account_id, unit_id FROM unnest(%(accounts)s::bigint[], %(units)s::bigint[]) AS pair(account_id, unit_id)
"""


def held(pairs: list[tuple[int, int]], can: Can) -> dict[tuple[int, int], Holder]:
    asked: dict[str, list[int] | list[str]] = {
        "accounts": [account_id for account_id, _unit in pairs],
        "units": [unit_id for _account, unit_id in pairs],
        "roles": holders.roles_with(can),
    }
    with connection.cursor() as cursor:
        cursor.execute(holders.holding(PAIRS), asked)
        rows = cursor.fetchall()
    return {(row[0], row[1]): Holder(row[0], row[1], row[2], tuple(row[3])) for row in rows}


def told(
    accounts: list[tuple[Account, Unit]], can: Can
) -> dict[tuple[int, int], tuple[str, tuple[str, ...]]]:
    found = held([(account.pk, unit.pk) for account, unit in accounts], can)
    return {pair: (one.name, one.roots) for pair, one in found.items()}


def by_the_gate(
    accounts: list[tuple[Account, Unit]], can: Can
) -> dict[tuple[int, int], tuple[str, tuple[str, ...]]]:
    found = {}
    for account, unit in accounts:
        actor = access.actor(account, unit_id=unit.pk)
        if actor is not None and actor.unit_id == unit.pk and actor.can(can):
            found[(account.pk, unit.pk)] = (actor.name, actor.roots)
    return found


@pytest.fixture
def accounts() -> list[tuple[Account, Unit]]:
    """Every role at a province, its board, a commune, a cell, and a front tied to a committee."""
    province = factories.province()
    commune = factories.commune(province)
    places = [province, factories.body(province), commune, factories.cell(commune), factories.front(province)]
    factories.front(commune, "Mặt trận xã")
    return [(factories.account(role, unit), unit) for unit in places for role in ROLES]


@pytest.mark.parametrize("can", [Can.ATTENDANCE_RECORD, Can.ATTENDANCE_READ])
def test_it_is_what_the_gate_says_of_each(accounts: list[tuple[Account, Unit]], can: Can) -> None:
    assert told(accounts, can) == by_the_gate(accounts, can)


def test_an_account_that_was_locked_or_lost_its_role_is_not_among_them(
    accounts: list[tuple[Account, Unit]],
) -> None:
    some = accounts[1:4]
    Account.objects.filter(pk=some[0][0].pk).update(is_active=False)
    RoleAssignment.objects.filter(account=some[1][0]).update(
        from_on=timezone.localdate() - timedelta(days=2), to_on=timezone.localdate()
    )

    assert sorted(told(some, Can.ATTENDANCE_RECORD)) == [(some[2][0].pk, some[2][1].pk)]


def test_another_unit_than_the_one_it_acts_in_gives_nothing(accounts: list[tuple[Account, Unit]]) -> None:
    officer, cell = accounts[1][0], accounts[3 * len(ROLES)][1]

    assert held([(officer.pk, cell.pk)], Can.ATTENDANCE_RECORD) == {}


def test_it_asks_once_however_many(accounts: list[tuple[Account, Unit]]) -> None:
    with CaptureQueriesContext(connection) as asked:
        told(accounts[:1], Can.ATTENDANCE_RECORD)
        told(accounts, Can.ATTENDANCE_RECORD)

    assert len(asked) == 2


def test_it_reaches_below_its_roots_only(accounts: list[tuple[Account, Unit]]) -> None:
    clerk, commune = accounts[2 * len(ROLES) + 3]
    found = held([(clerk.pk, commune.pk)], Can.ATTENDANCE_RECORD)[(clerk.pk, commune.pk)]
    paths = {one.unit.name: one.path for one in Placement.objects.select_related("unit")}

    reached = sorted(name for name, path in paths.items() if found.reaches(path))

    assert reached == sorted(["Chi bộ Thử Nghiệm", "Mặt trận xã", "Đảng bộ xã Thử Nghiệm"])
    assert not found.reaches(None)
