"""The command line: what each command does, says and returns; a trial leaves nothing."""

import json
from pathlib import Path

import pytest
from django.db import connection

from quantriet.ledger import commands as ledger_commands
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Book
from quantriet.org.models import Account, RoleAssignment, Unit
from quantriet.web import cli
from quantriet.web.models import ApiToken
from tests import factories

pytestmark = pytest.mark.django_db

UNITS = "Mã đơn vị,Tên đơn vị,Loại,Mã cấp trên\nX1,Đảng bộ xã Một,Đảng bộ xã,GOC\nX2,Đảng bộ xã Hai,Đảng bộ xã,GOC\n"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """A command with ``--json``: exit code and answer."""
    code = cli.main([*words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    codes = (cli.main(["--help"]), cli.main([]), cli.main(["không-có"]))

    shown = capsys.readouterr().out
    assert codes == (0, 2, 2)
    assert [name for name in cli.ENTRIES if f"  {name} " not in shown] == []


@pytest.mark.parametrize("name", [name for name in cli.ENTRIES if name != "serve"])
def test_every_command_explains_itself_in_vietnamese(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])

    assert (ended.value.code, capsys.readouterr().out.splitlines()[0].split(":")[0]) == (0, "Cách dùng")


def test_a_root_is_founded_and_a_trial_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    tried = run(capsys, "found-root", "GOC", "Đảng bộ tỉnh", "--dry-run")
    after_trial = Unit.objects.count()
    code, _told = run(capsys, "found-root", "GOC", "Đảng bộ tỉnh")

    assert (tried[0], tried[1]["dry_run"], after_trial) == (0, True, 0)
    assert (code, list(Unit.objects.values_list("code", "name"))) == (0, [("GOC", "Đảng bộ tỉnh")])


def test_an_account_is_opened_given_a_role_and_reset(capsys: pytest.CaptureFixture[str]) -> None:
    top = factories.province()

    _code, opened = run(capsys, "account", "create", "Trần Thị Bình", "--role", "officer", "--unit", top.code)
    _code, same = run(
        capsys, "account", "grant", str(opened["username"]), "--role", "inspector", "--unit", top.code
    )
    _code, again = run(capsys, "account", "reset", str(opened["username"]))

    account = Account.objects.get(pk=str(opened["account_id"]))
    assert account.check_password(str(again["password"]))
    assert sorted(RoleAssignment.objects.values_list("role", flat=True)) == ["inspector", "officer"]
    assert same["role"] == "inspector"


def test_a_token_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    top = factories.province()
    account = factories.account("officer", top)
    words = (
        "token",
        "create",
        "báo cáo tuần",
        "--account",
        account.username,
        "--unit",
        top.code,
        "--scope",
        "home",
    )

    run(capsys, *words, "--dry-run")
    after_trial = ApiToken.objects.count()
    _code, made = run(capsys, *words)
    revoked = run(capsys, "token", "revoke", str(made["id"]))
    _code, told = run(capsys, "token", "list")

    assert (after_trial, revoked[0]) == (0, 0)
    assert [(row["label"], row["revoked"]) for row in told["tokens"]] == [("báo cáo tuần", True)]  # type: ignore[attr-defined]


def test_a_refusal_is_a_sentence_with_its_code_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "account", "create", "Ai đó", "--role", "officer", "--unit", "KHÔNG-CÓ")

    assert (code, told["error"]["code"]) == (1, "cli.unit")  # type: ignore[index]


def test_units_are_imported_after_a_trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    factories.unit(None, "province", "Đảng bộ tỉnh", code="GOC")
    file = tmp_path / "cay.csv"
    file.write_text(UNITS, encoding="utf-8")

    tried = run(capsys, "import-units", str(file), "--dry-run")
    after_trial = Unit.objects.count()
    done = run(capsys, "import-units", str(file))
    again = run(capsys, "import-units", str(file))

    assert (tried[0], tried[1]["new"], tried[1]["written"], after_trial) == (0, 2, False, 1)
    assert (done[0], done[1]["new"], done[1]["written"]) == (0, 2, True)
    assert (again[1]["new"], again[1]["same"], Unit.objects.count()) == (0, 2, 3)


def test_a_tally_that_is_not_its_entries_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    top = factories.province()
    book = ledger_commands.open_book(top, kind=Book.Kind.STANDING, title="Sổ", year=2026)
    sound = run(capsys, "ledger", "verify")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_tally VALUES (%s, %s, %s, 0, %s, 7, 1)",
            [book.pk, top.pk, next(iter(Measure)).value, next(iter(Grade)).value],
        )

    code, told = run(capsys, "ledger", "verify")

    assert (sound[0], sound[1]["equal"]) == (0, True)
    assert (code, told["differences"][0]["tally"], told["differences"][0]["counted"]) == (1, 7, 0)  # type: ignore[index]


def test_a_rebuild_tried_leaves_the_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    _code, tried = run(capsys, "ledger", "rebuild", "--dry-run")
    _code, done = run(capsys, "ledger", "rebuild")

    assert tried["epoch"] == done["epoch"]


def test_the_installation_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    sound = run(capsys, "check")
    account = factories.account("member", factories.province())
    Account.objects.filter(pk=account.pk).update(is_demo=True)

    assert sound == (0, {"ok": True, "faults": []})
    assert run(capsys, "check")[0] == 1


def test_one_fold_is_done_on_demand() -> None:
    assert cli.main(["fold", "--once"]) == 0
