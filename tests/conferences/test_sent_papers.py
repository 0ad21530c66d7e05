"""Papers sent ahead: to which sites, opened by the site once, told late; counts by site and no person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences.commands import sent_papers as commands
from quantriet.conferences.models import Conference, PaperAtSite, SentPaper, Site
from quantriet.conferences.queries import sent_papers as queries
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.documents.models import Document, Material
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Notice
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.factories import operator

pytestmark = pytest.mark.django_db


class House:
    """A conference of a province in three days on one document with two materials, with sites in two communes."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.communes = [factories.commune(self.province, f"Đảng bộ xã {name}") for name in ("Một", "Hai")]
        document = campaigns_made.document(self.province)
        campaign = campaigns_made.started_titled(self.province, [document], "Đợt thử")
        begins = timezone.now() + timedelta(days=3)
        self.conference: Conference = made.called(
            self.province, campaign, starts_at=begins, ends_at=begins + timedelta(hours=3)
        )
        self.sites = [made.site(self.conference, unit) for unit in self.communes]
        self.outline = self.material(document, "Đề cương")
        self.slides = self.material(document, "Bản trình chiếu")

    def material(self, document: Document, title: str) -> Material:
        with factories.looking_everywhere():
            return Material.objects.create(
                document=document,
                unit=self.province,
                kind="outline",
                title=title,
                link="https://vi-du.invalid/a",
            )

    def send(self, *materials: Material, to: list[Site], by: Actor | None = None) -> int:
        by = by or operator()
        with access.acting(by):
            ids = [one.pk for one in materials]
            return commands.send(self.conference, ids, site_ids=[site.pk for site in to], by=by)

    def open(self, site: Site, material: Material) -> bool:
        by = operator()
        with access.acting(by):
            return commands.open_at(site, material.pk, by=by)

    def start_in(self, ahead: timedelta) -> None:
        begins = timezone.now() + ahead
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=begins, ends_at=begins + timedelta(hours=3)
        )
        self.conference.refresh_from_db()

    def counts(self) -> list[tuple[str, int, int, int, int]]:
        with access.acting(operator()):
            return [
                (line.paper.material.title, line.sites, line.opened, line.late, line.unopened)
                for line in queries.lines(self.conference)
            ]


@pytest.fixture
def house() -> House:
    return House()


def test_sent_again_only_what_is_missing_goes_and_nobody_is_told_twice(house: House) -> None:
    first = [house.send(house.outline, to=house.sites[:1]) for _time in range(2)]
    more = house.send(house.outline, house.slides, to=house.sites)

    with factories.looking_everywhere():
        told = Notice.objects.filter(key__startswith="conference-papers").values_list("unit", "key")
        times = [unit for unit, _key in told]
    assert (first, more, PaperAtSite.objects.count()) == ([1, 0], 3, 4)
    assert sorted(times) == sorted([house.communes[0].pk, *(unit.pk for unit in house.communes)])
    assert house.counts() == [("Đề cương", 2, 0, 0, 2), ("Bản trình chiếu", 2, 0, 0, 2)]


def test_the_first_opening_counts_and_a_late_one_is_told(house: House) -> None:
    house.send(house.outline, to=house.sites)
    answers = [house.open(house.sites[0], house.outline) for _time in range(2)]
    first = PaperAtSite.objects.get(site=house.sites[0]).opened_at
    house.open(house.sites[0], house.outline)
    house.start_in(timedelta(hours=23))
    early = house.counts()
    PaperAtSite.objects.filter(site=house.sites[0]).update(opened_at=timezone.now() - timedelta(hours=2))

    assert answers == [True, True]
    assert early == [("Đề cương", 2, 1, 1, 1)]
    assert house.counts() == [("Đề cương", 2, 1, 0, 1)]
    assert first is not None
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="papers.open").count() == 1


def test_what_was_not_sent_to_a_site_is_not_opened_there(house: House) -> None:
    house.send(house.outline, to=house.sites[:1])

    assert house.open(house.sites[1], house.outline) is False
    assert house.open(house.sites[0], house.slides) is False
    assert PaperAtSite.objects.exclude(opened_at=None).count() == 0


def test_only_papers_of_the_agenda_go_and_nothing_at_all_is_refused(house: House) -> None:
    other = house.material(campaigns_made.document(house.province), "Tài liệu lạ")
    codes = []
    for materials, sites in (((other,), house.sites), ((house.outline,), []), ((), house.sites)):
        with pytest.raises(DomainError) as refused:
            house.send(*materials, to=sites)
        codes.append(refused.value.code)

    assert (codes, SentPaper.objects.count()) == (["papers.none"] * 3, 0)


def test_only_who_called_sends_and_takes_back(house: House) -> None:
    below = factories.actor("secretary", house.communes[0])
    with access.acting(below), pytest.raises(ForbiddenError):
        house.send(house.outline, to=house.sites, by=below)
    house.send(house.outline, to=house.sites)
    paper = SentPaper.objects.select_related("conference").get()
    with access.acting(below), pytest.raises(ForbiddenError):
        commands.take_back(paper, by=below)
    by = operator()
    with access.acting(by):
        for _time in range(2):
            commands.take_back(paper, by=by)

    assert (SentPaper.objects.count(), PaperAtSite.objects.count()) == (0, 0)
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="papers.take_back").count() == 1


def test_the_pages_send_open_and_show_who_has_not(house: House) -> None:
    above = factories.signed_in(factories.account("secretary", house.province))
    clerk = factories.signed_in(factories.account("clerk", house.communes[0]))
    address = reverse("conference-sent-papers", args=[house.conference.pk])
    nothing = above.post(address, {"material": "x"})
    sent = above.post(address, {"material": house.outline.pk, "site": [site.pk for site in house.sites]})
    here = reverse("site", args=[house.sites[0].pk])
    before = clerk.get(here).content.decode()
    opening = reverse("site-paper-open", args=[house.sites[0].pk, house.outline.pk])
    unsent = reverse("site-paper-open", args=[house.sites[0].pk, house.slides.pk])
    opened = [clerk.get(opening).status_code, clerk.post(opening)["Location"], clerk.post(unsent).status_code]
    paper = SentPaper.objects.get()
    listed = above.get(address, {"tai_lieu": paper.pk})

    assert (nothing.status_code, sorted(nothing.context["form"].errors)) == (422, ["material", "site"])
    assert sent.status_code == 302
    assert ("Chưa mở" in before, "vi-du.invalid" in before) == (True, False)
    assert opened == [302, here, 404]
    assert "https://vi-du.invalid/a" in clerk.get(here).content.decode()
    assert [site.name for site in listed.context["shown"]] == [house.sites[1].name]
    assert clerk.get(address).status_code == 404
    assert above.get(address, {"tai_lieu": "9" * 30}).status_code == 200
    assert above.post(address, {"take_back": paper.pk}).status_code == 302
    assert SentPaper.objects.count() == 0


def test_the_page_asks_no_more_for_more_sites(house: House) -> None:
    above = factories.signed_in(factories.account("inspector", house.province))
    address = reverse("conference-sent-papers", args=[house.conference.pk])
    counts = []
    for number in (1, 3):
        for at in range(number):
            house.sites.append(
                made.site(house.conference, factories.commune(house.province, f"Xã {number}{at}"))
            )
        house.send(house.outline, house.slides, to=house.sites)
        above.get(address)
        with CaptureQueriesContext(connection) as asked:
            above.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert above.post(address, {}).status_code == 403
