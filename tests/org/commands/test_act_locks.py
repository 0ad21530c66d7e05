"""Acts and whoever else writes at their units: one order of locks. Both sides are held at the meeting point."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import acts, people, standing
from quantriet.org.models import Act, Unit
from quantriet.org.proposals import Proposal
from quantriet.web.postgres import EmbeddedPostgres
from tests import factories
from tests.factories import operator
from tests.org.commands.test_acts import Province, do, fresh, merger, province

__all__ = ["province"]
pytestmark = pytest.mark.django_db(transaction=True)

WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
PATIENCE_S = 60


class Other:
    """A transaction of somebody else, locking units as transfers do; and how many wait for locks now."""

    def __init__(self, mine: psycopg.Connection, watch: psycopg.Connection) -> None:
        self.mine, self.watch = mine, watch

    def hold(self, unit: Unit) -> None:
        self.mine.execute("SELECT 1 FROM org_unit WHERE id = %s FOR NO KEY UPDATE", [unit.pk])

    def is_free(self, unit: Unit) -> bool:
        """Whether nobody holds the unit: asked without waiting, and let go again."""
        with self.watch.transaction(force_rollback=True):
            found = self.watch.execute(
                "SELECT 1 FROM org_unit WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", [unit.pk]
            )
            return found.fetchone() is not None

    def until_somebody_waits(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self.watch.execute(WAITING).fetchall()[0][0]:
            assert time.monotonic() < deadline, "nobody came to the meeting point"
            time.sleep(0.01)


@contextmanager
def other(server: EmbeddedPostgres) -> Iterator[Other]:
    name = str(settings.DATABASES["default"]["NAME"])
    with (
        psycopg.connect(server.admin_dsn(name)) as mine,
        psycopg.connect(server.admin_dsn(name), autocommit=True) as watch,
    ):
        yield Other(mine, watch)


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[list[str]]:
    """Do ``work`` in a thread with a connection of its own; the list holds its outcome once the block is left."""
    found: list[str] = []

    def run() -> None:
        try:
            work()
            found.append("done")
        except DomainError as error:
            found.append(error.code)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield found
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def into_lower(p: Province) -> Proposal:
    """The unit that ends has the higher number, its heir the lower one."""
    assert p.one.pk < p.two.pk
    return merger(p, units=(p.two.pk,), into=(p.one.pk,))


def test_an_act_takes_the_lower_unit_first_whatever_its_part(
    province: Province, embedded_postgres: EmbeddedPostgres
) -> None:
    """A transfer that holds the heir and then wants the ending unit gets it: the act has not taken it out of turn."""
    with other(embedded_postgres) as somebody:
        somebody.hold(province.one)
        with meanwhile(lambda: do(into_lower(province))) as outcome:
            somebody.until_somebody_waits()
            free = somebody.is_free(province.two)
            somebody.hold(province.two)
            somebody.mine.commit()

    assert (free, outcome) == (True, ["done"])


def ending_only(*, ending: object, changing: object, bearing: object) -> None:
    """Locks as they were: only what ends."""
    del changing, bearing
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM org_unit WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(ending)])  # type: ignore[call-overload]


def test_control_with_locks_on_what_ends_alone_they_stand_in_a_ring(
    province: Province, embedded_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "hold_touched", ending_only)
    Unit.objects.filter(pk__in=(province.one.pk, province.two.pk)).update(member_count=5)
    with other(embedded_postgres) as somebody:
        somebody.hold(province.one)
        with meanwhile(lambda: do(into_lower(province))) as outcome:
            somebody.until_somebody_waits()
            free = somebody.is_free(province.two)
            somebody.mine.commit()

    assert (free, outcome) == (False, ["done"])


def test_two_acts_that_cross_are_done_one_after_the_other(
    province: Province, embedded_postgres: EmbeddedPostgres
) -> None:
    """One merges into the lower unit, the other into the higher: both stand before the same unit, neither fails."""
    three = factories.commune(province.top, "Đảng bộ xã Ba")
    upward = merger(province, units=(province.one.pk,), into=(three.pk,), decision="2-QĐ/TU")
    with other(embedded_postgres) as somebody:
        somebody.hold(province.one)
        with meanwhile(lambda: do(into_lower(province))) as first:
            somebody.until_somebody_waits()
            with meanwhile(lambda: do(upward)) as second:
                somebody.mine.commit()

    assert (first, second) == (["done"], ["done"])
    assert [bool(fresh(unit).closed_on) for unit in (province.one, province.two, three)] == [
        True,
        True,
        False,
    ]


def test_nobody_comes_to_a_unit_while_it_ends(
    province: Province, embedded_postgres: EmbeddedPostgres
) -> None:
    """The act is held after it has locked the ending unit; who would register there waits, and is told."""
    with other(embedded_postgres) as somebody:
        somebody.hold(fresh(province.boards[0]))  # a unit above both in number: the act stands before it
        with meanwhile(lambda: do(into_lower(province))) as act:
            somebody.until_somebody_waits()
            free = somebody.is_free(province.two)
            with meanwhile(lambda: register(province.two)) as registered:
                somebody.mine.commit()

    assert (free, act, registered) == (False, ["done"], ["unit.closed"])


def test_who_comes_before_the_act_is_seen_by_it(
    province: Province, embedded_postgres: EmbeddedPostgres
) -> None:
    """A dissolution waits for a registration that was first, and then refuses: nobody is left in a unit that ended."""
    empty = factories.cell(province.one, "Chi bộ trống")
    entered, go_on = threading.Event(), threading.Event()

    def registering() -> None:
        with access.acting(operator()):
            people.register([newcomer(empty)], by=operator())
            entered.set()
            assert go_on.wait(PATIENCE_S)

    closing = Proposal(
        "close", "3-QĐ/TU", merger(province).decided_on, merger(province).effective_on, units=(empty.pk,)
    )
    with other(embedded_postgres) as somebody, meanwhile(registering) as registered:
        assert entered.wait(PATIENCE_S)
        with meanwhile(lambda: do(closing)) as act:
            somebody.until_somebody_waits()
            go_on.set()

    assert (registered, act) == (["done"], ["act.has_people"])
    assert not Act.objects.exists()


def newcomer(unit: Unit) -> people.PersonSpec:
    return people.PersonSpec(full_name="Người Mới", unit_id=unit.pk, same_as=people.ANOTHER)


def register(unit: Unit) -> None:
    """Somebody new in a unit."""
    with access.acting(operator()):
        people.register([newcomer(unit)], by=operator())


def test_an_act_that_was_undone_let_go_of_all_it_held(
    province: Province, embedded_postgres: EmbeddedPostgres
) -> None:
    act = do(into_lower(province))
    with access.acting(operator()):
        acts.undo(act, reason="Nhập nhầm", by=operator())

    with other(embedded_postgres) as somebody:
        assert [somebody.is_free(unit) for unit in (province.one, province.two)] == [True, True]
