"""A column of PostgreSQL's ``ltree`` type and the two comparisons the tree needs."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def is_below(path: str | None, roots: Iterable[str]) -> bool:
    """Whether a path lies at or below one of the roots, by whole labels; no path (``None``) does not."""
    return path is not None and any(path == root or path.startswith(f"{root}.") for root in roots)


class LtreeField(models.TextField):  # type: ignore[type-arg]
    """A path of labels joined by dots, from the root down: ``12.340.9931`` (labels are unit ids).

    ``descendant_of`` and ``ancestor_of`` take one path or a sequence of paths; both include the row
    itself. Text comparison is never used: ``1.20`` is not below ``1.2``.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """The database type."""
        return "ltree"

    def get_internal_type(self) -> str:
        """No text look-ups of the backend apply to a path."""
        return "LtreeField"


class _PathLookup(models.Lookup):
    operator = ""

    def get_prep_lookup(self) -> list[str]:
        value = self.rhs
        return [value] if isinstance(value, str) else [str(path) for path in value]

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002
        return "%s::ltree[]", [value]

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        """``path <@ ANY(array)``: an empty array matches nothing."""
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} {self.operator} ANY({rhs})", [*lhs_params, *rhs_params]


@LtreeField.register_lookup
class DescendantOf(_PathLookup):
    """The row lies at or below one of the given paths."""

    lookup_name = "descendant_of"
    operator = "<@"


@LtreeField.register_lookup
class AncestorOf(_PathLookup):
    """The row lies at or above one of the given paths."""

    lookup_name = "ancestor_of"
    operator = "@>"
