"""The checklist of a site: what it adds up to, since when, how late; the wall, the measuring page, the reminder."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import readiness
from quantriet.conferences.commands import conferences, sites
from quantriet.conferences.commands import readiness as commands
from quantriet.conferences.commands.readiness import LineFigures, Look
from quantriet.conferences.models import Conference, Site, SiteCheck
from quantriet.conferences.queries import tasks, wall
from quantriet.conferences.queries.wall import Standing
from quantriet.conferences.readiness import FigureSource, Item, Summary, minutes_late
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.models import AuditEvent, Notice, Unit
from tests import factories
from tests import factories_conferences as made
from tests.factories import operator

NOON = datetime(2026, 2, 7, 5, 0, tzinfo=UTC)
MINUTES = st.integers(min_value=0, max_value=600)


# --- what the looks add up to ---------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(list(Item)), st.none() | MINUTES), st.sampled_from([1, 2, 3, 4, 5]))
def test_all_is_good_since_the_last_of_its_items_became_good(
    found: dict[Item, int | None], form: int
) -> None:
    moments = {
        item: None if after is None else NOON + timedelta(minutes=after) for item, after in found.items()
    }

    told = readiness.summary(form, {str(item): moment for item, moment in moments.items()})

    wanted = readiness.items(form)
    good = [moments.get(item) for item in wanted]
    line = [moments.get(item) for item in wanted if item in readiness.CONNECTION]
    expected_line = None if form != Form.ONLINE or None in line else max(one for one in line if one)
    assert told.all_good_since == (None if None in good else max(one for one in good if one))
    assert told.connection_good_since == expected_line


def test_a_site_without_a_line_has_no_connection_to_test() -> None:
    good = dict.fromkeys(Item.values, NOON)

    assert readiness.summary(Form.IN_PERSON, good) == Summary(NOON, None)
    assert readiness.summary(Form.ONLINE, good) == Summary(NOON, NOON)


@pytest.mark.parametrize(
    ("before_start", "late"),
    [
        (None, 0),
        (timedelta(minutes=60), 0),
        (timedelta(minutes=59, seconds=59), 1),
        (timedelta(minutes=30), 30),
    ],
)
def test_the_line_is_tested_an_hour_before(before_start: timedelta | None, late: int) -> None:
    tested = None if before_start is None else NOON - before_start

    assert minutes_late(tested, NOON) == late


# --- in a conference ------------------------------------------------------------------------------------------


class Planned:
    """A conference of a province tomorrow, with sites online in two communes."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.communes = [factories.commune(self.province, f"Đảng bộ xã {name}") for name in ("Một", "Hai")]
        begins = timezone.now() + timedelta(days=1)
        self.conference: Conference = made.called(
            self.province, starts_at=begins, ends_at=begins + timedelta(hours=3)
        )
        self.sites = [made.site(self.conference, unit) for unit in self.communes]

    def sums(self) -> tuple[int, int]:
        """How many sites are not got ready and not tested, as the wall says."""
        by = operator()
        with access.acting(by):
            told = wall.level(Standing(self.conference, by=by), None).sums
        return told.unready, told.untested

    def start_in(self, ahead: timedelta) -> None:
        begins = timezone.now() + ahead
        Conference.objects.filter(pk=self.conference.pk).update(
            starts_at=begins, ends_at=begins + timedelta(hours=3)
        )
        self.conference.refresh_from_db()


@pytest.fixture
def planned(db: None) -> Planned:
    return Planned()


FAST = LineFigures(80_000, 40_000, 12, FigureSource.MEASURED)


def all_good(figures: LineFigures | None = FAST) -> list[Look]:
    return [Look(item, is_good=True, figures=figures if item == Item.LINE else None) for item in Item]


def looked(site: Site, looks: Sequence[Look]) -> Site:
    by = operator()
    with access.acting(by):
        return commands.check(site, looks, by=by)


def test_a_site_is_ready_when_all_is_good_and_no_more_when_something_fails(planned: Planned) -> None:
    site = planned.sites[0]
    part = looked(site, [look for look in all_good() if look.item in readiness.CONNECTION])
    tested = part.tested_at
    whole = looked(site, all_good())
    before = planned.sums()
    broken = looked(site, [Look(Item.SOUND, is_good=False, note="Rè loa")])

    assert (part.state, part.checked_at, tested is not None) == ("planned", None, True)
    assert (whole.state, whole.checked_at is not None, whole.tested_at) == ("ready", True, tested)
    assert before == (2, 2)  # the hall of the province and the other commune
    assert (broken.checked_at, broken.tested_at, planned.sums()) == (None, None, (3, 3))


def test_sent_again_since_when_it_is_good_does_not_move(planned: Planned) -> None:
    first = looked(planned.sites[0], all_good())
    again = looked(planned.sites[0], all_good())

    assert (again.tested_at, again.checked_at) == (first.tested_at, first.checked_at)
    assert SiteCheck.objects.filter(site=first).count() == len(Item)
    line = SiteCheck.objects.get(site=first, item=Item.LINE)
    sound = SiteCheck.objects.get(site=first, item=Item.SOUND)
    assert (line.down_kbits, line.figures_are, sound.figures_are) == (80_000, "measured", "")


