"""Make-ups by the recording: the link is kept and never fetched; a cell confirms for its own people, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.campaigns.commands import roll
from quantriet.conferences.commands import conferences, makeups, recordings
from quantriet.conferences.commands.attendance import Answer
from quantriet.conferences.models import Attendance, AttendanceChange, Conference
from quantriet.conferences.queries import makeups as lists
from quantriet.conferences.verdicts import Act, Code
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Batch
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Notice, Person, Unit
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town, codes_of
from tests.conferences.test_preparation_api import client_of, sent
from tests.factories import operator
from tests.racing import PATIENCE_S, acted, until_waiting

LINK = "https://vi-du.invalid/ghi-hinh/1?xem=1"


class Afterwards(Town):
    """The session of the commune is over and was recorded: An was absent, Bình nobody told of, Chi was there."""

    def __init__(self) -> None:
        super().__init__()
        starts = timezone.now() - timedelta(hours=4)
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=3)
        )
        self.conference = Conference.objects.select_related("campaign", "unit").get(pk=self.conference.pk)
        self.site = made.hub(self.conference)
        made.mark(self.site, [self.an], Act.ABSENT)
        made.mark(self.site, [self.chi])
        by = operator()
        with access.acting(by):
            conferences.close(self.conference, by=by)
            recordings.keep(self.conference, LINK, by=by)
        self.clerk = factories.actor("clerk", self.cell)

    def confirm(
        self,
        people: list[Person],
        *,
        by: Actor | None = None,
        key: str = "k",
        unit: Unit | None = None,
        on: Any = None,
    ) -> list[Answer]:
        actor = by or self.clerk
        with access.acting(actor):
            conference = Conference.objects.select_related("campaign").get(pk=self.conference.pk)
            return makeups.confirm(
                conference,
                unit or self.cell,
                [person.pk for person in people],
                watched_on=on or timezone.localdate(),
                key=key,
                by=actor,
            )

    def refused(self, people: list[Person], **told: Any) -> str:
        with pytest.raises(DomainError) as refused:
            self.confirm(people, **told)
        return refused.value.code


def summoned_late(town: Town, name: str) -> Person:
    """Somebody of the first cell who is put on the roll after it was drawn."""
    person = factories.person(town.cell, name)
    by = operator()
    with access.acting(by):
        roll.add(town.campaign, person, town.cell, person_class=3, reason="Mới chuyển đến", by=by)
    return person


@pytest.fixture
def town(db: None) -> Afterwards:
    return Afterwards()


def test_a_cell_confirms_its_own_people_who_watched_and_they_count_as_made_up(town: Afterwards) -> None:
    answers = town.confirm([town.binh, town.an])

    assert [(answer.person_id, answer.code) for answer in answers] == [
        (town.binh.pk, Code.RECORDED),
        (town.an.pk, Code.CHANGED),
    ]
    assert town.counts(Measure.PRESENT, Measure.MADE_UP, unit=town.cell) == [2, 2]
    with factories.looking_everywhere():
        rows = Attendance.objects.filter(person__in=[town.an, town.binh]).order_by("person_id")
        assert [(row.state, row.source, row.grade, row.site_id) for row in rows] == [
            ("present", "make_up", Grade.AFTERWARDS, town.site.pk)
        ] * 2
        reason = f"Xem lại ghi hình ngày {timezone.localdate():%d/%m/%Y}, Chi bộ 1 xác nhận"
        assert AttendanceChange.objects.get(person=town.an, reason=reason).actor == town.clerk.name
        assert Batch.objects.filter(reason=reason).count() == 1
        assert AuditEvent.objects.get(action="attendance.make_up").unit_id == town.cell.pk


def test_sent_again_it_writes_nothing_with_the_same_key_and_with_another(town: Afterwards) -> None:
    town.confirm([town.an, town.binh])

    again = [codes_of(town.confirm([town.an, town.binh], key=key)) for key in ("k", "other")]

    assert again == [[Code.ALREADY] * 2] * 2
    assert town.counts(Measure.PRESENT, Measure.MADE_UP) == [3, 2]
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="attendance.make_up").count() == 1


def test_who_was_there_stays_as_he_is(town: Afterwards) -> None:
    other = factories.actor("secretary", town.other_cell)

    answers = town.confirm([town.chi], by=other, unit=town.other_cell)

    assert codes_of(answers) == [Code.ALREADY]
    with factories.looking_everywhere():
        assert Attendance.objects.get(person=town.chi).source == "list"


def test_nobody_confirms_for_other_peoples_members(town: Afterwards) -> None:
    stranger = factories.actor(
        "secretary", factories.cell(factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ"))
    )
    member = factories.actor("member", town.cell, of=town.an)
    inspector = factories.actor("inspector", town.commune)
    officer = factories.actor("officer", town.commune)
    not_summoned = factories.person(town.cell, "Người Mới")

    refused = [
        town.refused([town.chi]),  # of the other cell, through my own
        town.refused([town.an, town.chi]),  # one of them alone stops all
        town.refused([not_summoned]),
        town.refused([]),
        town.refused([town.an], unit=town.other_cell),  # the other cell is not mine
        town.refused([town.an], by=officer, unit=town.other_cell),  # he may, but An is not of that cell
        town.refused([town.an], by=stranger),
        town.refused([town.an], by=member),
        town.refused([town.an], by=inspector),
        town.refused([town.an], by=officer, unit=town.commune),
    ]

    others, forbidden = "make_up.others", "gate.forbidden"
    assert refused == [*[others] * 4, forbidden, others, *[forbidden] * 3, "make_up.not_a_cell"]
    assert town.counts(Measure.MADE_UP) == [0]


def test_only_a_recording_of_a_session_that_is_over_can_have_been_watched(town: Afterwards) -> None:
    today = timezone.localdate()
    days = [town.refused([town.an], on=day) for day in (today + timedelta(days=1), date(2020, 1, 1))]
    Conference.objects.filter(pk=town.conference.pk).update(recording="")
    nothing = town.refused([town.an])
    later = timezone.now() + timedelta(hours=1)
    Conference.objects.filter(pk=town.conference.pk).update(recording=LINK, state="open", ends_at=later)
    running = town.refused([town.an])

    assert (days, nothing, running) == (["make_up.day"] * 2, "recording.none", "make_up.too_early")
    assert town.counts(Measure.MADE_UP) == [0]


@pytest.mark.django_db(transaction=True)
def test_two_of_the_cell_at_once_make_it_up_once() -> None:
    town = Afterwards()
    second = factories.actor("secretary", town.cell)

    with ThreadPoolExecutor(1) as pool:
        with access.acting(town.clerk):
            conference = Conference.objects.select_related("campaign").get(pk=town.conference.pk)
            people = [town.an.pk, town.binh.pk]
            first = makeups.confirm(
                conference, town.cell, people, watched_on=timezone.localdate(), key="1", by=town.clerk
            )
            racing = pool.submit(acted, lambda: town.confirm([town.an, town.binh], by=second, key="2"))
            until_waiting(1, racing)
        answers = racing.result(timeout=PATIENCE_S)

    assert (codes_of(first), [answer.is_done for answer in answers]) == (
        [Code.CHANGED, Code.RECORDED],
        [True] * 2,
    )
    assert town.counts(Measure.PRESENT, Measure.MADE_UP) == [3, 2]


def test_what_is_corrected_between_the_look_and_the_write_stands(
    town: Afterwards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An is excused after the cell's list was read: the correction is not overwritten by the older look."""
    read = lists.of_cell

    def and_then_excused(*told: Any) -> Any:
        rows = read(*told)
        made.mark(town.site, [town.an], Act.EXCUSED, excuse="ốm nặng")
        return rows

    monkeypatch.setattr(lists, "of_cell", and_then_excused)
    answers = town.confirm([town.an])

    assert codes_of(answers) == [Code.STALE]
    assert town.counts(Measure.MADE_UP) == [0]


