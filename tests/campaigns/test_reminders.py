"""Reminders say the day of those they go to, and count whom they reached; who leads and helps is told once."""

import re
from dataclasses import replace

import pytest

from quantriet.campaigns import drafts, queries
from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.models import Campaign, Obligation, Reminder, ReminderLine
from quantriet.core.text import end_of_day
from quantriet.org import access
from quantriet.org.models import Notice, Unit
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator

pytestmark = pytest.mark.django_db


def test_the_day_in_the_text_is_the_one_below_the_unit() -> None:
    made_world = world()
    owed = Obligation.objects.filter(campaign=made_world.campaign, kind="programme")
    owed.filter(unit=made_world.here).update(due_at=end_of_day(made.STARTS.replace(month=3, day=3)))
    owed.filter(unit=made_world.beside).update(due_at=end_of_day(made.STARTS.replace(month=2, day=2)))
    path = f"/dot/{made_world.campaign.pk}/nhac/?loai=programme&don_vi="

    days = [
        re.findall(
            r"Hạn: (\d\d/\d\d)", made_world.client("officer", made_world.top).get(href).content.decode()
        )
        for href in (f"{path}{made_world.here.pk}", f"{path}{made_world.top.pk}")
    ]

    assert days == [["03/03"], ["02/02"]]


def test_who_has_not_studied_is_reminded_of_the_day_of_the_study_not_of_the_end_of_the_campaign() -> None:
    made_world = world()
    held = Obligation.objects.filter(campaign=made_world.campaign, kind="conference")
    held.update(due_at=end_of_day(made.STARTS.replace(month=2, day=9)))
    held.filter(unit=made_world.here).update(due_at=end_of_day(made.STARTS.replace(month=2, day=4)))
    href = f"/dot/{made_world.campaign.pk}/nhac/?loai=people&don_vi={made_world.here.pk}"

    page = made_world.client("officer", made_world.top).get(href).content.decode()

    assert re.findall(r"Hạn: (\d\d/\d\d)", page) == ["04/02"]


def remind(made_world: World, units: list[Unit], key: str) -> tuple[int, str]:
    fields = {
        "loai": "programme",
        "channel": "email",
        "text": "Đề nghị khẩn trương",
        "key": key,
        "unit": [unit.pk for unit in units],
    }
    client = made_world.client("officer", made_world.top)
    answer = client.post(f"/dot/{made_world.campaign.pk}/nhac/", fields, follow=True)
    return answer.status_code, answer.content.decode()


def test_by_mail_only_who_has_an_address_is_reminded_and_the_others_are_counted() -> None:
    made_world = world()
    Unit.objects.filter(pk=made_world.here.pk).update(email="xa@vi-du.invalid")

    code, body = remind(made_world, [made_world.here, made_world.beside], "k1")
    nobody, refused = remind(made_world, [made_world.beside], "k2")

    assert (code, "1 đơn vị chưa có địa chỉ thư nên chưa được nhắc" in body) == (200, True)
    assert list(ReminderLine.objects.values_list("unit_id", flat=True)) == [made_world.here.pk]
    assert (nobody, "Không đơn vị nào được chọn có địa chỉ thư" in refused) == (422, True)
    assert Reminder.objects.count() == 1


# ---- who leads and who works with it ---------------------------------------------------------------------


def led(top: Unit, lead: Unit, partner: Unit) -> Campaign:
    campaign = made.draft(top, [made.document(top)])
    with access.acting(operator()):
        wanted = replace(drafts.kept(campaign), lead_id=lead.pk, partner_ids=(partner.pk,))
        campaign = campaigns.adjust(campaign, wanted, by=operator())
        for _ in range(2):
            campaigns.begin_start(campaign, by=operator())
        return campaigns.start(campaign, by=operator())


def test_who_leads_and_who_helps_see_the_campaign_and_are_told_once() -> None:
    top = factories.province()
    body, partner, stranger = factories.body(top), factories.front(top), factories.front(top, "Mặt trận khác")
    campaign = led(top, body, partner)

    told = sorted(
        Notice.objects.filter(key__startswith="campaign-").values_list("unit_id", "key").order_by("unit_id")
    )
    seen = {}
    for unit in (partner, stranger):
        who = access.actor(factories.account("officer", unit))
        assert who is not None
        with access.acting(who):
            seen[unit.pk] = queries.campaigns(who).count()

    assert told == [
        (body.pk, f"campaign-lead:{campaign.pk}"),
        (partner.pk, f"campaign-partner:{campaign.pk}"),
    ]
    assert seen == {partner.pk: 1, stranger.pk: 0}


@pytest.mark.parametrize(("page", "says"), [("", True), ("viec/", True), ("thoi-han/", False)])
def test_the_head_says_who_leads_and_who_helps(page: str, says: object) -> None:
    top = factories.province()
    campaign = led(top, factories.body(top, "Ban Dẫn đầu"), factories.front(top, "Mặt trận Cùng làm"))

    body = (
        factories.signed_in(factories.account("officer", top))
        .get(f"/dot/{campaign.pk}/{page}")
        .content.decode()
    )

    assert ("Chủ trì: Ban Dẫn đầu" in body, "Phối hợp: Mặt trận Cùng làm" in body) == (says, says)
