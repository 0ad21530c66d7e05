"""The house rules that a machine can hold. Each rule is a function from source to faults, and has a control that
shows it finds one.
"""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "quantriet"
LONGEST_FUNCTION = 60
LONGEST_FILE = 500

# Names that say nothing of what is inside.
VAGUE = {"utils", "util", "helpers", "helper", "services", "managers", "common", "misc", "signals"}

# "file:function" → why it is better whole.
LONG_FUNCTIONS: dict[str, str] = {}

WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "update",
}


def modules() -> Iterator[tuple[str, str]]:
    """Every module of ours as (path below the package, text); migrations are made by a machine."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if "/migrations/" not in name:
            yield name, path.read_text(encoding="utf-8")


@functools.cache
def parsed(text: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(text)


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports_inside_functions(name: str, text: str) -> list[str]:
    """What a module needs stands at its top, where a reader and import-linter look."""
    return [
        f"{name}:{inner.lineno}"
        for function in functions(text)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def long_functions(name: str, text: str) -> list[str]:
    """Functions that do not fit on a screen; decorators are not counted."""
    return [
        f"{name}:{function.name}"
        for function in functions(text)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]


def long_files(name: str, text: str) -> list[str]:
    """Files that became a folder split by noun, or should."""
    return [name] if len(text.splitlines()) > LONGEST_FILE else []


def vague_names(name: str, text: str) -> list[str]:
    """Files and folders named by nothing."""
    return [name for part in name.split("/") if part.removesuffix(".py") in VAGUE]


def signals_of_models(name: str, text: str) -> list[str]:
    """What a write brings about is called by its command, in sight."""
    return [
        f"{name}:{node.lineno}"
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.ImportFrom) and node.module in {"django.dispatch", "django.db.models.signals"}
    ]


def is_view_module(name: str) -> bool:
    """Pages and operations: what stands behind doors."""
    parts = name.removesuffix(".py").split("/")
    is_door = bool({"pages", "api"} & set(parts)) or parts[-1].endswith("_api")
    return is_door or name in {"web/home.py", "web/works.py"}


def writes_in_views(name: str, text: str) -> list[str]:
    """Pages and operations write through commands alone: a rule with two doors drifts."""
    if not is_view_module(name):
        return []
    tree = parsed(text)
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if not (alias.asname or alias.name)[0].isupper()
    }
    return [
        f"{name}:{call.lineno} .{call.func.attr}("
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
        if not (
            isinstance(call.func.value, ast.Name) and call.func.value.id in imported | {"router"}
        )  # a command's module; the address of an operation
        if not _is_of_a_dictionary(call)
    ]


def _is_of_a_dictionary(call: ast.Call) -> bool:
    """``words.update(more)``: a queryset's update takes named values only."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "update" and bool(call.args)


RULES: tuple[Callable[[str, str], list[str]], ...] = (
    imports_inside_functions,
    long_functions,
    long_files,
    vague_names,
    signals_of_models,
    writes_in_views,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Callable[[str, str], list[str]]) -> None:
    faults = [fault for name, text in modules() for fault in rule(name, text)]

    assert [fault for fault in faults if fault not in LONG_FUNCTIONS] == []


def test_every_exception_is_still_needed() -> None:
    found = {fault for name, text in modules() for fault in long_functions(name, text)}

    assert sorted(set(LONG_FUNCTIONS) - found) == []


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (imports_inside_functions, "org/x.py", "def f():\n    import json\n"),
        (imports_inside_functions, "org/x.py", "class A:\n    def f(self):\n        from a import b\n"),
        (long_functions, "org/x.py", "def f():\n" + "    a = 1\n" * 60),
        (long_files, "org/x.py", "a = 1\n" * 501),
        (vague_names, "org/helpers/x.py", ""),
        (vague_names, "org/utils.py", ""),
        (signals_of_models, "org/x.py", "from django.db.models.signals import post_save\n"),
        (writes_in_views, "org/pages.py", "row.save()\n"),
        (writes_in_views, "org/pages/units.py", "Unit.objects.filter(pk=1).update(name='x')\n"),
        (writes_in_views, "org/api.py", "from m import Unit\nUnit.objects.create()\n"),
    ],
)
def test_each_rule_finds_a_planted_fault(rule: Callable[[str, str], list[str]], name: str, text: str) -> None:
    assert len(rule(name, text)) == 1


def test_a_view_may_call_commands_and_fill_dictionaries() -> None:
    text = "from quantriet.web import tokens\ntokens.create(1)\nwords = {}\nwords.update({'a': 1})\n"

    assert writes_in_views("web/api.py", text) == []


def test_imports_point_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


# Composed, so that this file does not hold what it looks for.
PLACES = re.compile(
    "|".join(
        (
            "/" + r"(?:work|root)/\w",
            "/" + r"home/\w+/",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "npm" + r"js\.(?:org|com)",
            "registry" + r"\.yarnpkg",
            r"--(?:extra-)?index" + "-url",
        )
    )
)
TEXT = {
    ".py",
    ".md",
    ".txt",
    ".in",
    ".toml",
    ".json",
    ".js",
    ".mjs",
    ".css",
    ".html",
    ".yml",
    ".yaml",
    ".sh",
    ".cfg",
    ".service",
    ".conf",
} | {""}


def tracked() -> Iterator[Path]:
    """Every file of the tree that people read."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and path.suffix in TEXT and path.is_file() and not path.is_symlink():
            yield path


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive has no list of its files")
def test_the_tree_names_no_place_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if (match := PLACES.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []


@pytest.mark.parametrize(
    "text", ["see /" + "work/main", "https://" + "pypi" + ".org/simple", "/" + "home/an/x"]
)
def test_a_planted_place_is_found(text: str) -> None:
    assert PLACES.search(text) is not None


@pytest.mark.django_db
def test_tables_and_models_are_in_step(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemExit as ended:
        pytest.fail(f"makemigrations finds changes ({ended.code}): {capsys.readouterr().out}")
