"""The scope of a read: who reads, and below which roots.

Three nets hang on this one variable. Managers of scoped models raise when it is empty; the database
policies of tables with personal data compare rows with the same roots; the doors set it for exactly one
transaction. It holds opaque path strings, so floor 0 learns no word of the business.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Scope:
    """Roots (paths in the tree) below which rows may be read, and a word on who reads for the log."""

    roots: tuple[str, ...]
    reader: str
    person_id: int | None = None


NOBODY = Scope(roots=(), reader="nobody")


class ScopeMissingError(RuntimeError):
    """A scoped table was read outside any scope: a programming error, never an answer to a user."""


_current: ContextVar[Scope | None] = ContextVar("quantriet_scope", default=None)


def current() -> Scope | None:
    """The scope in force, if any."""
    return _current.get()


def require(model: str) -> Scope:
    """The scope in force; raises ``ScopeMissingError`` naming the table when there is none."""
    scope = _current.get()
    if scope is None:
        raise ScopeMissingError(f"{model} was read outside a scope; open one at the door.")
    return scope


def push_to_database(scope: Scope) -> None:
    """Set the roots for the rest of the current transaction, for the row-level policies.

    An empty setting would cast to the empty path, which is everybody's ancestor; so the database reads
    it through ``quantriet_roots()``, for which "empty" and "missing" both mean no row. ``person_id`` opens
    the reader's own record besides.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('quantriet.scope', %s, true), set_config('quantriet.person', %s, true)",
            ["{" + ",".join(scope.roots) + "}", str(scope.person_id or 0)],
        )


@contextmanager
def use(scope: Scope) -> Iterator[Scope]:
    """Open a transaction whose reads are bound to ``scope``; the previous scope returns afterwards."""
    outer = _current.get()
    within = connection.in_atomic_block  # the setting would outlive us until that transaction ends
    token = _current.set(scope)
    try:
        with transaction.atomic():
            push_to_database(scope)
            yield scope
            # After an error the rollback has already restored what was set before.
            if outer is not None:
                push_to_database(outer)
            elif within:
                push_to_database(NOBODY)
    finally:
        _current.reset(token)


@contextmanager
def rest_of_transaction(scope: Scope) -> Iterator[Scope]:
    """Bind the reads of the running transaction to ``scope`` from here on, as ``use`` does and two statements cheaper:
    for whoever opened the transaction himself and leaves it at once. Inside somebody else's transaction what was set
    before returns.
    """
    outer = _current.get()
    token = _current.set(scope)
    try:
        push_to_database(scope)
        yield scope
        if connection.savepoint_ids:  # our own end does not take the setting away
            push_to_database(outer or NOBODY)
    finally:
        _current.reset(token)
