"""``quantriet import-baselines``: looked at, written whole, refused with the cells that are wrong."""

import json
from pathlib import Path

import pytest

from quantriet.campaigns.models import Baseline
from quantriet.web import cli
from tests import factories
from tests import factories_campaigns as made

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """The command with ``--json``: exit code and answer."""
    code = cli.main(["import-baselines", *words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_figures_of_earlier_terms_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commune = factories.commune(factories.province())
    document = made.document(commune)
    path = tmp_path / "so-lieu.csv"
    header = "Mã đơn vị,Chỉ tiêu,Giai đoạn,Kết quả,Nguồn\n"
    path.write_text(f"{header}{commune.code},Đã học,2020-2025,95 % đến 97 %,BC 9\n", encoding="utf-8")
    words = (str(path), "--document", document.number)

    tried = run(capsys, *words, "--dry-run")
    after_trial = Baseline.objects.count()
    done = [run(capsys, *words)[1] for _time in range(2)]
    path.write_text(f"{header}{commune.code},Đã học,2020-2025,nhiều,BC 9\n", encoding="utf-8")
    refused = run(capsys, *words)

    assert (tried[0], tried[1]["new"], after_trial) == (0, 1, 0)
    assert [(one["new"], one["same"]) for one in done] == [(1, 0), (0, 1)]
    assert (refused[0], [fault["address"] for fault in refused[1]["faults"]]) == (1, ["D2"])  # type: ignore[attr-defined]
    assert Baseline.objects.count() == 1
