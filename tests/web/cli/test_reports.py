"""``quantriet report``: listed, begun, written to files, an old one looked through."""

import json
from datetime import date
from pathlib import Path

import pytest

from quantriet.reports.models import Report
from quantriet.web import cli
from tests.factories_reports import House, sent

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """A command with ``--json``: exit code and answer."""
    code = cli.main(["report", *words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_a_report_is_begun_listed_and_written_to_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    house = House()
    words = ("draft", str(house.campaign.pk), house.commune.code)
    tried = run(capsys, *words, "--dry-run")
    after_trial = Report.objects.count()
    begun = [run(capsys, *words)[1]["id"] for _try in range(2)]
    listed = run(capsys, "list")[1]["reports"]
    files = {ending: tmp_path / f"báo cáo.{ending}" for ending in ("docx", "pdf", "xlsx")}
    number = str(begun[0])
    code, _told = run(
        capsys, "export", number, *(word for end, path in files.items() for word in (f"--{end}", str(path)))
    )

    assert (tried[0], after_trial, begun[0] == begun[1], code) == (0, 0, True, 0)
    assert isinstance(listed, list)
    assert [(row["unit"], row["state"]) for row in listed] == [(house.commune.code, "draft")]
    assert [path.read_bytes()[:2] for path in files.values()] == [b"PK", b"%P", b"PK"]


def test_an_old_report_is_looked_through(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    old = tmp_path / "cũ.txt"
    old.write_text("Có 1.356/1.468 đảng viên, đạt 97,8 %.", encoding="utf-8")
    code, told = run(capsys, "check", str(old))
    marks = told["marks"]

    assert code == 1
    assert isinstance(marks, list)
    assert [(mark["fault"], mark["right"]) for mark in marks] == [("percentage", "92,4\u00a0% (1.356/1.468)")]


def test_a_report_is_read_on_another_day_beside_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    house = House()
    house.study(1, key="a", on=date(2026, 2, 7))
    report = sent(house)
    house.study(2, key="b", on=date(2026, 2, 20))

    def present(*words: str) -> tuple[object, object]:
        told = run(capsys, "read", str(report.pk), *words)[1]
        figures = told["figures"]
        assert isinstance(figures, list)
        one = next(figure for figure in figures if figure["code"] == "present")
        return one["sent"]["numerator"], one["read"]["numerator"]

    assert present() == (1, 2)
    assert present("--on", "08/02/2026", "--tree", "then") == (1, 1)
    assert present("--known", "08/02/2026") == (1, 0)


@pytest.mark.parametrize(
    "words",
    [
        ("export", "999999", "--docx", "x.docx"),
        ("check", "không-có.txt"),
        ("export", "1"),
        ("read", "999999"),
        ("read", "1", "--on", "2/30/26"),
    ],
)
def test_what_cannot_be_done_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, told = run(capsys, *words)
    assert code == 1
    assert "error" in told
