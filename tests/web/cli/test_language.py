"""The command line in both languages: no message without its English, and which language is spoken when."""

import ast
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from quantriet.web import cli
from quantriet.web.cli import parsing
from tests import factories
from tests.test_language import PACKAGES, SOURCE, catalogue, read

pytestmark = pytest.mark.django_db

VIETNAMESE = re.compile(r"[à-ãè-êìíò-õùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "translated", "ngettext"}
SPEAKING = [*sorted((SOURCE / "web" / "cli").glob("*.py")), SOURCE / "web" / "backups.py"]

# Kept in the record of acts, which is in one language whoever works.
KEPT = {"dòng lệnh: "}


def unmarked(source: str) -> list[str]:
    """Vietnamese texts of a module, docstrings aside, that no mark hands to the catalogue."""
    tree = ast.parse(source)
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            aside.add(id(node.value))
        elif isinstance(node, ast.Call) and _name(node) in MARKS:
            aside.update(id(part) for argument in node.args for part in ast.walk(argument))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in aside
        and VIETNAMESE.search(node.value)
    ]


def marked(source: str) -> list[str]:
    """The texts of a module that are looked up in the catalogue."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and _name(node) in MARKS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def without_english(sources: list[str]) -> list[str]:
    """Marked texts that no catalogue holds."""
    held = {
        text.source
        for package in PACKAGES
        for text in read(catalogue(package).with_suffix(".po").read_text(encoding="utf-8"))
    }
    return [text for source in sources for text in marked(source) if text not in held]


def test_every_message_is_marked_and_has_its_english() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SPEAKING]

    assert ([text for source in sources for text in unmarked(source)], without_english(sources)) == (
        list(KEPT),
        [],
    )


def test_control_a_message_that_was_forgotten_is_found() -> None:
    source = '"""Của mô-đun."""\nsay(f"Đã ghi {name}.")\nsay(_("Một câu không ai dịch."))\n'

    assert (unmarked(source), without_english([source])) == (["Đã ghi "], ["Một câu không ai dịch."])


@pytest.mark.parametrize("name", [name for name in cli.ENTRIES if name != "serve"])
def test_every_command_explains_itself_in_english(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", name, "--help"])

    shown = capsys.readouterr().out
    assert (ended.value.code, shown.split(":")[0], VIETNAMESE.findall(shown)) == (0, "Usage", [])


def test_the_overview_speaks_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--help"])
    vietnamese = capsys.readouterr().out
    cli.main(["--lang=en"])
    english = capsys.readouterr().out

    assert (vietnamese.split(":")[0], english.split(":")[0], VIETNAMESE.findall(english)) == (
        "Cách dùng",
        "Usage",
        [],
    )


@pytest.mark.parametrize(
    ("kept", "words", "language"),
    [
        ("", ["check"], "vi"),
        ("en", ["check"], "en"),
        ("en", ["check", "--lang", "vi"], "vi"),
        ("vi", ["--lang=en", "check"], "en"),
        ("tiếng Anh", ["check"], "vi"),
    ],
)
def test_the_option_is_stronger_than_the_setting(
    kept: str, words: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUANTRIET_LANG", kept)
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    assert cli.spoken(words) == (["check"], language)


def test_a_language_we_do_not_speak_is_refused_before_anything_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    codes = [cli.main(words) for words in (["--lang", "fr", "check"], ["check", "--lang"])]

    assert (codes, capsys.readouterr().err.count("chỉ có vi")) == ([2, 2], 2)


def test_a_refusal_is_in_the_language_asked_for_and_has_one_code(capsys: pytest.CaptureFixture[str]) -> None:
    factories.province()
    words = ["account", "create", "Ai", "--role", "officer", "--unit", "ZZ", "--json"]

    told = []
    for language in ("vi", "en"):
        cli.main([*words, "--lang", language])
        told.append(json.loads(capsys.readouterr().out)["error"])

    assert [(one["code"], one["detail"]) for one in told] == [
        ("cli.unit", "Không có đơn vị mã “ZZ”. Chưa làm gì."),
        ("cli.unit", "There is no unit with the code “ZZ”. Nothing was done."),
    ]
    assert translation.get_language() == "vi"


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (["account", "reset"], "Còn thiếu: TÊN_ĐĂNG_NHẬP.", "Missing: SIGN_IN_NAME."),
        (["check", "--nhanh"], "Không hiểu: --nhanh.", "Not understood: --nhanh."),
        (
            ["campaign", "start", "ba"],
            "SỐ: không đọc được giá trị 'ba'.",
            "NUMBER: the value 'ba' cannot be read.",
        ),
        (
            ["ledger", "verify", "--limit"],
            "--limit: thiếu hoặc thừa giá trị.",
            "--limit: a value is missing, or there are too many.",
        ),
        (
            ["bench", "--size", "to"],
            "--size: không có lựa chọn 'to'. Hãy chọn một trong: 'province', 'small'.",
            "--size: there is no choice 'to'. Choose one of: 'province', 'small'.",
        ),
    ],
)
def test_what_is_not_understood_is_told_in_either_language(
    words: list[str], vietnamese: str, english: str, capsys: pytest.CaptureFixture[str]
) -> None:
    codes, told = [], []
    for language in ("vi", "en"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["--lang", language, *words])
        codes.append(ended.value.code)
        # Newer Pythons leave the marks around a choice away.
        told.append(capsys.readouterr().err.splitlines()[-1].split(": ", 1)[1].replace("'", ""))

    assert (codes, told) == ([2, 2], [vietnamese.replace("'", ""), english.replace("'", "")])


def test_a_fault_of_another_python_is_passed_on() -> None:
    assert parsing.told("something new") == "something new"


def test_asking_for_help_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert (cli.main(["--help"]), list(tmp_path.iterdir())) == (0, [])