def test_what_is_not_good_needs_a_word_and_nothing_is_kept_without(planned: Planned) -> None:
    rest = [look for look in all_good() if look.item != Item.SOUND]
    with pytest.raises(DomainError) as refused:
        looked(planned.sites[0], [*rest, Look(Item.SOUND, is_good=False, note=" ")])

    assert (refused.value.code, SiteCheck.objects.count()) == ("readiness.note", 0)


def test_an_item_told_twice_of_another_list_or_with_figures_it_cannot_have_keeps_nothing(
    planned: Planned,
) -> None:
    hall = made.hub(made.called(planned.province))
    codes = []
    for site, looks in (
        (planned.sites[0], [*all_good(), Look(Item.SOUND, is_good=False, note="Rè loa")]),
        (hall, [Look(Item.LINE, is_good=True)]),
        (planned.sites[0], [Look(Item.SOUND, is_good=True, figures=FAST)]),
    ):
        with pytest.raises(DomainError) as refused:
            looked(site, looks)
        codes.append(refused.value.code)

    assert codes == ["readiness.items", "readiness.items", "readiness.line"]
    assert SiteCheck.objects.count() == 0


def test_after_the_end_and_by_a_neighbour_nothing_is_looked_at(planned: Planned) -> None:
    stranger = factories.actor("clerk", planned.communes[1])
    with access.acting(stranger), pytest.raises(ForbiddenError):
        commands.check(planned.sites[0], all_good(), by=stranger)
    by = operator()
    with access.acting(by):
        conferences.cancel(planned.conference, reason="Hoãn", by=by)
    with pytest.raises(DomainError) as refused:
        looked(planned.sites[0], all_good())
    planned.conference.refresh_from_db()

    assert (refused.value.code, planned.sums()) == ("conference.over", (0, 0))


def test_the_wall_tells_what_was_tested_late_and_opens_to_the_sites(planned: Planned) -> None:
    planned.start_in(timedelta(minutes=30, seconds=30))
    looked(planned.sites[0], all_good())
    client = factories.signed_in(factories.account("secretary", planned.province))
    address = reverse("conference-wall", args=[planned.conference.pk])
    whole = client.get(address)
    named = {
        chosen: sorted(cell.name for cell in client.get(address, {"loc": chosen}).context["cells"])
        for chosen in ("chua-chuan-bi", "chua-thu")
    }

    details = {cell.name: cell.detail for cell in whole.context["cells"]}
    assert details[planned.sites[0].name] == "thử đường truyền muộn 30 phút"
    assert details[planned.sites[1].name] == "chưa thử đường truyền"
    rest = sorted([planned.sites[1].name, made.hub(planned.conference).name])
    assert named == {"chua-chuan-bi": rest, "chua-thu": rest}


def test_a_conference_in_one_hall_has_no_line_to_test(db: None) -> None:
    alone = made.called(factories.province())
    by = operator()
    with access.acting(by):
        sums = wall.level(Standing(alone, by=by), None).sums

    assert (sums.unready, sums.untested) == (1, 0)


def test_the_wall_asks_no_more_for_more_sites(planned: Planned) -> None:
    client = factories.signed_in(factories.account("secretary", planned.province))
    address = reverse("conference-wall", args=[planned.conference.pk])
    counts = []
    for number in (1, 3):
        for at in range(number):
            made.site(planned.conference, factories.commune(planned.province, f"Xã {number}{at}"))
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address, {"loc": "chua-thu"})
        counts.append(len(asked))

    assert counts[0] == counts[1]


# --- the reminder ---------------------------------------------------------------------------------------------


def test_sites_that_are_not_ready_are_reminded_once_a_day(planned: Planned) -> None:
    looked(planned.sites[0], all_good())
    client = factories.signed_in(factories.account("secretary", planned.province))
    address = reverse("conference-remind-sites", args=[planned.conference.pk])
    shown = client.get(reverse("conference-wall", args=[planned.conference.pk])).content.decode()
    sent = [client.post(address).status_code for _time in range(2)]
    below = factories.signed_in(factories.account("secretary", planned.communes[0]))

    with factories.looking_everywhere():
        told = Notice.objects.filter(key__startswith="conference-unready").order_by("unit__level")
        units = list(told.values_list("unit", flat=True))
        counts = AuditEvent.objects.filter(action="conference.remind_sites").order_by("id")
        audited = [event.detail["units"] for event in counts]
    assert ("Nhắc điểm cầu" in shown, sent) == (True, [302, 302])
    assert units == [planned.province.pk, planned.communes[1].pk]
    assert (audited, below.post(address).status_code) == ([2, 0], 404)


def test_what_has_begun_is_not_reminded_of(planned: Planned) -> None:
    by = operator()
    with access.acting(by):
        conferences.open_(planned.conference, by=by)
        with pytest.raises(DomainError) as refused:
            commands.remind(planned.conference, by=by)

    assert refused.value.code == "readiness.begun"


