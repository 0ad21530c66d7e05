"""``quantriet act``, ``acts`` and ``acts-draft``: a trial leaves nothing, a list is whole, the unclear is asked."""

from pathlib import Path

import pytest

from quantriet.org.models import Act, Unit
from tests import factories
from tests.org.commands.test_acts import Province, fresh, province, snapshot
from tests.org.pages.test_acts import blocked, homes
from tests.web.cli.test_cli import run

__all__ = ["blocked", "province"]
pytestmark = pytest.mark.django_db

DECIDED = ("--decision", "12-QĐ/TU", "--decided", "01/07/2025")
Capture = pytest.CaptureFixture[str]


def merge(capsys: Capture, p: Province, *more: str) -> tuple[int, dict[str, object]]:
    words = ("--units", p.one.code, p.two.code, "--into", "MOI", "--names", "Đảng bộ xã Mới")
    return run(capsys, "act", "merge", *DECIDED, *words, *more)


def test_a_trial_tells_every_effect_and_leaves_nothing(province: Province, capsys: Capture) -> None:
    before = snapshot()

    code, told = merge(capsys, province, "--dry-run")

    effects = told["effects"]
    assert isinstance(effects, list)
    assert {"Đơn vị thành lập", "Đơn vị kết thúc", "Vai trò của tài khoản"} <= {
        one["subject"] for one in effects
    }
    assert (code, told["stops"], told["unanswered"], told["dry_run"]) == (0, 0, [], True)
    assert snapshot() == before


def test_an_act_is_carried_out_with_its_answers(province: Province, capsys: Capture) -> None:
    code, told = merge(capsys, province, "--answer", "org.roles=end")

    act = Act.objects.get()
    assert (code, told) == (0, {"id": act.pk, "state": "done"})
    assert act.told["answers"] == {"org.roles": "end"}


def test_a_refused_act_ends_with_one(province: Province, capsys: Capture) -> None:
    code, told = run(
        capsys, "act", "move", *DECIDED, "--units", province.one.code, "--parent", province.cell.code
    )

    error = told["error"]
    assert isinstance(error, dict)
    assert (code, error["code"]) == (1, "unit.cycle")


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "sap-xep.csv"
    head = "Việc,Mã đơn vị,Mã đơn vị nhận,Tên mới,Số quyết định,Ngày quyết định,Ngày hiệu lực"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_sheet_is_tried_and_then_done(province: Province, capsys: Capture, tmp_path: Path) -> None:
    days = "3-QĐ/TU,01/07/2025,01/07/2025"
    path = sheet(
        tmp_path,
        f"Sáp nhập,{province.one.code}; {province.two.code},MOI,Đảng bộ xã Mới,{days}",
        f"Đổi tên,MOI,,Đảng bộ phường Mới,{days}",
    )
    before = snapshot()

    tried, told = run(capsys, "acts", str(path), "--dry-run")
    assert (tried, told["done"], told["written"], told["faults"]) == (0, 2, False, [])
    assert snapshot() == before
    code, told = run(capsys, "acts", str(path))

    assert (code, told["written"]) == (0, True)
    assert Unit.objects.get(code="MOI").name == "Đảng bộ phường Mới"


def test_one_faulty_row_holds_the_whole_sheet(province: Province, capsys: Capture, tmp_path: Path) -> None:
    days = "3-QĐ/TU,01/07/2025,01/07/2025"
    path = sheet(
        tmp_path,
        f"Đổi tên,{province.one.code},,Đảng bộ phường Một,{days}",
        f"Đổi tên,KHONG-CO,,Đảng bộ phường Hai,{days}",
    )

    code, told = run(capsys, "acts", str(path))

    faults = told["faults"]
    assert isinstance(faults, list)
    assert (code, [(one["address"], one["code"]) for one in faults]) == (1, [("B3", "act.unit_unknown")])
    assert fresh(province.one).name == "Đảng bộ xã Một"


def listed(folder: Path, *texts: tuple[str, str, str]) -> Path:
    path = folder / "xa-moi.csv"
    rows = [
        "code,parent_code,full_name,merged_from",
        *(f'{code},91,{name},"{text}"' for code, name, text in texts),
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_list_with_origins_becomes_a_sheet_that_can_be_done(
    province: Province, capsys: Capture, tmp_path: Path
) -> None:
    path, out = listed(tmp_path, ("N1", "Xã Mới", "Xã Một, Xã Hai")), tmp_path / "viec.xlsx"

    code, told = run(capsys, "acts-draft", str(path), "--out", str(out), *DECIDED)
    assert (code, told["acts"], told["questions"]) == (0, 1, [])
    assert run(capsys, "acts", str(out))[1]["written"] is True

    new = Unit.objects.get(code="N1")
    assert (new.name, new.placements.get().parent_id) == ("Đảng bộ xã Mới", province.top.pk)


def test_what_a_list_leaves_open_is_asked(province: Province, capsys: Capture, tmp_path: Path) -> None:
    elsewhere = factories.commune(factories.province("Đảng bộ tỉnh Khác"), "Đảng bộ xã Một")
    path, out = listed(tmp_path, ("N1", "Xã Mới", "Xã Một, Xã Hai")), tmp_path / "viec.xlsx"
    words = ("acts-draft", str(path), "--out", str(out), *DECIDED)

    code, told = run(capsys, *words)
    questions = told["questions"]
    assert isinstance(questions, list)
    assert (code, told["acts"]) == (1, 0)
    assert sorted(questions[0]["candidates"]) == sorted([province.one.code, elsewhere.code])

    code, told = run(capsys, *words, "--answer", f"N1|Xã Một={province.one.code}")
    assert (code, told["acts"], told["questions"]) == (0, 1, [])


def test_a_blocked_act_goes_on_with_other_answers(blocked: Act, capsys: Capture) -> None:
    number, chosen = str(blocked.pk), ("--answer", "org.rest=1")
    assert run(capsys, "act-resume", number, "--dry-run")[1]["unanswered"] == ["org.rest"]
    before = snapshot()
    assert run(capsys, "act-resume", number, *chosen, "--dry-run")[0] == 0
    assert snapshot() == before

    code, told = run(capsys, "act-resume", number, *chosen)

    assert (code, told) == (0, {"id": blocked.pk, "state": "done"})
    assert homes()["Người Đến Sau"] == "A2"


def test_an_act_is_taken_back_or_given_up(province: Province, blocked: Act, capsys: Capture) -> None:
    before = snapshot()
    tried = run(capsys, "act-undo", str(blocked.pk), "--reason", "Thôi", "--dry-run")
    assert (tried[0], Act.objects.get().state) == (0, "blocked")

    code, told = run(capsys, "act-undo", str(blocked.pk), "--reason", "Thôi")

    assert (code, told["state"], snapshot()) == (0, "undone", before)
    assert run(capsys, "act-undo", "987654", "--reason", "Thôi")[0] == 1


def test_what_a_row_asks_is_told_with_its_answers(
    province: Province, capsys: Capture, tmp_path: Path
) -> None:
    days = "3-QĐ/TU,01/07/2025,01/07/2025"
    path = sheet(tmp_path, f"Chia tách,{province.cell.code},A1; A2,Chi bộ A; Chi bộ B,{days}")

    code, told = run(capsys, "acts", str(path))
    done, after = run(capsys, "acts", str(path), "--answer", "2:org.rest=1")

    assert (code, told["written"]) == (1, False)
    assert told["asked"] == [{"row": 2, "question": "org.rest", "options": ["0", "1"]}]
    assert (done, after["written"], after["asked"]) == (0, True, [])
