"""What halls lack: a pure rule, and the list of a subtree beside the roll of a campaign."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quantriet.conferences.halls import NO_HALL, Gap, Halls
from quantriet.conferences.queries import halls as reads
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org import access
from quantriet.org.models import Facility, Unit
from tests import factories
from tests import factories_campaigns as campaigns_made

GOOD = Halls(count=1, seats=50, screens=1, lines=1, second_lines=0, unconfirmed=0, people=50)


@pytest.mark.parametrize(
    ("halls", "gaps"),
    [
        (GOOD, ()),
        (NO_HALL, (Gap.HALL,)),
        (replace(GOOD, people=51), (Gap.SEATS,)),
        (replace(GOOD, people=None, seats=0), ()),
        (replace(GOOD, screens=0, lines=0), (Gap.SCREEN, Gap.LINE)),
        (replace(GOOD, count=2, unconfirmed=1), (Gap.UNCONFIRMED,)),
    ],
)
def test_what_is_lacking(halls: Halls, gaps: tuple[Gap, ...]) -> None:
    assert halls.gaps() == gaps


def hall(unit: Unit, seats: int, **told: object) -> Facility:
    usual = {"has_screen": True, "line_mbits": 100, "confirmed_on": timezone.localdate()}
    with factories.looking_everywhere():
        return Facility.objects.create(
            unit=unit, name=f"Hội trường {seats}", seats=seats, **{**usual, **told}
        )


@pytest.mark.django_db
def test_people_without_a_hall_of_their_own_need_a_seat_in_the_next_one_above() -> None:
    province = factories.province()
    commune, other = factories.commune(province, "Xã Một"), factories.commune(province, "Xã Hai")
    for unit in (commune, other):
        for number in range(2):
            factories.person(factories.cell(unit, f"Chi bộ {unit.pk}-{number}"), f"Nguyễn Văn {number}")
    campaign = campaigns_made.started(province)
    hall(province, 1)
    hall(commune, 2, confirmed_on=timezone.localdate() - timedelta(days=365))
    by = factories.actor("officer", province)
    with access.acting(by):
        found = reads.lines(by, campaign)
        without_roll = reads.lines(by, None)

    assert [(line.name, line.halls.people, line.halls.gaps()) for line in found] == [
        (province.name, 2, (Gap.SEATS,)),
        ("Xã Hai", None, (Gap.HALL,)),
        ("Xã Một", 2, (Gap.UNCONFIRMED,)),
    ]
    assert [line.halls.people for line in without_roll] == [None, None, None]


@pytest.mark.django_db
def test_the_page_tells_gaps_of_my_units_in_as_many_queries_for_more_rows() -> None:
    province = factories.province()
    commune = factories.commune(province, "Xã Một")
    factories.commune(province, "Xã Lạ")
    client = factories.signed_in(factories.account("inspector", commune))
    counts = []
    for number in (1, 3):
        for at in range(number):
            hall(factories.base(commune, f"Cơ sở {number}{at}"), 10, has_screen=False)
        client.get(reverse("conference-halls"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("conference-halls")).content.decode()
        counts.append(len(asked))
    screens = client.get(reverse("conference-halls"), {"thieu": "screen", "cap": "3"}).context["rows"]
    sheet = client.get(reverse("conference-halls-sheet"), {"thieu": "hall", "dot": "x"})

    assert ("Cơ sở 32" in page, "Xã Lạ" in page, counts[0] == counts[1]) == (True, False, True)
    assert [line.name for line, _words in screens] == ["Cơ sở 10", "Cơ sở 30", "Cơ sở 31", "Cơ sở 32"]
    told = read_xlsx(sheet.content)
    assert ["Xã Một" in str(row.values) for row in told.rows].count(True) == 1
