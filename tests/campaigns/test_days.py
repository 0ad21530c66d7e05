"""Days of a campaign: the slider, lines through time, frozen periods with what came late."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import quantriet
from quantriet.campaigns.commands import freezes
from quantriet.campaigns.pages.figure import ORIGINS
from quantriet.campaigns.pages.freezes import lines
from quantriet.campaigns.queries import trends
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.ledger import commands as ledger
from quantriet.ledger import figures, queries
from quantriet.ledger.indicators import INDICATORS
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Batch, Freeze
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, AuditEvent, Placement, Unit
from quantriet.org.proposals import REST, NewUnit, Proposal
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator
from tests.racing import outcomes

pytestmark = pytest.mark.django_db


def freeze(made_world: World, label: str = "Sơ kết") -> Freeze:
    with access.acting(operator()):
        return freezes.freeze(made_world.campaign, made_world.top, label=label, by=operator())


def body(made_world: World, path: str, *, role: str = "officer", status: int = 200) -> str:
    answer = made_world.client(role, made_world.top).get(f"/dot/{made_world.campaign.pk}/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def test_the_slider_covers_the_days_of_the_campaign_and_stands_on_the_day_shown() -> None:
    made_world = world()
    first, today = made_world.campaign.starts_on, timezone.localdate()

    shown = body(made_world, f"?ngay={first + timedelta(days=3)}")

    assert f'max="{(today - first).days}" step="1" value="3" data-first="{first}"' in shown
    assert f'aria-valuetext="{first + timedelta(days=3):%d/%m/%Y}"' in shown


def test_the_address_says_tree_day_and_knowledge_and_links_keep_them() -> None:
    made_world = world()

    shown = body(made_world, "?ngay=2026-02-09&cach=khi-do&biet=2026-02-10")

    assert "Số liệu đến ngày 09/02/2026, theo cây đơn vị của ngày đó" in shown
    assert "như đã biết đến ngày 10/02/2026" in shown
    assert "ngay=2026-02-09&amp;cach=khi-do&amp;biet=2026-02-10" in shown


def test_a_trend_ends_at_what_the_board_shows() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")

    with access.acting(operator()):
        found = trends(made_world.campaign, made_world.top, INDICATORS["present"])

    assert (found.top.parts[0], found.top.parts[-1], found.top.wholes[-1]) == (0, 1, 4)
    assert [(line.unit.name, line.parts[-1]) for line in found.rows] == [
        ("Đảng bộ xã Bên", 0),
        ("Đảng bộ xã Gần", 1),
    ]
    assert list(found.days) == sorted(set(found.days))


def test_a_unit_that_said_nothing_has_no_line_and_no_zero() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")

    with access.acting(operator()):
        found = trends(made_world.campaign, made_world.top, INDICATORS["present"])
    heard = {line.unit.pk: line.heard[-1] for line in found.rows}
    shown = body(made_world, "dien-bien/")

    assert heard == {made_world.here.pk: True, made_world.beside.pk: False}
    silent = shown.split("Đảng bộ xã Bên</a>")[1].split("</tr>")[0]
    assert "chưa báo cáo" in silent
    assert "%" not in silent.split("Tăng trong 7 ngày")[0]
    assert "<polyline" not in silent


def arranged(made_world: World, kind: str, *units: Unit, into: tuple[int | NewUnit, ...]) -> None:
    """An act of today on communes of the world."""
    today = timezone.localdate()
    answers = {REST: "0"} | {f"campaigns.successor.{unit.pk}": "0" for unit in units}
    ids = tuple(unit.pk for unit in units)
    proposal = Proposal(kind, f"{kind}-QĐ", today, today, ids, into, answers=answers)
    with access.acting(operator()):
        acts.carry_out(proposal, by=operator())


def studied_at_a_commune() -> World:
    """The world with somebody of a commune's own (in no cell, so he stays with it) who has studied."""
    made_world = world(start=False)
    person = factories.person(made_world.here, "Phạm Văn Xã")
    made_world.campaign = made.started(made_world.top, [made_world.document])
    made.study(made_world.campaign, [person], [made_world.document], key="s")
    return made_world


def former_parts(shown: str) -> list[tuple[str, bool, bool]]:
    """The rows of the section of former parts: the name, whether it leads on, whether it is marked as divided."""
    section = shown.partition("Các đơn vị trước khi sắp xếp")[2]
    rows = [row.partition("</th>")[0] for row in section.split('<th scope="row">')[1:]]
    names = [re.sub("<[^>]*>", "", row).partition(" đã chia")[0].strip() for row in rows]
    return [(name, "<a " in row, "đã chia tách" in row) for name, row in zip(names, rows, strict=True)]


