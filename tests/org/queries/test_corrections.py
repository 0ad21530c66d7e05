"""What a list or a unit's page may correct: a spelling always, the rest while nothing rests on the unit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import acts, units
from quantriet.org.commands.units import UnitFacts, UnitSpec
from quantriet.org.models import ActKind, AuditEvent, Placement, Tree, Unit, UnitKind
from quantriet.org.proposals import Proposal
from quantriet.org.queries import corrections
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def top() -> Unit:
    return factories.province()


def spec_of(unit: Unit, **told: object) -> UnitSpec:
    """A unit as it stands, told otherwise in these facts."""
    placed = Placement.objects.get(unit=unit, valid__contains=timezone.localdate())
    spec = UnitSpec(
        unit.code,
        unit.name,
        unit.kind,
        tree=unit.tree,
        parent_code=placed.parent.code if placed.parent else "",
        committee_code=unit.committee.code if unit.committee else "",
    )
    return replace(spec, **told)  # type: ignore[arg-type]


def amended(*specs: UnitSpec, by: Actor | None = None) -> str:
    """The code of the refusal, or nothing."""
    who = by or operator()
    with access.acting(who):
        try:
            units.amend(specs, by=who)
        except DomainError as error:
            return error.code
    return ""


def renamed(unit: Unit, name: str, by: Actor | None = None) -> str:
    """The code of the refusal of another name on the unit's page, or nothing."""
    who = by or operator()
    facts = UnitFacts.of(unit)
    with access.acting(who):
        try:
            units.update(unit, replace(facts, name=name), seen=facts.version, by=who)
        except DomainError as error:
            return error.code
    return ""


def act(kind: str, **values: object) -> None:
    day = values.pop("on", date(2025, 7, 1))
    facts = {"decision": "1-QĐ/TU", "decided_on": date(2025, 7, 1), "effective_on": day} | values
    with access.acting(operator()):
        acts.carry_out(Proposal(kind=kind, **facts), by=operator())  # type: ignore[arg-type]


RESTS: dict[str, Callable[[Unit], object]] = {
    "a person": factories.person,
    "a person of a unit below": lambda unit: factories.person(factories.cell(unit)),
    "a role": lambda unit: factories.account("secretary", unit),
    "an act": lambda unit: act(ActKind.RENAME, units=(unit.pk,), name="Đảng bộ xã Có Quyết Định"),
    "an act that waits": lambda unit: act(
        ActKind.RENAME, units=(unit.pk,), name="Đảng bộ xã Sau", on=timezone.localdate() + timedelta(days=9)
    ),
}


@pytest.mark.parametrize("what", sorted(RESTS))
def test_where_something_rests_only_an_act_changes_name_kind_and_superior(top: Unit, what: str) -> None:
    unit = factories.commune(top, "Đảng bộ xã Một")
    other = factories.commune(top, "Đảng bộ xã Hai")
    RESTS[what](unit)
    unit.refresh_from_db()
    told: list[dict[str, str]] = [
        {"name": "Đảng bộ xã Khác"},
        {"kind": UnitKind.BASE_COMMITTEE},
        {"parent_code": other.code},
    ]

    codes = [amended(spec_of(unit, **facts)) for facts in told]

    assert codes == ["unit.needs_act"] * 3
    assert renamed(unit, "Đảng bộ xã Khác") == "unit.needs_act"
    unit.refresh_from_db()
    assert (unit.kind, Placement.objects.filter(unit=unit, parent=other).exists()) == ("commune", False)


def test_control_a_first_tree_is_corrected_by_the_next_list(top: Unit) -> None:
    unit, other = factories.commune(top, "Đảng bộ xã Mốt"), factories.commune(top, "Đảng bộ xã Hai")
    base = factories.cell(unit, "Chi bộ A")
    mass = factories.unit(None, UnitKind.MASS, "Mặt trận xã", committee=unit)

    refusals = [
        amended(
            spec_of(unit, name="Đảng bộ xã Một Hai"),
            spec_of(base, parent_code=other.code, kind=UnitKind.BASE_COMMITTEE),
        ),
        amended(spec_of(mass, tree=Tree.FRONT)),
        renamed(other, "Đảng bộ xã Ba"),
    ]

    assert refusals == ["", "", ""]
    assert set(Unit.objects.values_list("name", "kind", "tree")) == {
        (top.name, "province", "party"),
        ("Đảng bộ xã Một Hai", "commune", "party"),
        ("Đảng bộ xã Ba", "commune", "party"),
        ("Chi bộ A", "base_committee", "party"),
        ("Mặt trận xã", "mass", "front"),
    }
    assert Placement.objects.filter(unit=base, parent=other).count() == 1


