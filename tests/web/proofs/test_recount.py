"""The independent recount agrees with the ledger over the demonstration, and finds a fault wherever one is planted."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from quantriet.campaigns.commands import obligations
from quantriet.campaigns.models import Campaign, Declaration, Obligation, RollLine
from quantriet.conferences.commands import guests
from quantriet.conferences.models import Attendance, Site
from quantriet.lecturers.commands import talks
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.models import OralTalk
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Book
from quantriet.org import access
from quantriet.org.access import operator
from quantriet.org.commands import acts
from quantriet.org.models import Unit
from quantriet.org.proposals import NewUnit, Proposal
from quantriet.web.cli import main
from quantriet.web.demonstration.load import Wanted, load
from quantriet.web.proofs.recount import recount
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_lecturers as made
from tests.lecturers.commands.test_results import Held

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


def count_on_another_day() -> None:
    """Days that add up to what they should and are others: one more on the one, one less on the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_tally_day "
            "(book_id, unit_id, measure, slice, grade, occurred_on, known_on, amount) "
            "SELECT %s, (SELECT min(id) FROM org_unit), 1, 0, 1, day, day, amount "
            "FROM (VALUES (date '2020-01-01', 1), (date '2020-01-02', -1)) AS told(day, amount)",
            [running().book_id],
        )


def date_a_study_back() -> None:
    """Somebody who has studied a day earlier than was posted."""
    line = RollLine.objects.filter(
        campaign=running(), fulfilled_on__isnull=False, excused_on=None, means="attended"
    ).order_by("pk")[0]
    assert line.fulfilled_on is not None
    RollLine.objects.filter(pk=line.pk).update(fulfilled_on=line.fulfilled_on - timedelta(1))


def summon_somebody_later() -> None:
    """A line that counts where it is from another day than was posted; the essay its person owes with it."""
    owing = running().policy["essays_of"]
    lines = RollLine.objects.filter(
        campaign=running(), state="summoned", moved_on=None, person_class__in=owing
    )
    line = lines.order_by("pk")[0]
    RollLine.objects.filter(pk=line.pk).update(moved_on=line.campaign.starts_on + timedelta(1))


def let_more_listen() -> None:
    """One listener more than was posted to the book of the year."""
    row = OralTalk.objects.filter(struck_why="", members__gt=0).order_by("pk")[0]
    OralTalk.objects.filter(pk=row.pk).update(members=row.members + 1)


def strike_a_session() -> None:
    """A session struck out behind the commands: it, members and others who listened."""
    row = OralTalk.objects.filter(struck_why="", members__gt=0, others__gt=0).order_by("pk")[0]
    OralTalk.objects.filter(pk=row.pk).update(struck_why="Ghi nhầm")


def let_a_session_be_of_last_year() -> None:
    """A session in the book of another year."""
    row = OralTalk.objects.filter(struck_why="", members__gt=0, others__gt=0).order_by("pk")[0]
    OralTalk.objects.filter(pk=row.pk).update(held_on=row.held_on.replace(year=row.held_on.year - 1))


def post_standing_work_without_a_row() -> None:
    """An entry of the year's book that nobody's row carries."""
    book = Book.objects.filter(kind=Book.Kind.STANDING).order_by("pk")[0]
    line = Line(book.unit_id, Measure.ORAL_SESSIONS, Grade.DECLARED, date(book.year, 1, 1), 1)
    ledger.post(book.pk, [line], by=operator("test"), origin="test", key="sai")


def test_every_tally_of_the_demonstration_is_what_the_rows_say(demo: None) -> None:
    found = recount()

    assert (found.equal, found.differences) == (True, ())
    assert found.cells > 300
    assert found.days >= found.cells