# --- the link -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://vi-du.invalid/a",
        "ftp://vi-du.invalid/a",
        "javascript:alert(1)",
        "https://ten:matkhau@vi-du.invalid/a",
        "https://",
        "vi-du.invalid/a",
        "https://vi-du.invalid/a b",
        "https://vi-du.invalid/a\nb",
        f"https://vi-du.invalid/{'a' * 500}",
    ],
)
def test_what_is_no_plain_link_is_refused_and_what_stood_stays(town: Afterwards, address: str) -> None:
    by = operator()
    with access.acting(by), pytest.raises(DomainError) as refused:
        recordings.keep(town.conference, address, by=by)

    town.conference.refresh_from_db()
    assert (refused.value.code, town.conference.recording) == ("recording.link", LINK)


def test_the_link_is_kept_by_who_manages_and_sites_are_told_once(town: Afterwards) -> None:
    clerk, officer = factories.actor("clerk", town.commune), factories.actor("officer", town.commune)
    with access.acting(clerk), pytest.raises(DomainError) as refused:
        recordings.keep(town.conference, "https://vi-du.invalid/khac", by=clerk)
    with access.acting(officer):
        for address in (LINK, "", LINK):  # the same, taken away, and put back
            recordings.keep(town.conference, address, by=officer)

    assert refused.value.code == "gate.forbidden"
    assert AuditEvent.objects.filter(action="conference.recording").count() == 3
    assert Notice.objects.filter(key=f"conference-recording:{town.conference.pk}").count() == 1