def test_former_parts_stand_beside_through_any_number_of_acts_with_their_shares() -> None:
    made_world = studied_at_a_commune()
    third = factories.commune(made_world.top, "Đảng bộ xã Ba")
    arranged(made_world, "merge", made_world.here, into=(made_world.beside.pk,))
    arranged(made_world, "merge", made_world.beside, into=(third.pk,))
    client = made_world.client("officer", third)

    shown = client.get(f"/dot/{made_world.campaign.pk}/dien-bien/").content.decode()

    assert former_parts(shown) == [("Đảng bộ xã Bên", True, False), ("Đảng bộ xã Gần", True, False)]
    with access.acting(operator()):
        found = trends(made_world.campaign, third, INDICATORS["present"])
    assert [(line.unit.name, line.parts[-1]) for line in found.former] == [
        ("Đảng bộ xã Bên", 1),  # with what had ended in it
        ("Đảng bộ xã Gần", 1),
    ]
    assert (found.top.parts[-1], found.divided) == (1, frozenset())


def test_each_successor_of_a_divided_unit_shows_it_and_what_had_ended_in_it_marked_and_outside_its_total() -> (
    None
):
    made_world = studied_at_a_commune()
    arranged(made_world, "merge", made_world.here, into=(made_world.beside.pk,))
    halves = (NewUnit("nua-1", "Đảng bộ xã Nửa Một"), NewUnit("nua-2", "Đảng bộ xã Nửa Hai"))
    arranged(made_world, "split", made_world.beside, into=halves)
    parts = list(Unit.objects.filter(code__startswith="nua-").order_by("code"))
    page = f"/dot/{made_world.campaign.pk}/dien-bien/"

    own = made_world.client("officer", parts[0]).get(page).content.decode()
    above = [body(made_world, f"dien-bien/?don_vi={part.pk}") for part in parts]

    assert former_parts(own) == [("Đảng bộ xã Bên", False, True), ("Đảng bộ xã Gần", False, True)]
    led_on = [("Đảng bộ xã Bên", True, True), ("Đảng bộ xã Gần", True, True)]
    assert [former_parts(shown) for shown in above] == [led_on, led_on]
    assert own.partition("Các đơn vị trước")[2].count("(1/1)</td>") == 2
    with access.acting(operator()):
        found = trends(made_world.campaign, parts[1], INDICATORS["present"])
    assert (found.top.parts[-1], [line.parts[-1] for line in found.former]) == (0, [1, 1])


def test_whatever_posts_to_a_book_has_words_for_its_history() -> None:
    """Written in the source as ``origin="..."``; what the tools for measuring post is nobody's history."""
    source = Path(quantriet.__file__).parent
    named = {
        name
        for path in source.rglob("*.py")
        if "bench" not in path.parts
        for name in re.findall(r'\borigin="([\w.]+)"', path.read_text(encoding="utf-8"))
    }

    assert named - ORIGINS.keys() == set()


def test_the_page_of_trends_draws_a_line_a_unit() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")

    shown = body(made_world, "dien-bien/")

    assert shown.count("<polyline") == 2  # the province and the commune that reported
    assert "25,0\u00a0%" in shown


@pytest.mark.django_db(transaction=True)
def test_a_frozen_period_stays_and_shows_what_came_late_with_the_reason() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    frozen = freeze(made_world)
    made.study(made_world.campaign, made_world.people[1:], [made_world.document], key="late")

    shown = body(made_world, f"so-da-chot/{frozen.pk}/")
    listed = body(made_world, "so-da-chot/")

    assert ("25\u00a0%" in shown or "25,0\u00a0%" in shown, "50,0\u00a0%" in shown) == (True, True)
    assert "Đã học (người)" in shown
    assert "Sơ kết" in listed
    assert Freeze.objects.get().figures == frozen.figures


def test_freezing_again_on_the_same_day_is_the_first_freeze() -> None:
    made_world = world()

    first, again, other = freeze(made_world), freeze(made_world), freeze(made_world, "Tổng kết")

    assert (again.pk == first.pk, other.pk == first.pk) == (True, False)
    assert AuditEvent.objects.filter(action="campaign.freeze").count() == 2


