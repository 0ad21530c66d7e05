"""Reads of the year's oral work: counts of the standing book, unit by unit, with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from quantriet.ledger import figures
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Book
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org import access
from quantriet.org.models import Unit
from quantriet.org.queries import units


@dataclass(frozen=True)
class OralWork:
    """A unit with what it and those below it did in a year: lectures held and how many listened (lượt)."""

    unit: Unit
    sessions: Amount = NOTHING
    listeners: Amount = NOTHING


def oral_work(unit: Unit, year: int) -> list[OralWork]:
    """The unit itself first, then those directly below it; nothing recorded is nothing counted, not a zero."""
    below = [unit, *(child.unit for child in units.children(unit))]
    book = standing_book(unit, year)
    if book is None:
        return [OralWork(one) for one in below]
    return _counted(book, below)


def _counted(book: Book, below: Sequence[Unit]) -> list[OralWork]:
    table = figures.read(book.pk, on=timezone.localdate()).table([one.pk for one in below])
    return [
        OralWork(
            one,
            table[one.pk].get(Measure.ORAL_SESSIONS, NOTHING),
            table[one.pk].get(Measure.ATTENDANCES, NOTHING),
        )
        for one in below
    ]


def standing_book(unit: Unit, year: int) -> Book | None:
    """The book of a year's work in the tree of a unit, if anything was posted yet."""
    path = access.today_placements().filter(unit=unit).values_list("path", flat=True).first()
    top = int(str(path).split(".", maxsplit=1)[0]) if path else 0
    return Book.objects.filter(unit=top, kind=Book.Kind.STANDING, year=year).order_by("id").first()
