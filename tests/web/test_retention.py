"""What is past its time goes, what is not stays; the trial counts the same rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quantriet.core.models import KeptAnswer, Work
from quantriet.org import checks, notices
from quantriet.org.models import Account, Notice
from quantriet.org.notices import NoticeText
from quantriet.web import retention
from tests import factories

pytestmark = pytest.mark.django_db


def test_only_what_is_past_its_time_goes() -> None:
    now = timezone.now()
    unit = factories.province()
    for age in (89, 91):
        Work.objects.create(
            kind="x", account_id=1, unit_id=unit.pk, title=f"{age}", ended_at=now - timedelta(days=age)
        )
    Work.objects.create(kind="x", account_id=1, unit_id=unit.pk, title="chưa xong")
    notices.notify([unit.pk], NoticeText("mới", "", "", "a"))
    KeptAnswer.objects.create(account_id=1, route="POST /", key="k", asked="h")
    KeptAnswer.objects.update(created_at=now - timedelta(days=31))

    counted = retention.due()
    erased = retention.erase()
    again = retention.erase()

    assert counted == erased
    assert {what: count for what, count in erased.items() if count} == {"works": 1, "kept_answers": 1}
    assert set(again.values()) == {0}
    assert sorted(Work.objects.values_list("title", flat=True)) == ["89", "chưa xong"]
    assert Notice.objects.count() == 1


def test_a_field_kept_for_no_known_period_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    fate = Account.PERSONAL["email"]
    before = checks.every_personal_field_has_a_fate()

    monkeypatch.setitem(Account.PERSONAL, "email", type(fate)(fate.purpose, fate.kind, "for ever"))

    assert (before, [error.id for error in checks.every_personal_field_has_a_fate()]) == (
        [],
        ["privacy.E003"],
    )
