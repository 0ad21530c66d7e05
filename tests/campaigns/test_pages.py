"""Pages of campaigns: who sees what, figures and the rows behind them, what a post does once and twice."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from quantriet.campaigns import queries
from quantriet.campaigns.commands import campaigns, declarations, obligations, roll
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import (
    Obligation,
    RollLine,
)
from quantriet.campaigns.pages.board_markup import row_markup
from quantriet.ledger.measures import Grade, Measure
from quantriet.org import access
from quantriet.org.models import AccessEvent, Tree
from tests import factories
from tests import factories_campaigns as made
from tests.campaigns.worlds import World, world
from tests.factories import operator

pytestmark = pytest.mark.django_db

PAGES_WITH_NAMES = ("so-lieu/summoned/", "con-thieu/", "danh-sach/")
PAGES = (
    "",
    "bang.xlsx",
    "so-lieu/summoned/",
    "so-lieu/conferences_due/",
    "so-lieu/present/?xem=so",
    "so-lieu/summoned.xlsx",
    "con-thieu/",
    "con-thieu/?loai=conference",
    "viec/",
    "thoi-han/",
    "danh-sach/",
    "da-nhac/",
    "nhac/",
    "nhap-nhanh/presence/",
)


def text(client: Client, path: str, status: int = 200) -> str:
    """The body of an answer with that status."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode(errors="replace")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_who_may_and_is_not_there_for_a_foreigner(page: str) -> None:
    made_world = world()
    path = f"/dot/{made_world.campaign.pk}/{page}"

    own = made_world.client("officer", made_world.top).get(path).status_code
    foreign = made_world.client("officer", made_world.foreign).get(path)

    assert (own, foreign.status_code) == (200, 404)
    assert "Đợt thử" not in foreign.content.decode(errors="replace")


