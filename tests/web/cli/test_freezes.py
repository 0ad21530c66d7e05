"""``quantriet freeze``: ended periods are frozen and listed; a trial leaves nothing."""

import json

import pytest

from quantriet.ledger.models import Freeze
from quantriet.web import cli
from tests.campaigns.worlds import world

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    """A command with ``--json``: exit code and answer."""
    code = cli.main(["freeze", *words, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_a_period_is_tried_frozen_frozen_again_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    made_world = world()
    campaign = ("--campaign", str(made_world.campaign.pk))
    words = ("make", made_world.here.code, "Tháng 2", "--on", "10/02/2026", *campaign)

    tried = run(capsys, *words, "--dry-run")
    after_trial = Freeze.objects.count()
    first, again = run(capsys, *words), run(capsys, *words)
    every = run(capsys, "list", *campaign)[1]["freezes"]
    elsewhere = run(capsys, "list", *campaign, "--unit", made_world.beside.code)[1]["freezes"]

    assert (tried[0], tried[1]["dry_run"], after_trial, first[0]) == (0, True, 0, 0)
    assert (first == again, Freeze.objects.count(), elsewhere) == (True, 1, [])
    assert isinstance(every, list)
    assert [(one["unit"], one["label"], one["on"], one["late_batches"]) for one in every] == [
        (made_world.here.code, "Tháng 2", "2026-02-10", 0)
    ]


def test_what_cannot_be_frozen_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    made_world = world()
    campaign = ("--campaign", str(made_world.campaign.pk))

    def refusal(*words: str) -> tuple[int, object]:
        code, told = run(capsys, *words)
        error = told["error"]
        assert isinstance(error, dict)
        return code, error["code"]

    make = ("make", made_world.here.code, "Kỳ")
    assert refusal(*make, *campaign, "--on", "31/12/2099") == (1, "freeze.future")
    assert refusal(*make, *campaign, "--on", "2/30/26") == (1, "cli.date")
    assert refusal("make", "?", "Kỳ", *campaign) == (1, "cli.unit")
    assert refusal("list", "--campaign", "999999") == (1, "cli.campaign")
    assert Freeze.objects.count() == 0
