"""The people of the demonstration: some 20,000, most of them members of a cell, each with an invented name."""

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from quantriet.org.commands.people import ANOTHER, PersonSpec
from quantriet.org.models import PersonClass, Unit, UnitKind
from quantriet.org.models.people import MembershipStatus, PostTitle
from quantriet.web.demonstration import names

WITH_MEMBERS = frozenset({UnitKind.CELL, UnitKind.BASE_CELL})
WITH_COMMITTEE = frozenset(
    {UnitKind.PROVINCE, UnitKind.COMMUNE, UnitKind.DIRECT, UnitKind.BASE_COMMITTEE, UnitKind.MASS}
)

# Who works beside the members without being one: 16 for 100 members, in offices and schools.
NON_MEMBERS = 0.16
WITH_STAFF = ("Chi bộ 1 ", "Chi bộ 2 ", "Chi bộ Trạm Y tế", "Chi bộ Trường")


def specs(
    chance: Random, units: Sequence[Unit], *, wanted: int, today: date, largest: int = 29
) -> list[PersonSpec]:
    """People for every unit: heads of committees and unions, members of cells; about ``wanted`` in all.

    A cell of a base has 3 to 29 members; a measurement may want larger ones.
    """
    cells = [unit for unit in units if unit.kind in WITH_MEMBERS]
    heads = [unit for unit in units if unit.kind in WITH_COMMITTEE]
    told = [_head(chance, unit, today) for unit in heads]
    offices = [unit for unit in cells if unit.name.startswith(WITH_STAFF)]
    mean = max(3.0, (wanted - len(told)) / max(1, len(cells)) / (1 + NON_MEMBERS))
    staff = round(mean * NON_MEMBERS * len(cells) / max(1, len(offices)))
    for unit in cells:
        size = max(3, min(largest, round(chance.lognormvariate(0, 0.45) * mean * 0.9)))
        told += [_member(chance, unit, number, today) for number in range(size)]
        if unit in offices:
            told += [_colleague(chance, unit, today) for _number in range(staff)]
    return told


def since(today: date) -> date:
    """From when everybody belongs where he is: the day the province was founded, or a year and more ago."""
    return min(date(2025, 7, 1), today - timedelta(days=400))


def _head(chance: Random, unit: Unit, today: date) -> PersonSpec:
    return PersonSpec(
        full_name=names.full_name(chance),
        unit_id=unit.pk,
        birth_date=names.birth_date(chance, today),
        phone=_phone(chance),
        person_class=PersonClass.COMMITTEE,
        post=PostTitle.HEAD,
        from_on=since(today),
        same_as=ANOTHER,
    )


def _member(chance: Random, unit: Unit, number: int, today: date) -> PersonSpec:
    status, person_class, post = MembershipStatus.FULL, PersonClass.MEMBER, ""
    if number == 0:
        person_class, post = PersonClass.COMMITTEE, PostTitle.HEAD
    elif number == 1:
        person_class = PersonClass.KEY_CADRE
    elif chance.random() < 0.04:
        status = MembershipStatus.PROBATIONARY
    elif chance.random() < 0.03:
        status = MembershipStatus.EXEMPT
    return PersonSpec(
        full_name=_as_typed(chance, names.full_name(chance)),
        unit_id=unit.pk,
        birth_date=names.birth_date(chance, today),
        phone=_phone(chance),
        status=status,
        person_class=person_class,
        post=post,
        from_on=since(today),
        same_as=ANOTHER,
    )


def _colleague(chance: Random, unit: Unit, today: date) -> PersonSpec:
    return PersonSpec(
        full_name=names.full_name(chance),
        unit_id=unit.pk,
        birth_date=names.birth_date(chance, today),
        status=MembershipStatus.NON_MEMBER,
        person_class=PersonClass.CIVIL_SERVANT,
        from_on=since(today),
        same_as=ANOTHER,
    )


def _as_typed(chance: Random, name: str) -> str:
    """One name in fifty comes decomposed, as some computers write it; it is stored like the others."""
    return unicodedata.normalize("NFD", name) if chance.random() < 0.02 else name


def _phone(chance: Random) -> str:
    """A number of a block that is not given out."""
    return f"0900{chance.randint(0, 999_999):06d}"
