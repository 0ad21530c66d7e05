"""Figures of past days open to their rows: the tree that is shown, the days, what the reader may see today."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from quantriet.campaigns import queries
from quantriet.campaigns.commands import campaigns, declarations, obligations, roll
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.queries import Lens
from quantriet.ledger import commands as ledger
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Unit
from quantriet.org.proposals import ROLES, Proposal
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator

pytestmark = pytest.mark.django_db

BEFORE = date(2026, 1, 1)
EXCUSED = date(2026, 2, 3)
STUDIED = date(2026, 2, 7)
EFFECT = date(2026, 2, 10)
LATER = date(2026, 2, 20)


def arranged(made_world: World, kind: ActKind, unit: Unit, **more: object) -> None:
    proposal = Proposal(
        kind=kind,
        decision="01-QĐ/TU",
        decided_on=EFFECT,
        effective_on=EFFECT,
        units=(unit.pk,),
        answers={ROLES: "end"} if kind == ActKind.MERGE else {},
        **more,  # type: ignore[arg-type]
    )
    with access.acting(operator()):
        acts.carry_out(proposal, by=operator())


@pytest.fixture
def moved() -> World:
    """Work of every kind; then a cell went to the other commune and another one merged into a third."""
    made_world = world(2, start=False)
    campaign, cell = made_world.campaign, made_world.cell
    merging = factories.cell(made_world.here, "Chi bộ Sáp Nhập")
    others = [factories.person(merging, f"Lê Văn Sáp {number}") for number in range(2)]
    with access.acting(operator()):
        campaign = made_world.campaign = campaigns.start(campaign, by=operator())
        excuses = {made_world.people[1].pk: "Đi viện", others[0].pk: "Đi công tác"}
        roll.excuse(campaign, excuses, key="e", on=EXCUSED, by=operator())
    made.study(campaign, made_world.people, [made_world.document], key="s", on=STUDIED)
    with access.acting(operator()):
        told = Totals({"present": 1, "excused": 1, "guests": 4}, STUDIED)
        declarations.declare(campaign, made_world.cell_beside, kind="presence", totals=told, by=operator())
        done = Done(STUDIED, Grade.ON_SPOT, "test:1")
        obligations.fulfil(campaign, [cell.pk, merging.pk], kind="conference", done=done, by=operator())
    arranged(made_world, ActKind.MOVE, cell, parent_id=made_world.beside.pk)
    arranged(made_world, ActKind.MERGE, merging, into=(made_world.cell_beside.pk,))
    return made_world


YESTERDAY = timezone.localdate() - timedelta(days=1)
LENSES = [
    *(Lens(on=day, as_then=tree) for day in (BEFORE, EXCUSED, STUDIED, LATER) for tree in (False, True)),
    Lens(known=YESTERDAY),
    Lens(on=LATER, as_then=True, known=YESTERDAY),
    Lens(on=STUDIED, as_then=True, person_class=3),
]


@pytest.mark.parametrize("lens", LENSES, ids=str)
def test_through_any_lens_rows_and_entries_add_up_to_the_figure(moved: World, lens: Lens) -> None:
    campaign = moved.campaign
    found, wanted = {}, {}
    with access.acting(operator()):
        for unit in (moved.top, moved.here, moved.beside, moved.cell, moved.cell_beside):
            for measure in Measure:
                people = queries.people_behind(campaign, unit, measure, lens=lens)
                duties = queries.obligations_behind(campaign, unit, measure, lens=lens)
                rows = people.count() if people is not None else 0
                rows += duties.count() if duties is not None else 0
                rows += sum(
                    amount for _row, amount in queries.totals_behind(campaign, unit, measure, lens=lens)
                )
                entries = queries.entries_behind(campaign, unit, measure, lens=lens)
                figure = lens.read(campaign.book_id or 0, whole=people is None).below(unit.pk).get(measure)
                total = figure.total if figure else 0
                found[unit.name, measure] = (rows, sum(one.amount for one in entries))
                wanted[unit.name, measure] = (total, total)

    assert found == wanted


def opened(made_world: World, at: Unit, name: str, query: str) -> Any:
    answer = made_world.client("officer", at).get(f"/dot/{made_world.campaign.pk}/so-lieu/{name}/?{query}")
    assert answer.status_code == 200
    return answer


def shown(answer: Any) -> tuple[int, list[str], int, int]:
    """The figure, the names, how many are outside the reader's sight, how many differ."""
    words = answer.context
    listed = words["listed"]
    names = [line.person.full_name for line in listed.lines] if listed else []
    return words["total"], names, words["found"].outside, words["found"].otherwise


def entered(answer: Any) -> int:
    return sum(entry.amount for entry, _origin in answer.context["entries"])


