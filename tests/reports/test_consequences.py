"""What acts on the tree do to reports."""

import pytest
from django.utils import timezone

from quantriet.campaigns.models import Obligation
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.proposals import Proposal
from quantriet.org.queries.foresight import foresee
from quantriet.reports import queries
from quantriet.reports.commands import reports
from quantriet.reports.models import Report
from tests.factories import operator
from tests.factories_reports import House, begun, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House(communes=2)


def merging(source: Unit, target: Unit) -> Proposal:
    day = timezone.localdate()
    return Proposal(ActKind.MERGE, "12-QĐ/TU", day, day, units=(source.pk,), into=(target.pk,))


def do(proposal: Proposal) -> Act:
    with access.acting(operator()):
        return acts.carry_out(proposal, by=operator())


def fresh(report: Report) -> Report:
    return Report.objects.select_related("unit", "obligation").get(pk=report.pk)


def test_a_draft_goes_on_with_the_successor_and_answers_its_obligation(house: House) -> None:
    draft = begun(house)

    do(merging(house.commune, house.communes[1]))

    moved = fresh(draft)
    owed = Obligation.objects.get(campaign=house.campaign, unit=house.communes[1], kind="report")
    assert (moved.unit, moved.obligation) == (house.communes[1], owed)


def test_the_successors_own_report_stands_and_the_draft_stays(house: House) -> None:
    draft = begun(house)
    with access.acting(operator()):
        own = reports.draft(house.campaign, house.communes[1], by=operator())
        seen = foresee(merging(house.commune, house.communes[1]), by=operator())

    do(merging(house.commune, house.communes[1]))

    assert (fresh(draft).unit, fresh(own).unit) == (house.commune, house.communes[1])
    assert ["Ở lại với đơn vị cũ" in one.outcome for one in seen.effects if "đang soạn" in one.subject] == [
        True
    ]


def test_what_was_sent_stays_as_it_was_sent(house: House) -> None:
    report = sent(house)
    before = Report.objects.filter(pk=report.pk).values().get()

    do(merging(house.commune, house.communes[1]))

    assert Report.objects.filter(pk=report.pk).values().get() == before


def test_undo_gives_the_draft_back(house: House) -> None:
    draft = begun(house)
    act = do(merging(house.commune, house.communes[1]))

    with access.acting(operator()):
        acts.undo(act, reason="Nhầm", by=operator())

    assert (fresh(draft).unit, fresh(draft).obligation) == (house.commune, draft.obligation)


def test_undo_is_refused_once_the_draft_was_written_on(house: House) -> None:
    draft = begun(house)
    act = do(merging(house.commune, house.communes[1]))
    with access.acting(operator()):
        section = next(iter(queries.sections_of(fresh(draft)))).code
        reports.write(fresh(draft), section=section, text="Viết tiếp.", version=0, by=operator())

    with access.acting(operator()), pytest.raises(DomainError) as error:
        acts.undo(act, reason="Nhầm", by=operator())

    assert error.value.code == "act.depended_on"
    assert house.communes[1].name in error.value.sentence


def test_undo_is_refused_once_the_heir_began_a_report_it_took_over(house: House) -> None:
    commune, heir = house.communes
    Obligation.objects.filter(unit=heir, kind="report").delete()
    act = do(merging(commune, heir))
    with access.acting(operator()):
        own = reports.draft(house.campaign, heir, by=operator())

    with access.acting(operator()), pytest.raises(DomainError) as error:
        acts.undo(act, reason="Nhầm", by=operator())

    assert (error.value.code, f"“{heir.name}” đã lập báo cáo" in error.value.sentence) == (
        "act.depended_on",
        True,
    )
    assert own.obligation == Obligation.objects.get(unit=heir, kind="report")


def test_a_former_unit_begins_no_report(house: House) -> None:
    do(merging(house.commune, house.communes[1]))

    with access.acting(operator()), pytest.raises(DomainError) as error:
        reports.draft(house.campaign, house.commune, by=operator())

    assert error.value.code == "unit.former"
