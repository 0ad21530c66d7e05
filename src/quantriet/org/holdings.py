"""What the house keeps about a person, floor by floor: an explicit registry, for the person's own look and export.

Each package registers, in its ``AppConfig.ready``, how it tells what its tables hold of somebody; imports keep
pointing down. Every column that points to a person or an account is told by a holding or left out with a reason:
``tests/org/test_holdings.py`` goes through all models and fails where one is neither. Names of who did something
("actor") are not listed column by column: what a person did in office is told by the audit of his account.

Source: Law 91/2025/QH15, the right to see and be given one's personal data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from quantriet.core.text import format_datetime
from quantriet.org.models import Person

Told = Callable[[Person], list[list[str]]]
"""The rows about a person, as the database shows them to himself, in words; each as long as the header."""


@dataclass(frozen=True)
class Holding:
    """One table of the export: its Vietnamese title and header (message ids), the columns it tells of
    (``org.Membership.person``), its rows. Titles name the parts of the JSON: each is used once.
    """

    title: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    told: Told


_holdings: dict[str, Holding] = {}
_left_out: dict[str, str] = {}


def register(*holdings: Holding) -> None:
    """Let a package tell from now on, after those registered before; again under the same title replaces."""
    for one in holdings:
        _holdings[one.title] = one


def leave_out(reasons: Mapping[str, str]) -> None:
    """Columns nobody tells of, each with the reason (column → reason)."""
    _left_out.update(reasons)


def registered() -> list[Holding]:
    """All of them, lower floors first."""
    return list(_holdings.values())


def left_out() -> Mapping[str, str]:
    """Columns left out, with their reasons."""
    return dict(_left_out)


def day(value: date | None) -> str:
    """A day as the export writes it; nothing for none."""
    return f"{value:%d/%m/%Y}" if value else ""


def moment(value: datetime | None) -> str:
    """A moment as the export writes it; nothing for none."""
    return format_datetime(value) if value else ""