def test_a_line_to_test_stands_in_the_day_of_its_clerk_until_it_is_good(planned: Planned) -> None:
    by = factories.actor("clerk", planned.communes[0])

    def waiting() -> list[tuple[str, str]]:
        with access.acting(by):
            return [(task.state, task.act) for task in tasks.tasks(by) if task.act == "Chuẩn bị"]

    early = waiting()
    planned.start_in(timedelta(minutes=30))
    late = waiting()
    looked(planned.sites[0], all_good())

    assert (early, late, waiting()) == ([("due_soon", "Chuẩn bị")], [("overdue", "Chuẩn bị")], [])


# --- the page -------------------------------------------------------------------------------------------------


def clerk(unit: Unit) -> Client:
    return factories.signed_in(factories.account("clerk", unit))


def answers(**told: Any) -> dict[str, Any]:
    return {f"is_{item}": "good" for item in Item} | told


def test_figures_are_measured_only_as_long_as_nobody_changes_them(planned: Planned) -> None:
    site = planned.sites[0]
    client, address = clerk(planned.communes[0]), reverse("site-readiness", args=[site.pk])
    measured = {"down": "12,5", "up": "8,0", "delay": "20", "measured": "12.5/8.0/20"}

    def kept(**told: str) -> tuple[int | None, str]:
        assert client.post(address, answers(**told)).status_code == 302
        row = SiteCheck.objects.get(site=site, item=Item.LINE)
        return row.down_kbits, row.figures_are

    assert kept(**measured) == (12_500, "measured")
    assert "↓ 12,5 · ↑ 8,0 Mbit/s · 20 ms (Đo trên trang)" in client.get(address).content.decode()
    shown = client.get(address).context["form"]
    assert (shown["measured"].value(), str(shown["down"].value())) == ("12.5/8.0/20", "12.5")
    assert kept(**{**measured, "down": "90"}) == (90_000, "typed")
    assert kept(down="3", up="3") == (3_000, "typed")
    assert "dưới 4 Mbit/s" in client.get(address).content.decode()
    assert kept() == (None, "")


def test_half_a_figure_and_a_fault_without_a_word_are_shown_beside_their_field(planned: Planned) -> None:
    client = clerk(planned.communes[0])
    address = reverse("site-readiness", args=[planned.sites[0].pk])
    half = client.post(address, answers(down="5"))
    mute = client.post(address, answers(is_sound="bad"))
    odd = client.post(address, answers(is_sound="perhaps", down="x", up="-1"))

    assert (half.status_code, list(half.context["form"].errors)) == (422, ["up"])
    assert (mute.status_code, list(mute.context["form"].errors)) == (422, ["note_sound"])
    assert (odd.status_code, sorted(odd.context["form"].errors)) == (422, ["down", "is_sound", "up"])
    assert SiteCheck.objects.count() == 0


def test_what_another_found_and_i_left_stays_his_word(planned: Planned) -> None:
    address = reverse("site-readiness", args=[planned.sites[0].pk])
    first, second = clerk(planned.communes[0]), clerk(planned.communes[0])
    first.post(address, answers())
    second.post(address, answers(is_roll="bad", note_roll="Hết giấy"))

    (before,) = set(SiteCheck.objects.exclude(item="roll").values_list("checked_by", flat=True))
    assert SiteCheck.objects.get(item="roll").checked_by != before
    second.post(address, {"what": "all"})
    assert set(SiteCheck.objects.values_list("checked_by", flat=True)) != {before}
    assert SiteCheck.objects.values("checked_by").distinct().count() == 1


def test_one_tap_says_that_all_is_good_but_what_was_called_bad(planned: Planned) -> None:
    client = clerk(planned.communes[0])
    address = reverse("site-readiness", args=[planned.sites[0].pk])
    client.post(address, {"what": "all", "is_sound": "bad", "note_sound": "Rè loa"})

    bad = SiteCheck.objects.filter(good_since=None).values_list("item", "note")
    assert (list(bad), SiteCheck.objects.count()) == ([("sound", "Rè loa")], len(Item))


def test_who_looks_only_reads_and_a_neighbour_finds_nothing(planned: Planned) -> None:
    address = reverse("site-readiness", args=[planned.sites[0].pk])
    sample = reverse("site-line-sample", args=[planned.sites[0].pk])
    reader = factories.signed_in(factories.account("inspector", planned.province))
    stranger = clerk(factories.commune(factories.province("Tỉnh Khác")))
    own = clerk(planned.communes[0])

    assert (reader.get(address).status_code, reader.get(address).context["form"]) == (200, None)
    assert reader.post(address, answers()).status_code == 403
    assert [stranger.get(one).status_code for one in (address, sample)] == [404, 404]
    assert [reader.get(sample).status_code, len(own.get(sample).content)] == [403, 512 * 1024]
    assert own.get(sample, {"nho": 1}).content == b""
    assert own.post(sample, b"x" * 1000, content_type="application/octet-stream").content == b""


def test_the_own_word_of_a_site_still_counts_beside_its_list(planned: Planned) -> None:
    by = operator()
    with access.acting(by):
        sites.report(planned.sites[0], state="connected", by=by)

    assert planned.sums() == (
        2,
        3,
    )  # it came in: there is nothing to get ready, but its line was never tested
