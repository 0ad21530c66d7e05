"""Files on their way in: looked at without writing, done whole or not at all."""

import resource
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org import access, sealing
from quantriet.org.access import Actor
from quantriet.org.commands import imported_people, imports
from quantriet.org.commands.imports import Rows, Step
from quantriet.org.models import Import, Membership, Person, Placement, Post, Unit
from quantriet.org.queries import imports as import_queries
from quantriet.org.queries.imports import Outcome
from quantriet.org.specs import ANOTHER
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = ["Họ và tên", "Mã đảng viên", "Ngày sinh", "Mã đơn vị", "Điện thoại", "Chức vụ"]
UNITS = ["Mã", "Tên", "Loại", "Mã cấp trên", "Cây", "Cấp ủy", "Người đứng đầu", "Số đảng viên"]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def commune() -> Unit:
    return factories.commune(factories.province())


def xlsx(tmp_path: Path, *rows: Sequence[object], merge: str = "") -> bytes:
    path = tmp_path / "danh-sach.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Danh sách")
        dated = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, dated)
                elif isinstance(value, int):
                    sheet.write_number(number, place, value)
                else:
                    sheet.write_string(number, place, str(value))
        if merge:
            sheet.merge_range(merge, "Họ và tên")
    return path.read_bytes()


def staged(content: bytes, kind: str, unit: Unit, by: Actor | None = None) -> Import:
    who = by or factories.operator()
    with access.acting(who):
        return imports.stage(content, file_name="danh-sach.xlsx", kind=kind, unit=unit, by=who)


def checked(about: Import) -> Outcome:
    with access.acting(factories.operator()) as by:
        return imports.check(about, by=by)


def done(about: Import, rows: Rows = Rows.ALL) -> Import:
    with access.acting(factories.operator()) as by:
        return imports.carry_out(about, rows=rows, by=by)


def names() -> list[str]:
    with factories.looking_everywhere():
        return list(Person.objects.order_by("pk").values_list("full_name", flat=True))


def test_people_are_shown_then_written_once(commune: Unit, tmp_path: Path) -> None:
    content = xlsx(
        tmp_path,
        ["DANH SÁCH ĐẢNG VIÊN"],
        [],
        PEOPLE,
        ["Nguyễn Văn An", "0012", date(1980, 2, 3), commune.code, "0912", "Bí thư"],
        [unicodedata.normalize("NFD", "Trần Thị Hòa"), "0013", "1975", commune.code, "=1+1", ""],
    )
    about = staged(content, "people", commune)

    outcome = checked(about)
    nothing = names()
    first = done(about)
    again = done(about)

    assert (outcome.new, outcome.changed, outcome.same, outcome.faulty) == (2, 0, 0, 0)
    assert nothing == []
    assert first.pk == again.pk
    assert names() == ["Nguyễn Văn An", "Trần Thị Hòa"]
    with factories.looking_everywhere():
        assert list(Person.objects.order_by("pk").values_list("phone", flat=True)) == ["0912", "=1+1"]
        assert (Membership.objects.count(), Post.objects.count()) == (2, 1)


def test_the_same_file_again_changes_nothing_and_a_new_one_shows_changes(
    commune: Unit, tmp_path: Path
) -> None:
    row = ["Nguyễn Văn An", "0012", "", commune.code, "0912"]
    done(staged(xlsx(tmp_path, PEOPLE, row), "people", commune))

    same = checked(staged(xlsx(tmp_path, PEOPLE, row), "people", commune))
    changed = checked(staged(xlsx(tmp_path, PEOPLE, [*row[:4], "0999"]), "people", commune))

    assert (same.new, same.changed, same.same) == (0, 0, 1)
    assert (changed.new, changed.changed, changed.same) == (0, 1, 0)


def test_two_rows_of_one_person_are_a_fault_of_the_later_one_even_when_the_earlier_is_wrong(
    commune: Unit, tmp_path: Path
) -> None:
    cell = factories.cell(commune)
    rows = [
        ["An", "A 1", "31/02/1980", commune.code],
        ["Bình", "a1", "", cell.code],
        ["Hòa", "", "1980", commune.code],
        ["HOÀ", "", "1980", commune.code],
        ["Hòa", "", "1981", commune.code],
        ["Hòa", "", "1980", cell.code],
    ]
    about = staged(xlsx(tmp_path, PEOPLE, *rows), "people", commune)

    outcome = checked(about)
    done(about, Rows.FAULTLESS)

    told = [(fault.address, fault.code) for fault in outcome.faults]
    assert told == [("C2", "date_impossible"), ("B3", "import.twice"), ("A5", "import.twice")]
    assert (outcome.new, outcome.faulty) == (3, 3)
    assert names() == ["Hòa", "Hòa", "Hòa"]


