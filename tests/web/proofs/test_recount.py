"""The independent recount agrees with the ledger over the demonstration, and finds a fault wherever one is planted."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from quantriet.campaigns.models import Campaign, Declaration, Obligation, RollLine
from quantriet.conferences.commands import guests
from quantriet.conferences.models import Attendance, Site
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from quantriet.org.access import operator
from quantriet.org.models import Unit
from quantriet.web.cli import main
from quantriet.web.demonstration.load import Wanted, load
from quantriet.web.proofs.recount import recount

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The demonstration at a small scale, guests at a site, and a look at the whole house."""
    settings.QUANTRIET = dataclasses.replace(django_settings.QUANTRIET, demo=True, home=tmp_path)
    settings.FILES_ROOT = tmp_path / "files"
    load(Wanted(7, timezone.localdate(), communes=2, people=120), tell=lambda _words: None)
    with access.acting(operator("test")):
        site = Site.objects.select_related("conference__campaign").filter(
            conference__campaign__state="active"
        )[0]
        guests.add(site, [("Trần Khách", "Báo An Giang"), ("Lê Khách", "")], key="khach", by=operator("test"))
    with access.whole_house("test"):
        yield


def running() -> Campaign:
    return Campaign.objects.get(state="active")


def post_without_a_row() -> None:
    """An entry that no row of work carries."""
    book = running().book_id
    assert book is not None
    unit = Unit.objects.filter(kind="cell").order_by("pk")[0]
    line = Line(unit.pk, Measure.PRESENT, Grade.ON_SPOT, timezone.localdate(), 1)
    ledger.post(book, [line], by=operator("test"), origin="test", key="sai")


def change_a_tally() -> None:
    """A tally that is not the sum of its entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_tally (book_id, unit_id, measure, slice, grade, amount, fold) "
            "SELECT %s, min(id), 1, 0, 1, 1, 0 FROM org_unit",
            [running().book_id],
        )


def unmark_somebody() -> None:
    """A row changed behind the commands."""
    row = Attendance.objects.filter(conference__campaign=running(), state="present").order_by("pk")[0]
    Attendance.objects.filter(pk=row.pk).update(state="absent")


def unfulfil_somebody() -> None:
    """A line taken back behind the commands."""
    line = RollLine.objects.filter(campaign=running(), fulfilled_on__isnull=False).order_by("pk")[0]
    RollLine.objects.filter(pk=line.pk).update(fulfilled_on=None, grade=None, level=None, form=None, means="")


def reopen_an_obligation() -> None:
    """Something owed again behind the commands."""
    owed = Obligation.objects.filter(campaign=running(), kind="materials", state="done").order_by("pk")[0]
    Obligation.objects.filter(pk=owed.pk).update(state="open", done_on=None, grade=None)


def raise_a_declared_total() -> None:
    """One essay more than was posted."""
    told = Declaration.objects.filter(campaign=running(), kind="essays").order_by("pk")[0]
    told.figures["handed_in"] += 1
    told.save()


def test_every_tally_of_the_demonstration_is_what_the_rows_say(demo: None) -> None:
    found = recount()

    assert (found.equal, found.differences) == (True, ())
    assert found.cells > 300


FAULTS = (
    post_without_a_row,
    change_a_tally,
    unmark_somebody,
    unfulfil_somebody,
    reopen_an_obligation,
    raise_a_declared_total,
)


def test_control_each_planted_fault_is_found_in_its_one_cell(demo: None) -> None:
    found = {}
    for plant in FAULTS:
        with transaction.atomic():
            plant()
            differences = recount()
            transaction.set_rollback(True)
        found[plant.__name__] = (differences.differing, len(differences.differences))

    assert found == {plant.__name__: (1, 1) for plant in FAULTS}


def test_the_command_line_says_so_and_ends_with_1_when_something_differs(
    demo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "recount"]) == 0
    with transaction.atomic():
        change_a_tally()
        assert main(["ledger", "recount", "--json"]) == 1

    told = capsys.readouterr().out
    assert "ô, khớp cả." in told
    assert '"equal": false' in told
    assert '"differing": 1' in told
