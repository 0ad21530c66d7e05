"""``quantriet conference``: the same sums as the pages, for scripts; exit code 1 while a site is behind."""

import csv
import json
from pathlib import Path

import pytest
from django.utils import timezone

from quantriet.conferences.commands import costs, readiness
from quantriet.conferences.commands.costs import Cost, Purse
from quantriet.conferences.commands.readiness import Look
from quantriet.conferences.readiness import Item
from quantriet.org import access
from quantriet.web import cli
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_preparation_api import House
from tests.factories import operator

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year


@pytest.fixture
def house() -> House:
    return House()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """A command with ``--json``: exit code and answer."""
    code = cli.main(["conference", *words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_sites_that_are_behind_are_named_until_none_is(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    number, by = str(house.whole.pk), operator()
    before = run(capsys, "readiness", number)
    short = run(capsys, "readiness", number, "--limit", "1")[1]
    cli.main(["conference", "readiness", number])
    words = capsys.readouterr().out
    with access.acting(by):
        for site in (made.hub(house.whole), house.site, house.other):
            readiness.check(site, [Look(item, is_good=True) for item in Item], by=by)
    after = run(capsys, "readiness", number)
    listed = run(capsys, "list")[1]["conferences"]

    assert (before[0], before[1]["sites"], before[1]["unready"], before[1]["untested"]) == (1, 3, 3, 3)
    assert [one["lacks"] for one in before[1]["behind"]] == [["unready", "untested"]] * 3  # type: ignore[attr-defined]
    assert (len(short["behind"]), short["more"]) == (1, 2)  # type: ignore[arg-type]
    assert "3 chưa chuẩn bị xong" in words
    assert f"{house.site.name}: chưa chuẩn bị xong, chưa thử đường truyền" in words
    assert (after[0], after[1]["unready"], after[1]["behind"]) == (0, 0, [])
    assert isinstance(listed, list)
    assert [(one["id"], one["unit"]) for one in listed] == [(house.whole.pk, house.province.code)]


def test_a_year_of_costs_as_json_and_as_a_table(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    odd, by = factories.commune(house.province, "=1+1"), operator()
    with access.acting(by):
        for unit, planned, actual in ((house.province, 500, 400), (odd, 1_500, None)):
            purse = Purse(made.called(unit))
            costs.keep(purse, [Cost("hall", "", "unit", planned, actual)], seen=costs.version([]), by=by)
    file = tmp_path / "kinh-phi.csv"
    code, told = run(capsys, "costs", house.province.code, str(YEAR), "--csv", str(file))
    cli.main(["conference", "costs", house.province.code, str(YEAR)])
    words = capsys.readouterr().out
    with file.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.reader(opened))

    assert (code, told["whole"]) == (0, {"planned": 2_000, "actual": 400, "lines": 2, "open_lines": 1})
    assert table[1:] == [
        [house.province.code, house.province.name, "500", "400", "1", "0"],
        [odd.code, "'=1+1", "1500", "0", "1", "1"],
        ["", "Cộng", "2000", "400", "2", "1"],
    ]
    assert "dự kiến 2.000 đồng, thực chi 400 đồng, 1/2 dòng chưa ghi thực chi" in words


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("readiness", "987654321"), "cli.conference"),
        (("costs", "?", "2026"), "cli.unit"),
    ],
)
def test_what_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    exit_code, told = run(capsys, *words)
    error = told["error"]
    assert isinstance(error, dict)
    assert (exit_code, error["code"]) == (1, code)


def test_a_file_that_cannot_be_written_and_a_year_that_is_none(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("costs", house.province.code)
    nowhere = run(capsys, *words, str(YEAR), "--csv", str(tmp_path / "none" / "a.csv"))
    with pytest.raises(SystemExit) as stopped:
        cli.main(["conference", *words, "năm nay"])

    assert (nowhere[0], nowhere[1]["error"]["code"]) == (1, "cli.file")  # type: ignore[index]
    assert stopped.value.code == 2
