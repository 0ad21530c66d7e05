"""The demonstration at a small scale: what it must contain, and that one seed and day give the same figures."""

import dataclasses
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from quantriet.campaigns import queries as campaign_queries
from quantriet.campaigns.models import Campaign, Lesson, Obligation, RollLine
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference
from quantriet.core.errors import DomainError
from quantriet.documents.models import Document
from quantriet.lecturers.choices import LectureState
from quantriet.lecturers.models import Lecture, Lecturer
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Account, Person, Unit
from quantriet.org.sign_in import may_sign_in
from quantriet.reports.models import Report
from quantriet.web.demonstration import accounts, drives
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.load import Wanted, load
from quantriet.web.demonstration.tree import PROVINCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> None:
    settings.QUANTRIET = dataclasses.replace(django_settings.QUANTRIET, demo=True, home=tmp_path)
    settings.FILES_ROOT = tmp_path / "files"


def wanted(seed: int = 7, today: date | None = None) -> Wanted:
    return Wanted(seed, today or timezone.localdate(), communes=2, people=120)


def quiet(_words: str) -> None:
    return


ENTRIES = """
SELECT book.title, unit.code, entry.measure, entry.slice, entry.grade, entry.occurred_on, sum(entry.amount)
FROM ledger_entry AS entry JOIN ledger_book AS book ON book.id = entry.book_id
JOIN org_unit AS unit ON unit.id = entry.unit_id GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""
PEOPLE = """
SELECT unit.code, person.full_name, person.birth_date, person.phone FROM org_person AS person
JOIN org_unit AS unit ON unit.id = person.home_unit_id ORDER BY 1, 2, 3, 4
"""
MARKS = """
SELECT conference.title, conference.starts_at, unit.code, person.full_name, person.birth_date, mark.state,
       mark.in_at, mark.out_at, mark.source, mark.grade, mark.excuse, mark.client_id
FROM conferences_attendance AS mark JOIN conferences_conference AS conference ON conference.id = mark.conference_id
JOIN org_unit AS unit ON unit.id = mark.unit_id JOIN org_person AS person ON person.id = mark.person_id
ORDER BY 1, 2, 3, 4, 5
"""


def digest() -> str:
    """Of everything the demonstration decides, without ids and clocks."""
    told = hashlib.sha256()
    with access.whole_house("test"), connection.cursor() as cursor:
        for question in (ENTRIES, PEOPLE, MARKS):
            cursor.execute(question)
            for row in cursor.fetchall():
                told.update(repr(row).encode())
    return told.hexdigest()


def loaded_and_taken_back(one: Wanted) -> str:
    with transaction.atomic():
        load(one, tell=quiet)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_same_seed_and_day_give_the_same_figures(demo: None) -> None:
    first = loaded_and_taken_back(wanted())

    assert loaded_and_taken_back(wanted()) == first


def test_what_it_contains(demo: None, settings: Any) -> None:
    ground = load(wanted(), tell=quiet)

    with access.whole_house("test"):
        assert {one.title: one.state for one in Campaign.objects.all()} == {
            drives.FIRST.title: Campaign.State.CLOSED,
            drives.SECOND.title: Campaign.State.CLOSED,
            drives.RUNNING.title: Campaign.State.ACTIVE,
        }
        numbers = Document.objects.order_by("issued_on").values_list("number", flat=True)
        assert list(numbers) == ["05-NQ/TU", "07-CT/TU", "12-NQ/TU"]
        assert Lesson.objects.filter(is_remedy=True, settled_on=None).count() == 1
        assert AttendanceConflict.objects.filter(decision="open").count() == 6
        assert Person.objects.count() == sum(map(len, ground.souls.values()))
        tonight = Conference.objects.filter(
            state=Conference.State.PLANNED, starts_at=ground.moment(0, 19, 30)
        )
        assert tonight.count() == 3
        province = ground.units[PROVINCE]
        assert Lecturer.objects.filter(unit=province, dismissed_on=None).count() > 1
        asked = Lecture.objects.filter(to_unit=province, state=LectureState.ASKED)
        assert not asked.filter(reasons=[]).exists()
        _town_owes_its_report_in_two_days(ground)
        _board_shows_what_the_rows_say()
    _accounts_open_in_the_demonstration_only(settings)


def _town_owes_its_report_in_two_days(ground: Ground) -> None:
    running = Campaign.objects.get(title=drives.RUNNING.title)
    town = accounts.town(ground)
    owed = Obligation.objects.get(campaign=running, unit=town, kind="report")
    assert owed.state == Obligation.State.OPEN
    assert access.local_day(owed.due_at) == ground.today + timedelta(days=2)
    assert Report.objects.get(campaign=running, unit=town).state == Report.State.DRAFT


def _board_shows_what_the_rows_say() -> None:
    campaign = Campaign.objects.get(title=drives.SECOND.title)
    counts = campaign_queries.board(campaign, campaign.unit).top.counts
    lines = RollLine.objects.filter(campaign=campaign, state=RollLine.State.SUMMONED)
    declared = [row.posted.get("present", 0) for row in campaign.declarations.filter(kind="presence")]
    here = Attendance.objects.filter(conference__campaign=campaign, state__in=("present", "late"))
    assert counts[Measure.SUMMONED].total == lines.count()
    assert counts[Measure.PRESENT].total == lines.exclude(fulfilled_on=None).count() + sum(declared)
    assert counts[Measure.ATTENDANCES].total == here.exclude(line=None).count()


def _accounts_open_in_the_demonstration_only(settings: Any) -> None:
    held = {one.username: one for one in Account.objects.all()}
    wanted_names = ["admin", "clerk", "front", "inspector", "lecturer", "member", "officer", "secretary"]
    assert sorted(held) == wanted_names
    assert held["officer"].check_password(accounts.PASSWORD)
    assert all(may_sign_in(one) for one in held.values())
    assert "secretary" in (settings.QUANTRIET.home / "demo-accounts.txt").read_text(encoding="utf-8")
    settings.QUANTRIET = dataclasses.replace(settings.QUANTRIET, demo=False)
    assert not any(may_sign_in(one) for one in held.values())


@pytest.mark.parametrize("when", ["off", "not_empty", "future"])
def test_refusals_write_nothing(demo: None, settings: Any, when: str) -> None:
    today = timezone.localdate()
    if when == "off":
        settings.QUANTRIET = dataclasses.replace(settings.QUANTRIET, demo=False)
    if when == "future":
        today += timedelta(days=1)
    if when == "not_empty":
        Unit.objects.create(code="1", kind="province", level=1, name="Có sẵn", folded="", sort_key="")
    before = Unit.objects.count()

    with pytest.raises(DomainError) as refused:
        load(wanted(today=today), tell=quiet)

    assert (refused.value.code, Unit.objects.count()) == (f"demo.{when}", before)
