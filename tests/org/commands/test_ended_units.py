"""Lists that name units which have ended: their rows stay out, the rest goes on."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from quantriet.org import access
from quantriet.org.commands import acts, imports
from quantriet.org.commands.imports import Rows
from quantriet.org.models import Placement, Unit
from quantriet.org.proposals import Proposal
from tests import factories
from tests.org.commands.test_imports import PEOPLE, UNITS, checked, done, names, staged, three_cells, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


def merged(unit: Unit, into: Unit) -> None:
    """``unit`` ends today and hangs below ``into``."""
    today = timezone.localdate()
    merger = Proposal("merge", "7-QĐ/TU", today, today, units=(unit.pk, into.pk), into=(into.pk,))
    with access.acting(factories.operator()) as by:
        acts.carry_out(merger, by=by)


def test_an_old_list_does_not_bring_a_merged_unit_back(tmp_path: Path) -> None:
    top = factories.province()
    old, heir = factories.commune(top, "Đảng bộ xã Cũ"), factories.commune(top, "Đảng bộ xã Nhận")
    merged(old, heir)
    rows = [
        [old.code, "Đảng bộ xã Cũ", "Đảng bộ xã", top.code],
        ["CB-MOI", "Chi bộ mới", "Chi bộ", old.code],
        ["CB-KHAC", "Chi bộ khác", "Chi bộ", heir.code],
    ]
    about = staged(xlsx(tmp_path, UNITS[:4], *rows), "units", top)

    outcome = checked(about)
    done(about, Rows.FAULTLESS)

    told = [(fault.address, fault.code) for fault in outcome.faults]
    assert told == [("A2", "import.unit_ended"), ("D3", "import.unit_ended")]
    placed = Placement.objects.get(unit=old, valid__endswith=None)
    assert (placed.parent_id, placed.former) == (heir.pk, True)
    assert (outcome.new, Unit.objects.filter(code__in=["CB-MOI", "CB-KHAC"]).count()) == (1, 1)


def test_people_of_a_unit_that_has_ended_are_faults_with_their_cells(tmp_path: Path) -> None:
    top = factories.province()
    old, heir = factories.commune(top, "Đảng bộ xã Cũ"), factories.commune(top, "Đảng bộ xã Nhận")
    merged(old, heir)
    rows = [["An", "1", "", old.code], ["Bình", "2", "", heir.code]]
    about = staged(xlsx(tmp_path, PEOPLE, *rows), "people", top)

    outcome = checked(about)
    done(about, Rows.FAULTLESS)

    assert [(fault.address, fault.code) for fault in outcome.faults] == [("D2", "import.unit_ended")]
    assert "Đảng bộ xã Cũ" in outcome.faults[0].sentence
    assert names() == ["Bình"]


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_ends_while_the_list_is_written_keeps_its_rows_out_and_the_import_ends(
    commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = three_cells(commune, tmp_path, monkeypatch)
    first, second, _third = Unit.objects.filter(kind="cell").order_by("pk")

    def step(people: int, total: int, _words: str) -> None:
        if total and people == 2:
            merged(second, first)

    finished = imports.carry_out(about, by=factories.operator(), step=step)

    assert names() == ["Người 0", "Người 1", "Người 4", "Người 5"]
    assert (finished.state, finished.outcome["new"], finished.outcome["faulty"]) == ("done", 4, 2)
    assert [(one["address"], one["code"]) for one in finished.outcome["faults"]] == [
        ("D4", "import.unit_ended"),
        ("D5", "import.unit_ended"),
    ]
