"""Outlines: written by the lecturer alone, with examples of the place, reviewed by who sent him."""

import pytest

from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.lecturers.choices import OutlineState
from quantriet.lecturers.commands import outlines
from quantriet.lecturers.models import Outline
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Notice, Unit
from tests import factories
from tests import factories_lecturers as made

pytestmark = pytest.mark.django_db


class Stage:
    """A commune that asked its province; the lecturer who was sent and the officer who sent him."""

    def __init__(self) -> None:
        self.province: Unit = factories.province()
        self.commune = factories.commune(self.province)
        lecturer = made.serving(self.province)
        self.outline = made.sent(made.asked(self.commune, self.province), lecturer)
        self.himself = factories.actor("lecturer", self.province, of=lecturer.person)
        self.officer = factories.actor("officer", self.province)

    def write(
        self, by: Actor | None = None, *, text: str = "Nội dung", examples: str = "Ấp 2", seen: int = 0
    ) -> None:
        by = by or self.himself
        with access.acting(by):
            seen = seen or Outline.objects.get(pk=self.outline.pk).version
            outlines.write(self.outline, text=text, local_examples=examples, seen=seen, by=by)

    def now(self) -> Outline:
        with factories.looking_everywhere():
            return Outline.objects.get(pk=self.outline.pk)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_written_submitted_and_approved_each_once(stage: Stage) -> None:
    before = Notice.objects.count()
    stage.write()
    stage.write()
    written = stage.now().version
    with access.acting(stage.himself):
        for _again in range(2):
            outlines.submit(stage.outline, by=stage.himself)
    seen = stage.now().version
    with access.acting(stage.officer):
        for _again in range(2):
            outlines.approve(stage.outline, seen=seen, by=stage.officer)
    now = stage.now()
    assert (written, seen, now.version) == (2, 3, 4)
    assert (now.state, now.reviewed_by) == (OutlineState.APPROVED, stage.officer.name)
    assert Notice.objects.count() - before == 2


@pytest.mark.parametrize(
    ("text", "examples", "code"), [("", "Ấp 2", "outline.empty"), ("Nội dung", " ", "outline.no_examples")]
)
def test_an_outline_without_text_or_without_the_place_is_not_handed_in(
    stage: Stage, text: str, examples: str, code: str
) -> None:
    stage.write(text=text, examples=examples)
    with access.acting(stage.himself), pytest.raises(DomainError) as refusal:
        outlines.submit(stage.outline, by=stage.himself)
    assert (refusal.value.code, stage.now().state) == (code, OutlineState.DRAFT)


def test_sent_back_with_what_is_to_be_better_and_handed_in_again(stage: Stage) -> None:
    stage.write()
    with access.acting(stage.himself):
        outlines.submit(stage.outline, by=stage.himself)
        with pytest.raises(DomainError) as closed:
            outlines.write(stage.outline, text="Khác", local_examples="", seen=3, by=stage.himself)
    with access.acting(stage.officer):
        with pytest.raises(DomainError) as silent:
            outlines.send_back(stage.outline, comment=" ", seen=3, by=stage.officer)
        outlines.send_back(stage.outline, comment="Thêm số liệu", seen=3, by=stage.officer)
    returned = stage.now()
    stage.write(text="Có số liệu")
    with access.acting(stage.himself):
        outlines.submit(stage.outline, by=stage.himself)
    assert (closed.value.code, silent.value.code) == ("outline.handed_in", "outline.no_comment")
    assert (returned.state, returned.comment, stage.now().state) == (
        OutlineState.RETURNED, "Thêm số liệu", OutlineState.SUBMITTED,
    )  # fmt: skip


def test_who_comes_second_sees_both_texts(stage: Stage) -> None:
    stage.write(text="Bản một")
    with pytest.raises(ConflictError) as refusal:
        stage.write(text="Bản hai", seen=1)
    assert refusal.value.context["theirs"]["text"] == "Bản một"
    assert stage.now().text == "Bản một"


def test_nobody_writes_for_the_lecturer_and_he_does_not_approve_himself(stage: Stage) -> None:
    with pytest.raises(ForbiddenError):
        stage.write(by=stage.officer)
    stage.write()
    with access.acting(stage.himself):
        outlines.submit(stage.outline, by=stage.himself)
        with pytest.raises(ForbiddenError):
            outlines.approve(stage.outline, seen=3, by=stage.himself)


def test_what_was_approved_is_what_was_read(stage: Stage) -> None:
    stage.write()
    with access.acting(stage.himself):
        outlines.submit(stage.outline, by=stage.himself)
    with access.acting(stage.officer), pytest.raises(ConflictError) as refusal:
        outlines.approve(stage.outline, seen=2, by=stage.officer)
    assert (refusal.value.code, stage.now().state) == ("outline.not_waiting", OutlineState.SUBMITTED)
