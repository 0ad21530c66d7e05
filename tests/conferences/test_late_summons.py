"""Who attended first and was put on the roll afterwards has studied at once, and only once."""

import pytest

from quantriet.campaigns import summoned
from quantriet.campaigns.commands import roll
from quantriet.campaigns.models import Credit, RollLine
from quantriet.conferences.commands.conferences import AgendaLine
from quantriet.conferences.models import Attendance
from quantriet.conferences.verdicts import Act
from quantriet.ledger.measures import Form, Measure
from quantriet.org import access
from quantriet.org.models import Person
from quantriet.web.proofs.recount import recount
from tests import factories
from tests import factories_campaigns as campaigns_made
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator

pytestmark = pytest.mark.django_db


def put_on_the_roll(town: Town, person: Person) -> RollLine:
    by = operator()
    with access.acting(by):
        return roll.add(town.campaign, person, town.cell, person_class=3, reason="Mới chuyển đến", by=by)


def test_what_was_recorded_before_is_credited_when_he_is_summoned() -> None:
    town = Town()
    late = factories.person(town.cell, "Đỗ Đến Sau")
    made.mark(town.site, [town.an, late])
    before = town.counts(Measure.SUMMONED, Measure.PRESENT)

    for _ in range(2):  # a retry finds the same line
        line = put_on_the_roll(town, late)

    with factories.looking_everywhere():
        line.refresh_from_db()
        tied = Attendance.objects.get(person=late).line_id
    assert before == [3, 1]
    assert town.counts(Measure.SUMMONED, Measure.PRESENT) == [4, 2]
    assert (line.fulfilled_on is not None, tied) == (True, line.pk)


def test_who_was_a_guest_is_counted_as_summoned_from_then_on() -> None:
    town = Town()
    late = factories.person(town.cell, "Đỗ Đến Sau")
    made.mark(town.site, [town.an, late])
    before = town.counts(Measure.GUESTS, Measure.ATTENDANCES)

    for _ in range(2):  # a retry counts nothing again
        put_on_the_roll(town, late)

    assert before == [1, 1]
    assert town.counts(Measure.GUESTS, Measure.ATTENDANCES) == [0, 2]
    with access.whole_house("test"):
        assert recount().differences == ()


def test_two_documents_at_sessions_of_two_levels_and_forms_count_as_the_line_says() -> None:
    town = Town()
    campaign = campaigns_made.started(
        town.province, [campaigns_made.document(town.province) for _ in range(2)]
    )
    late = factories.person(town.cell, "Đỗ Đến Sau")
    first, second = campaign.documents.order_by("pk").values_list("document_id", flat=True)
    above = made.called(town.province, campaign, agenda=(AgendaLine("Một", first, 90),))
    below = made.called(town.commune, campaign, agenda=(AgendaLine("Hai", second, 90),))
    made.mark(made.hub(above), [late])
    made.mark(made.site(below, town.cell), [late])
    by = operator()

    with access.acting(by):
        line = roll.add(campaign, late, town.cell, person_class=3, reason="Mới chuyển đến", by=by)

    with access.whole_house("test"):
        line.refresh_from_db()
        session = Credit.objects.filter(line=line).values_list("level", "form").order_by("pk").last()
        found = recount()
    assert above.level != below.level
    assert session == (below.level, Form.ONLINE)
    assert (line.level, line.form) == session
    assert found.differences == ()


def test_who_was_absent_or_never_came_earns_nothing() -> None:
    town = Town()
    late, never = (factories.person(town.cell, f"Đỗ {name}") for name in ("Vắng", "Chưa Đến"))
    made.mark(town.site, [late], Act.ABSENT)

    for person in (late, never):
        put_on_the_roll(town, person)

    assert town.counts(Measure.SUMMONED, Measure.PRESENT) == [5, 0]


def test_control_without_the_registered_claim_nothing_is_credited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summoned, "_claims", {})
    town = Town()
    late = factories.person(town.cell, "Đỗ Đến Sau")
    made.mark(town.site, [late])

    put_on_the_roll(town, late)

    assert town.counts(Measure.SUMMONED, Measure.PRESENT) == [4, 0]