def test_staging_the_same_file_twice_is_one_import(commune: Unit, tmp_path: Path) -> None:
    content = xlsx(tmp_path, PEOPLE, ["An", "1", "", commune.code])

    assert staged(content, "people", commune).pk == staged(content, "people", commune).pk


def test_nothing_is_half_imported_unless_chosen_and_the_rest_comes_back_as_a_workbook(
    commune: Unit, tmp_path: Path
) -> None:
    content = xlsx(
        tmp_path, PEOPLE, ["An", "1", "", commune.code], ["Bình", "2", "31/02/1980", commune.code], ["", "3"]
    )
    about = staged(content, "people", commune)
    outcome = checked(about)

    with pytest.raises(DomainError) as refusal:
        done(about)
    before = names()
    done(about, Rows.FAULTLESS)
    with factories.looking_everywhere():
        workbook = read_xlsx(import_queries.fault_file(about, outcome.faults))

    assert (refusal.value.code, before) == ("import.faults", [])
    assert [fault.address for fault in outcome.faults] == ["C3", "A4", "D4"]
    assert names() == ["An"]
    assert [row.text(0) for row in workbook.rows] == ["Họ và tên", "Bình", ""]


class BrokenOffError(Exception):
    """Stands for a worker that dies."""


def break_off(after_people: int) -> Step:
    """A step that dies when so many people are written."""

    def step(people: int, total: int, _words: str) -> None:
        if total and people >= after_people:
            raise BrokenOffError

    return step


