"""``quantriet campaign``: drafted, given down, read; a trial leaves nothing."""

import json

import pytest

from quantriet.campaigns.models import Campaign
from quantriet.web import cli
from tests import factories
from tests import factories_campaigns as made

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """A command with ``--json``: exit code and answer."""
    code = cli.main(["campaign", *words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_a_campaign_from_draft_to_board(capsys: pytest.CaptureFixture[str]) -> None:
    top = factories.province()
    factories.person(factories.cell(factories.commune(top)))
    document = made.document(top)
    words: tuple[str, ...] = (top.code, "Đợt từ dòng lệnh", "--from", "01/02/2026", "--to", "30/04/2026")
    words += ("--document", str(document.pk))

    tried = run(capsys, "plan", *words, "--dry-run")
    after_trial = Campaign.objects.count()
    code, planned = run(capsys, "plan", *words)
    number = str(planned["id"])
    rehearsed = run(capsys, "start", number, "--dry-run")
    draft = Campaign.objects.get(pk=number).state
    started = [run(capsys, "start", number) for _ in range(2)]
    board = run(capsys, "board", number)[1]
    listed = run(capsys, "list")[1]["campaigns"]

    assert (tried[0], after_trial, code, rehearsed[0], draft) == (0, 0, 0, 0, "draft")
    assert rehearsed[1]["summoned"] == 1
    assert started[0] == started[1]
    assert (started[0][1]["state"], started[0][1]["summoned"]) == ("active", 1)
    assert board["campaign_id"] == planned["id"]
    assert isinstance(listed, list)
    assert [row["title"] for row in listed] == ["Đợt từ dòng lệnh"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("plan", "?", "T", "--from", "01/02/2026", "--to", "02/02/2026"), "cli.unit"),
        (("plan", "?", "T", "--from", "2/30/26", "--to", "02/02/2026"), "cli.date"),
        (("plan", "?", "T", "--from", "01/02/2026", "--to", "02/02/2026", "--document", "9"), "cli.document"),
        (("start", "999"), "cli.campaign"),
        (("board", "999"), "cli.campaign"),
    ],
)
def test_what_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str
) -> None:
    exit_code, told = run(capsys, *words)
    error = told["error"]
    assert isinstance(error, dict)
    assert (exit_code, error["code"]) == (1, code)
