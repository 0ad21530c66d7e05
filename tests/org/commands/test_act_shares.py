"""Who of a divided unit goes where, told in a sheet or on the command line: done so, refused by cell, told again."""

from pathlib import Path

import pytest

from quantriet.org.access import Actor
from quantriet.org.act_words import COLUMNS
from quantriet.org.models import Act, Placement, Unit
from tests import factories
from tests.org.commands.test_act_sheets import by, carry_out, look, row, staged
from tests.org.commands.test_acts import Province, fresh, province, snapshot
from tests.web.cli.test_cli import run

__all__ = ["by", "province"]
pytestmark = pytest.mark.django_db

Capture = pytest.CaptureFixture[str]
COLUMN = [column.name for column in COLUMNS].index("divided")
DECIDED = ("--decision", "12-QĐ/TU", "--decided", "01/07/2025")


def second_cell(province: Province) -> Unit:
    return factories.cell(province.one, "Chi bộ 3")


def division(province: Province, divided: str, **values: str) -> dict[str, str]:
    """The first commune divided into two new ones; what is not told goes to the first of them."""
    told = {"into": "BAC; NAM", "names": "Đảng bộ xã Bắc; Đảng bộ xã Nam", "rest": "BAC"}
    return row("Chia tách", province.one.code, divided=divided, **(told | values))


def superior_of(unit: Unit) -> str:
    placed = Placement.objects.filter(unit=unit, valid__endswith=None)
    return str(placed.values_list("parent__code", flat=True).get())


def test_a_sheet_says_which_cell_goes_where_and_the_rest_goes_to_the_rest(
    province: Province, by: Actor
) -> None:
    other, board = second_cell(province), province.boards[0]
    words = f"{other.code} = NAM; {board.code} → Đảng bộ xã Nam"
    before = snapshot()

    looked = look(staged(by, division(province, words)), by)
    assert (looked.outcome["faults"], looked.outcome["asked"], snapshot() == before) == ([], [], True)
    carry_out(looked, by)

    assert (superior_of(other), superior_of(province.cell)) == ("NAM", "BAC")
    assert fresh(board).committee == Unit.objects.get(code="NAM")
    assert fresh(province.fronts[0]).committee == Unit.objects.get(code="BAC")


def test_the_same_division_told_again_is_the_one_that_was_done(province: Province, by: Actor) -> None:
    words = f"{second_cell(province).code} = NAM; {province.boards[0].code} = NAM"

    carry_out(staged(by, division(province, words)), by)
    after = snapshot()
    carry_out(staged(by, division(province, words)), by)

    assert (Act.objects.count(), snapshot() == after) == (1, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("{cell}", "act.cell"),
        ("{cell} = ", "act.cell"),
        ("KHONG-CO = BAC", "act.unit_unknown"),
        ("{cell} = TAY", "act.unit_unknown"),
        ("{cell} = {two}", "act.share_nowhere"),
        ("{cell} = BAC; {cell} = NAM", "act.share_twice"),
        ("{foreign} = BAC", "act.share_elsewhere"),
    ],
)
def test_what_cannot_be_so_is_a_fault_of_its_cell_and_nothing_is_done(
    province: Province, by: Actor, words: str, code: str
) -> None:
    told = words.format(cell=province.cell.code, two=province.two.code, foreign=province.other_cell.code)
    before = snapshot()

    looked = look(staged(by, division(province, told)), by)

    faults = [(one["row"], one["column"], one["code"]) for one in looked.outcome["faults"]]
    assert faults == [(2, COLUMN, code)]
    assert (looked.outcome["lines"], snapshot() == before) == ([], True)


def test_only_a_division_says_who_goes_where(province: Province, by: Actor) -> None:
    merger = row(
        "Sáp nhập",
        f"{province.one.code}; {province.two.code}",
        into="MOI",
        names="Đảng bộ xã Mới",
        divided=f"{province.cell.code} = MOI",
    )

    looked = look(staged(by, merger), by)

    assert [one["code"] for one in looked.outcome["faults"]] == ["act.share_not_divided"]


def test_a_name_of_several_units_is_asked_and_the_answer_is_taken(
    province: Province, by: Actor, capsys: Capture, tmp_path: Path
) -> None:
    """The second commune has a cell of the same name: which one is meant is asked, never guessed."""
    factories.cell(province.two, "Chi bộ 1")
    path = tmp_path / "chia.csv"
    head = "Việc,Mã đơn vị,Mã đơn vị nhận,Tên mới,Nhận phần còn lại,Đơn vị nào về đâu,Số quyết định"
    words = f"Chia tách,{province.one.code},BAC;NAM,Đảng bộ xã Bắc;Đảng bộ xã Nam,BAC,Chi bộ 1 = NAM,5-QĐ/TU"
    path.write_text(
        f"{head},Ngày quyết định,Ngày hiệu lực\n{words},01/07/2025,01/07/2025\n", encoding="utf-8"
    )

    asked = run(capsys, "acts", str(path), "--dry-run")[1]["asked"]
    assert isinstance(asked, list)
    assert [(one["row"], one["question"]) for one in asked] == [(2, "unit:Chi bộ 1")]
    done, told = run(capsys, "acts", str(path), "--answer", f"2:unit:Chi bộ 1={province.cell.code}")

    assert (done, told["written"], superior_of(province.cell)) == (0, True, "NAM")


def split(capsys: Capture, province: Province, *more: str) -> tuple[int, dict[str, object]]:
    words = ("--units", province.one.code, "--into", "BAC", "NAM")
    names = ("--names", "Đảng bộ xã Bắc", "Đảng bộ xã Nam", "--rest", "BAC")
    return run(capsys, "act", "split", *DECIDED, *words, *names, *more)


def test_the_command_line_shares_too_tried_first(province: Province, capsys: Capture) -> None:
    share = ("--share", f"{province.cell.code}=NAM")
    before = snapshot()

    tried, told = split(capsys, province, *share, "--dry-run")
    untouched = snapshot() == before
    done, _told = split(capsys, province, *share)

    assert (tried, told["stops"], told["unanswered"], untouched) == (0, 0, [], True)
    assert (done, superior_of(province.cell)) == (0, "NAM")


def test_the_command_line_refuses_a_share_that_leads_nowhere(province: Province, capsys: Capture) -> None:
    def code(*more: str) -> object:
        error = split(capsys, province, *more)[1]["error"]
        assert isinstance(error, dict)
        return error["code"]

    assert code("--share", province.cell.code) == "cli.share"
    assert code("--share", f"{province.cell.code}={province.two.code}") == "act.share_nowhere"
    assert Act.objects.count() == 0