# --- the page -------------------------------------------------------------------------------------------------


def test_the_page_of_a_cell_confirms_and_says_what_is_wrong(town: Afterwards) -> None:
    clerk = client_of("clerk", town.cell)
    address = reverse("conference-make-ups", args=[town.conference.pk])
    before = clerk.get(address)
    told = {"what": "confirm", "key": "trang", "person": [town.an.pk], "watched_on": "31/12/2020"}

    wrong_day = clerk.post(address, told)
    nobody = clerk.post(address, {**told, "person": []})
    foreign = clerk.post(address, {**told, "person": [town.chi.pk]})
    done = clerk.post(address, {**told, "watched_on": f"{timezone.localdate():%d/%m/%Y}"})
    after = clerk.get(address)

    assert (LINK in before.content.decode().replace("&amp;", "&"), before.context["link_form"]) == (
        True,
        None,
    )
    names = [[item["row"].full_name for item in page.context["missing"]] for page in (before, after)]
    assert names == [[town.an.full_name, town.binh.full_name], [town.binh.full_name]]
    assert [answer.status_code for answer in (wrong_day, nobody, foreign, done)] == [422, 422, 422, 302]
    assert "Ngày xem lại phải từ ngày họp" in wrong_day.content.decode()
    assert town.counts(Measure.MADE_UP) == [1]


def test_who_calls_keeps_the_link_on_the_page_and_is_led_to_a_cell(town: Afterwards) -> None:
    officer = client_of("officer", town.commune)
    address = reverse("conference-make-ups", args=[town.conference.pk])
    page = officer.get(address)

    bad = officer.post(address, {"what": "recording", "recording": "http://vi-du.invalid"})
    good = officer.post(address, {"what": "recording", "recording": "https://vi-du.invalid/moi"})
    chosen = officer.get(address, {"don-vi": town.cell.pk})

    assert [cell.pk for cell in page.context["cells"]] == [town.cell.pk, town.other_cell.pk]
    assert (bad.status_code, list(bad.context["link_form"].errors), good.status_code) == (
        422,
        ["recording"],
        302,
    )
    assert [item["row"].full_name for item in chosen.context["missing"]] == [
        town.an.full_name,
        town.binh.full_name,
    ]
    assert Conference.objects.get(pk=town.conference.pk).recording == "https://vi-du.invalid/moi"


