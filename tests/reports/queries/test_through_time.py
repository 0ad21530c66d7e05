"""A report read on another day: the board's figures of that day, beside those that were sent."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quantriet.campaigns.queries import Lens
from quantriet.campaigns.queries import board as board_of
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Placement, Unit
from quantriet.org.proposals import Proposal
from quantriet.reports import queries
from quantriet.reports.commands import reports, reviews
from quantriet.reports.models import Report
from quantriet.reports.queries import Through
from tests import factories
from tests.factories_reports import House, begun, sent

pytestmark = pytest.mark.django_db

FIRST, LATER = date(2026, 2, 7), date(2026, 2, 20)


def read(report: Report, lens: Lens, *, by: Actor) -> Through:
    with access.acting(by):
        return queries.through(queries.readable(by).get(pk=report.pk), lens, by=by)


def studied() -> House:
    """Two of three people have studied, a fortnight apart."""
    house = House()
    house.study(1, key="a", on=FIRST)
    house.study(2, key="b", on=LATER)
    return house


def pair(shown: Through, code: str) -> tuple[tuple[int, int | None], tuple[int, int | None]]:
    found = next(one for one in shown.compared if one.code == code)
    return (found.sent.numerator, found.sent.denominator), (found.read.numerator, found.read.denominator)


def test_a_report_reads_what_the_board_of_its_unit_reads() -> None:
    house = studied()
    report = sent(house)
    days = (None, FIRST, LATER, LATER - timedelta(days=1))
    lenses = [
        Lens(on=on, known=known, as_then=as_then)
        for on in days
        for known in (None, LATER)
        for as_then in (True, False)
    ]
    told, boards = [], []

    for lens in lenses:
        shown = read(report, lens, by=house.secretary)
        with access.acting(house.secretary):
            top = board_of(house.campaign, house.commune, lens=lens).top
        told.append((pair(shown, "present")[1], pair(shown, "conferences")[1], shown.read.annex.sum.present))
        boards.append(
            (
                (top.amount(Measure.PRESENT).total, top.amount(Measure.SUMMONED).total),
                (top.amount(Measure.CONFERENCES_HELD).total, top.amount(Measure.CONFERENCES_DUE).total),
                top.amount(Measure.PRESENT).total,
            )
        )

    assert told == boards
    assert {one[2] for one in told} == {0, 1, 2}


def test_what_was_sent_stands_beside_what_is_read() -> None:
    house = House()
    house.study(1, key="a", on=FIRST)
    report = sent(house)
    house.study(3, key="late", on=LATER)

    now, then = read(report, Lens(), by=house.officer), read(report, Lens(on=FIRST), by=house.officer)

    summoned = pair(now, "present")[0][1]
    assert pair(now, "present") == ((1, summoned), (3, summoned))
    assert (now.was_sent, next(one for one in now.compared if one.code == "present").numerator_by) == (
        True,
        2,
    )
    assert pair(then, "present")[1][0] == 1
    assert now.read.texts == queries.as_sent(report).texts


def moved(cell: Unit, parent: Unit) -> None:
    today = timezone.localdate()
    proposal = Proposal(ActKind.MOVE, "05-QĐ", today, today, (cell.pk,), parent_id=parent.pk)
    with access.acting(factories.operator()):
        acts.carry_out(proposal, by=factories.operator())


def test_a_cell_that_moved_is_read_below_its_commune_of_then_or_of_now() -> None:
    house = House(communes=2)
    house.study(3, key="a", on=FIRST)
    report = sent(house)
    moved(house.cells[0], house.communes[1])

    as_was = read(report, Lens(on=FIRST, as_then=True), by=house.officer)
    as_now = read(report, Lens(on=FIRST), by=house.officer)

    assert (pair(as_was, "present")[1][0], pair(as_now, "present")[1][0]) == (3, 0)
    assert [row.name for row in as_was.read.annex.rows if row.present] == ["Chi bộ ấp 1"]
    assert [row.name for row in as_now.read.annex.rows if row.present] == []


def test_a_unit_that_did_not_stand_then_counts_nothing_and_says_so() -> None:
    house = studied()
    report = sent(house)
    Placement.objects.filter(unit=house.commune).update(valid=DateRange(FIRST, None))
    day_before = FIRST - timedelta(days=1)

    with access.acting(house.officer):
        as_then = queries.through(report, Lens(on=day_before, as_then=True), by=house.officer)
        as_now = queries.through(report, Lens(on=day_before), by=house.officer)

    assert (as_then.has_unit, as_now.has_unit) == (False, True)
    assert {(one.read.numerator, one.read.denominator or 0) for one in as_then.compared} == {(0, 0)}


def test_a_draft_is_compared_with_what_its_writers_see_and_nobody_above_reads_it() -> None:
    house = studied()
    report = begun(house)

    shown = read(report, Lens(on=FIRST), by=house.secretary)

    assert (shown.was_sent, pair(shown, "present")[0][0], pair(shown, "present")[1][0]) == (False, 2, 1)
    with access.acting(house.officer):
        assert not queries.readable(house.officer).filter(pk=report.pk).exists()


def test_a_returned_report_is_compared_with_what_was_sent_last() -> None:
    house = House()
    house.study(1, key="a", on=FIRST)
    report = sent(house)
    with access.acting(house.officer):
        reviews.return_(report, sending=1, reason="Thiếu số", by=house.officer)
    house.study(2, key="b", on=LATER)

    shown = read(report, Lens(), by=house.secretary)

    assert (shown.was_sent, pair(shown, "present")[0][0], pair(shown, "present")[1][0]) == (True, 1, 2)


def notes(house: House, report: Report, lens: Lens, *, by: Actor) -> dict[str, str]:
    with access.acting(by):
        found = queries.through(report, lens, by=by)
    return {row.name: row.note for row in found.read.annex.rows if row.name != f"Ghi tại {house.top.name}"}


def test_notes_say_what_was_reported_by_the_day_looked_at_to_who_may_see_it_today() -> None:
    house = House(communes=2)
    with access.acting(house.officer):
        above = provincial(house)
    sent(house)
    today = timezone.localdate()
    day_before = today - timedelta(days=1)
    first, second = (commune.name for commune in house.communes)
    silent = {first: "chưa báo cáo", second: "chưa báo cáo"}

    assert notes(house, above, Lens(), by=house.officer) == silent | {first: f"đã báo cáo {today:%d/%m/%Y}"}
    assert notes(house, above, Lens(on=day_before), by=house.officer) == silent
    assert notes(house, above, Lens(known=day_before), by=house.officer) == silent
    assert notes(house, above, Lens(on=day_before), by=house.secretary) == silent | {second: ""}


def provincial(house: House) -> Report:
    return reports.draft(house.campaign, house.top, by=house.officer)


def test_a_report_of_one_part_and_of_three_asks_the_same_number_of_queries() -> None:
    one, three = House(communes=1), House(communes=3)
    asked = []
    for house in (one, three):
        with access.acting(house.officer):
            report = provincial(house)
            found = queries.readable(house.officer).get(pk=report.pk)
            with CaptureQueriesContext(connection) as context:
                queries.through(found, Lens(on=FIRST, as_then=True), by=house.officer)
        asked.append(len(context))

    assert asked[0] == asked[1]


def test_the_page_shows_the_difference_links_to_the_rows_of_that_day_and_refuses_a_foreigner() -> None:
    house = House()
    house.study(1, key="a", on=FIRST)
    report = sent(house)
    house.study(2, key="late", on=LATER)
    officer = factories.signed_in(factories.account("officer", house.top))
    foreign = factories.signed_in(factories.account("officer", factories.province("Đảng bộ tỉnh Láng Giềng")))
    path = f"/bao-cao/{report.pk}/theo-ngay/"

    now, then = officer.get(path), officer.get(f"{path}?ngay=2026-02-07&cach=khi-do&biet=2026-02-08")
    unread = officer.get(f"{path}?ngay=hom-qua").content.decode()
    link = officer.get(f"/bao-cao/{report.pk}/").content.decode()

    shown, past = now.content.decode(), then.content.decode()
    assert (now.status_code, then.status_code, foreign.get(path).status_code) == (200, 200, 404)
    assert "<strong>+1</strong>" in shown
    assert "Số liệu đến ngày 07/02/2026, theo cây đơn vị của ngày đó" in past
    assert "như đã biết đến ngày 08/02/2026" in past
    assert "present/?don_vi=" in past
    assert "ngay=2026-02-07&amp;cach=khi-do&amp;biet=2026-02-08" in past
    assert "Ngày không đọc được" in unread
    assert path in link
