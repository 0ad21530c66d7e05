"""Acts and what surrounds them: former units take nothing new, and the floors above are told of every change."""

from dataclasses import dataclass, field

import pytest

from quantriet.org import access, consequences
from quantriet.org.access import Actor
from quantriet.org.commands import accounts, people
from quantriet.org.consequences import TRANSFER, Change, Crossing, Effect, Kept, Option, Weight
from quantriet.org.models import Membership, Unit
from tests import factories
from tests.factories import operator
from tests.org.commands.test_act_refusals import stands_against
from tests.org.commands.test_acts import DAY, Province, do, fresh, merger, province, refusal, undo
from tests.racing import outcomes

__all__ = ["province"]
pytestmark = pytest.mark.django_db


# --- former units take nothing new ------------------------------------------------------------------------------


def test_a_former_unit_takes_no_people_posts_or_roles(province: Province) -> None:
    do(merger(province))
    closed, by = fresh(province.one), operator()
    account = factories.account("clerk", province.top)

    refused = {
        refusal(lambda: factories.person(closed, "Người Mới")).code,
        refusal(lambda: factories.account("clerk", closed)).code,
        refusal(lambda: factories.cell(closed, "Chi bộ nữa")).code,
    }
    with access.acting(by):
        refused |= {
            refusal(lambda: accounts.grant(account, "clerk", closed, by=by)).code,
            refusal(lambda: people.transfer([province.in_cell], to=closed, on=DAY, by=by)).code,
            refusal(lambda: people.give_post(province.an, closed, title="head", on=DAY, by=by)).code,
        }

    assert refused == {"unit.closed", "unit.parent_not_standing"}


@pytest.mark.django_db(transaction=True)
def test_nobody_is_registered_in_a_unit_while_it_ends(province: Province) -> None:
    def one(number: int) -> None:
        if number:
            do(merger(province))
        else:
            factories.person(province.one, "Người Đến Cùng Lúc")

    found = outcomes(2, one)

    with factories.looking_everywhere():
        assert not Membership.objects.filter(unit=province.one, to_on=None).exists()
        came = Membership.objects.filter(person__full_name="Người Đến Cùng Lúc", to_on=None)
        homes = list(came.values_list("unit__code", flat=True))
    assert (found, homes) in ((["done", "done"], ["MOI"]), (["done", "unit.closed"], []))


# --- transfers run through the registry ---------------------------------------------------------------------------


@dataclass
class Recorder:
    """A consequence that only remembers what it was told."""

    key: str = "test.recorder"
    told: list[Change] = field(default_factory=list)
    taken_back: list[Kept] = field(default_factory=list)
    stands_against: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def foresee(self, _change: Change) -> list[Effect]:
        return self.effects

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        assert by.name
        self.told.append(change)
        return {"count": len(self.told)}

    def hindrances(self, _change: Change, _kept: Kept) -> list[str]:
        return self.stands_against

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        assert by.name
        assert change == self.told[-1]
        self.taken_back.append(kept)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(consequences._registry, recorder.key, recorder)
    return recorder


def test_a_transfer_is_told_to_the_floors_above(province: Province, recorder: Recorder) -> None:
    with access.acting(operator()):
        for _again in range(2):
            people.transfer([province.an, province.in_cell], to=province.cell, on=DAY, by=operator())

    (change,) = recorder.told
    assert (change.kind, change.on) == (TRANSFER, DAY)
    assert change.people == {province.an.pk: Crossing(province.one.pk, province.cell.pk)}


def test_an_act_tells_the_floors_above_what_it_did_and_takes_it_back(
    province: Province, recorder: Recorder
) -> None:
    act = do(merger(province))
    new = Unit.objects.get(code="MOI")

    (change,) = recorder.told
    closed_board = province.boards[1].pk
    assert change.closed == {
        province.one.pk: (new.pk,),
        province.two.pk: (new.pk,),
        closed_board: (province.boards[0].pk,),
    }
    assert change.people == {
        province.an.pk: Crossing(province.one.pk, new.pk),
        province.binh.pk: Crossing(province.two.pk, new.pk),
    }
    assert change.moved[province.cell.pk] == Crossing(province.one.pk, new.pk)
    assert change.founded == {new.pk}
    assert act.kept == {"test.recorder": {"count": 1}}
    undo(act)
    assert recorder.taken_back == [{"count": 1}]


def test_what_a_consequence_stops_or_holds_is_refused(province: Province, recorder: Recorder) -> None:
    recorder.effects = [Effect("Hội nghị", 1, "Còn hội nghị đang mở.", Weight.STOPS, code="conference.open")]
    assert refusal(lambda: do(merger(province))).code == "conference.open"
    recorder.effects = []
    act = do(merger(province))
    recorder.stands_against = ["Đã có báo cáo gửi lên."]
    assert stands_against(act) == ["Đã có báo cáo gửi lên."]
    assert recorder.taken_back == []


def test_a_question_of_a_consequence_must_be_answered(province: Province, recorder: Recorder) -> None:
    options = (Option("a", "Một"), Option("b", "Hai"))
    recorder.effects = [Effect("Việc", 1, "Ai nhận?", Weight.ASKS, question="test.who", options=options)]

    assert refusal(lambda: do(merger(province))).code == "act.needs_choice"
    assert refusal(lambda: do(merger(province, answers={"test.who": "c"}))).code == "act.needs_choice"
    do(merger(province, answers={"test.who": "b"}))

    assert recorder.told[0].answers["test.who"] == "b"
