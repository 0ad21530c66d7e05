"""Sheets of acts: looked at without a trace, asked about, done whole, stopped without a trace."""

from typing import Any

import pytest

from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.act_words import COLUMNS
from quantriet.org.commands import act_sheets
from quantriet.org.models import Act, ActSheet, Unit
from quantriet.org.queries import act_sheets as queries
from tests import factories
from tests.org.commands.test_acts import Province, do, fresh, merger, province, refusal, snapshot

__all__ = ["province"]
pytestmark = pytest.mark.django_db


def workbook(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT) for column in COLUMNS]
    lines = [[row.get(column.name, "") for column in COLUMNS] for row in rows]
    book.add_table(Table(title="", columns=columns, rows=lines, sheet_name="Sắp xếp"))
    return book.to_bytes()


def row(kind: str, units: str, **values: str) -> dict[str, str]:
    facts = {"decision": "5-QĐ/TU", "decided_on": "01/07/2025", "effective_on": "01/07/2025"}
    return {"kind": kind, "units": units} | facts | values


@pytest.fixture
def by(province: Province) -> Actor:
    return factories.actor("administrator", province.top)


def staged(by: Actor, *rows: dict[str, str]) -> ActSheet:
    with access.acting(by):
        return act_sheets.stage(workbook(*rows), file_name="sap-xep.xlsx", by=by)


def look(sheet: ActSheet, by: Actor, **more: Any) -> ActSheet:
    with access.acting(by):
        return act_sheets.look(sheet, by=by, **more)


def carry_out(sheet: ActSheet, by: Actor, **more: Any) -> ActSheet:
    with access.acting(by):
        return act_sheets.carry_out(sheet, by=by, **more)


def answer(sheet: ActSheet, by: Actor, answers: dict[int, dict[str, str]]) -> ActSheet:
    with access.acting(by):
        return act_sheets.answer(sheet, answers, by=by)


def three(province: Province) -> list[dict[str, str]]:
    return [
        row("Sáp nhập", f"{province.one.code}; {province.two.code}", into="MOI", names="Đảng bộ xã Mới"),
        row("Đổi tên", "MOI", names="Đảng bộ phường Mới", effective_on="01/09/2025"),
        row("Đổi mã", province.cell.code, code="CB-MOI"),
    ]


def test_a_sheet_is_looked_at_in_its_order_then_done_whole_and_once(province: Province, by: Actor) -> None:
    before = snapshot()
    steps: list[tuple[int, int]] = []

    looked = look(staged(by, *three(province)), by, step=lambda at, of, _words: steps.append((at, of)))

    assert [number for number, _words in looked.outcome["lines"]] == [2, 3, 4]
    assert (looked.state, looked.outcome["faults"], looked.outcome["asked"]) == ("looked", [], [])
    assert (steps, snapshot() == before, Act.objects.count()) == ([(0, 3), (1, 3), (2, 3)], True, 0)
    done = carry_out(looked, by)
    seen = snapshot()
    again = carry_out(ActSheet.objects.get(pk=done.pk), by)
    assert (done.state, again.state, Act.objects.count()) == ("done", "done", 3)
    assert (snapshot(), Unit.objects.get(code="MOI").name) == (seen, "Đảng bộ phường Mới")


def test_the_same_file_again_is_the_sheet_that_is_there_until_it_is_done(
    province: Province, by: Actor
) -> None:
    content = workbook(*three(province)[:2])

    def sent() -> ActSheet:
        with access.acting(by):
            return act_sheets.stage(content, file_name="sap-xep.xlsx", by=by)

    first = sent()
    assert sent().pk == first.pk

    carry_out(first, by)

    later = sent()
    assert later.pk != first.pk
    carry_out(later, by)
    assert Act.objects.count() == 2


def stopped(at: int) -> Any:
    def step(done: int, _total: int, _words: str) -> None:
        if done == at:
            raise KeyboardInterrupt

    return step


