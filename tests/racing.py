"""The same act by several people at the same moment, each with a connection of his own.

Nobody meets by luck: whoever is to be met is held by a lock until the database says that he waits there.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.web.postgres import EmbeddedPostgres
from tests.factories import operator

PATIENCE_S = 60
"""Only a test that fails waits so long."""

_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def outcomes(times: int, act: Callable[[int], Any]) -> list[str]:
    """``done`` or the code of the refusal for each of ``times`` who start together, in no special order."""
    start = threading.Barrier(times)
    found: list[str] = []

    def one(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            act(number)
            found.append("done")
        except DomainError as error:
            found.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def until_waiting(how_many: int, *others: "Future[Any]") -> None:
    """Until so many connections to the test's database wait for a lock; raises when one of ``others`` is done."""
    with psycopg.connect(**_address(), autocommit=True) as watch:
        until = time.monotonic() + PATIENCE_S
        while watch.execute(_WAITING).fetchall()[0][0] < how_many:
            done = [other for other in others if other.done()]
            if done or time.monotonic() > until:
                raise AssertionError([done[0].result() if done else "nobody waits"])
            time.sleep(0.005)


def _address() -> dict[str, Any]:
    told = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return {name: told[key] for name, key in names.items()}


def acted(act: Callable[[], Any]) -> Any:
    """Do it as the operator in a thread's own connection and transaction."""
    try:
        with access.acting(operator()):
            return act()
    finally:
        connection.close()


def cross(*, first: Callable[[], Any], act: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do ``first`` here, let ``act`` run in another transaction until it waits for that, do ``second`` here: where
    the two take their locks in different orders, neither can go on and the database ends one of them.
    """
    with ThreadPoolExecutor(1) as pool:
        with access.acting(operator()):
            first()
            other = pool.submit(acted, act)
            until_waiting(1, other)
            second()
        other.result(timeout=PATIENCE_S)


@contextmanager
def held_before_writing(server: EmbeddedPostgres, table: str) -> Iterator[Callable[[], None]]:
    """Nobody writes to ``table`` until the given function is called; what is read goes on."""
    with psycopg.connect(server.admin_dsn(str(settings.DATABASES["default"]["NAME"]))) as door:
        door.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield door.commit
