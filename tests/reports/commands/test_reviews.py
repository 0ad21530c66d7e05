"""The level above returns and accepts, once; nobody reviews his own unit's report."""

import pytest

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import Obligation
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Freeze
from quantriet.org import access
from quantriet.org.models import Notice
from quantriet.reports import outlines, queries
from quantriet.reports.commands import outlines as outline_commands
from quantriet.reports.commands import reports, reviews
from quantriet.reports.models import Report, ReportEvent, ReportFigure
from quantriet.reports.outlines import Section
from tests import factories
from tests import factories_reports as made
from tests.factories import operator
from tests.factories_reports import House


@pytest.fixture
def house(db: None) -> House:
    built = House()
    built.study(2, key="buổi 1")
    return built


def counts(house: House) -> dict[Measure, int]:
    with access.acting(operator()):
        found = campaigns.board(house.campaign, house.top).top.counts
    return {measure: amount.total for measure, amount in found.items()}


def give_back(house: House, report: Report, *, sending: int = 1, reason: str = "Thiếu nguyên nhân") -> Report:
    with access.acting(house.officer):
        return reviews.return_(report, sending=sending, reason=reason, by=house.officer)


def test_a_returned_report_is_owed_again_once(house: House) -> None:
    report = made.sent(house)
    for _try in range(2):
        give_back(house, report)

    found = counts(house)
    assert Report.objects.get().state == "returned"
    assert Report.objects.get().returned_reason == "Thiếu nguyên nhân"
    assert Obligation.objects.get(unit=house.commune, kind="report").state == "open"
    assert (found.get(Measure.REPORTS_SENT, 0), found.get(Measure.REPORTS_ON_TIME, 0)) == (0, 0)
    assert list(ReportEvent.objects.values_list("kind", flat=True)) == ["sent", "returned"]
    assert Notice.objects.filter(unit=house.commune).count() == 1


def test_sent_again_its_figures_are_new_and_the_old_sending_is_kept(house: House) -> None:
    report = made.sent(house)
    give_back(house, report)
    house.study(3, key="buổi 2")
    with access.acting(house.secretary):
        reports.write(report, section="causes", text="Đã bổ sung.", version=1, by=house.secretary)
        again = reports.send(report, by=house.secretary)

    first, second = ReportEvent.objects.filter(kind="sent").order_by("sending")
    assert (again.sending, again.state, again.returned_reason) == (2, "sent", "")
    assert [one.snapshot["figures"]["present"]["numerator"] for one in (first, second)] == [2, 3]
    assert [one.snapshot["texts"]["causes"]["text"] for one in (first, second)] == [made.WORDS, "Đã bổ sung."]
    assert ReportFigure.objects.get(report=report, code="present").numerator == 3
    assert Freeze.objects.count() == 2
    assert counts(house)[Measure.REPORTS_SENT] == 1


def test_while_it_is_put_right_the_superior_sees_what_was_sent(house: House) -> None:
    report = made.sent(house)
    give_back(house, report)
    house.study(3, key="buổi 2")
    with access.acting(house.secretary):
        reports.write(report, section="causes", text="Đang sửa dở", version=1, by=house.secretary)

    with access.acting(house.officer):
        shown = queries.as_sent(queries.readable(house.officer).get(pk=report.pk))
    assert (shown.texts["causes"], shown.figures["present"].numerator, shown.frozen) == (made.WORDS, 2, True)
    assert Report.objects.get().texts["causes"]["text"] == "Đang sửa dở"


def test_accepting_counts_once(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.officer):
        for _try in range(2):
            reviews.accept(report, sending=1, by=house.officer)

    assert Report.objects.get().state == "accepted"
    assert counts(house)[Measure.REPORTS_ACCEPTED] == 1
    assert list(ReportEvent.objects.values_list("kind", flat=True)) == ["sent", "accepted"]


def test_nobody_reviews_the_report_of_his_own_unit(house: House) -> None:
    report = made.sent(house)
    neighbour = factories.actor("secretary", factories.commune(house.top, "Đảng bộ xã Bên"))
    for stranger in (house.secretary, house.clerk, neighbour, factories.actor("clerk", house.top)):
        with access.acting(stranger):
            with pytest.raises(ForbiddenError):
                reviews.accept(report, sending=1, by=stranger)
            with pytest.raises(ForbiddenError):
                reviews.return_(report, sending=1, reason="x", by=stranger)
    assert Report.objects.get().state == "sent"


def test_what_was_sent_again_is_not_judged_unread(house: House) -> None:
    report = made.sent(house)
    give_back(house, report)
    with access.acting(house.secretary):
        reports.send(report, by=house.secretary)
    with access.acting(house.officer), pytest.raises(DomainError) as refused:
        reviews.accept(report, sending=1, by=house.officer)
    assert refused.value.code == "report.sent_again"


@pytest.mark.parametrize("reason", ["", "  "])
def test_returning_says_why(house: House, reason: str) -> None:
    report = made.sent(house)
    with pytest.raises(DomainError) as refused:
        give_back(house, report, reason=reason)
    assert (refused.value.code, Report.objects.get().state) == ("report.return_reason", "sent")


def test_a_draft_and_an_accepted_report_are_not_returned(house: House) -> None:
    report = made.begun(house)
    with pytest.raises(DomainError) as draft:
        give_back(house, report, sending=0)
    made.fill(report, by=house.secretary)
    with access.acting(house.secretary):
        reports.send(report, by=house.secretary)
    with access.acting(house.officer):
        reviews.accept(report, sending=1, by=house.officer)
    with pytest.raises(DomainError) as accepted:
        give_back(house, report)
    assert (draft.value.code, accepted.value.code) == ("report.not_waiting", "report.not_waiting")


def test_a_correction_stands_beside_and_changes_nothing(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.secretary):
        for _try in range(2):
            reviews.correct(report, text="Số điểm cầu là 2.", reason="Ghi sót", key="a", by=house.secretary)
        with pytest.raises(DomainError) as refused:
            reviews.correct(report, text=" ", reason="x", key="b", by=house.secretary)
    assert refused.value.code == "report.correction"
    assert list(ReportEvent.objects.values_list("kind", "text")) == [
        ("sent", ""),
        ("corrected", "Số điểm cầu là 2."),
    ]


SHORT = (Section("only", "I. KẾT QUẢ", "", "", "figures", ("present",), required=True),)


def test_a_campaign_sets_its_own_outline_and_what_was_sent_keeps_its_own(house: House) -> None:
    report = made.sent(house)
    with access.acting(house.officer):
        for _try in range(2):
            outline_commands.set_outline(
                house.campaign, SHORT, kind="result", citation="12-HD/BTGDVTU", version=0, by=house.officer
            )
        with pytest.raises(ConflictError):
            outline_commands.set_outline(
                house.campaign, outlines.RESULT, kind="result", citation="", version=0, by=house.officer
            )
        kept = queries.sections_of(Report.objects.select_related("campaign").get(pk=report.pk))
    assert kept == outlines.RESULT
    assert queries.outline(house.campaign, "result") == SHORT


def test_only_who_manages_the_campaign_sets_its_outline(house: House) -> None:
    with access.acting(house.secretary), pytest.raises(ForbiddenError):
        outline_commands.set_outline(
            house.campaign, SHORT, kind="result", citation="", version=0, by=house.secretary
        )
