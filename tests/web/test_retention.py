"""What is past its time goes, what is not stays; the trial counts the same rows."""

from datetime import timedelta

import pytest
from django.db.models import CASCADE, ForeignObjectRel, Model
from django.utils import timezone

from quantriet.campaigns.models import Campaign
from quantriet.conferences.models import Conference, Device, Scan, SiteCheck
from quantriet.core.models import KeptAnswer, Work
from quantriet.core.retention import PERIODS
from quantriet.ledger.measures import Measure
from quantriet.org import access, checks, notices
from quantriet.org.commands import accounts
from quantriet.org.models import Account, Notice
from quantriet.org.notices import NoticeText
from quantriet.web import retention
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories_devices import reader

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


def test_a_closed_account_loses_its_person_after_a_year_and_keeps_its_number() -> None:
    unit = factories.province()
    person = factories.person(unit, "Trần Thị Cũ")
    old, fresh, working = (factories.account("clerk", unit, of=of) for of in (person, None, None))
    by = factories.operator()
    with access.acting(by):
        for account in (old, fresh):
            accounts.close(account, by=by)
    long_ago = timezone.localdate() - timedelta(days=366)
    old.assignments.update(from_on=long_ago, to_on=long_ago)

    counts = [retention.due()["accounts"], retention.erase()["accounts"], retention.erase()["accounts"]]

    old.refresh_from_db()
    assert counts == [1, 1, 0]
    assert (old.username, old.person_id, old.assignments.count()) == (f"da-xoa-{old.pk}", None, 0)
    assert "Trần" not in f"{old.display_name}{old.email}"
    assert set(Account.objects.exclude(pk=old.pk).values_list("pk", "is_active")) == {
        (fresh.pk, False),
        (working.pk, True),
    }


def test_people_of_a_campaign_go_five_years_after_it_was_closed_and_its_figures_stay() -> None:
    town = Town()
    made.mark(town.site, town.people)
    Conference.objects.update(chair="Nguyễn Văn Chủ Trì")
    SiteCheck.objects.create(
        site=town.site,
        item="sound",
        note="Anh Bình sửa loa",
        checked_at=timezone.now(),
        checked_by="Trần Thị Kiểm Tra",
    )
    measures = (Measure.SUMMONED, Measure.PRESENT)
    figures = town.counts(*measures)
    Campaign.objects.update(closed_at=timezone.now() - timedelta(days=1825))
    too_early = retention.erase()
    Campaign.objects.update(closed_at=timezone.now() - timedelta(days=1827))

    counted, erased, again = retention.due(), retention.erase(), retention.erase()

    people = {what: count for what, count in erased.items() if count}
    assert {count for what, count in too_early.items() if what in people} == {0}
    assert counted == erased
    assert people == {"attendances": 3, "credits": 3, "roll_lines": 3, "chairs": 1, "site_checks": 1}
    assert (set(again.values()), town.counts(*measures)) == ({0}, figures)


def test_every_table_with_a_period_that_ends_is_erased_by_a_rule() -> None:
    """What hangs on an account goes when the account is forgotten; all else has a rule of its own."""
    with access.whole_house("test"):
        ruled = {rule.past(timezone.now()).model for rule in retention.RULES}
    with_accounts = {
        field.related_model
        for field in Account._meta.get_fields(include_hidden=True)
        if isinstance(field, ForeignObjectRel) and field.on_delete is CASCADE
    }

    def ends(model: type[Model]) -> set[str]:
        fates = getattr(model, "PERSONAL", {}).values()
        return {fate.retention for fate in fates if PERIODS[fate.retention].days is not None}

    left = {
        model.__name__
        for model in checks.personal_models()
        if ends(model) and model not in ruled and not (ends(model) == {"account"} and model in with_accounts)
    }

    assert left == set()


def test_what_devices_sent_goes_with_its_campaign() -> None:
    town = Town()
    phone = reader(town.site)
    phone.send(phone.event(town.an))
    Campaign.objects.update(closed_at=timezone.now() - timedelta(days=1827))

    counted, erased, again = retention.due(), retention.erase(), retention.erase()

    assert (counted["scans"], counted["devices"]) == (1, 1)
    assert (counted, set(again.values())) == (erased, {0})
    with factories.looking_everywhere():
        assert (Scan.objects.count(), Device.objects.count()) == (0, 0)


def test_a_field_kept_for_no_known_period_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    fate = Account.PERSONAL["email"]
    before = checks.every_personal_field_has_a_fate()

    monkeypatch.setitem(Account.PERSONAL, "email", type(fate)(fate.purpose, fate.kind, "for ever"))

    assert (before, [error.id for error in checks.every_personal_field_has_a_fate()]) == (
        [],
        ["privacy.E003"],
    )