def test_a_spelling_is_corrected_anywhere_and_the_audit_keeps_both(top: Unit) -> None:
    unit = factories.commune(top, "dang bo xã Thuận Hòa")
    factories.person(unit)

    listed = amended(spec_of(unit, name="Đảng bộ xã  Thuận hòa"))
    unit.refresh_from_db()
    paged = renamed(unit, "Đảng bộ xã Thuận Hoà")

    assert (listed, paged) == ("", "")
    unit.refresh_from_db()
    assert unit.name == "Đảng bộ xã Thuận Hoà"
    first, second = AuditEvent.objects.filter(action__in=("unit.amend", "unit.update")).order_by("pk")
    assert first.detail["names"] == {unit.code: ["dang bo xã Thuận Hòa", "Đảng bộ xã Thuận hòa"]}
    assert second.detail["changes"]["name"] == ["Đảng bộ xã Thuận hòa", "Đảng bộ xã Thuận Hoà"]


def test_a_spelling_meets_siblings_and_names_that_wait(top: Unit) -> None:
    unit, _tho = factories.commune(top, "Đảng bộ xã Tho"), factories.commune(top, "Đảng bộ xã Thọ")
    waiting = factories.commune(top, "Đảng bộ xã Mot")
    day = timezone.localdate() + timedelta(days=9)
    act(ActKind.RENAME, units=(waiting.pk,), name="Đảng bộ xã Hai", on=day)

    assert (
        renamed(unit, "Đảng bộ xã Thọ") == amended(spec_of(unit, name="Đảng bộ xã thọ")) == "unit.name_twice"
    )
    assert renamed(unit, "Đảng bộ xã Thơ") == ""
    assert renamed(waiting, "Đảng bộ xã Một") == "act.naming_waits"


def test_two_siblings_may_change_names_in_one_list(top: Unit) -> None:
    one, two = factories.commune(top, "Đảng bộ xã Một"), factories.commune(top, "Đảng bộ xã Hai")

    assert amended(spec_of(one, name=two.name), spec_of(two, name=one.name)) == ""
    assert list(
        Unit.objects.filter(pk__in=(one.pk, two.pk)).order_by("pk").values_list("name", flat=True)
    ) == [
        "Đảng bộ xã Hai",
        "Đảng bộ xã Một",
    ]


def test_an_ended_unit_keeps_its_name_and_takes_a_telephone(top: Unit) -> None:
    unit = factories.commune(top, "Đảng bộ xã Một")
    act(ActKind.CLOSE, units=(unit.pk,))
    unit.refresh_from_db()

    assert renamed(unit, "Đảng bộ xã Mốt") == "unit.closed"
    facts = UnitFacts.of(unit)
    with access.acting(operator()):
        units.update(unit, replace(facts, phone="0296 1"), seen=facts.version, by=operator())
    unit.refresh_from_db()
    assert (unit.name, unit.phone) == ("Đảng bộ xã Một", "0296 1")


def test_the_top_of_ones_own_tree_is_named_from_above(top: Unit) -> None:
    commune = factories.commune(top, "Đảng bộ xã Một")
    cell = factories.cell(commune, "Chi bộ một")
    own, above = factories.actor("administrator", commune), factories.actor("administrator", top)

    codes = [renamed(commune, "Đảng bộ xã Mốt", own), renamed(cell, "Chi bộ Một", own)]
    codes.append(renamed(commune, "Đảng bộ xã Mốt", above))

    assert codes == ["act.superior", "", ""]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": UnitKind.CELL}, "act.levels"),
        ({"kind": UnitKind.CENTRAL}, "act.levels"),
        ({"tree": Tree.FRONT}, "unit.other_tree"),
    ],
)
def test_a_first_tree_keeps_its_levels_and_trees(top: Unit, facts: dict[str, str], code: str) -> None:
    unit = factories.commune(top)
    factories.base(unit)

    with access.acting(operator()):
        refused = corrections.refused([spec_of(unit, **facts)], by=operator())

    assert {key: error.code for key, error in refused.items()} == {unit.code: code}


def test_the_same_statements_for_one_unit_and_for_three(top: Unit) -> None:
    made = [factories.commune(top, f"Đảng bộ xã {number}") for number in range(3)]
    told = [spec_of(unit, name=f"{unit.name} mới") for unit in made]
    counts = []
    for size in (1, 3):
        with access.acting(operator()), CaptureQueriesContext(connection) as asked:
            assert corrections.refused(told[:size], by=operator()) == {}
        counts.append(len(asked))

    assert counts[0] == counts[1]
