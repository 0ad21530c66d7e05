"""Settled attendance opens to its rows and says what the ledger says."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.models import RollLine
from quantriet.conferences.commands import afterwards, attendance, conferences, guests, makeups, meetings
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import settled
from quantriet.conferences.settlement import Outcome, Word
from quantriet.conferences.verdicts import Act, Ask
from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.models import Membership, Notice
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator

pytestmark = pytest.mark.django_db


class Morning(Town):
    """A session over: of ten summoned every outcome once; two guests, and one from outside the list."""

    def __init__(self) -> None:
        super().__init__()
        starts = timezone.now() - timedelta(hours=3)
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=2)
        )
        self.conference = Conference.objects.select_related("campaign", "unit").get(pk=self.conference.pk)
        self.site = made.hub(self.conference)
        by = operator()
        with access.acting(by):
            marks = [
                Mark(Ask(Act.PRESENT), person_id=self.an.pk),
                Mark(Ask(Act.PRESENT, starts + timedelta(minutes=30)), person_id=self.binh.pk),
                Mark(Ask(Act.EXCUSED, excuse="ốm"), person_id=self.chi.pk),
            ]
            attendance.record(self.site, marks, by=by, key="1")
            guests.add(self.site, [("Khách Một", "Sở"), ("Khách Hai", "Sở")], key="g", by=by)


def outcomes(town: Town) -> Counter[str]:
    with access.acting(operator()):
        found = settled.of_site(town.site)
    return Counter(line.outcome.value for line in found.lines)


def test_sums_are_those_of_the_ledger() -> None:
    town = Morning()
    by = operator()
    stranger = factories.person(factories.cell(town.commune, "Chi bộ 3"), "Người Ngoài")
    with access.acting(by):
        RollLine.objects.filter(person=stranger).delete()
        attendance.record(
            town.site,
            [
                Mark(
                    Ask(Act.PRESENT, out_at=town.conference.starts_at + timedelta(minutes=40)),
                    person_id=town.an.pk,
                ),
                Mark(Ask(Act.PRESENT), person_id=stranger.pk),
            ],
            by=by,
            key="2",
        )
        makeups.make_up(town.site, [town.chi.pk], note="Xem lại bản ghi", key="3", by=by)
        whole = settled.whole(town.conference, by=by)
        of_site = settled.of_site(town.site)

    told = [
        whole.sums.summoned,
        whole.sums.people,
        whole.sums.turns,
        whole.sums.late,
        whole.sums.left_early,
        whole.sums.guests,
        whole.sums.of[Outcome.MADE_UP],
    ]
    assert told == town.counts(
        Measure.SUMMONED,
        Measure.PRESENT,
        Measure.ATTENDANCES,
        Measure.LATE,
        Measure.LEFT_EARLY,
        Measure.GUESTS,
        Measure.MADE_UP,
    )
    assert told == [3, 3, 3, 1, 1, 3, 1]
    assert of_site.sums == whole.sums


def test_every_outcome_opens_to_its_people() -> None:
    town = Morning()
    assert outcomes(town) == {"present": 1, "late": 1, "excused": 1}

    by = operator()
    with access.acting(by):
        attendance.undo(town.site, "1", by=by)

    assert outcomes(town) == {"unsaid": 3}


def test_where_the_policy_asks_for_a_minimum_who_left_before_has_not_studied() -> None:
    town = Morning()
    town.campaign.policy = {**town.campaign.policy, "minimum_share": 50}
    town.campaign.save()
    town.site = made.hub(town.conference)
    by = operator()

    with access.acting(by):
        early = Ask(Act.PRESENT, town.conference.starts_at, town.conference.starts_at + timedelta(minutes=59))
        attendance.record(town.site, [Mark(early, person_id=town.an.pk)], by=by, key="2")

    assert outcomes(town) == {"too_short": 1, "late": 1, "excused": 1}
    assert town.counts(Measure.PRESENT) == [1]


def test_an_exempt_member_is_told_from_the_missing() -> None:
    town = Morning()
    old = factories.person(town.cell, "Cụ Già")
    with factories.looking_everywhere():
        Membership.objects.filter(person=old).update(status="exempt")
        RollLine.objects.filter(person=old).delete()

    assert outcomes(town)["exempt"] == 1
    by = operator()
    with access.acting(by):
        whole = settled.whole(town.conference, by=by)
        of_sites = settled.by_site(town.conference, whole.site_ids, whole.summoned, whole.exempt)
    assert whole.sums.of[Outcome.EXEMPT] == of_sites[town.site.pk].of[Outcome.EXEMPT] == 1
    assert whole.sums.summoned == 3, "who is exempt is not summoned"


def test_what_a_cell_holds_alone_was_handed_down_to_it() -> None:
    town = Town()
    alone = made.called(town.cell, town.campaign)
    by = operator()

    with access.acting(by):
        together = settled.is_delegated(Conference.objects.select_related("unit").get(pk=alone.pk))
        conferences.cancel(town.conference, reason="Bão", by=by)
        handed = settled.is_delegated(Conference.objects.select_related("unit").get(pk=alone.pk))

    assert (together, handed, settled_of(town)) == (False, True, False)


def settled_of(town: Town) -> bool:
    with access.acting(operator()):
        return settled.is_delegated(Conference.objects.select_related("unit").get(pk=town.conference.pk))


def test_statements_do_not_grow_with_sites_and_people() -> None:
    town = Morning()

    def asked() -> int:
        by = operator()
        with access.acting(by), CaptureQueriesContext(connection) as told:
            whole = settled.whole(town.conference, by=by)
            settled.by_site(town.conference, whole.site_ids, whole.summoned)
        return len(told)

    asked()  # the numbering of the tree is kept in memory
    one = asked()
    made.site(town.conference, town.cell)
    made.site(town.conference, town.other_cell)
    asked()

    assert asked() == one


def test_pages_and_sheets_say_the_same() -> None:
    town = Morning()
    client = factories.signed_in(factories.account("secretary", town.commune))

    whole = client.get(reverse("conference-settled", args=[town.conference.pk]))
    site = client.get(reverse("site-settled", args=[town.site.pk]), {"la": "excused"})
    sheet = client.get(reverse("conference-settled-sheet", args=[town.conference.pk]))
    people = client.get(reverse("site-settled-sheet", args=[town.site.pk]))

    assert (whole.status_code, site.status_code) == (200, 200)
    assert "66,7 % (2/3)" in " ".join(whole.content.decode().split())
    text = site.content.decode()
    assert ("Lê Chi" in text, "Nguyễn Văn An" in text) == (True, False)
    last = [str(value) for value in read_xlsx(sheet.content).rows[-1].values]
    assert (last[0], last[2], last[-3:]) == ("Cộng", "3", ["2", "2", "2"])
    named = {row.text(1): row.text(4) for row in read_xlsx(people.content).rows}
    assert (named["Trần Thị Bình"], named["Lê Chi"]) == ("Đến muộn", "Vắng có lý do")


def test_the_sheet_of_the_monitor_names_no_one() -> None:
    town = Morning()
    by = operator()
    with access.acting(by):
        meetings.remark(
            town.conference, town.cell, text="Ý kiến của An", author_id=town.an.pk, key="1", by=by
        )
        conferences.close(town.conference, actual_minutes=[30], by=by)
    client = factories.signed_in(factories.account("secretary", town.commune))

    sheet = client.get(reverse("conference-monitoring", args=[town.conference.pk]))
    page = client.get(reverse("conference-settled", args=[town.conference.pk])).content.decode()

    told = {row.text(0): row.text(1) for row in read_xlsx(sheet.content).rows}
    assert (told["Ý kiến: Chi bộ 1"], told["Đã học (người)"], told["Lượt dự"]) == ("1", "2", "2")
    assert [value for what, value in told.items() if "bị cắt giờ" in what] == ["90 → 30"]
    assert not [one for one in (*told, *told.values()) if any(p.full_name in one for p in town.people)]
    assert ("1 văn bản bị cắt giờ" in page, "Ý kiến của An" in page) == (True, False)


def told(town: Town) -> dict[str, int]:
    by = operator()
    with access.acting(by):
        found = afterwards.tell(town.conference, dict.fromkeys(Word, "Lời nhắn"), by=by)
    return {str(word): count for word, count in found.items()}


def test_one_act_tells_each_site_its_word_once() -> None:
    """The hall misses one, one room is complete, one has said nothing."""
    town = Town()
    third = factories.cell(town.commune, "Chi bộ 3")
    full, _silent = made.site(town.conference, town.cell), made.site(town.conference, third)
    made.mark(full, [town.an, town.binh])
    made.mark(town.site, [town.chi], Act.ABSENT)
    with pytest.raises(DomainError) as early:
        told(town)
    by = operator()
    with access.acting(by):
        town.conference = conferences.close(town.conference, by=by)

    first, again = told(town), told(town)

    assert early.value.code == "conference.not_closed"
    assert (first, again) == (
        {"thanks": 1, "make_up": 1, "report": 1},
        {"thanks": 0, "make_up": 0, "report": 0},
    )
    with factories.looking_everywhere():
        sent = dict(Notice.objects.filter(key__startswith="conference-after").values_list("unit", "key"))
    assert {unit: key.rpartition(":")[2] for unit, key in sent.items()} == {
        town.cell.pk: "thanks",
        town.commune.pk: "make_up",
        third.pk: "report",
    }


def test_the_page_sends_and_says_how_many() -> None:
    town = Morning()
    by = operator()
    with access.acting(by):
        conferences.close(town.conference, by=by)
    client = factories.signed_in(factories.account("secretary", town.commune))
    address = reverse("conference-settled", args=[town.conference.pk])

    empty = client.post(address, {"thanks": "", "make_up": "Học bù", "report": "Báo cáo"})
    done = client.post(address, {"thanks": "Cảm ơn", "make_up": "Học bù", "report": "Báo cáo"}, follow=True)

    assert "Hãy ghi đủ ba lời nhắn" in empty.content.decode()
    assert "Đã gửi: cảm ơn 0, học bù 1, nhắc báo cáo 0 đơn vị." in done.content.decode()


def test_a_clerk_of_another_commune_opens_neither() -> None:
    town = Morning()
    stranger = factories.account("secretary", factories.commune(town.province, "Đảng bộ xã Khác"))
    client: Client = factories.signed_in(stranger)

    answers = [client.get(reverse(name, args=[pk])) for name, pk in (
        ("site-settled", town.site.pk), ("site-settled-sheet", town.site.pk), ("conference-settled", town.conference.pk)
    )]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404, 404, 404]
