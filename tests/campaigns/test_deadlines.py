"""Stricter below and never looser, level by level; one decision extends many and says one date."""

from datetime import date, datetime

import pytest

from quantriet.campaigns.commands import obligations
from quantriet.campaigns.commands.obligations import Decision
from quantriet.campaigns.models import Campaign, Extension, Obligation
from quantriet.core.errors import DomainError
from quantriet.core.text import end_of_day
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Unit
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import world
from tests.factories import operator

pytestmark = pytest.mark.django_db

FEBRUARY = {day: end_of_day(date(2026, 2, day)) for day in range(1, 29)}


class Line:
    """A province, a commune, two bases, a cell each: each with a secretary who speaks for it."""

    def __init__(self) -> None:
        self.top = factories.province()
        self.commune = factories.commune(self.top)
        self.base, self.other = (factories.base(self.commune, f"Đảng bộ cơ sở {at}") for at in (1, 2))
        self.cell = factories.cell(self.base)
        self.campaign: Campaign = made.started(self.top, [made.document(self.top)])
        self.actors: dict[int, Actor] = {}

    def speaker(self, unit: Unit) -> Actor:
        if unit.pk not in self.actors:
            found = access.actor(factories.account("secretary", unit))
            assert found is not None
            self.actors[unit.pk] = found
        return self.actors[unit.pk]

    def tighten(self, day: int, at: Unit, *, by: Unit) -> int | str:
        """How many were moved, or why not."""
        speaker = self.speaker(by)
        try:
            with access.acting(speaker):
                return obligations.tighten(
                    self.campaign, at, kind="conference", due_at=FEBRUARY[day], by=speaker
                )
        except DomainError as error:
            return error.code

    def extend(self, day: date, units: list[Unit], number: str = "15-CV/BTG") -> Extension:
        decision = Decision(number, "Bão lũ", end_of_day(day))
        ids = [unit.pk for unit in units]
        with access.acting(operator()):
            return obligations.extend(self.campaign, ids, kind="conference", decision=decision, by=operator())

    def due(self, *units: Unit) -> list[str]:
        return [f"{access.local_day(self.owed(unit).due_at):%d/%m}" for unit in units]

    def owed(self, unit: Unit) -> Obligation:
        with access.acting(operator()):
            return Obligation.objects.get(campaign=self.campaign, unit=unit, kind="conference")


@pytest.fixture
def line() -> Line:
    return Line()


def test_what_a_superior_set_is_the_ceiling_of_all_below(line: Line) -> None:
    """The campaign's own dates for bases and cells are in March."""
    line.tighten(10, line.commune, by=line.commune)

    told = [line.tighten(19, at, by=at) for at in (line.base, line.cell)]
    stricter = line.tighten(7, line.base, by=line.base)
    between = [line.tighten(9, line.cell, by=line.cell), line.tighten(5, line.cell, by=line.cell)]

    assert (told, stricter, between) == (["deadline.looser"] * 2, 2, ["deadline.looser", 1])
    assert line.due(line.commune, line.base, line.cell, line.other) == ["10/02", "07/02", "05/02", "10/02"]


def test_a_unit_takes_its_own_date_back_as_far_as_its_superior_allows(line: Line) -> None:
    line.tighten(20, line.commune, by=line.commune)
    line.tighten(7, line.base, by=line.base)

    moved = [line.tighten(15, line.base, by=line.base), line.tighten(21, line.base, by=line.base)]

    assert (moved, line.due(line.base, line.cell)) == ([2, "deadline.looser"], ["15/02", "15/02"])


def test_a_date_a_superior_set_for_one_unit_alone_binds_that_unit(line: Line) -> None:
    line.tighten(7, line.base, by=line.commune)
    line.tighten(5, line.base, by=line.base)

    assert line.tighten(8, line.base, by=line.base) == "deadline.looser"
    assert line.tighten(7, line.base, by=line.base) == 2
    assert line.tighten(12, line.base, by=line.commune) == 2


def test_who_below_had_set_himself_an_earlier_date_keeps_it(line: Line) -> None:
    line.tighten(5, line.base, by=line.base)

    moved = line.tighten(10, line.commune, by=line.commune)

    assert (moved, line.due(line.commune, line.base, line.cell, line.other)) == (
        2,
        ["10/02", "05/02", "05/02", "10/02"],
    )
    assert line.tighten(10, line.commune, by=line.commune) == 0


def test_an_extension_wipes_out_stricter_dates_said_before_it(line: Line) -> None:
    line.tighten(10, line.commune, by=line.commune)
    line.extend(date(2026, 4, 1), [line.base, line.cell])

    assert line.tighten(25, line.base, by=line.base) == 2
    assert line.due(line.commune, line.base) == ["10/02", "25/02"]


def test_a_number_has_one_date(line: Line) -> None:
    line.extend(date(2026, 4, 1), [line.base])

    with pytest.raises(DomainError) as refused:
        line.extend(date(2026, 4, 20), [line.base])

    assert (refused.value.code, "01/04/2026" in refused.value.sentence) == ("extension.other_date", True)
    assert line.due(line.base) == ["01/04"]
    with pytest.raises(DomainError) as earlier:
        line.extend(date(2026, 1, 30), [line.other], "16-CV")
    assert earlier.value.code == "extension.earlier"


def test_the_same_decision_again_touches_nothing_and_reaches_who_was_not_reached(line: Line) -> None:
    first = line.extend(date(2026, 4, 1), [line.base, line.cell])
    line.tighten(20, line.base, by=line.base)
    acts = AuditEvent.objects.filter(action="deadline.extend")

    again = line.extend(date(2026, 4, 1), [line.base, line.cell])
    known = (line.due(line.base, line.cell), acts.count())
    line.extend(date(2026, 4, 1), [line.base, line.other])

    assert (again.pk, known) == (first.pk, (["20/02", "20/02"], 1))
    assert (line.due(line.base, line.other), acts.count()) == (["20/02", "01/04"], 2)


def test_an_extension_for_nobody_is_not_written(line: Line) -> None:
    with pytest.raises(DomainError) as refused:
        line.extend(date(2026, 4, 1), [])

    assert (refused.value.code, Extension.objects.count()) == ("extension.nobody", 0)


def test_late_with_nobody_late_says_so_on_the_page() -> None:
    made_world = world()
    Obligation.objects.filter(kind="report").update(
        due_at=datetime.fromisoformat("2999-01-01T00:00:00+07:00"),
        limit_at=datetime.fromisoformat("2999-01-01T00:00:00+07:00"),
    )
    given = {
        "act": "extend",
        "e-kind": "report",
        "e-decision": "15-CV",
        "e-reason": "Bão lũ",
        "e-due_on": "31/12/2999",
        "e-whom": "late",
    }

    answer = made_world.client("officer", made_world.top).post(
        f"/dot/{made_world.campaign.pk}/thoi-han/", given
    )

    told = "Không có đơn vị nào trong diện được gia hạn" in answer.content.decode()
    assert (answer.status_code, told, Extension.objects.count()) == (422, True, 0)
