"""A unit's report: written once by whoever is first, figures only from the ledger, sent once under every retry."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import Obligation
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.ledger import queries as ledger
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Freeze
from quantriet.org import access
from quantriet.org.models import Notice
from quantriet.reports import queries
from quantriet.reports.commands import reports
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report, ReportEvent, ReportFigure
from tests import factories
from tests import factories_reports as made
from tests.factories import operator
from tests.factories_reports import House


@pytest.fixture
def house(db: None) -> House:
    built = House()
    built.study(2, key="buổi 1")
    return built


def figure(report: Report, code: str) -> tuple[int, int | None]:
    with access.acting(operator()):
        value = queries.contents(Report.objects.select_related("campaign", "unit").get(pk=report.pk)).figures[
            code
        ]
    return value.numerator, value.denominator


def test_beginning_twice_gives_one_report(house: House) -> None:
    first, second = made.begun(house), made.begun(house, by=house.clerk)

    assert first == second
    assert Report.objects.count() == 1
    assert (first.place, first.authority, first.signer_position) == ("Tân Hội", "BAN THƯỜNG VỤ", "BÍ THƯ")


def test_a_cell_has_no_seal_and_reports_nothing(house: House) -> None:
    cell = factories.actor("secretary", house.cells[0])
    with access.acting(cell), pytest.raises(DomainError) as refused:
        reports.draft(house.campaign, house.cells[0], by=cell)
    assert refused.value.code == "report.cell"


def test_only_the_unit_itself_writes_its_report(house: House) -> None:
    report = made.begun(house)
    neighbour = factories.actor("secretary", factories.commune(house.top, "Đảng bộ xã Bên"))
    for stranger in (house.officer, neighbour, factories.actor("inspector", house.commune)):
        with access.acting(stranger), pytest.raises(ForbiddenError):
            reports.write(report, section="leadership", text="x", version=0, by=stranger)
        with access.acting(stranger), pytest.raises(ForbiddenError):
            reports.send(report, by=stranger)
    assert Report.objects.get().texts == {}


def test_a_retry_of_saving_changes_nothing(house: House) -> None:
    report = made.begun(house)
    with access.acting(house.secretary):
        versions = [
            reports.write(report, section="leadership", text=" Đã làm. ", version=0, by=house.secretary)
            for _try in range(2)
        ]
    assert versions == [1, 1]
    assert Report.objects.get().texts == {
        "leadership": {"text": "Đã làm.", "version": 1, "by": house.secretary.name}
    }


def test_the_second_writer_of_a_section_sees_both_texts_and_nothing_is_lost(house: House) -> None:
    report = made.begun(house)
    with access.acting(house.secretary):
        reports.write(report, section="leadership", text="Của bí thư", version=0, by=house.secretary)
    with access.acting(house.clerk):
        with pytest.raises(ConflictError) as refused:
            reports.write(report, section="leadership", text="Của văn thư", version=0, by=house.clerk)
        reports.write(report, section="proposals", text="Mục khác", version=0, by=house.clerk)
    assert refused.value.context == {"theirs": "Của bí thư", "yours": "Của văn thư", "version": 1}
    kept = Report.objects.get().texts
    assert {code: one["text"] for code, one in kept.items()} == {
        "leadership": "Của bí thư",
        "proposals": "Mục khác",
    }


def test_a_section_that_is_not_in_the_outline_is_not_there(house: House) -> None:
    report = made.begun(house)
    for section in ("annex", "nothing"):
        with access.acting(house.secretary), pytest.raises(DomainError) as refused:
            reports.write(report, section=section, text="x", version=0, by=house.secretary)
        assert refused.value.code == "gate.not_found"


def test_the_figures_of_a_draft_are_those_of_the_ledger(house: House) -> None:
    report = made.begun(house)
    before = figure(report, "present")
    house.study(3, key="buổi 2")

    assert (before, figure(report, "present")) == ((2, 3), (3, 3))
    assert ReportFigure.objects.count() == 0


def test_what_was_sent_never_changes_and_a_live_read_does(house: House) -> None:
    report = made.sent(house)
    house.study(3, key="buổi 2")

    with access.acting(operator()):
        live = queries.reading(house.campaign, house.commune, ["present"]).figures["present"].numerator
        row = ReportFigure.objects.get(report=report, code="present")
        frozen = Freeze.objects.get().figures
        annex = queries.contents(Report.objects.get()).annex
    assert (figure(report, "present"), row.numerator, live) == ((2, 3), 2, 3)
    assert sum(sum(cut.values()) for cut in frozen[str(int(Measure.PRESENT))].values()) == 2
    assert (annex.sum.present, annex.rows[0].present) == (2, 2)


def test_a_report_does_not_count_its_own_sending(house: House) -> None:
    report = made.sent(house)

    with access.acting(operator()):
        counts = campaigns.board(house.campaign, house.commune).top.counts
    assert figure(report, "reports") == (0, 0)
    assert counts[Measure.REPORTS_SENT].total == 1


def test_the_database_refuses_to_change_what_was_sent(house: House) -> None:
    report = made.sent(house)
    with pytest.raises(ProgrammingError, match="were sent"), transaction.atomic():
        ReportFigure.objects.filter(report=report, code="present").update(numerator=99)
    with pytest.raises(ProgrammingError, match="was sent"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(texts={})
    with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
        ReportEvent.objects.update(reason="khác")


def test_the_database_lets_a_draft_be_written(house: House) -> None:
    report = made.begun(house)
    ReportFigure.objects.create(report=report, code="present", numerator=1)
    ReportFigure.objects.filter(report=report).update(numerator=2)
    assert ReportFigure.objects.get().numerator == 2


def test_sending_again_sends_once(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.clerk):
        again = reports.send(report, by=house.clerk)

    with access.acting(operator()):
        counts = campaigns.board(house.campaign, house.top).top.counts
        owed = Obligation.objects.get(unit=house.commune, kind="report")
    assert (again.sending, ReportEvent.objects.count(), Freeze.objects.count()) == (1, 1, 1)
    assert counts[Measure.REPORTS_SENT].total == 1
    assert owed.state == "done"
    assert list(Notice.objects.filter(unit=house.top).values_list("title", flat=True)) == [
        "Đảng bộ xã Tân Hội đã gửi báo cáo"
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_one_does() -> None:
    house = House()
    report = made.fill(made.begun(house), by=house.secretary)
    gate = Barrier(2)

    def send(actor: access.Actor) -> int:
        try:
            with access.acting(actor):
                gate.wait(10)
                return reports.send(report, by=actor).sending
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, [house.secretary, house.clerk]))

    with access.acting(operator()):
        counts = campaigns.board(house.campaign, house.top).top.counts
    assert answers == [1, 1]
    assert (ReportEvent.objects.count(), Freeze.objects.count()) == (1, 1)
    assert counts[Measure.REPORTS_SENT].total == 1


def test_an_unfinished_report_is_not_sent_and_says_what_is_missing(house: House) -> None:
    report = made.begun(house)
    with access.acting(house.secretary), pytest.raises(DomainError) as refused:
        reports.send(report, by=house.secretary)

    assert refused.value.code == "report.blocked"
    assert [one["code"] for one in refused.value.context["findings"]] == [
        "report.no_signer",
        *["report.section_empty"] * 4,
    ]
    assert (Report.objects.get().state, Freeze.objects.count()) == ("draft", 0)


def test_another_figure_with_its_reason_never_blocks_and_the_counted_one_stays(house: House) -> None:
    report = made.fill(made.begun(house), by=house.secretary)
    with access.acting(house.secretary):
        reports.dispute(report, code="present", value=3, reason="Một đồng chí học ở tỉnh", by=house.secretary)
        sent = reports.send(report, by=house.secretary)

    row = ReportFigure.objects.get(report=sent, code="present")
    assert sent.state == "sent"
    assert (row.numerator, row.denominator, row.disputed_value, row.disputed_reason) == (
        2,
        3,
        3,
        "Một đồng chí học ở tỉnh",
    )


@pytest.mark.parametrize(
    ("value", "reason", "code"),
    [
        (3, " ", "report.dispute_reason"),
        (4, "Đông hơn", "report.above_whole"),
        (-1, "Ít hơn", "report.negative"),
    ],
)
def test_another_figure_that_cannot_be_true_is_refused(
    house: House, value: int, reason: str, code: str
) -> None:
    report = made.begun(house)
    with access.acting(house.secretary), pytest.raises(DomainError) as refused:
        reports.dispute(report, code="present", value=value, reason=reason, by=house.secretary)
    assert refused.value.code == code
    assert ReportFigure.objects.count() == 0


def test_another_figure_is_taken_back(house: House) -> None:
    report = made.begun(house)
    with access.acting(house.secretary):
        reports.dispute(report, code="present", value=3, reason="Khác", by=house.secretary)
        reports.dispute(report, code="present", value=None, reason="", by=house.secretary)
    assert list(ReportFigure.objects.values_list("disputed_value", "disputed_reason")) == [(None, "")]


def test_a_sent_report_takes_no_more_words(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.secretary):
        for refused_act in (
            lambda: reports.write(report, section="leadership", text="Khác", version=1, by=house.secretary),
            lambda: reports.dispute(report, code="present", value=1, reason="Khác", by=house.secretary),
            lambda: made.fill(report, by=house.secretary, number="06-BC/ĐU"),
        ):
            with pytest.raises(DomainError) as refused:
                refused_act()
            assert refused.value.code == "report.sent"


def test_the_second_editor_of_the_head_is_told(house: House) -> None:
    report = made.fill(made.begun(house), by=house.secretary)
    old = Head(1, "07-BC/ĐU", "Tân Hội", date(2026, 3, 1), "", "", "", "")
    with access.acting(house.clerk), pytest.raises(ConflictError) as refused:
        reports.set_head(report, old, by=house.clerk)
    assert (refused.value.context["theirs"]["number"], refused.value.context["yours"]["number"]) == (
        "05-BC/ĐU",
        "07-BC/ĐU",
    )


def test_parts_and_whole_of_a_subtree_agree_with_the_ledger_and_with_the_rows(db: None) -> None:
    house = House(communes=3)
    house.study(4, key="buổi 1")
    with access.acting(operator()):
        assert house.campaign.book_id is not None
        on = access.local_day(house.campaign.created_at)
        parts = ledger.parts_below(house.campaign.book_id, house.top.pk, on=on)
        whole = ledger.slices_below(house.campaign.book_id, house.top.pk, on=on)
        read = queries.reading(house.campaign, house.top, ["present", "conferences"])
        studied = campaigns.people_behind(house.campaign, house.top, Measure.PRESENT)
        assert studied is not None
        rows = studied.count()
    assert set(parts.counts) == {house.top.pk, *(one.pk for one in house.communes)}
    assert read.whole == whole
    assert (read.figures["present"].numerator, read.annex.sum.present, rows) == (4, 4, 4)
    assert sum(row.present for row in read.annex.rows) == 4
    assert [row.note for row in read.annex.rows] == ["chưa báo cáo"] * 3 + [""]