@pytest.mark.parametrize("page", PAGES_WITH_NAMES)
def test_names_of_a_page_are_those_of_the_readers_own_subtree(page: str) -> None:
    made_world = world()
    path = f"/dot/{made_world.campaign.pk}/{page}"
    readers = {
        "above": made_world.client("officer", made_world.top),
        "own": made_world.client("secretary", made_world.here),
        "below": made_world.client("secretary", made_world.cell),
        "beside": made_world.client("secretary", made_world.beside),
    }

    seen = {
        who: ("Nguyễn Văn Gần 0" in text(client, path), "Trần Thị Bên 0" in text(client, path))
        for who, client in readers.items()
    }

    assert seen == {
        "above": (True, True),
        "own": (True, False),
        "below": (True, False),
        "beside": (False, True),
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_unit_beside_or_above_answers_like_one_that_is_not_there(page: str) -> None:
    made_world = world()
    client = made_world.client("secretary", made_world.here)
    joined = "&" if "?" in page else "?"

    answers = {
        unit: client.get(f"/dot/{made_world.campaign.pk}/{page}{joined}don_vi={unit}").status_code
        for unit in (
            made_world.beside.pk,
            made_world.top.pk,
            made_world.foreign.pk,
            999_999_999,
            "x",
            "9" * 40,
        )
    }

    assert set(answers.values()) == {404}


def test_who_may_not_see_names_sees_the_number_only() -> None:
    made_world = world()
    client = made_world.client("administrator", made_world.top)

    body = text(client, f"/dot/{made_world.campaign.pk}/so-lieu/summoned/")
    missing = text(client, f"/dot/{made_world.campaign.pk}/con-thieu/")
    book = client.get(f"/dot/{made_world.campaign.pk}/so-lieu/summoned.xlsx").content

    assert ("Nguyễn Văn Gần" in body, "Nguyễn Văn Gần" in missing) == (False, False)
    assert b"xl/worksheets/sheet2.xml" not in book
    assert client.get(f"/dot/{made_world.campaign.pk}/danh-sach/").status_code == 403


def test_whoever_is_shown_can_read_who_looked() -> None:
    made_world = world()

    text(made_world.client("secretary", made_world.here), f"/dot/{made_world.campaign.pk}/con-thieu/")

    with factories.looking_everywhere():
        seen = sorted(AccessEvent.objects.values_list("person_id", "page"))
    assert seen == [(person.pk, "campaigns.missing") for person in made_world.people]


# ---- figures and their rows ------------------------------------------------------------------------------


def worked(made_world: World) -> None:
    """Something of every kind: one person has studied, totals are declared, a unit is done, one is waived."""
    made.study(made_world.campaign, made_world.people[:1], [made_world.document], key="s")
    day = date(2026, 2, 8)
    with access.acting(operator()):
        totals = {
            "presence": {"present": 1, "excused": 1, "guests": 4},
            "essays": {"handed_in": 2, "accepted": 1},
        }
        for kind, figures in totals.items():
            declarations.declare(
                made_world.campaign,
                made_world.cell_beside,
                kind=kind,
                totals=Totals(figures, day, "05-BC/CB"),
                by=operator(),
            )
        declarations.declare(
            made_world.campaign,
            made_world.here,
            kind="programme",
            totals=Totals({"issued": 1}, day),
            by=operator(),
        )
        done = Done(day, Grade.ON_SPOT, "test:1")
        obligations.fulfil(
            made_world.campaign, [made_world.beside.pk], kind="materials", done=done, by=operator()
        )
        owed = Obligation.objects.get(campaign=made_world.campaign, unit=made_world.beside, kind="programme")
        obligations.waive(owed, reason="Mới sáp nhập", by=operator())


@pytest.mark.parametrize("below", ["top", "here", "beside", "cell", "cell_beside"])
def test_every_figure_is_the_sum_of_its_rows_and_of_its_entries(below: str) -> None:
    made_world = world(3)
    worked(made_world)
    unit = getattr(made_world, below)
    with access.acting(operator()):
        counts = queries.board(made_world.campaign, unit).top
        for measure in Measure:
            figure = counts.amount(measure).total
            people = queries.people_behind(made_world.campaign, unit, measure)
            duties = queries.obligations_behind(made_world.campaign, unit, measure)
            declared = sum(each for _row, each in queries.totals_behind(made_world.campaign, unit, measure))
            named = (people.count() if people is not None else 0) + (
                duties.count() if duties is not None else 0
            )
            entries = queries.entries_behind(made_world.campaign, unit, measure)
            assert (measure, sum(entry.amount for entry in entries)) == (measure, figure)
            assert (measure, named + declared) == (measure, figure)


def test_rows_of_a_board_and_its_own_line_add_up_to_the_top() -> None:
    made_world = world(3)
    worked(made_world)
    with access.acting(operator()):
        board = queries.board(made_world.campaign, made_world.top)
    for measure in Measure:
        total = board.own.amount(measure).total + sum(row.amount(measure).total for row in board.rows)
        assert total == board.top.amount(measure).total


def test_missing_by_name_and_by_number_are_what_the_board_misses() -> None:
    made_world = world(3)
    worked(made_world)
    client = made_world.client("officer", made_world.top)

    body = text(client, f"/dot/{made_world.campaign.pk}/con-thieu/")

    with access.acting(operator()):
        counts = queries.board(made_world.campaign, made_world.top).top
        named = queries.missing_people(made_world.campaign, made_world.top).count()
    missing = counts.amount(Measure.SUMMONED).total - counts.amount(Measure.PRESENT).total
    assert (missing, named) == (4, 2)
    assert "còn thiếu 2 người" in body


def test_a_unit_that_said_nothing_is_a_dash_and_never_a_zero() -> None:
    made_world = world()
    worked(made_world)
    body = text(
        made_world.client("officer", made_world.top),
        f"/dot/{made_world.campaign.pk}/?don_vi={made_world.top.pk}",
    )
    silent = world_row(body, "Đảng bộ xã Gần")
    assert "50,0\u00a0%" in silent
    third = factories.commune(made_world.top, "Đảng bộ xã Im")
    factories.person(factories.cell(third, "Chi bộ Im"))
    campaign = made.started(made_world.top)

    body = text(made_world.client("officer", made_world.top), f"/dot/{campaign.pk}/")

    row = world_row(body, "Đảng bộ xã Im")
    assert ("chưa báo cáo" in row, "(0/1)" in row) == (True, False)


def test_the_sheet_of_a_board_holds_the_same_figures() -> None:
    made_world = world(3)
    worked(made_world)
    content = (
        made_world.client("officer", made_world.top).get(f"/dot/{made_world.campaign.pk}/bang.xlsx").content
    )

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    head = next(row for row in rows if row[0] == "Đơn vị")
    at = head.index("Đã học: đã làm")
    found = {row[0]: row[at : at + 3] for row in rows if isinstance(row[at], float)}
    assert found == {
        "Đảng bộ xã Gần": [1.0, 3.0, 0.333],
        "Đảng bộ xã Bên": [1.0, 3.0, 0.333],
        "Đảng bộ tỉnh Thử Nghiệm": [2.0, 6.0, 0.333],
    }


def world_row(body: str, name: str) -> str:
    """The line of the table that begins with a unit's name."""
    start = body.index(f">{name}</a></th>")
    return body[start : body.index("</tr>", start)]


def test_past_dates_show_what_had_happened_by_then() -> None:
    made_world = world()
    worked(made_world)
    client = made_world.client("officer", made_world.top)
    base = f"/dot/{made_world.campaign.pk}/"

    before = text(client, f"{base}?ngay=2026-02-01")
    after = text(client, f"{base}?ngay=2026-02-09")
    then = text(client, f"{base}?ngay=2026-02-09&biet=2026-02-09")
    nonsense = client.get(f"{base}?ngay=31/02/2026&doi_tuong=99&buoc=x&xep=y&cay=z&page=-4")

    assert ("50,0\u00a0%" in before, "50,0\u00a0%" in after, "50,0\u00a0%" in then) == (False, True, False)
    assert nonsense.status_code == 200


def test_figures_of_a_class_of_people() -> None:
    made_world = world()
    person, campaign = made_world.people[0], made_world.campaign
    with access.acting(operator()):
        line = RollLine.objects.select_related("unit").get(campaign=campaign, person=person)
        roll.remove(line, reason="Ghi lại đối tượng", by=operator())
        roll.add(campaign, person, line.unit, person_class=1, reason="Ghi lại đối tượng", by=operator())
    client = made_world.client("officer", made_world.top)
    body = text(client, f"/dot/{made_world.campaign.pk}/so-lieu/summoned/?doi_tuong=1")
    assert ("Nguyễn Văn Gần 0" in body, "Nguyễn Văn Gần 1" in body) == (True, False)


def test_the_front_has_a_board_of_its_own() -> None:
    made_world = world(start=False)
    front = factories.front(made_world.top, "Mặt trận tỉnh")
    factories.front(made_world.here, "Mặt trận xã Gần", parent=front)
    with access.acting(operator()):
        campaigns.start(made_world.campaign, by=operator())
    client = made_world.client("officer", made_world.top)

    body = text(client, f"/dot/{made_world.campaign.pk}/?cay={Tree.FRONT}")

    assert ("Mặt trận xã Gần" in body, "Đảng bộ xã Gần" in body) == (True, False)


# ---- the same number of queries --------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if not page.endswith(".xlsx")])
def test_a_page_takes_the_same_queries_for_one_row_and_for_three(
    page: str,
) -> None:
    taken = []
    for number in (1, 3):
        made_world = world(number)
        if number == 3:
            for extra in range(2):
                factories.person(
                    factories.cell(factories.commune(made_world.top, f"Đảng bộ xã Thêm {extra}"))
                )
            made_world.campaign = made.started(made_world.top, [made_world.document])
        client = made_world.client("officer", made_world.top)
        path = f"/dot/{made_world.campaign.pk}/{page}"
        text(client, path)
        with CaptureQueriesContext(connection) as captured:
            text(client, path)
        taken.append(len(captured))
    assert taken[0] == taken[1], taken


def test_a_kept_row_is_drawn_anew_when_a_figure_it_shows_changes() -> None:
    class Row:
        def __init__(self, name: str) -> None:
            self.name, self.href, self.shares, self.duties = name, "/a/", (), ()
            self.key = (name,)

    first = row_markup(Row("Chi bộ 1"), tree="party")
    again = row_markup(Row("Chi bộ 1"), tree="party")
    other = row_markup(Row("Chi bộ <2>"), tree="party")

    assert first is again
    assert "Chi bộ &lt;2&gt;" in other
