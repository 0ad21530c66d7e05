"""What the house does by itself: acts on their day."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quantriet.org.models import Act, ActKind, Unit
from quantriet.web import jobs
from tests import factories
from tests.org.commands.test_acts import do, told

pytestmark = pytest.mark.django_db


def planned_for_today(unit: Unit, name: str, **broken: Any) -> Act:
    """A rename that was planned, and whose day is now."""
    today = timezone.localdate()
    act = do(told(ActKind.RENAME, units=(unit.pk,), name=name, effective_on=today + timedelta(days=1)))
    act.told |= {"effective_on": today.isoformat()} | broken
    act.effective_on = today
    act.save()
    return act


def test_an_act_that_breaks_takes_back_no_other_and_holds_up_none() -> None:
    top = factories.province()
    one, two, three = (factories.commune(top, f"Đảng bộ xã {number}") for number in range(3))
    first = planned_for_today(one, "Tên một")
    second = planned_for_today(two, "Tên hai", units=["no number"])
    third = planned_for_today(three, "Tên ba")

    jobs.arrange_units()

    states = dict(Act.objects.values_list("pk", "state"))
    assert states == {first.pk: "done", second.pk: "planned", third.pk: "done"}
    names = list(Unit.objects.filter(kind="commune").order_by("pk").values_list("name", flat=True))
    assert names == ["Tên một", "Đảng bộ xã 1", "Tên ba"]
