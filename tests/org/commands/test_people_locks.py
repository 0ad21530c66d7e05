"""Lists of people lock their units in one pass and in one order, whatever they do with each of them."""

from collections.abc import Iterator
from datetime import date

import pytest

from quantriet.org.commands import people, people_lists
from quantriet.org.commands.people import ANOTHER, PersonSpec
from quantriet.org.commands.standing import hold_crossing
from quantriet.org.models import Person, Unit
from quantriet.org.people_columns import PeoplePart
from tests import factories
from tests.factories import operator
from tests.racing import cross

BEGAN = date(2026, 1, 5)


class Town:
    """Three cells, in the order of their numbers, with a person in the first two."""

    def __init__(self) -> None:
        commune = factories.commune(factories.province())
        self.one, self.two, self.three = (factories.cell(commune, f"Chi bộ {at}") for at in (1, 2, 3))
        self.an = factories.person(self.one, "Nguyễn Văn An", code="001080000001")
        self.binh = factories.person(self.two, "Trần Thị Bình", code="001080000002")

    def homes(self) -> list[Unit]:
        with factories.looking_everywhere():
            return [Person.objects.get(pk=one.pk).home_unit for one in (self.an, self.binh)]


@pytest.fixture
def town(transactional_db: None) -> Town:
    return Town()


def hold(*units: Unit) -> None:
    """What a transfer of people between these units begins with."""
    hold_crossing([unit.pk for unit in units])


def moving(person: Person, to: Unit) -> PersonSpec:
    return PersonSpec(full_name=person.full_name, unit_id=to.pk, same_as=person.pk, from_on=BEGAN)


def file_of(specs: list[PersonSpec]) -> Iterator[people_lists.Row]:
    """Rows as a file brings them in, known by their codes."""
    part = PeoplePart(
        rows=range(len(specs)),
        faulty=[False] * len(specs),
        full_name=[spec.full_name for spec in specs],
        unit_id=[spec.unit_id for spec in specs],
        birth=[(None, None)] * len(specs),
        code=[spec.code for spec in specs],
        phone=[""] * len(specs),
        email=[""] * len(specs),
        status=[str(spec.status) for spec in specs],
        person_class=[int(spec.person_class) for spec in specs],
        post=[""] * len(specs),
        post_label=[""] * len(specs),
        from_on=[BEGAN] * len(specs),
    )
    return people_lists.rows_of(part, {}, BEGAN)


def test_a_file_that_moves_somebody_and_a_transfer_meet_in_one_order(town: Town) -> None:
    """Where the file comes to stands after where its person leaves."""
    told = [PersonSpec(full_name="Nguyễn Văn An", unit_id=town.two.pk, code="001080000001")]

    def write() -> people_lists.Written:
        with people_lists.told():
            people_lists.fill([file_of(told)])
            people_lists.sift_file(written_to=None)
            return people_lists.write_units(after=0, to=town.three.pk, by=operator())

    cross(first=lambda: hold(town.one), act=write, second=lambda: hold(town.two))

    assert town.homes() == [town.two, town.two]


def test_a_list_that_moves_and_registers_locks_all_its_units_in_one_order(town: Town) -> None:
    """The unit that only gets somebody new stands before those between which somebody moves."""
    new = PersonSpec(full_name="Lê Chi", unit_id=town.one.pk, same_as=ANOTHER, from_on=BEGAN)

    def register() -> people.Registered:
        return people.register([moving(town.binh, town.three), new], by=operator())

    cross(first=lambda: hold(town.one), act=register, second=lambda: hold(town.two, town.three))

    assert town.homes() == [town.one, town.three]


def test_somebody_who_moves_while_a_list_waits_for_his_unit_is_held_where_he_is_then(town: Town) -> None:
    """The list waits for the first cell, which the person has left when it comes to it: it begins anew."""

    def register() -> people.Registered:
        return people.register([moving(town.an, town.three)], by=operator())

    cross(
        first=lambda: hold(town.one, town.two),
        act=register,
        second=lambda: people.register([moving(town.an, town.two)], by=operator()),
    )

    assert town.homes()[0] == town.three