@pytest.mark.parametrize("work", [look, carry_out])
def test_stopped_half_way_nothing_is_written(province: Province, by: Actor, work: Any) -> None:
    sheet = staged(by, *three(province))
    before = snapshot()

    with pytest.raises(KeyboardInterrupt):
        work(sheet, by, step=stopped(2))

    assert (snapshot(), Act.objects.count()) == (before, 0)
    assert ActSheet.objects.get().state == "staged"


def test_a_name_of_several_units_is_asked_and_answered(province: Province, by: Actor) -> None:
    twins = [factories.cell(unit, "Chi bộ Trùng") for unit in (province.one, province.two)]
    sheet = look(staged(by, row("Đổi tên", "Chi bộ Trùng", names="Chi bộ Khác")), by)
    (asked,) = sheet.outcome["asked"]
    assert (asked["row"], asked["question"], sheet.outcome["faults"]) == (2, "unit:Chi bộ Trùng", [])
    assert asked["options"] == [
        [twins[0].code, f"Chi bộ Trùng, Đảng bộ xã Một, {twins[0].code}"],
        [twins[1].code, f"Chi bộ Trùng, Đảng bộ xã Hai, {twins[1].code}"],
    ]
    assert refusal(lambda: carry_out(sheet, by)).code == "act.unit_unclear"

    sheet = look(answer(sheet, by, {2: {"unit:Chi bộ Trùng": twins[1].code}}), by)
    carry_out(sheet, by)

    assert [fresh(unit).name for unit in twins] == ["Chi bộ Trùng", "Chi bộ Khác"]


def test_what_an_act_must_have_chosen_is_asked_with_its_answers(province: Province, by: Actor) -> None:
    words = row("Chia tách", province.cell.code, into="A1; A2", names="Chi bộ A; Chi bộ B")
    sheet = look(staged(by, words), by)
    (asked,) = sheet.outcome["asked"]
    assert (asked["question"], asked["options"]) == ("org.rest", [["0", "Chi bộ A"], ["1", "Chi bộ B"]])

    sheet = look(answer(sheet, by, {2: {"org.rest": "1"}}), by)
    carry_out(sheet, by)

    with factories.looking_everywhere():
        assert type(province.an).objects.get(pk=province.in_cell.pk).home_unit.code == "A2"


def test_an_answer_that_came_while_it_was_looked_at_waits_for_its_own_look(
    province: Province, by: Actor
) -> None:
    sheet = staged(by, row("Chia tách", province.cell.code, into="A1; A2", names="Chi bộ A; Chi bộ B"))
    answer(ActSheet.objects.get(), by, {2: {"org.rest": "0"}})

    found = look(sheet, by)  # begun before the answer

    assert (found.state, found.outcome) == ("staged", {})
    assert look(found, by).state == "looked"


def test_a_row_is_judged_by_the_tree_of_the_moment_it_is_done(province: Province, by: Actor) -> None:
    sheet = look(staged(by, *three(province)), by)
    do(merger(province, decision="9-QĐ/TU"))
    seen = snapshot()

    refused = refusal(lambda: carry_out(sheet, by))

    assert (refused.code, refused.context["row"], snapshot()) == ("unit.closed", 2, seen)


def test_a_sheet_beyond_the_limit_is_refused(
    province: Province, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queries.MOST_ROWS >= 2_000
    monkeypatch.setattr(queries, "MOST_ROWS", 2)

    refused = refusal(lambda: staged(by, *three(province)))

    assert (refused.code, ActSheet.objects.count()) == ("act.too_many", 0)


def test_a_sheet_with_unreadable_cells_is_not_done(province: Province, by: Actor) -> None:
    sheet = staged(by, *three(province), row("Phá bỏ", province.one.code))
    before = snapshot()

    with pytest.raises(DomainError) as refused:
        carry_out(sheet, by)

    assert (refused.value.code, snapshot()) == ("act.sheet_faults", before)
