"""Sessions a unit held of itself: counted once into the year's book, corrected and struck out in sight."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.lecturers.commands import results, talks
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.models import OralTalk
from quantriet.lecturers.queries import programme
from quantriet.lecturers.queries import results as reads
from quantriet.ledger.models import Batch
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


class Town:
    """A commune with a clerk, below a province."""

    def __init__(self) -> None:
        self.province: Unit = factories.province()
        self.commune = factories.commune(self.province)
        self.clerk = factories.actor("clerk", self.commune)
        self.talk = Talk(
            "Thời sự quý IV", "current", timezone.localdate(), Listeners(30, 12), speaker="Lê Thị Nói"
        )

    def record(self, talk: Talk | None = None, key: str = "k1") -> OralTalk:
        with access.acting(self.clerk):
            return talks.record(self.commune, talk or self.talk, key=key, by=self.clerk)

    def counts(self, year: int | None = None) -> tuple[int, tuple[int, ...]]:
        row = reads.oral_work(self.province, year or timezone.localdate().year)[0]
        return row.sessions.total, row.listeners.by_grade


@pytest.fixture
def town() -> Town:
    return Town()


def test_recorded_again_it_is_one_row_counted_once(town: Town) -> None:
    rows = [town.record() for _again in range(2)]
    other = town.record(key="k2")

    assert (rows[0].pk, rows[0].pk == other.pk) == (rows[1].pk, False)
    assert town.counts() == (2, (0, 0, 0, 84))


def test_counts_and_the_rows_behind_them_agree_lectures_and_talks_together(town: Town) -> None:
    lecture = made.asked(town.commune, town.province)
    made.sent(lecture, made.serving(town.province))
    now = timezone.now()
    with looking_everywhere():
        type(lecture).objects.filter(pk=lecture.pk).update(starts_at=now - timedelta(minutes=5), ends_at=now)
    with access.acting(town.clerk):
        results.record(lecture, Listeners(7, 1), by=town.clerk)
    town.record()
    town.record(replace(town.talk, listeners=Listeners(1, 0, "05-BB")), key="k2")
    year = timezone.localdate().year
    with access.acting(town.clerk):
        held = programme.shown(list(programme.sessions(town.commune, year, town.clerk)))
        elsewhere = [month for month in programme.MONTHS if month != timezone.localdate().month]
        others = list(programme.sessions(town.commune, year, town.clerk, months=elsewhere))

    sessions, by_grade = town.counts()
    assert (len(held), sum(row.members + row.others for row in held)) == (sessions, sum(by_grade)) == (3, 51)
    assert {row.href.split("/")[2] for row in held} == {"de-nghi", "buoi-noi"}
    assert (others, by_grade) == ([], (0, 0, 1, 50))


def test_a_correction_takes_the_first_back_and_may_move_the_year(town: Town) -> None:
    row = town.record()
    last_year = date(timezone.localdate().year - 1, 12, 30)
    moved = replace(town.talk, held_on=last_year, listeners=Listeners(10, 0, "07-BB"))
    with access.acting(town.clerk):
        with pytest.raises(DomainError) as silent:
            talks.correct(row, moved, reason=" ", by=town.clerk)
        for _again in range(2):
            talks.correct(row, moved, reason="nhầm ngày", by=town.clerk)

    assert (silent.value.code, town.counts()) == ("talk.no_reason", (0, (0, 0, 0, 0)))
    assert town.counts(last_year.year) == (1, (0, 0, 10, 0))
    assert Batch.objects.exclude(reverses=None).count() == 1


def test_struck_out_it_counts_nothing_and_stays(town: Town) -> None:
    row = town.record()
    with access.acting(town.clerk):
        for _again in range(2):
            talks.strike(row, reason="ghi hai lần", by=town.clerk)
        with pytest.raises(DomainError) as gone:
            talks.correct(row, replace(town.talk, title="Khác"), reason="sửa", by=town.clerk)
        kept = programme.talks(town.clerk).get()
        shown = list(programme.sessions(town.commune, timezone.localdate().year, town.clerk))

    assert (gone.value.code, kept.struck_why, shown) == ("talk.struck", "ghi hai lần", [])
    assert town.counts() == (0, (0, 0, 0, 0))


def test_what_was_not_held_is_refused_and_leaves_nothing(town: Town) -> None:
    foreign = made.serving(town.province)
    wrong = {
        "talk.empty": replace(town.talk, speaker=" "),
        "talk.subject": replace(town.talk, subject="x"),
        "talk.day": replace(town.talk, held_on=timezone.localdate() + timedelta(days=1)),
        "talk.lecturer": replace(town.talk, lecturer_id=foreign.pk),
        "result.empty": replace(town.talk, listeners=Listeners(0, 0)),
    }
    codes = []
    for talk in wrong.values():
        with pytest.raises(DomainError) as refusal:
            town.record(talk)
        codes.append(refusal.value.code)
    with looking_everywhere():
        assert (codes, OralTalk.objects.count(), Batch.objects.count()) == (list(wrong), 0, 0)


def test_a_lecturer_of_the_own_corps_is_named_and_finds_it_among_his_data(town: Town) -> None:
    lecturer = made.serving(town.commune)
    row = town.record(replace(town.talk, speaker="", lecturer_id=lecturer.pk))

    assert (row.speaker, row.person_id) == (lecturer.person.full_name, lecturer.person_id)


def test_who_may_not_record_there_is_refused(town: Town) -> None:
    for by in (factories.actor("clerk", factories.commune(town.province, "Xã Khác")),
               factories.actor("inspector", town.province)):  # fmt: skip
        with access.acting(by), pytest.raises(ForbiddenError):
            talks.record(town.commune, town.talk, key="k", by=by)