def test_who_left_the_tree_of_a_reader_is_counted_and_not_named(moved: World) -> None:
    """The cell stood below the commune on that day; today it stands below another one, and access with it."""
    query = f"ngay={STUDIED}&cach=khi-do"
    above, left = (
        opened(moved, unit, "present", f"{query}&don_vi={moved.here.pk}") for unit in (moved.top, moved.here)
    )
    ledger_page = opened(moved, moved.here, "present", f"{query}&xem=so")
    history = opened(moved, moved.here, "present", f"{query}&xem=lich-su")

    assert shown(above) == (2, ["Nguyễn Văn Gần 0", "Nguyễn Văn Gần 1"], 0, 0)
    assert shown(left) == (2, [], 2, 0)
    assert "2 của con số này ở đơn vị nay ngoài phạm vi bạn xem" in left.content.decode()
    assert "Nguyễn Văn Gần" not in left.content.decode()
    assert "ngoài phạm vi bạn xem" not in above.content.decode()
    assert entered(ledger_page) == 2
    assert [one["after"] for one in history.context["postings"]] == [2]


def test_over_the_tree_of_today_the_same_day_stands_at_the_other_commune(moved: World) -> None:
    query = f"ngay={STUDIED}&cach=nay"

    here, there = (opened(moved, unit, "present", query) for unit in (moved.here, moved.beside))

    assert shown(here) == (0, [], 0, 0)
    assert shown(there) == (3, ["Nguyễn Văn Gần 0", "Nguyễn Văn Gần 1"], 0, 0)


def test_names_stand_on_their_day_where_their_unit_ended_later(moved: World) -> None:
    """Two lines went on with the merger; on the day before they were the commune's."""
    before, after = (
        opened(moved, moved.top, "summoned", f"ngay={day}&cach=khi-do&don_vi={moved.here.pk}")
        for day in (STUDIED, LATER)
    )

    names = ["Lê Văn Sáp 0", "Lê Văn Sáp 1", "Nguyễn Văn Gần 0", "Nguyễn Văn Gần 1"]
    assert shown(before) == (4, names, 0, 0)
    assert shown(after) == (0, [], 0, 0)


def test_excused_is_who_was_on_that_day(moved: World) -> None:
    days = (EXCUSED - timedelta(days=1), EXCUSED, STUDIED)
    pages = [opened(moved, moved.top, "excused", f"ngay={day}&don_vi={moved.cell.pk}") for day in days]

    assert [shown(page)[:2] for page in pages] == [(0, []), (1, ["Nguyễn Văn Gần 1"]), (0, [])]


def test_what_was_known_later_is_neither_figure_nor_row(moved: World) -> None:
    entered_earlier(moved, 5, days=3)
    known = timezone.localdate() - timedelta(days=2)

    page = opened(moved, moved.top, "present", f"biet={known}")
    ledger_page = opened(moved, moved.top, "present", f"biet={known}&xem=so")

    assert shown(page) == (5, [], 0, 5)
    assert "Danh sách hôm nay lệch 5 so với con số lúc đó" in page.content.decode()
    assert entered(ledger_page) == 5


def test_the_top_row_of_a_past_board_bears_its_name_of_then(moved: World) -> None:
    arranged(moved, ActKind.RENAME, moved.here, name="Đảng bộ xã Tên Mới")

    with access.acting(operator()):
        moved.here.refresh_from_db()
        then = queries.board(moved.campaign, moved.here, lens=Lens(on=STUDIED, as_then=True))
        now = queries.board(moved.campaign, moved.here, lens=Lens(on=STUDIED))

    assert [one.top.unit and one.top.unit.name for one in (then, now)] == [
        "Đảng bộ xã Gần",
        "Đảng bộ xã Tên Mới",
    ]
    assert moved.here.name == "Đảng bộ xã Tên Mới"


@pytest.mark.parametrize(
    ("query", "times"),
    [
        (f"ngay={LATER}&cach=khi-do&biet={YESTERDAY}", 1),
        (f"ngay={STUDIED}&cach=khi-do&biet={YESTERDAY}", 0),
        (f"ngay={LATER}&cach=nay&biet={YESTERDAY}", 0),
        (f"ngay={LATER}&cach=khi-do", 0),
    ],
)
def test_a_board_says_that_its_tree_was_told_later_than_its_figures(
    moved: World, query: str, times: int
) -> None:
    """Both acts were entered today, in force since the tenth of February."""
    body = moved.client("officer", moved.here).get(f"/dot/{moved.campaign.pk}/?{query}").content.decode()

    assert body.count("mới nhập hoặc hoàn tác 2 quyết định sắp xếp đơn vị") == times


_ENTER = """
INSERT INTO ledger_entry
    (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on, known_on, amount, epoch)
SELECT %s, %s, 0, %s, %s, 0, 1, %s, quantriet_today() - %s, %s, epoch FROM ledger_clock
"""


def entered_earlier(made_world: World, amount: int, *, days: int) -> None:
    """An entry as it would stand had it been written some days ago."""
    book_id = made_world.campaign.book_id or 0
    with access.acting(operator()), connection.cursor() as cursor:
        batch = ledger.begin(book_id, by=operator(), origin="test", key="earlier").batch_id
        values: list[Any] = [book_id, batch, made_world.cell.pk, int(Measure.PRESENT), STUDIED, days, amount]
        cursor.execute(_ENTER, values)