def test_a_period_needs_a_name_and_who_may_not_manage_freezes_nothing() -> None:
    made_world = world()
    reader = factories.actor("inspector", made_world.top)

    with access.acting(operator()), pytest.raises(DomainError) as nameless:
        freezes.freeze(made_world.campaign, made_world.top, label="  ", by=operator())
    with access.acting(reader), pytest.raises(ForbiddenError):
        freezes.freeze(made_world.campaign, made_world.top, label="Kỳ", by=reader)

    assert nameless.value.code == "freeze.label"
    assert Freeze.objects.count() == 0


def test_the_button_freezes_and_a_foreigner_finds_nothing() -> None:
    made_world = world()
    officer = made_world.client("officer", made_world.top)
    base = f"/dot/{made_world.campaign.pk}/so-da-chot/"

    done = officer.post(f"{base}?don_vi={made_world.top.pk}", {"label": "Sơ kết"})
    refused = officer.post(base, {"label": ""})
    frozen = Freeze.objects.get()
    foreign = made_world.client("officer", made_world.foreign).get(f"{base}{frozen.pk}/")

    assert (done.status_code, done["Location"]) == (302, f"{base}{frozen.pk}/")
    assert (refused.status_code, foreign.status_code) == (422, 404)


def test_the_list_of_periods_asks_the_same_number_of_queries_for_one_and_three() -> None:
    made_world = world()
    officer = made_world.client("officer", made_world.top)
    freeze(made_world)
    path = f"/dot/{made_world.campaign.pk}/so-da-chot/"
    officer.get(path)
    with CaptureQueriesContext(connection) as one:
        officer.get(path)
    freeze(made_world, "Hai")
    freeze(made_world, "Ba")
    with CaptureQueriesContext(connection) as three:
        officer.get(path)

    assert len(one) == len(three)


def test_the_history_of_a_figure_tells_each_posting_with_the_figure_after_it() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    with access.acting(operator()):
        batch = Batch.objects.filter(entries__measure=Measure.PRESENT).distinct().get()
        taken = ledger.reverse(batch.pk, by=operator(), reason="Ghi nhầm người")

    shown = body(made_world, "so-lieu/present/?xem=lich-su")

    first, last = shown.index(f'id="lan-{taken.batch_id}"'), shown.index(f'id="lan-{batch.pk}"')
    assert first < last
    assert "Ghi nhầm người" in shown[first:last]
    assert f'href="#lan-{batch.pk}"' in shown[first:last]
    assert f'href="#lan-{taken.batch_id}"' in shown[last:]
    assert (
        'data-label="Thành">0</td>' in shown[first:last],
        'data-label="Thành">1</td>' in shown[last:],
    ) == (
        True,
        True,
    )


FEBRUARY = date(2026, 2, 10)


def freeze_ended(made_world: World, on: date = FEBRUARY, unit: Unit | None = None) -> Freeze:
    with access.acting(operator()):
        return freezes.freeze(
            made_world.campaign, unit or made_world.top, label="Kỳ tháng 2", on=on, by=operator()
        )


def by_measure(told: dict[Measure, dict[Grade, int]]) -> dict[Measure, int]:
    return {measure: sum(grades.values()) for measure, grades in told.items()}


@pytest.mark.django_db(transaction=True)
def test_an_ended_period_holds_what_happened_until_its_day_and_the_rest_is_newer_or_late() -> None:
    made_world = world()
    campaign, people, documents = made_world.campaign, made_world.people, [made_world.document]
    made.study(campaign, people[:1], documents, key="in", on=FEBRUARY)
    made.study(campaign, people[1:], documents, key="after", on=FEBRUARY + timedelta(days=1))
    frozen = freeze_ended(made_world)
    made.study(campaign, made_world.people_beside[:1], documents, key="late", on=FEBRUARY - timedelta(days=1))
    made.study(campaign, made_world.people_beside[1:], documents, key="new", on=FEBRUARY + timedelta(days=9))

    counted = lines(frozen, queries.moved_since(frozen))[Measure.PRESENT]

    assert campaign.book_id is not None
    as_of = figures.as_of(campaign.book_id, on=FEBRUARY, known=timezone.localdate(), tree_on=FEBRUARY)
    assert (counted.frozen, counted.late, counted.newer, counted.now) == (1, 1, 2, 4)
    assert counted.amended == as_of.below(made_world.top.pk)[Measure.PRESENT].total
    assert [one.amount for one in queries.amendments_since(frozen) if one.measure == Measure.PRESENT] == [1]
    assert queries.amended([frozen]) == {frozen.pk: 1}


