"""What came of a lecture: posted once to the standing book, taken back and posted anew when corrected."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.lecturers.commands import results
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.models import Lecture
from quantriet.lecturers.queries import results as reads
from quantriet.ledger.models import Batch, Book
from quantriet.org import access
from quantriet.org.models import Unit
from tests import factories
from tests import factories_lecturers as made
from tests.factories import looking_everywhere

pytestmark = pytest.mark.django_db


class Held:
    """A commune whose lecture has begun."""

    def __init__(self) -> None:
        self.province: Unit = factories.province()
        self.commune = factories.commune(self.province)
        self.lecture = made.asked(self.commune, self.province)
        made.sent(self.lecture, made.serving(self.province))
        self.begin(self.lecture)
        self.clerk = factories.actor("clerk", self.commune)

    def begin(self, lecture: Lecture) -> None:
        now = timezone.now()
        with looking_everywhere():
            Lecture.objects.filter(pk=lecture.pk).update(
                starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1)
            )

    def record(self, members: int, others: int, paper: str = "", reason: str = "") -> None:
        with access.acting(self.clerk):
            told = Listeners(members, others, paper)
            results.record(self.lecture, told, reason=reason, by=self.clerk)

    def counts(self, unit: Unit | None = None) -> tuple[int, tuple[int, ...]]:
        row = reads.oral_work(unit or self.province, timezone.localdate().year)[0]
        return row.sessions.total, row.listeners.by_grade


@pytest.fixture
def held() -> Held:
    return Held()


def test_recorded_again_it_is_posted_once_and_counts_up_the_tree(held: Held) -> None:
    for _again in range(2):
        held.record(30, 12)
    assert (held.counts(), held.counts(held.commune)) == ((1, (0, 0, 0, 42)),) * 2
    assert Book.objects.filter(kind=Book.Kind.STANDING).count() == 1


def test_other_counts_need_a_reason_and_take_the_first_back(held: Held) -> None:
    held.record(30, 12)
    with pytest.raises(DomainError) as refusal:
        held.record(31, 12)
    held.record(31, 10, paper="05-BB", reason="đếm lại danh sách")
    assert (refusal.value.code, held.counts()) == ("result.no_reason", (1, (0, 0, 41, 0)))
    assert list(Batch.objects.exclude(reverses=None).values_list("reason", flat=True)) == [
        "đếm lại danh sách"
    ]


def test_what_was_not_held_is_not_counted(held: Held) -> None:
    coming = made.asked(held.commune, held.province, days=20)
    codes = []
    with access.acting(held.clerk):
        for lecture, members, others in ((coming, 1, 0), (held.lecture, 0, 0), (held.lecture, -1, 5)):
            with pytest.raises(DomainError) as refusal:
                results.record(lecture, Listeners(members, others), by=held.clerk)
            codes.append(refusal.value.code)
    made.sent(coming, made.serving(held.province))
    with access.acting(held.clerk), pytest.raises(DomainError) as early:
        results.record(coming, Listeners(1, 0), by=held.clerk)
    assert ([*codes, early.value.code], Batch.objects.count()) == (
        ["result.not_sent", "result.empty", "result.empty", "result.too_early"], 0,
    )  # fmt: skip


def test_only_the_unit_records_what_it_saw(held: Held) -> None:
    inspector = factories.actor("inspector", held.province)
    with access.acting(inspector), pytest.raises(ForbiddenError):
        results.record(held.lecture, Listeners(1, 0), by=inspector)


def test_every_unit_of_a_tree_shares_the_book_of_a_year(held: Held) -> None:
    with access.acting(factories.operator()):
        books = {results.standing_book(unit, 2026).pk for unit in (held.province, held.commune)}
        other = results.standing_book(factories.province("Tỉnh Khác"), 2026).pk
        later = results.standing_book(held.commune, 2027).pk
    assert (len(books), len({*books, other, later})) == (1, 3)


def test_the_pages_record_and_open_the_counts_to_their_lectures(held: Held) -> None:
    clerk = factories.signed_in(factories.account("clerk", held.commune))
    address = f"/bao-cao-vien/de-nghi/{held.lecture.pk}/ket-qua/"
    empty = clerk.post(address, {"members": "0", "others": "0"})
    clerk.post(address, {"members": "30", "others": "12", "paper": "", "reason": ""})
    year = timezone.localdate().year
    counted = clerk.get("/bao-cao-vien/ket-qua/").content.decode()
    opened = clerk.get(f"/bao-cao-vien/de-nghi/?don_vi={held.commune.pk}&ket_qua={year}").content.decode()
    before = clerk.get(f"/bao-cao-vien/de-nghi/?don_vi={held.commune.pk}&ket_qua={year - 1}").content.decode()
    assert (empty.status_code, ">42<" in counted, held.lecture.title in opened, held.lecture.title in before) == (
        422, True, True, False,
    )  # fmt: skip
    assert "30 đảng viên" in clerk.get(f"/bao-cao-vien/de-nghi/{held.lecture.pk}/").content.decode()
