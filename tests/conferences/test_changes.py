"""A conference is changed: what the form does not tell stays, sites follow, units hear of it, two editors choose."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from quantriet.campaigns.commands.declarations import Totals
from quantriet.conferences.commands import conferences, meetings, sites
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import AgendaItem, Conference, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.models import AuditEvent, Notice, Unit
from quantriet.web import outbox
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator

LINK = "https://hop.vi-du.invalid/"


@pytest.fixture
def town(db: None) -> Town:
    return Town()


@pytest.fixture
def head(town: Town) -> Client:
    return factories.signed_in(factories.account("secretary", town.commune))


def change(one: Conference, plan: Plan, *, version: int = 0) -> Conference:
    by = operator()
    with access.acting(by):
        return conferences.change(one, plan, version=version or one.version, by=by)


def as_told(one: Conference, **told: Any) -> Plan:
    """What was told of a conference, but for what is told now."""
    agenda = tuple(
        AgendaLine(item.title, item.document_id, item.planned_minutes) for item in one.agenda.all()
    )
    names = ("title", "starts_at", "ends_at", "campaign", "chair", "join_link")
    return replace(Plan(**{name: getattr(one, name) for name in names}, agenda=agenda), **told)


def asked(client: Client, one: Conference) -> tuple[str, dict[str, Any]]:
    """The address of the form, and what it says as a browser would send it unchanged."""
    address = reverse("conference-change", args=[one.pk])
    page = client.get(address)
    form = page.context["form"]
    told: dict[str, Any] = {
        name: form.get_initial_for_field(field, name) for name, field in form.fields.items()
    }
    sent: dict[str, Any] = {
        name: "" if value is None else value for name, value in told.items() if value is not False
    }
    sent["day"] = sent["day"].strftime("%d/%m/%Y")
    return address, {**sent, "version": page.context["version"]}


def write_up(one: Conference, chair: int) -> None:
    by = operator()
    with access.acting(by):
        meetings.write_minutes(one, content="Đã quán triệt", minutes="", version=one.version, by=by)
    Conference.objects.filter(pk=one.pk).update(chair="Nguyễn Văn An", chair_person=chair)
    one.refresh_from_db()


def titles(one: Conference) -> list[str]:
    return list(one.agenda.order_by("position").values_list("title", flat=True))


def test_saving_the_form_unchanged_changes_nothing_but_the_version(town: Town, head: Client) -> None:
    one = town.conference
    write_up(one, town.an.pk)
    points = [AgendaItem(conference=one, position=at, title=f"Mục {at}") for at in range(2, 16)]
    AgendaItem.objects.bulk_create(points)
    names = ("title", "content", "chair", "chair_person_id", "starts_at", "ends_at", "classes", "form")
    before = [getattr(one, name) for name in names], titles(one)

    address, told = asked(head, one)
    answer = head.post(address, told)

    one.refresh_from_db()
    assert (answer.status_code, one.version) == (302, 3)
    assert ([getattr(one, name) for name in names], titles(one)) == before
    assert len(titles(one)) == 15


def test_another_chair_is_no_longer_the_person_known_before(town: Town) -> None:
    write_up(town.conference, town.an.pk)

    changed = change(town.conference, as_told(town.conference, chair="Trần Bình"))

    assert (changed.chair, changed.chair_person_id) == ("Trần Bình", None)


def test_a_document_outside_the_campaign_stays_on_the_agenda(town: Town, head: Client) -> None:
    (item,) = town.conference.agenda.all()
    town.campaign.documents.all().delete()

    address, told = asked(head, town.conference)
    answer = head.post(address, told)

    assert answer.status_code == 302
    assert list(town.conference.agenda.values_list("document_id", flat=True)) == [item.document_id]


def told_of(unit: Unit, key: str) -> list[tuple[str, str]]:
    found = Notice.objects.filter(unit=unit, key__startswith=key).order_by("channel", "key")
    return [(notice.channel, notice.key) for notice in found]


def test_a_new_hour_is_told_to_every_unit_with_a_site_once(town: Town) -> None:
    one = town.conference
    made.site(one, town.cell)
    later = {"starts_at": one.starts_at + timedelta(days=1), "ends_at": one.ends_at + timedelta(days=1)}

    renamed = change(one, as_told(one, title="Tên mới"))
    moved = change(renamed, as_told(renamed, **later))

    key = f"conference-moved:{one.pk}"
    assert [told_of(unit, key) for unit in (town.commune, town.cell, town.other_cell)] == [
        [("page", f"{key}:{moved.version}")],
        [("page", f"{key}:{moved.version}")],
        [],
    ]
    text = Notice.objects.get(unit=town.cell, key=f"{key}:{moved.version}").text
    assert f"{access.local_day(moved.starts_at):%d/%m/%Y}" in text


def test_a_unit_with_an_address_hears_of_all_of_it_by_mail(town: Town, mailoutbox: list[Any]) -> None:
    Unit.objects.filter(pk=town.cell.pk).update(email="chibo1@vi-du.invalid")
    one = town.conference
    Conference.objects.filter(pk=one.pk).update(title="Hội nghị " + "rất dài " * 30)
    one.refresh_from_db()

    made.site(one, town.cell)
    made.site(one, town.other_cell)
    moved = change(one, as_told(one, ends_at=one.ends_at + timedelta(hours=1)))
    by = operator()
    with access.acting(by):
        conferences.cancel(moved, reason="Bão", by=by)
    outbox.send_waiting()

    assert mail.outbox is mailoutbox
    assert [message.to for message in mailoutbox] == [["chibo1@vi-du.invalid"]] * 3
    words = ("Triệu tập lúc", "Đã đổi giờ họp", "Hội nghị đã hủy: Bão")
    assert [word in message.body for word, message in zip(words, mailoutbox, strict=True)] == [True] * 3


def links(one: Conference) -> list[str]:
    return list(one.sites.order_by("-is_hub", "name").values_list("join_link", flat=True))


def test_sites_that_joined_by_the_old_link_join_by_the_new_one(town: Town) -> None:
    one = made.called(town.commune, town.campaign, join_link=f"{LINK}cu")
    made.site(one, town.cell)
    own = made.site(one, town.other_cell)
    Site.objects.filter(pk=own.pk).update(join_link=f"{LINK}rieng")

    change(one, as_told(one, join_link=f"{LINK}moi"))

    assert links(one) == [f"{LINK}moi", f"{LINK}moi", f"{LINK}rieng"]


def test_a_second_editor_sees_both_texts_and_may_put_his_over_it(town: Town, head: Client) -> None:
    one = town.conference
    address, told = asked(head, one)
    change(one, as_told(one, chair="Người kia", agenda=(AgendaLine("Mục khác"),)))
    mine = {**told, "chair": "Người này", "title": "Tên của tôi"}

    refused = head.post(address, mine)
    shown = {row.label: (row.theirs, row.yours) for row in refused.context["both"]}
    again = head.post(address, mine)
    put_over = head.post(address, {**mine, "version": refused.context["conflict"].context["version"]})

    assert [answer.status_code for answer in (refused, again, put_over)] == [409, 409, 302]
    assert [*map(str, shown)] == ["Tên hội nghị", "Chủ trì", "Chương trình"]
    assert shown["Chủ trì"] == ("Người kia", "Người này")
    assert shown["Chương trình"][0] == "1. Mục khác"
    assert "Truyền đạt nghị quyết (" in shown["Chương trình"][1]
    one.refresh_from_db()
    assert (one.title, one.chair, titles(one)) == ("Tên của tôi", "Người này", ["Truyền đạt nghị quyết"])


def actual(one: Conference) -> list[int | None]:
    return list(one.agenda.order_by("position").values_list("actual_minutes", flat=True))


def test_ending_a_conference_claims_no_minutes_that_nobody_measured(town: Town, head: Client) -> None:
    page = head.get(reverse("conference", args=[town.conference.pk])).content.decode()

    head.post(reverse("conference-act", args=[town.conference.pk]), {"what": "close", "minutes_1": ""})

    town.conference.refresh_from_db()
    assert (town.conference.state, actual(town.conference)) == ("closed", [None])
    assert 'name="minutes_1" inputmode="numeric" maxlength="3" value="" placeholder="dự kiến 90"' in page


def test_minutes_are_corrected_after_the_end_and_what_stood_is_kept(town: Town, head: Client) -> None:
    act = reverse("conference-act", args=[town.conference.pk])
    head.post(act, {"what": "close", "minutes_1": "90"})
    page = head.get(reverse("conference", args=[town.conference.pk])).content.decode()

    answers = [head.post(act, {"what": "minutes", "minutes_1": told}) for told in ("75", "75", "nhiều")]

    assert [answer.status_code for answer in answers] == [302, 302, 422]
    assert actual(town.conference) == [75]
    detail = AuditEvent.objects.get(action="conference.minutes").detail
    assert detail == {"before": [90], "after": [75]}
    assert 'value="90"' in page


def test_minutes_are_corrected_only_after_the_end_and_by_who_manages_it(town: Town) -> None:
    with pytest.raises(DomainError) as early, access.acting(operator()):
        conferences.correct_minutes(town.conference, [75], by=operator())
    clerk = factories.actor("clerk", town.commune)
    with pytest.raises(DomainError) as forbidden, access.acting(clerk):
        conferences.correct_minutes(town.conference, [75], by=clerk)

    assert (early.value.code, forbidden.value.code) == ("conference.not_over", "gate.forbidden")
    assert actual(town.conference) == [None]


def test_totals_of_another_day_do_not_make_a_site_speak(town: Town) -> None:
    """The sites of two conferences of one campaign; the totals are those of the first."""
    day_before = town.conference.starts_at - timedelta(days=1)
    first = made.called(
        town.commune, town.campaign, starts_at=day_before, ends_at=day_before + timedelta(hours=3)
    )
    at_first, at_second = made.site(first, town.cell), made.site(town.conference, town.cell)
    totals = Totals({"present": 2}, access.local_day(day_before), "", 0, first.level, Form.ONLINE)
    by = operator()
    with access.acting(by):
        sites.declare_totals(at_first, {town.cell.pk: totals}, by=by)
        held = [one.pk for one in conferences.held_sites(town.conference)]
        held_first = [one.pk for one in conferences.held_sites(first)]

    assert (held, held_first) == ([], [at_first.pk])
    assert at_second.pk not in held


def texts(site: Site) -> Iterable[str]:
    with access.acting(operator()):
        return [remark.text for remark in reads.remarks_at(site)]


def test_minutes_of_a_site_hold_what_its_units_said_and_the_hub_all_of_it(town: Town) -> None:
    here, there = made.site(town.conference, town.cell), made.site(town.conference, town.other_cell)
    by = operator()
    with access.acting(by):
        for unit, words in ((town.cell, "Ở một"), (town.other_cell, "Ở hai"), (town.commune, "Ở xã")):
            meetings.remark(town.conference, unit, text=words, author_id=None, key=words, by=by)

    assert [texts(at) for at in (here, there, town.site)] == [
        ["Ở một"],
        ["Ở hai"],
        ["Ở một", "Ở hai", "Ở xã"],
    ]
