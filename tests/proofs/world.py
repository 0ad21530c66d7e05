"""A small province in which everything can happen: two levels of units, people, one running campaign, a hall."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import date

from quantriet.campaigns.models import Campaign
from quantriet.conferences.models import Site
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.commands import people, units
from quantriet.org.commands.people import ANOTHER
from quantriet.org.models import Person, PersonClass, Unit, UnitKind
from quantriet.org.specs import PersonSpec, UnitSpec
from tests import factories_campaigns as made
from tests import factories_conferences as sessions
from tests.factories import operator

CELLS = (2, 2, 1)
"""Cells of each of the three communes."""

numbers = itertools.count(1)


@dataclass
class World:
    """What a machine starts from; later units are found in the tree."""

    top: Unit
    communes: list[Unit]
    cells: list[Unit]
    people: list[Person]
    documents: list[Document]
    campaign: Campaign
    halls: list[Site]

    @property
    def book_id(self) -> int:
        """The book of the campaign."""
        assert self.campaign.book_id is not None
        return self.campaign.book_id


def build() -> World:
    """Everything in a handful of statements: a machine is built anew for every sequence."""
    mark = uuid.uuid4().hex[:8]
    by = operator()
    specs = [UnitSpec(code=mark, name=f"Đảng bộ tỉnh {mark}", kind=UnitKind.PROVINCE)]
    for at, cells in enumerate(CELLS):
        commune = f"{mark}-{at}"
        specs.append(UnitSpec(code=commune, name=f"Đảng bộ xã {at}", kind=UnitKind.COMMUNE, parent_code=mark))
        specs += [
            UnitSpec(
                code=f"{commune}-{cell}",
                name=f"Chi bộ {at}.{cell}",
                kind=UnitKind.CELL,
                parent_code=commune,
            )
            for cell in range(cells)
        ]
    with access.acting(by):
        founded = units.found(specs, by=by)
        top, communes = founded[0], [one for one in founded if one.kind == UnitKind.COMMUNE]
        lowest = [one for one in founded if one.kind == UnitKind.CELL]
        told = [_person(unit, number) for unit in lowest for number in (1, 2)] + [_person(communes[0], 3)]
        ids = people.register(told, by=by).ids
        persons = list(Person.objects.filter(pk__in=ids).order_by("pk"))
        people.give_post(persons[0], communes[1], title="officer", on=date(2020, 1, 1), by=by)
        people.give_post(persons[0], communes[0], title="head", on=date(2020, 1, 1), by=by)
        documents = [made.document(top), made.document(top)]
        campaign = made.started(top, documents)
        halls = [sessions.hub(sessions.called(top, campaign))]
        halls.append(sessions.hub(sessions.called(communes[0], campaign)))
    return World(top, communes, lowest, persons, documents, campaign, halls)


def _person(unit: Unit, number: int) -> PersonSpec:
    return PersonSpec(
        full_name=f"Nguyễn Văn {next(numbers)}",
        unit_id=unit.pk,
        person_class=PersonClass.COMMITTEE if number == 1 else PersonClass.MEMBER,
        from_on=date(2020, 1, 1),
        same_as=ANOTHER,
    )
