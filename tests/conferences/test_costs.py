"""What conferences cost: a list kept whole, sums up the tree that nobody beside sees, amounts as people write."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences.commands import costs as commands
from quantriet.conferences.commands.costs import Cost, Purse
from quantriet.conferences.models import CostLine
from quantriet.conferences.queries import costs as queries
from quantriet.conferences.queries.costs import Sums
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org import access
from quantriet.org.models import AuditEvent
from tests import factories
from tests import factories_conferences as made
from tests.factories import operator

YEAR = timezone.localdate().year
HALL = Cost("hall", "Thuê hội trường", "party", 5_000_000, 4_500_000)
PAPERS = Cost("papers", "", "unit", 1_500_000)
AMOUNTS = st.integers(min_value=0, max_value=10**12)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.booleans()), max_size=8))
def test_sums_add_up_in_any_order(told: list[tuple[int, int, bool]]) -> None:
    several = [Sums(planned, actual, 1, int(is_open)) for planned, actual, is_open in told]

    whole = queries.total(several)

    assert whole == queries.total(reversed(several))
    assert (whole.planned, whole.actual) == (sum(one[0] for one in told), sum(one[1] for one in told))
    assert (whole.lines, whole.open_lines) == (len(told), sum(one[2] for one in told))


class House:
    """A province with two communes; each unit called a conference, that of the province has a site in the first."""

    def __init__(self) -> None:
        self.province = factories.province()
        self.first = factories.commune(self.province, "Đảng bộ xã Một")
        self.second = factories.commune(self.province, "Đảng bộ xã Hai")
        self.whole = made.called(self.province, title="Hội nghị toàn tỉnh")
        self.site = made.site(self.whole, self.first)
        self.own = made.called(self.second, title="Hội nghị xã")

    def keep(self, purse: Purse, *costs: Cost, seen: str | None = None) -> list[Cost]:
        by = operator()
        with access.acting(by):
            version = commands.version(purse.standing()) if seen is None else seen
            return commands.keep(purse, costs, seen=version, by=by)


@pytest.fixture
def house(db: None) -> House:
    return House()


def test_the_list_is_kept_whole_and_a_retry_changes_nothing(house: House) -> None:
    purse = Purse(house.whole)
    seen = commands.version([])
    kept = [house.keep(purse, HALL, PAPERS, seen=seen) for _time in range(2)]
    house.keep(Purse(house.whole, house.site), PAPERS)

    assert kept == [[HALL, PAPERS], [HALL, PAPERS]]
    assert (purse.standing(), Purse(house.whole, house.site).standing()) == ([HALL, PAPERS], [PAPERS])
    with factories.looking_everywhere():
        assert AuditEvent.objects.filter(action="costs.keep").count() == 2


def test_who_comes_second_with_another_list_is_told_and_nothing_is_lost(house: House) -> None:
    purse = Purse(house.whole)
    seen = commands.version([])
    house.keep(purse, HALL, seen=seen)
    with pytest.raises(ConflictError) as conflict:
        house.keep(purse, PAPERS, seen=seen)

    assert (conflict.value.code, purse.standing()) == ("costs.changed", [HALL])
    assert house.keep(purse, PAPERS) == [PAPERS]  # with the list he sees now


@pytest.mark.parametrize(
    "wrong",
    [Cost("gold", "", "party", 1), Cost("hall", "", "bank", 1), Cost("hall", "", "party", 10**15 + 1)],
)
def test_nonsense_is_refused(house: House, wrong: Cost) -> None:
    with pytest.raises(DomainError) as refused:
        house.keep(Purse(house.whole), HALL, wrong)

    assert (refused.value.code, CostLine.objects.count()) == ("costs.out_of_range", 0)


def test_only_who_manages_the_unit_that_bears_them_writes(house: House) -> None:
    purse = Purse(house.whole)
    for by in (factories.actor("secretary", house.first), factories.actor("inspector", house.province)):
        with access.acting(by), pytest.raises(ForbiddenError):
            commands.keep(purse, [HALL], seen=commands.version([]), by=by)
    own = factories.actor("secretary", house.first)
    with access.acting(own):
        commands.keep(Purse(house.whole, house.site), [PAPERS], seen=commands.version([]), by=own)

    assert list(CostLine.objects.values_list("site", flat=True)) == [house.site.pk]


def test_sums_go_up_the_tree_and_not_down_or_across(house: House) -> None:
    house.keep(Purse(house.whole), HALL)
    house.keep(Purse(house.whole, house.site), PAPERS)
    house.keep(Purse(house.own), Cost("hall", "", "state", 300, 200))

    def seen_by(role: str, unit: Any) -> dict[int, Sums]:
        by = factories.actor(role, unit)
        with access.acting(by):
            return queries.added_up(queries.own(by, YEAR))

    everything = seen_by("inspector", house.province)
    assert everything[house.province.pk] == Sums(6_500_300, 4_500_200, 3, 1)
    assert everything[house.first.pk] == Sums(1_500_000, 0, 1, 1)
    below = seen_by("secretary", house.first)
    assert below[house.first.pk] == Sums(1_500_000, 0, 1, 1)
    assert house.second.pk not in below


def sent(client: Client, address: str, **told: str) -> Any:
    """The form as it is offered, sent with these changes."""
    form = client.get(address).context["form"]
    offered = {name: form[name].value() for name in form.fields}
    return client.post(address, {k: "" if v is None else v for k, v in offered.items()} | told)


def test_the_page_takes_amounts_as_people_write_them(house: House) -> None:
    client = factories.signed_in(factories.account("secretary", house.province))
    address = reverse("conference-costs", args=[house.whole.pk])
    first = sent(client, address, item_0="hall", planned_0="5.000.000", item_2="papers", actual_2="1 500 000")
    again = sent(client, address)
    homeless = sent(client, address, title_3="Thuê xe", planned_3="1")
    wrong = sent(client, address, planned_0="năm triệu")
    stale = sent(client, address, seen="0" * 16, planned_0="6.000.000")

    assert [one.status_code for one in (first, again, homeless, wrong, stale)] == [302, 302, 422, 422, 422]
    assert list(homeless.context["form"].errors) == ["item_3"]
    assert list(wrong.context["form"].errors) == ["planned_0"]
    assert "Có người vừa sửa" in stale.content.decode()
    rows = CostLine.objects.values_list("item", "money", "planned", "actual")
    assert list(rows) == [("hall", "unit", 5_000_000, None), ("papers", "unit", 0, 1_500_000)]


def test_pages_open_to_rows_and_show_no_neighbour(house: House) -> None:
    house.keep(Purse(house.whole), HALL)
    house.keep(Purse(house.own), Cost("hall", "Rạp huyện", "state", 300, 200))
    above = factories.signed_in(factories.account("inspector", house.province))
    below = factories.signed_in(factories.account("secretary", house.first))
    counts = []
    for number in (1, 3):
        for at in range(number):
            unit = factories.commune(house.province, f"Xã {number}{at}")
            house.keep(Purse(made.called(unit)), HALL)
        above.get(reverse("costs"))
        with CaptureQueriesContext(connection) as asked:
            page = above.get(reverse("costs")).content.decode()
        counts.append(len(asked))
    opened = above.get(reverse("costs"), {"don_vi": house.second.pk}).content.decode()
    sheet = read_xlsx(above.get(reverse("costs-sheet")).content)

    assert ("Xã 32" in page, "Rạp huyện" in opened, counts[0] == counts[1]) == (True, True, True)
    assert [row.values[1] for row in sheet.rows][-1] == "Cộng"
    assert "Rạp huyện" not in below.get(reverse("costs")).content.decode()
    refused = [
        below.get(reverse("costs"), {"don_vi": house.second.pk}).status_code,
        below.get(reverse("conference-costs", args=[house.whole.pk])).status_code,
        above.get(reverse("costs"), {"don_vi": "x"}).status_code,
        above.post(reverse("conference-costs", args=[house.whole.pk]), {}).status_code,
    ]
    assert refused == [404, 404, 404, 403]
    assert above.get(reverse("conference-costs", args=[house.whole.pk])).status_code == 200