# Each fault with the cells that differ by it, and their days.
FAULTS: dict[Callable[[], None], tuple[int, int]] = {
    post_without_a_row: (1, 1),
    change_a_tally: (1, 0),
    unmark_somebody: (1, 1),
    unfulfil_somebody: (1, 1),
    reopen_an_obligation: (1, 1),
    raise_a_declared_total: (1, 1),
    count_on_another_day: (0, 2),
    date_a_study_back: (0, 2),
    summon_somebody_later: (0, 4),
    let_more_listen: (1, 1),
    strike_a_session: (3, 3),
    let_a_session_be_of_last_year: (3, 3),
    post_standing_work_without_a_row: (1, 1),
}


def test_control_each_planted_fault_is_found_in_its_cells_and_days(demo: None) -> None:
    found = {}
    for plant in FAULTS:
        with transaction.atomic():
            plant()
            told = recount()
            transaction.set_rollback(True)
        found[plant.__name__] = (told.differing, told.days_differing)
        assert len(told.differences) == sum(found[plant.__name__])

    assert found == {plant.__name__: where for plant, where in FAULTS.items()}


@pytest.fixture
def spoken() -> Unit:
    """A lecture that was held and corrected; sessions of a cell: one corrected, one struck out."""
    held = Held()
    cell = factories.cell(held.commune)
    held.record(30, 12)
    held.record(31, 10, paper="05-BB", reason="đếm lại")
    rows = [made.talk(cell), made.talk(cell, members=3, others=0)]
    by = operator("test")
    with access.acting(by):
        listeners = Listeners(7, 0)
        told = Talk("Chuyên đề", "current", date(2026, 3, 4), listeners, speaker="Phạm Văn Nói")
        talks.correct(rows[0], told, reason="ghi nhầm", by=by)
        talks.strike(rows[1], reason="ghi hai lần", by=by)
    return cell


def test_standing_work_is_counted_again_at_the_level_of_its_moment(spoken: Unit) -> None:
    by, today = operator("test"), timezone.localdate()
    told = Proposal("reclassify", "9-QĐ", today, today, units=(spoken.pk,), unit_kind="base_cell")
    with access.acting(by):
        act = acts.carry_out(told, by=by)
    made.talk(Unit.objects.get(pk=spoken.pk), members=1, others=0)
    with access.acting(by):
        acts.undo(act, reason="Nhập nhầm", by=by)

    with access.whole_house("test"):
        found = recount()

    assert (found.equal, found.differences) == (True, ())
    assert (found.cells, found.days) == (7, 7)


def test_control_a_level_as_it_is_now_would_be_another(spoken: Unit) -> None:
    with transaction.atomic():
        Unit.objects.filter(pk=spoken.pk).update(level=3)
        with access.whole_house("test"):
            found = recount()
        transaction.set_rollback(True)

    assert (found.equal, found.differing) == (False, 4)


def test_a_duty_that_was_taken_over_and_waived_was_owed_on_no_day() -> None:
    by, province = operator("test"), factories.province()
    one, other = (factories.cell(factories.commune(province)) for _one in range(2))
    campaigns_made.started(province)
    new = NewUnit("MOI", "Chi bộ Mới", parent_id=province.pk)
    merged = Proposal(
        "merge", "1-QĐ", date(2026, 2, 1), date(2026, 2, 3), units=(one.pk, other.pk), into=(new,)
    )
    with access.acting(by):
        acts.carry_out(merged, by=by)
        for duty in Obligation.objects.filter(unit__code="MOI"):
            obligations.waive(duty, reason="Không phải làm", by=by)

    with access.whole_house("test"):
        found = recount()

    assert (found.equal, found.differences) == (True, ())


def test_the_command_line_says_so_and_ends_with_1_when_something_differs(
    demo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "recount"]) == 0
    with transaction.atomic():
        change_a_tally()
        assert main(["ledger", "recount", "--json"]) == 1
    with transaction.atomic():
        count_on_another_day()
        assert main(["ledger", "recount"]) == 1

    told = capsys.readouterr().out
    assert "ô, khớp cả." in told
    assert '"equal": false' in told
    assert '"differing": 1' in told
    assert "1 ô lệch, 2 ô lệch theo ngày" in told
    assert "ngày 2020-01-02: cộng dồn -1, đếm từ dòng gốc 0" in told
