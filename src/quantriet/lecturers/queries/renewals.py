"""What a sheet of the corps means in this house: its people and units looked up, then read."""

from collections.abc import Mapping

from quantriet.core.office.sheets_in import Sheet
from quantriet.core.text import clean_line
from quantriet.lecturers import renewal
from quantriet.lecturers.renewal import House, Known, RenewalSheet
from quantriet.org import access, sealing
from quantriet.org.access import Actor
from quantriet.org.models import Person
from quantriet.org.permissions import Can


def read(sheet: Sheet, answers: Mapping[int, int], *, by: Actor) -> RenewalSheet:
    """The lines and faults of a sheet; nothing is written. Refuses with ``sheet.no_header``."""
    rows = Person.objects.filter(
        folded__in=renewal.folded_names(sheet),
        home_unit__in=access.units(by, Can.PERSON_READ).values("pk"),
    )
    people = [
        Known(
            row.pk,
            row.full_name,
            row.home_unit.code,
            row.home_unit.name,
            row.birth_date,
            row.birth_year,
            bytes(row.code_index) if row.code_index else None,
        )
        for row in rows.select_related("home_unit").order_by("sort_key", "id")
    ]
    areas = access.units(by, Can.LECTURER_MANAGE).filter(code__in=renewal.told_in(sheet, "area"))
    cards = {text: sealing.index(clean_line(text)) for text in renewal.told_in(sheet, "card")}
    return renewal.read(sheet, House(people, dict(areas.values_list("code", "pk")), cards), answers)