def three_cells(commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """A file of six people in three cells, written two people a transaction."""
    monkeypatch.setattr(imported_people, "CHUNK", 2)
    cells = [factories.cell(commune, f"Chi bộ {number}") for number in range(3)]
    rows = [
        [f"Người {number}", "" if number % 2 else f"C{number}", "1980", cells[number // 2].code]
        for number in range(6)
    ]
    return staged(xlsx(tmp_path, PEOPLE, *rows), "people", commune)


@pytest.mark.django_db(transaction=True)
def test_an_import_broken_off_keeps_whole_units_and_goes_on_without_writing_anybody_twice(
    commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = three_cells(commune, tmp_path, monkeypatch)
    by = factories.operator()

    with pytest.raises(BrokenOffError):
        imports.carry_out(about, by=by, step=break_off(2))
    half = names()
    with access.acting(by), pytest.raises(DomainError) as refusal:
        imports.check(about, by=by)
    finished = imports.carry_out(about, by=by)
    again = imports.carry_out(about, by=by)

    assert half == ["Người 0", "Người 1"]
    assert refusal.value.code == "import.writing"
    assert names() == [f"Người {number}" for number in range(6)]
    assert (finished.state, again.state, finished.outcome["new"]) == ("done", "done", 6)
    with factories.looking_everywhere():
        assert Membership.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_control_without_how_far_it_was_the_rest_would_be_asked_about(
    commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = three_cells(commune, tmp_path, monkeypatch)
    by = factories.operator()
    with pytest.raises(BrokenOffError):
        imports.carry_out(about, by=by, step=break_off(2))
    with factories.looking_everywhere():
        Import.objects.update(written_to=None)

    with pytest.raises(DomainError) as refusal:
        imports.carry_out(about, by=by)

    assert refusal.value.code == "import.faults_since"


@pytest.mark.django_db(transaction=True)
def test_a_code_taken_while_the_list_is_written_stays_out_and_is_told(
    commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = three_cells(commune, tmp_path, monkeypatch)
    foreign = factories.commune(factories.province(), "Đảng bộ xã khác")

    def step(people: int, total: int, _words: str) -> None:
        if total and people == 2:
            with factories.looking_everywhere():
                Person.objects.create(
                    full_name="Người nhanh tay", home_unit=foreign, code_index=sealing.index("C4")
                )

    finished = imports.carry_out(about, by=factories.operator(), step=step)

    assert (finished.outcome["new"], finished.outcome["faulty"]) == (5, 1)
    assert [(one["address"], one["code"]) for one in finished.outcome["faults"]] == [
        ("B6", "person.code_elsewhere")
    ]


def test_within_a_transaction_a_break_takes_everything_back(
    commune: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = three_cells(commune, tmp_path, monkeypatch)

    with pytest.raises(BrokenOffError), access.acting(factories.operator()) as by:
        imports.carry_out(about, by=by, step=break_off(2))

    assert names() == []


def test_looking_at_known_people_writes_nothing(commune: Unit, tmp_path: Path) -> None:
    row = ["Nguyễn Văn An", "0012", "", commune.code, "0912"]
    done(staged(xlsx(tmp_path, PEOPLE, row), "people", commune))

    changed = checked(staged(xlsx(tmp_path, PEOPLE, [*row[:4], "0999"]), "people", commune))

    assert changed.changed == 1
    with factories.looking_everywhere():
        assert list(Person.objects.values_list("phone", flat=True)) == ["0912"]


def test_the_same_statements_whatever_the_length_of_the_list(commune: Unit, tmp_path: Path) -> None:
    counts = []
    for size in (1, 30):
        rows = [
            [f"Người {size} {number}", f"{size}-{number}", "1980", commune.code] for number in range(size)
        ]
        about = staged(xlsx(tmp_path, PEOPLE, *rows), "people", commune)
        with CaptureQueriesContext(connection) as captured:
            done(about)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_a_million_people_within_the_memory_of_a_small_server(tmp_path: Path) -> None:
    top = factories.province()
    cells = [factories.cell(top, f"Chi bộ {number}") for number in range(20)]
    path = tmp_path / "trieu-nguoi.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(0, 0, PEOPLE[:4])
        for number in range(1_000_000):
            name = f"Nguyễn Văn {chr(97 + number % 26)}{number // 1000}"
            sheet.write_row(number + 1, 0, (name, f"{number:012d}", "1980", cells[number % 20].code))
    by = factories.operator()
    with access.acting(by):
        about = imports.stage(path, file_name=path.name, kind="people", unit=top, by=by)

    with pytest.raises(BrokenOffError):
        imports.carry_out(about, by=by, step=break_off(400_000))
    finished = imports.carry_out(about, by=by)

    with factories.looking_everywhere():
        assert Person.objects.count() == Membership.objects.count() == 1_000_000
    assert (finished.outcome["new"], finished.outcome["faulty"]) == (1_000_000, 0)
    own, children = (
        resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    assert own + children < 1_500_000_000


def test_a_known_name_is_asked_and_both_answers_are_taken(commune: Unit, tmp_path: Path) -> None:
    known = factories.person(commune, "Lê Thị Hà", birth_date=date(1990, 1, 1))
    header = ["Họ và tên", "Ngày sinh"]
    about = staged(xlsx(tmp_path, header, ["Lê Thị Hà", "01/01/1990"]), "people", commune)

    outcome = checked(about)
    with access.acting(factories.operator()) as by, pytest.raises(DomainError):
        imports.carry_out(about, by=by)
    with access.acting(factories.operator()) as by:
        imports.answer(about, {2: known.pk}, by=by)
        same = imports.check(about, by=by)
        imports.answer(about, {2: ANOTHER}, by=by)
    done(about)

    assert [(q.row, q.candidates[0][0]) for q in outcome.questions] == [(2, known.pk)]
    assert (same.new, same.same) == (0, 1)
    assert names() == ["Lê Thị Hà", "Lê Thị Hà"]


def test_a_foreign_code_and_a_foreign_unit_are_told_like_missing_ones(commune: Unit, tmp_path: Path) -> None:
    foreign = factories.commune(factories.province(), "Đảng bộ xã Bí Mật")
    factories.person(foreign, "Người Bí Mật", code="X9")
    by = factories.actor("administrator", commune)
    rows = [["An", "1", "", foreign.code], ["An", "2", "", "KHONG-CO"], ["Bình", "X9", "", commune.code]]
    about = staged(xlsx(tmp_path, PEOPLE, *rows), "people", commune, by)

    with access.acting(by):
        outcome = imports.check(about, by=by)

    assert [(fault.address, fault.code) for fault in outcome.faults] == [
        ("D2", "import.unit_unknown"),
        ("D3", "import.unit_unknown"),
        ("B4", "person.code_elsewhere"),
    ]
    assert "Bí Mật" not in " ".join(fault.sentence for fault in outcome.faults)


@pytest.mark.parametrize(
    ("rows", "merge", "code"),
    [
        ([["Cột lạ", "Cột khác"], ["An", "1"]], "", "sheet.no_header"),
        ([["Họ và tên", "Họ tên", "Mã"], ["An", "B", "1"]], "", "sheet.column_twice"),
        ([["Họ và tên", "", "Mã"], ["An", "B", "1"]], "A1:B1", "sheet.merged_header"),
    ],
)
def test_a_damaged_header_is_told(
    commune: Unit, tmp_path: Path, rows: Sequence[Sequence[object]], merge: str, code: str
) -> None:
    content = xlsx(tmp_path, *rows, merge=merge)
    try:
        about = staged(content, "people", commune)
        codes = [fault.code for fault in checked(about).faults]
        with pytest.raises(DomainError):
            done(about, Rows.FAULTLESS)
    except DomainError as error:
        codes = [error.code]

    assert codes == [code]
    assert names() == []


def test_picked_columns_win_over_the_words_of_the_header(commune: Unit, tmp_path: Path) -> None:
    content = xlsx(tmp_path, ["Họ và tên", "Mã", "Ghi chú"], ["Sai", "1", "Đúng"])
    about = staged(content, "people", commune)
    with access.acting(factories.operator()) as by:
        imports.choose_columns(about, {"full_name": 2, "code": 1}, sheet="", by=by)
    done(about)

    assert names() == ["Đúng"]


def test_tcvn3_text_is_converted_with_a_notice(commune: Unit, tmp_path: Path) -> None:
    content = xlsx(
        tmp_path, ["Họ và tên", "Mã"], ["NguyÔn V¨n B×nh", "1"], ["TrÇn ThÞ Ph­îng", "2"], ["§ç V¨n C­êng", "3"]
    )
    about = staged(content, "people", commune)

    outcome = checked(about)
    done(about)

    assert outcome.faults == ()
    assert {fault.code for fault in outcome.notices} == {"sheet.legacy_text"}
    assert set(names()) == {"Nguyễn Văn Bình", "Trần Thị Phượng", "Đỗ Văn Cường"}


def test_units_are_founded_changed_and_given_heads_in_one_file(tmp_path: Path) -> None:
    top = factories.unit(None, "province", "Đảng bộ tỉnh", code="00")
    rows = [
        ["01", "Đảng bộ xã A", "Đảng bộ xã", "00", "", "", "Nguyễn Văn An", "1.250"],
        ["BTG", "Ban Tuyên giáo và Dân vận", "Ban", "", "", "00", "", ""],
        ["MT", "MTTQ tỉnh", "Mặt trận", "", "Mặt trận", "00", "Trần Thị Bình", "30.000"],
        ["MT1", "MTTQ xã A", "Mặt trận", "MT", "MTTQ", "01", "", ""],
    ]
    first = staged(xlsx(tmp_path, UNITS, *rows), "units", top)
    outcome = checked(first)
    before = Unit.objects.count()
    done(first)
    rows[0][7] = "1.251"
    rows[3][7] = "12"
    second = checked(staged(xlsx(tmp_path, UNITS, *rows), "units", top))

    assert (outcome.new, outcome.changed, outcome.faulty, before) == (4, 0, 0, 1)
    assert (second.new, second.changed, second.same) == (0, 2, 2)
    assert Unit.objects.get(code="MT").member_count == 30_000
    assert Placement.objects.filter(unit__code="MT1", parent__code="MT").count() == 1
    with factories.looking_everywhere():
        heads = Post.objects.filter(title="head").order_by("unit__code")
        assert list(heads.values_list("unit__code", "person__full_name")) == [
            ("01", "Nguyễn Văn An"),
            ("MT", "Trần Thị Bình"),
        ]


def test_empty_cells_take_nothing_away(tmp_path: Path) -> None:
    top = factories.unit(None, "province", "Đảng bộ tỉnh", code="00")
    done(staged(xlsx(tmp_path, UNITS, ["01", "Xã A", "Xã", "00", "", "", "", "99"]), "units", top))

    done(staged(xlsx(tmp_path, UNITS[:3], ["01", "Xã A Mới", "Xã"]), "units", top))

    unit = Unit.objects.get(code="01")
    assert (unit.name, unit.member_count) == ("Xã A Mới", 99)
    assert Placement.objects.get(unit=unit).parent == top


def test_what_only_an_act_changes_is_a_fault_in_its_cell_and_the_rest_is_written(tmp_path: Path) -> None:
    top = factories.unit(None, "province", "Đảng bộ tỉnh", code="00")
    names = ["Đảng bộ xã A", "Đảng bộ xã B", "Đảng bộ xã C", "Đảng bộ xã D"]
    rows: list[list[object]] = [
        [f"0{number}", name, "Xã", "00", "", "", "Nguyễn Văn An", ""]
        for number, name in enumerate(names, start=1)
    ]
    rows.append(["03.1", "Chi bộ 1", "Chi bộ", "03"])
    done(staged(xlsx(tmp_path, UNITS, *rows), "units", top))
    rows[0][1] = "Đảng bộ xã Khác"
    rows[1][2] = "Đảng bộ cơ sở"
    rows[2][3] = "01"
    rows[3][1], rows[3][7] = "ĐẢNG BỘ xã D", "15"
    rows.append(["03.2", "Chi bộ 2", "Chi bộ", "03"])
    second = staged(xlsx(tmp_path, UNITS, *rows), "units", top)

    outcome = checked(second)
    done(second, Rows.FAULTLESS)

    assert [(fault.address, fault.code) for fault in outcome.faults] == [
        ("B2", "unit.needs_act"),
        ("C3", "unit.needs_act"),
        ("D4", "unit.needs_act"),
    ]
    assert "trang “Sắp xếp đơn vị”" in outcome.faults[0].sentence
    assert (outcome.new, outcome.changed, outcome.same) == (1, 1, 1)
    units = Unit.objects.exclude(pk=top.pk).order_by("code")
    assert list(units.values_list("code", "name", "kind", "member_count")) == [
        ("01", "Đảng bộ xã A", "commune", 0),
        ("02", "Đảng bộ xã B", "commune", 0),
        ("03", "Đảng bộ xã C", "commune", 0),
        ("03.1", "Chi bộ 1", "cell", 0),
        ("03.2", "Chi bộ 2", "cell", 0),
        ("04", "ĐẢNG BỘ xã D", "commune", 15),
    ]
    assert Placement.objects.filter(parent=top).count() == 4


def test_one_name_twice_below_one_superior_is_a_fault_of_the_later_row(tmp_path: Path) -> None:
    top = factories.unit(None, "province", "Đảng bộ tỉnh", code="00")
    factories.unit(top, "commune", "Đảng bộ xã Thuận Hòa", code="01")
    rows = [
        ["02", "Đảng bộ xã Thuận Hoà", "Xã", "00"],
        ["02.1", "Chi bộ 1", "Chi bộ", "02"],
        ["03", "Đảng bộ xã Thọ", "Xã", "00"],
        ["04", "Đảng bộ xã Thơ", "Xã", "00"],
        ["05", "Đảng bộ xã THỌ", "Xã", "00"],
    ]

    outcome = checked(staged(xlsx(tmp_path, UNITS, *rows), "units", top))

    assert [(fault.address, fault.code) for fault in outcome.faults] == [
        ("B2", "unit.name_twice"),
        ("B3", "import.above_faulty"),
        ("B6", "unit.name_twice"),
    ]
    assert outcome.new == 2


def test_a_tree_told_otherwise_is_refused_with_all_that_would_hang_there(tmp_path: Path) -> None:
    top = factories.unit(None, "province", "Đảng bộ tỉnh", code="00")
    front = factories.unit(None, "mass", "MTTQ tỉnh", code="MT", tree="front", committee=top)
    factories.person(front, "Trần Thị Bình")
    rows = [
        ["MT", "MTTQ tỉnh", "Đoàn thể", "", "Phụ nữ", "00"],
        ["MT1", "Hội xã", "Đoàn thể", "MT", "Phụ nữ", "00"],
    ]

    outcome = checked(staged(xlsx(tmp_path, UNITS, *rows), "units", top))

    assert [(fault.address, fault.code) for fault in outcome.faults] == [
        ("E2", "unit.needs_act"),
        ("E3", "import.above_faulty"),
    ]
    assert outcome.new == 0


def test_an_administrator_of_a_commune_founds_no_roots_and_takes_no_foreign_code(
    commune: Unit, tmp_path: Path
) -> None:
    foreign = factories.commune(factories.province(), "Đảng bộ xã Bí Mật")
    by = factories.actor("administrator", commune)
    rows = [
        ["N1", "Chi bộ 1", "Chi bộ", commune.code],
        ["N2", "Tỉnh mới", "Tỉnh", ""],
        ["N3", "Dưới tỉnh mới", "Xã", "N2"],
        [foreign.code, "Chiếm mã", "Chi bộ", commune.code],
    ]
    about = staged(xlsx(tmp_path, UNITS, *rows), "units", commune, by)
    with access.acting(by):
        outcome = imports.check(about, by=by)
        imports.carry_out(about, rows=Rows.FAULTLESS, by=by)

    assert [(fault.address, fault.code) for fault in outcome.faults] == [
        ("D3", "import.no_parent"),
        ("D4", "import.above_faulty"),
        ("A5", "import.code_taken"),
    ]
    assert "Bí Mật" not in " ".join(fault.sentence for fault in outcome.faults)
    assert Unit.objects.filter(code__startswith="N").count() == 1


def test_who_manages_no_people_stages_nothing(commune: Unit, tmp_path: Path) -> None:
    by = factories.actor("officer", commune)

    with pytest.raises(ForbiddenError):
        staged(xlsx(tmp_path, PEOPLE, ["An", "1"]), "people", commune, by)
