"""Units are locked before lines, and in one order: what crosses at the same moment waits, and nothing deadlocks."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from quantriet.campaigns.commands import credits, roll, standing
from quantriet.campaigns.models import Campaign, RollLine
from quantriet.org import access
from quantriet.org.commands import people
from quantriet.org.models import Person, Placement, Unit
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests import factories_campaigns as made
from tests.factories import operator
from tests.racing import PATIENCE_S, cross, until_waiting

ROUNDS = 3
SECONDS = 10


class Town:
    """Two cells of a commune with a person each, and a campaign that runs."""

    def __init__(self) -> None:
        top = factories.province()
        commune = factories.commune(top)
        self.one: Unit = factories.cell(commune, "Chi bộ 1")
        self.two: Unit = factories.cell(commune, "Chi bộ 2")
        self.an: Person = factories.person(self.one, "Nguyễn Văn An")
        self.binh: Person = factories.person(self.two, "Nguyễn Văn Bình")
        self.document = made.document(top)
        self.campaign: Campaign = made.started(top, [self.document])

    def line(self, person: Person) -> RollLine:
        with factories.looking_everywhere():
            return RollLine.objects.select_related("unit", "campaign").get(person=person)


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def acted(act: Callable[[], object]) -> None:
    """Do it as the operator in a thread's own connection and transaction."""
    try:
        with access.acting(operator()):
            act()
    finally:
        connection.close()


def locked_while_waiting(held: Unit, act: Callable[[], object], question: str, row: int) -> bool:
    """Whether a row is locked already by what waits for a unit that this transaction holds."""
    with ThreadPoolExecutor(1) as pool:
        with access.acting(operator()):
            standing.hold([held.pk])
            waiting: Future[None] = pool.submit(acted, act)
            _until_somebody_waits()
            found = _is_locked(question, row)
        waiting.result(timeout=SECONDS)
    return found


def _until_somebody_waits() -> None:
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    pytest.fail("nobody waits for the unit")


def _is_locked(question: str, row: int) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(question, [row])
            assert cursor.fetchall() != []
    except DatabaseError:
        return True
    return False


LINE = "SELECT 1 FROM campaigns_rollline WHERE id = %s FOR UPDATE NOWAIT"
UNIT = "SELECT 1 FROM org_unit WHERE id = %s FOR NO KEY UPDATE NOWAIT"


def test_taking_off_the_roll_waits_for_the_unit_before_it_locks_the_line(town: Town) -> None:
    line = town.line(town.an)

    def remove() -> object:
        return roll.remove(line, reason="Nhầm", by=operator())

    assert not locked_while_waiting(town.one, remove, LINE, line.pk)
    assert town.line(town.an).state == RollLine.State.REMOVED


def test_moving_a_line_waits_for_the_unit_before_it_locks_the_line(town: Town) -> None:
    line = town.line(town.an)

    def transfer() -> object:
        return roll.transfer(line, town.two, reason="Chuyển", by=operator())

    assert not locked_while_waiting(town.one, transfer, LINE, line.pk)
    assert town.line(town.an).unit == town.two


def test_a_transfer_that_waits_for_one_of_its_units_holds_none_after_it(town: Town) -> None:
    def transfer() -> object:
        return people.transfer([town.an], to=town.two, on=timezone.localdate(), by=operator())

    assert not locked_while_waiting(town.one, transfer, UNIT, town.two.pk)
    assert town.line(town.an).unit == town.two


def test_transfers_there_and_back_at_once_both_come_through(town: Town) -> None:
    for turn in range(ROUNDS):
        there, back = (town.two, town.one) if turn % 2 == 0 else (town.one, town.two)
        gate = threading.Barrier(2)

        def cross(person: Person, to: Unit, gate: threading.Barrier = gate) -> None:
            def act() -> None:
                gate.wait(timeout=SECONDS)
                people.transfer([person], to=to, on=timezone.localdate(), by=operator())

            acted(act)

        with factories.looking_everywhere():
            fresh = [Person.objects.get(pk=one.pk) for one in (town.an, town.binh)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(cross, fresh, (there, back)))

        assert [town.line(one).unit for one in (town.an, town.binh)] == [there, back]


def test_a_credit_is_taken_back_with_the_unit_held_before_the_line(town: Town) -> None:
    """The line follows its person out of a unit that has ended: whoever moves people there comes first by the unit."""
    made.study(town.campaign, [town.an], [town.document], key="a")
    with factories.looking_everywhere():
        Placement.objects.filter(unit=town.one).update(former=True)
        Person.objects.filter(pk=town.an.pk).update(home_unit=town.two)
    line = town.line(town.an)

    def withdraw() -> object:
        return credits.withdraw(
            town.campaign, [f"a:{town.an.pk}"], reason="Nhầm", key="withdraw", by=operator()
        )

    cross(
        first=lambda: standing.hold([town.one.pk]),
        act=withdraw,
        second=lambda: RollLine.objects.select_for_update().get(pk=line.pk),
    )

    assert town.line(town.an).unit == town.two


def test_a_line_that_moved_while_its_unit_was_waited_for_is_let_go_of_with_it(
    town: Town, embedded_postgres: EmbeddedPostgres
) -> None:
    """Somebody holds the unit it went to and wants the line next: kept, the two would wait in a ring."""
    line = town.line(town.an)
    name = str(settings.DATABASES["default"]["NAME"])

    with ThreadPoolExecutor(1) as pool, psycopg.connect(embedded_postgres.admin_dsn(name)) as somebody:
        somebody.execute("SELECT 1 FROM org_unit WHERE id = %s FOR NO KEY UPDATE", [town.two.pk])
        with access.acting(operator()):
            standing.hold([town.one.pk])
            removing = pool.submit(acted, lambda: roll.remove(line, reason="Nhầm", by=operator()))
            until_waiting(1, removing)
            roll.transfer(line, town.two, reason="Chuyển", by=operator())
        until_waiting(1, removing)
        somebody.execute("SELECT 1 FROM campaigns_rollline WHERE id = %s FOR UPDATE", [line.pk])
        somebody.commit()
        removing.result(timeout=PATIENCE_S)

    gone = town.line(town.an)
    assert (gone.state, gone.unit) == (RollLine.State.REMOVED, town.two)