def test_the_link_is_shown_to_who_was_summoned_and_to_nobody_else(town: Afterwards) -> None:
    summoned = factories.signed_in(factories.account("member", town.cell, of=town.an))
    fresh = factories.person(town.cell, "Người Mới")
    other = factories.signed_in(factories.account("member", town.cell, of=fresh))
    stranger = client_of("secretary", factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ"))

    pages = [client.get(reverse("my-sessions")).content.decode() for client in (summoned, other)]

    assert ["vi-du.invalid/ghi-hinh" in page for page in pages] == [True, False]
    assert stranger.get(reverse("conference-make-ups", args=[town.conference.pk])).status_code == 404
    assert summoned.get(reverse("conference-make-ups", args=[town.conference.pk])).status_code == 403


# --- the API --------------------------------------------------------------------------------------------------


def test_a_program_of_the_cell_does_what_the_page_does(town: Afterwards) -> None:
    clerk = client_of("clerk", town.cell)
    path = f"conferences/{town.conference.pk}/make-ups"
    told = {
        "unit_id": town.cell.pk,
        "person_ids": [town.an.pk],
        "watched_on": timezone.localdate().isoformat(),
        "key": "api",
    }

    before = clerk.get(f"/api/v1/{path}", {"unit_id": town.cell.pk}).json()
    done = [sent(clerk, "post", path, told).json()["answers"] for _ in range(2)]
    foreign = sent(clerk, "post", path, {**told, "person_ids": [town.chi.pk]})
    after = clerk.get(f"/api/v1/{path}", {"unit_id": town.cell.pk}).json()

    assert before["recording"] == LINK
    missed = [[(one["person_id"], one["state"]) for one in page["missed"]] for page in (before, after)]
    assert missed == [[(town.an.pk, "absent"), (town.binh.pk, "")], [(town.binh.pk, "")]]
    assert [[(one["code"], one["is_done"], one["state"]) for one in answers] for answers in done] == [
        [("attendance.changed", True, "present")],
        [("attendance.already", True, "present")],
    ]
    assert (foreign.status_code, foreign.json()["code"]) == (422, "make_up.others")


def test_programs_of_others_find_nothing(town: Afterwards) -> None:
    path = f"conferences/{town.conference.pk}"
    watched = {
        "unit_id": town.cell.pk,
        "person_ids": [town.an.pk],
        "watched_on": timezone.localdate().isoformat(),
        "key": "api",
    }
    readers = {
        "own": client_of("clerk", town.cell),
        "above": client_of("officer", town.commune),
        "neighbour": client_of("clerk", town.other_cell),
        "inspector": client_of("inspector", town.commune),
        "stranger": client_of("officer", factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")),
        "member": client_of("member", town.cell),
    }

    read = {
        name: client.get(f"/api/v1/{path}/make-ups", {"unit_id": town.cell.pk}).status_code
        for name, client in readers.items()
    }
    told = {
        name: sent(client, "post", f"{path}/make-ups", watched).status_code
        for name, client in readers.items()
    }
    kept = {
        name: sent(client, "put", f"{path}/recording", {"link": LINK}).status_code
        for name, client in readers.items()
    }

    whose = {"own": 200, "above": 200, "neighbour": 404, "inspector": 403, "stranger": 404, "member": 403}
    assert (read, told) == (whose, whose)
    assert kept == {**whose, "own": 403, "neighbour": 403}
    bad = sent(readers["above"], "put", f"{path}/recording", {"link": "http://vi-du.invalid"})
    assert (bad.status_code, bad.json()["code"]) == (422, "recording.link")


def test_the_list_asks_as_much_for_one_as_for_three(town: Afterwards) -> None:
    clerk = client_of("clerk", town.cell)
    address = reverse("conference-make-ups", args=[town.conference.pk])
    counts = []
    for how_many in (2, 4):
        clerk.get(address)
        with CaptureQueriesContext(connection) as asked:
            page = clerk.get(address)
        counts.append((len(page.context["missing"]) == how_many, len(asked)))
        for number in (1, 2):
            summoned_late(town, f"Người Thêm {how_many}{number}")

    assert (counts[0][0], counts[1][0], counts[0][1]) == (True, True, counts[1][1])