@pytest.mark.django_db(transaction=True)
def test_frozen_late_and_newer_make_now_for_every_count_whenever_it_is_folded() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="in")
    ledger.fold()
    made.study(
        made_world.campaign,
        made_world.people[1:],
        [made_world.document],
        key="after",
        on=FEBRUARY + timedelta(days=1),
    )
    frozen = freeze_ended(made_world)
    made.study(made_world.campaign, made_world.people_beside[:1], [made_world.document], key="late")
    book = made_world.campaign.book_id
    assert book is not None

    def now() -> dict[Measure, int]:
        told = queries.slices_below(book, made_world.top.pk, on=timezone.localdate())
        kept = {
            Measure(int(key)): sum(sum(one.values()) for one in cut.values()) for key, cut in told.items()
        }
        return {measure: amount for measure, amount in kept.items() if amount}

    before = lines(frozen, queries.moved_since(frozen))
    ledger.fold()
    after = lines(frozen, queries.moved_since(frozen))

    assert {measure: one.now for measure, one in before.items() if one.now} == now()
    assert after == before


def test_an_ended_period_follows_the_tree_of_its_last_day() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    today = timezone.localdate()
    proposal = Proposal(
        ActKind.MOVE, "07-QĐ", today, today, (made_world.cell.pk,), parent_id=made_world.beside.pk
    )
    with access.acting(operator()):
        acts.carry_out(proposal, by=operator())

    before = freeze_ended(made_world, unit=made_world.here)
    after = freeze_ended(made_world, unit=made_world.beside)

    def present(one: Freeze) -> int:
        return sum(sum(grades.values()) for grades in one.figures.get(str(int(Measure.PRESENT)), {}).values())

    assert (present(before), present(after)) == (1, 0)
    assert set(before.units.values_list("unit_id", flat=True)) == {made_world.here.pk, made_world.cell.pk}


def test_an_ended_period_frozen_again_is_the_first_freeze() -> None:
    made_world = world()

    first, again, other = (
        freeze_ended(made_world),
        freeze_ended(made_world),
        freeze_ended(made_world, FEBRUARY + timedelta(days=1)),
    )

    assert (again.pk == first.pk, other.pk == first.pk) == (True, False)
    assert (first.on, other.on) == (FEBRUARY, FEBRUARY + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_freeze_an_ended_period_at_once_one_does() -> None:
    made_world = world()

    found = outcomes(4, lambda _number: freeze_ended(made_world))

    assert (found, Freeze.objects.count()) == (["done"] * 4, 1)


def test_a_day_without_figures_is_refused_with_its_reason() -> None:
    made_world = world()
    today = timezone.localdate()
    young = factories.commune(made_world.top, "Đảng bộ xã Mới")
    Placement.objects.filter(unit=young).update(valid=DateRange(today, None))

    def refused(on: date, unit: Unit) -> tuple[str, object]:
        with pytest.raises(DomainError) as told:
            freeze_ended(made_world, on, unit)
        return told.value.code, told.value.context.get("field")

    assert refused(today + timedelta(days=1), made_world.top) == ("freeze.future", "on")
    assert refused(made_world.campaign.starts_on - timedelta(days=1), made_world.top) == (
        "freeze.before_campaign",
        "on",
    )
    assert refused(FEBRUARY, young) == ("freeze.no_unit", "on")
    assert Freeze.objects.count() == 0


def test_the_page_freezes_an_ended_period_and_says_so() -> None:
    made_world = world()
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    officer = made_world.client("officer", made_world.top)
    base = f"/dot/{made_world.campaign.pk}/so-da-chot/"

    done = officer.post(f"{base}?don_vi={made_world.top.pk}", {"label": "Tháng 2", "on": "10/02/2026"})
    told = [officer.post(base, {"label": "Sau", "on": day}) for day in ("31/12/2099", "hôm kia")]
    shown = officer.get(done["Location"]).content.decode()

    assert (done.status_code, [one.status_code for one in told]) == (302, [422, 422])
    assert "Ngày 31/12/2099 chưa tới" in told[0].content.decode()
    assert "Kỳ đến hết ngày 10/02/2026" in shown
    assert "Kỳ đã qua khi chốt" in shown
    assert Freeze.objects.get().on == FEBRUARY
