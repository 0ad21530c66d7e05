"""The yearly oral programme: planned whole, published once, read from below, changed in sight."""

import pytest
from django.utils import timezone

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.lecturers.commands import programme, talks
from quantriet.lecturers.commands.programme import Month
from quantriet.lecturers.models import OralProgramme
from quantriet.lecturers.queries import programme as reads
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Notice, Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture
def province() -> Unit:
    return factories.province()


@pytest.fixture
def officer(province: Unit) -> Actor:
    return factories.actor("officer", province)


def seen_by(by: Actor) -> list[tuple[int, int]]:
    with access.acting(by):
        return [(row.unit_id, row.version) for row in reads.programmes(by)]


def test_planned_again_it_is_the_same_and_an_older_screen_is_told(province: Unit, officer: Actor) -> None:
    months = [Month(3, "Kỷ niệm ngày thành lập Đoàn", 2), Month(1, " Mừng  Đảng, mừng Xuân ")]
    with access.acting(officer):
        rows = [programme.plan(province, YEAR, months, paper="12-CTr/TU", by=officer) for _again in range(2)]
        with pytest.raises(ConflictError) as old:
            programme.plan(province, YEAR, [Month(5, "Khác")], by=officer)
        changed = programme.plan(province, YEAR, [Month(5, "Ngày Quốc tế Lao động")], seen=1, by=officer)

    assert [row.version for row in rows] == [1, 1]
    assert (old.value.code, changed.version) == ("programme.changed", 2)
    with looking_everywhere():
        assert list(changed.months.values_list("month", "theme")) == [(5, "Ngày Quốc tế Lao động")]


@pytest.mark.parametrize(
    ("year", "months", "code"),
    [
        (1999, [Month(1, "A")], "programme.year"),
        (YEAR, [Month(13, "A")], "programme.month"),
        (YEAR, [Month(1, "A"), Month(1, "B")], "programme.month"),
        (YEAR, [Month(1, "A", -1)], "programme.month"),
    ],
)
def test_what_is_no_programme_is_refused(
    province: Unit, officer: Actor, year: int, months: list[Month], code: str
) -> None:
    with access.acting(officer), pytest.raises(DomainError) as refusal:
        programme.plan(province, year, months, by=officer)
    with looking_everywhere():
        assert (refusal.value.code, OralProgramme.objects.count()) == (code, 0)


def test_read_from_below_once_it_is_published(province: Unit, officer: Actor) -> None:
    commune = factories.commune(province)
    clerk = factories.actor("clerk", factories.cell(commune))
    stranger = factories.actor("clerk", factories.province("Tỉnh Khác"))
    with access.acting(officer):
        empty = programme.plan(province, YEAR, [], by=officer)
        with pytest.raises(DomainError) as nothing:
            programme.publish(empty, by=officer)
        row = programme.plan(province, YEAR, [Month(1, "A")], seen=empty.version, by=officer)
    before = seen_by(clerk)
    with access.acting(officer):
        for _again in range(2):
            programme.publish(row, by=officer)
        with pytest.raises(DomainError) as emptied:
            programme.plan(province, YEAR, [], seen=3, by=officer)

    assert [nothing.value.code, emptied.value.code] == ["programme.empty"] * 2
    assert (before, seen_by(clerk), seen_by(stranger)) == ([], [(province.pk, 3)], [])
    assert list(Notice.objects.values_list("unit_id", flat=True)) == [commune.pk]


def test_only_who_manages_lecturers_there_plans(province: Unit) -> None:
    below = factories.actor("officer", factories.commune(province))
    with access.acting(below), pytest.raises(ForbiddenError):
        programme.plan(province, YEAR, [Month(1, "A")], by=below)


def test_months_show_what_was_held_below_and_the_orientation(province: Unit, officer: Actor) -> None:
    today = timezone.localdate()
    commune = factories.commune(province)
    made.talk(commune)
    with access.acting(factories.operator()):
        struck = made.talk(commune)
        talks.strike(struck, reason="Ghi nhầm", by=factories.operator())
    told = made.issue(made.bulletin(province, kind="orientation"))
    with access.acting(officer):
        row = programme.plan(province, today.year, [Month(today.month, "A", 4)], by=officer)
        held = reads.held_by_month(province, today.year, officer)
        rows = reads.months(row, held)

    now = rows[today.month - 1]
    assert (len(rows), now.planned, now.held, now.orientation) == (12, 4, 1, told)
