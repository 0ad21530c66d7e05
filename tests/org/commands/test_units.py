"""Founding, correcting and placing units."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.commands import units
from quantriet.org.commands.units import UnitFacts, UnitSpec
from quantriet.org.models import Placement, Tree, TreeVersion, Unit, UnitKind
from tests import factories

pytestmark = pytest.mark.django_db

TREE = [
    UnitSpec("01.2", "Chi bộ 2", UnitKind.CELL, parent_code="01"),
    UnitSpec("00", "Đảng bộ tỉnh Hòa Bình", UnitKind.PROVINCE),
    UnitSpec("01", "Đảng bộ xã Mai Châu", UnitKind.COMMUNE, parent_code="00", founded_on=date(2025, 7, 1)),
    UnitSpec("BTG", "Ban Tuyên giáo và Dân vận", UnitKind.BODY, committee_code="00"),
    UnitSpec("MT", "Ủy ban MTTQ tỉnh", UnitKind.MASS, tree=Tree.FRONT, committee_code="00"),
    UnitSpec("MT1", "Ủy ban MTTQ xã", UnitKind.MASS, tree=Tree.FRONT, parent_code="MT", committee_code="01"),
]


def found(specs: list[UnitSpec]) -> dict[str, Unit]:
    with access.acting(factories.operator()) as by:
        return {unit.code: unit for unit in units.found(specs, by=by)}


def path_names(code: str, on: date) -> list[str]:
    placed = Placement.objects.get(unit__code=code, valid__contains=on)
    codes = dict(Unit.objects.values_list("pk", "code"))
    return [codes[int(label)] for label in placed.path.split(".")]


def version() -> int:
    return TreeVersion.objects.get().number


def test_found_takes_a_tree_in_any_order_and_builds_paths_levels_and_keys() -> None:
    made = found(TREE)

    today = date(2026, 1, 1)
    assert {code: path_names(code, today) for code in made} == {
        "00": ["00"],
        "01": ["00", "01"],
        "01.2": ["00", "01", "01.2"],
        "BTG": ["00", "BTG"],
        "MT": ["MT"],
        "MT1": ["MT", "MT1"],
    }
    assert {code: unit.level for code, unit in made.items()} == {
        "00": 1, "01": 2, "01.2": 4, "BTG": 1, "MT": 1, "MT1": 2,
    }  # fmt: skip
    assert made["00"].folded == "dang bo tinh hoa binh"
    assert made["MT1"].committee == made["01"]
    assert not Placement.objects.filter(unit=made["01.2"], valid__contains=date(2025, 6, 30)).exists()


def test_found_again_changes_nothing() -> None:
    first = found(TREE)
    rows = set(Placement.objects.values_list("pk", "path"))

    second = found(TREE)

    assert second == first
    assert set(Placement.objects.values_list("pk", "path")) == rows


def test_found_gives_the_tree_a_new_version() -> None:
    before = version()

    found(TREE)

    assert version() > before


def test_found_costs_the_same_number_of_queries_for_one_and_for_many() -> None:
    found(TREE)
    more = [UnitSpec(f"02.{n}", f"Chi bộ {n}", UnitKind.CELL, parent_code="01") for n in range(4)]

    with CaptureQueriesContext(
        connection,
    ) as one:
        found(more[:1])
    with CaptureQueriesContext(connection) as three:
        found(more[1:])

    assert len(one) == len(three)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (UnitSpec("01", "Tên khác", UnitKind.COMMUNE, parent_code="00"), "unit.code_taken"),
        (UnitSpec("09", "Xã lạ", UnitKind.COMMUNE, parent_code="99"), "unit.code_unknown"),
        (UnitSpec("09", "Hội lạ", UnitKind.MASS, tree=Tree.WOMEN), "unit.no_committee"),
        (
            UnitSpec("09", "Hội", UnitKind.MASS, tree=Tree.WOMEN, parent_code="MT", committee_code="00"),
            "unit.other_tree",
        ),
        (UnitSpec("09", "", UnitKind.CELL, parent_code="01"), "unit.incomplete"),
        (UnitSpec("09", "Loại lạ", "tổ", parent_code="01"), "unit.kind_unknown"),
        (UnitSpec("09", "Tự trên mình", UnitKind.CELL, parent_code="09"), "unit.cycle"),
    ],
)  # fmt: skip
def test_found_refuses_the_whole_list_for_one_bad_unit(spec: UnitSpec, code: str) -> None:
    found(TREE)
    good = UnitSpec("10", "Đảng bộ xã Tốt", UnitKind.COMMUNE, parent_code="00")

    with pytest.raises(DomainError) as refusal:
        found([good, spec])

    assert refusal.value.code == code
    assert not Unit.objects.filter(code="10").exists()


def test_found_needs_the_right_at_the_parent_and_roots_are_the_operators() -> None:
    made = found(TREE)
    by = factories.actor("administrator", made["01"])
    with access.acting(by):
        below = units.found([UnitSpec("01.9", "Chi bộ 9", UnitKind.CELL, parent_code="01")], by=by)
        with pytest.raises(DomainError) as unknown:
            units.found([UnitSpec("02", "Xã bên", UnitKind.COMMUNE, parent_code="00")], by=by)
        with pytest.raises(ForbiddenError):
            units.found([UnitSpec("99", "Tỉnh khác", UnitKind.PROVINCE)], by=by)

    assert [unit.code for unit in below] == ["01.9"]
    assert unknown.value.code == "unit.code_unknown"


def test_place_moves_the_whole_subtree_and_keeps_the_past() -> None:
    made = found([*TREE, UnitSpec("03", "Đảng bộ xã Vạn Mai", UnitKind.COMMUNE, parent_code="00")])
    base = found([UnitSpec("01.A", "Đảng bộ cơ sở A", UnitKind.BASE_COMMITTEE, parent_code="01")])["01.A"]
    found([UnitSpec("01.A.1", "Chi bộ A1", UnitKind.CELL, parent_code="01.A")])
    before = version()

    with access.acting(factories.operator()) as by:
        units.place(base, parent=made["03"], on=date(2026, 3, 1), by=by, decision="12-QĐ/TU")
        units.place(base, parent=made["03"], on=date(2026, 3, 1), by=by, decision="12-QĐ/TU")

    assert path_names("01.A.1", date(2026, 2, 28)) == ["00", "01", "01.A", "01.A.1"]
    assert path_names("01.A.1", date(2026, 3, 1)) == ["00", "03", "01.A", "01.A.1"]
    assert Placement.objects.filter(unit=base).count() == 2
    assert Placement.objects.get(unit=base, valid__contains=date(2026, 3, 1)).decision == "12-QĐ/TU"
    assert version() > before


def test_place_refuses_a_cycle_and_another_tree() -> None:
    made = found(TREE)
    codes = []
    with access.acting(factories.operator()) as by:
        for parent in ("01.2", "01", "MT"):
            with pytest.raises(DomainError) as refusal:
                units.place(made["01"], parent=made[parent], on=date(2026, 3, 1), by=by)
            codes.append(refusal.value.code)

    assert codes == ["unit.cycle", "unit.cycle", "unit.other_tree"]


def test_update_tells_the_second_writer_both_texts() -> None:
    unit = found(TREE)["01"]
    seen = UnitFacts.of(unit).version
    with access.acting(factories.operator()) as by:
        units.update(unit, UnitFacts("Đảng bộ xã Mai Châu Một"), seen=seen, by=by)
        units.update(unit, UnitFacts("Đảng bộ xã Mai Châu Một"), seen=seen, by=by)
        with pytest.raises(ConflictError) as refusal:
            units.update(unit, UnitFacts("Đảng bộ xã Mai Châu Hai"), seen=seen, by=by)

    assert refusal.value.context["yours"]["name"] == "Đảng bộ xã Mai Châu Hai"
    assert refusal.value.context["theirs"]["name"] == "Đảng bộ xã Mai Châu Một"
    unit.refresh_from_db()
    assert (unit.name, unit.folded) == ("Đảng bộ xã Mai Châu Một", "dang bo xa mai chau mot")


def test_amend_changes_facts_and_moves_by_code() -> None:
    found([*TREE, UnitSpec("03", "Đảng bộ xã Vạn Mai", UnitKind.COMMUNE, parent_code="00")])
    told = [UnitSpec("01.2", "Chi bộ Hai", UnitKind.CELL, parent_code="03"), TREE[2]]
    with access.acting(factories.operator()) as by:
        first = units.amend(told, by=by, on=date(2026, 3, 1))
        second = units.amend(told, by=by, on=date(2026, 3, 1))

    assert [unit.code for unit in first] == ["01.2"]
    assert second == []
    assert Unit.objects.get(code="01.2").name == "Chi bộ Hai"
    assert path_names("01.2", date(2026, 3, 1)) == ["00", "03", "01.2"]


def test_a_unit_that_has_ended_is_neither_placed_nor_amended() -> None:
    made = found(TREE)
    Unit.objects.filter(pk=made["01.2"].pk).update(closed_on=date(2026, 1, 1))

    with access.acting(factories.operator()) as by:
        with pytest.raises(DomainError) as placed:
            units.place(made["01.2"], parent=made["00"], on=date(2026, 2, 1), by=by)
        with pytest.raises(DomainError) as amended:
            units.amend([UnitSpec("01.2", "Tên khác", UnitKind.CELL, parent_code="01")], by=by)

    assert (placed.value.code, amended.value.code) == ("unit.closed", "unit.closed")
    assert path_names("01.2", date(2026, 3, 1)) == ["00", "01", "01.2"]
