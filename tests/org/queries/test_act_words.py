"""Words told once more: the same is the same act, other facts are refused and never dropped."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from quantriet.org import access
from quantriet.org.act_words import ActWords
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.queries.act_words import proposal_of
from tests import factories
from tests.factories import operator
from tests.org.commands.test_acts import DAY, Province, province, refusal

__all__ = ["province"]
pytestmark = pytest.mark.django_db


def merging(p: Province, **values: Any) -> ActWords:
    words = ActWords(
        kind=ActKind.MERGE,
        decision="12-QĐ/TU",
        decided_on=DAY,
        effective_on=DAY,
        units=(p.one.code, p.two.code),
        into=("MOI",),
        names=("Đảng bộ xã Mới",),
    )
    return replace(words, **values)


def do(words: ActWords) -> Act:
    with access.acting(operator()):
        return acts.carry_out(proposal_of(words, by=operator()), by=operator())


def later() -> date:
    return timezone.localdate() + timedelta(days=5)


def test_the_same_words_again_are_the_same_act_done_or_waiting(province: Province) -> None:
    waiting = merging(province, effective_on=later(), into=("CHO",), names=("Đảng bộ xã Chờ",))
    first = do(waiting)
    assert do(waiting).pk == first.pk
    with access.acting(operator()):
        acts.undo(first, reason="Thôi", by=operator())

    done = do(merging(province))

    assert do(merging(province)).pk == done.pk
    assert do(merging(province, decision=" 12-QĐ/TU ", names=("Đảng bộ  xã Mới",))).pk == done.pk


def test_a_corrected_name_of_a_planned_founding_is_refused_with_what_waits(province: Province) -> None:
    do(merging(province, effective_on=later()))

    refused = refusal(lambda: do(merging(province, effective_on=later(), names=("Đảng bộ xã Mới Sửa",))))

    assert refused.code == "act.code_waits"
    assert "“Đảng bộ xã Mới”" in refused.sentence
    assert Act.objects.count() == 1


def test_a_corrected_founding_that_waits_is_refused_as_well(province: Province) -> None:
    words = ActWords(
        kind=ActKind.FOUND,
        decision="12-QĐ/TU",
        decided_on=DAY,
        effective_on=later(),
        units=("MOI",),
        names=("Đảng bộ xã Mới",),
        unit_kind="commune",
        parent=province.top.code,
    )
    do(words)

    assert refusal(lambda: do(replace(words, names=("Đảng bộ xã Mới Sửa",)))).code == "act.code_waits"


def test_given_up_the_corrected_name_is_taken(province: Province) -> None:
    act = do(merging(province, effective_on=later()))
    with access.acting(operator()):
        acts.undo(act, reason="Sai tên", by=operator())

    again = do(merging(province, effective_on=later(), names=("Đảng bộ xã Mới Sửa",)))

    assert again.told["into"][0]["name"] == "Đảng bộ xã Mới Sửa"


@pytest.mark.parametrize("other", ["names", "unit_kind", "parent"])
def test_other_facts_of_what_was_founded_are_refused(province: Province, other: str) -> None:
    do(merging(province))
    facts = {"names": ("Đảng bộ xã Mới Sửa",), "unit_kind": "base_committee", "parent": province.top.code}

    refused = refusal(lambda: do(merging(province, **{other: facts[other]})))

    assert (refused.code, "“Đảng bộ xã Mới”" in refused.sentence) == ("act.founded_otherwise", True)
    assert Unit.objects.get(code="MOI").name == "Đảng bộ xã Mới"


def test_a_name_goes_to_the_new_code_beside_one_founded_before(province: Province) -> None:
    """Two rows of one decision share a successor: the second names only its own new unit."""
    three = factories.commune(province.top, "Đảng bộ xã Ba")
    rest = {"org.rest": "0", "org.roles": "end"}
    first = merging(
        province, kind=ActKind.SPLIT, units=(province.one.code,), into=("A", "B"), names=("Xã A", "Xã B"),
        answers=rest,
    )  # fmt: skip
    do(first)

    do(replace(first, units=(three.code,), into=("B", "C"), names=("Xã C",)))

    assert Unit.objects.get(code="C").name == "Xã C"
    assert Unit.objects.get(code="B").name == "Xã B"
