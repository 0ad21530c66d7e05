"""Training of the corps: a course once, who attended once a person, who lacks it in a year."""

from dataclasses import replace
from datetime import date

import pytest

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.lecturers.choices import Corps
from quantriet.lecturers.commands import trainings
from quantriet.lecturers.commands.trainings import Attended, Course, Kept
from quantriet.lecturers.models import Training, TrainingAttendance
from quantriet.lecturers.queries import trainings as reads
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db
COURSE = Course("Nghiệp vụ báo cáo viên", date(2026, 3, 2), date(2026, 3, 4), 3, content="Kỹ năng nói")


@pytest.fixture
def province() -> Unit:
    return factories.province()


def test_held_again_it_is_the_same_and_brought_up_to_date(province: Unit) -> None:
    by = factories.actor("officer", province)
    with access.acting(by):
        rows = [trainings.hold(province, COURSE, by=by) for _again in range(2)]
        later = trainings.hold(province, replace(COURSE, place="Hội trường A"), by=by)
        second = trainings.hold(province, replace(COURSE, begins_on=date(2026, 3, 3), days=2), by=by)
        codes = []
        for wrong in (replace(COURSE, title=" "), replace(COURSE, days=4), replace(COURSE, days=0),
                      replace(COURSE, ends_on=date(2026, 3, 1))):  # fmt: skip
            with pytest.raises(DomainError) as refusal:
                trainings.hold(province, wrong, by=by)
            codes.append(refusal.value.code)
        with pytest.raises(DomainError) as twin:
            trainings.change(second, COURSE, by=by)
        renamed = trainings.change(second, replace(COURSE, title="Lớp 2"), by=by)

    assert (rows[0].pk, later.pk, later.place) == (rows[1].pk, rows[0].pk, "Hội trường A")
    assert codes == ["training.empty", "training.days", "training.days", "training.days"]
    assert (twin.value.code, renamed.title, Training.__name__) == ("training.exists", "Lớp 2", "Training")


def test_a_person_attends_once_whatever_corps_he_serves_in(province: Unit) -> None:
    commune = factories.commune(province)
    first = made.serving(commune)
    twice = made.serving(commune, first.person, kind=Corps.COMMUNICATOR)
    second = made.serving(province)
    by = factories.actor("officer", province)
    row = made.training(province)
    with access.acting(by):
        told = [
            trainings.keep_attendance(
                row, [Attended(first.pk, "GCN-01"), Attended(twice.pk, "GCN-01")], by=by
            ),
            trainings.keep_attendance(row, [Attended(first.pk, "GCN-01")], [second.pk], by=by),
            trainings.keep_attendance(row, [Attended(second.pk), Attended(first.pk, "GCN-02")], by=by),
            trainings.keep_attendance(row, [Attended(second.pk)], [first.pk, twice.pk], by=by),
        ]

    assert (told[0].new, told[1:]) == (1, [Kept(0, 0, 1, 0), Kept(1, 1, 0, 0), Kept(0, 0, 1, 1)])
    with looking_everywhere():
        assert list(TrainingAttendance.objects.values_list("person", "certificate")) == [
            (second.person_id, "")
        ]


def test_one_of_two_terms_left_unticked_does_not_take_the_person_out(province: Unit) -> None:
    first = made.serving(province)
    twice = made.serving(province, first.person, kind=Corps.COMMUNICATOR)
    row = made.training(province, [first])
    by = factories.actor("officer", province)
    with access.acting(by):
        kept = trainings.keep_attendance(row, [Attended(first.pk)], [twice.pk], by=by)
    assert kept == Kept(0, 0, 1, 0)


def test_who_is_of_no_corps_below_does_not_attend(province: Unit) -> None:
    commune = factories.commune(province)
    above, beside = made.serving(province), made.serving(factories.commune(province, "Xã Khác"))
    by = factories.actor("officer", commune)
    row = made.training(commune)
    with access.acting(by):
        for stranger in (above, beside):
            with pytest.raises(DomainError) as refusal:
                trainings.keep_attendance(row, [Attended(stranger.pk)], by=by)
            assert refusal.value.code == "training.lecturer"
    with looking_everywhere():
        assert TrainingAttendance.objects.count() == 0


def test_who_lacks_training_in_a_year(province: Unit) -> None:
    commune = factories.commune(province)
    trained, lacking = made.serving(commune), made.serving(commune)
    long_ago = date(2025, 3, 2)
    since = date(2024, 1, 5)
    row = made.training(province, [trained])
    with looking_everywhere():
        type(lacking).objects.update(appointed_on=since)
    made.training(province, [lacking], begins_on=long_ago, ends_on=long_ago, days=1)
    by, clerk = factories.actor("officer", province), factories.actor("clerk", commune)
    with access.acting(by):
        year = row.begins_on.year
        told = [list(reads.lacking(by, province, one)) for one in (year, 2025)]
        counts = [reads.trained(by, province, one) for one in (year, 2025)]
    with access.acting(clerk):
        own = list(reads.lacking(clerk, commune, year))

    assert (told, own) == ([[lacking], [trained]], [lacking])
    assert counts == [reads.Trained(1, 2), reads.Trained(1, 2)]


def test_only_who_manages_lecturers_there_holds_a_course(province: Unit) -> None:
    below = factories.actor("officer", factories.commune(province))
    row = made.training(province)
    with access.acting(below):
        with pytest.raises(ForbiddenError):
            trainings.hold(province, COURSE, by=below)
        with pytest.raises(ForbiddenError):
            trainings.keep_attendance(row, [], by=below)
