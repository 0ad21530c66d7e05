"""The place "Sắp xếp đơn vị": from the form over the dry run to the act and back."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_date
from quantriet.org.act_words import COLUMNS
from quantriet.org.models import Act, Unit
from tests import factories
from tests.org.commands.test_acts import Province, fresh, province, snapshot

__all__ = ["province"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(province: Province) -> Client:
    return factories.signed_in(factories.account("administrator", province.top))


def sent(province: Province, **values: str) -> dict[str, str]:
    today = format_date(timezone.localdate())
    facts = {
        "units": f"{province.one.code}; {province.two.code}",
        "into": "MOI",
        "names": "Đảng bộ xã Mới",
        "decision": "12-QĐ/TU",
        "decided_on": today,
        "effective_on": today,
    }
    return facts | values


def merge(browser: Client, province: Province, **values: str) -> tuple[int, str]:
    answer = browser.post(reverse("act-new", args=["merge"]), sent(province, **values))
    return answer.status_code, answer.content.decode()


def test_every_act_has_its_form(browser: Client, province: Province) -> None:
    page = browser.get(reverse("acts"), {"don-vi": province.one.code}).content.decode()

    for kind in ("merge", "split", "move", "rename", "reclassify", "found", "close", "reopen", "renumber"):
        address = reverse("act-new", args=[kind])
        assert address in page
        answer = browser.get(address, {"don-vi": province.one.code})
        assert answer.status_code == 200
        assert province.one.code in answer.content.decode()


def test_the_dry_run_shows_what_goes_where_and_writes_nothing(browser: Client, province: Province) -> None:
    before = snapshot()

    status, page = merge(browser, province)

    assert status == 200
    for words in (
        "Đảng bộ xã Một",
        "Người chuyển sinh hoạt",
        "Ban, văn phòng cùng tên",
        "Vai trò của tài khoản",
    ):
        assert words in page
    assert snapshot() == before
    assert not Act.objects.exists()


def test_an_act_is_done_shown_and_undone(browser: Client, province: Province) -> None:
    before = snapshot()
    merge(browser, province, step="do", **{"answer:org.roles": "end"})
    act = Act.objects.get()
    assert act.told["answers"] == {"org.roles": "end"}
    assert "12-QĐ/TU" in browser.get(reverse("acts")).content.decode()
    new = Unit.objects.get(code="MOI")
    of_unit = browser.get(reverse("unit", args=[new.pk])).content.decode()
    assert "Đơn vị cũ, nay thuộc đơn vị này" in of_unit
    assert "Đảng bộ xã Một" in of_unit
    assert "12-QĐ/TU" in browser.get(reverse("unit", args=[province.one.pk])).content.decode()

    no_reason = browser.post(reverse("act-undo", args=[act.pk]), {"reason": ""})
    assert no_reason.status_code == 422
    browser.post(reverse("act-undo", args=[act.pk]), {"reason": "Nhập nhầm"})

    assert snapshot() == before
    assert "Nhập nhầm" in browser.get(reverse("act", args=[act.pk])).content.decode()


def test_what_stands_against_an_undo_is_listed(browser: Client, province: Province) -> None:
    merge(browser, province, step="do")
    factories.cell(Unit.objects.get(code="MOI"), "Chi bộ Mới Lập")

    answer = browser.post(reverse("act-undo", args=[Act.objects.get().pk]), {"reason": "Nhầm"})

    assert answer.status_code == 422
    assert "Chi bộ Mới Lập" in answer.content.decode()


def test_a_refusal_stands_beside_its_field(browser: Client, province: Province) -> None:
    status, page = merge(browser, province, units="KHONG-CO")
    assert (status, "Không có đơn vị “KHONG-CO”" in page) == (422, True)

    status, page = merge(browser, province, effective_on="1/1/2020")
    assert (status, "trước ngày quyết định" in page) == (422, True)


def test_a_name_stands_for_its_one_unit(browser: Client, province: Province) -> None:
    merge(browser, province, units="Đảng bộ xã Một; dang bo xa hai", step="do")

    assert Act.objects.get().told["units"] == [province.one.pk, province.two.pk]


def test_a_later_day_is_planned_and_can_be_dropped(browser: Client, province: Province) -> None:
    later = format_date(timezone.localdate() + timedelta(days=3))
    merge(browser, province, effective_on=later, step="do")
    act = Act.objects.get()
    assert "Chờ ngày hiệu lực" in browser.get(reverse("act", args=[act.pk])).content.decode()

    browser.post(reverse("act-undo", args=[act.pk]), {"reason": "Bỏ"})

    act.refresh_from_db()
    assert act.state == Act.State.UNDONE


def test_a_division_gives_units_and_people_by_hand(browser: Client, province: Province) -> None:
    told = sent(province, units=province.one.code, into="A1; A2", names="Đảng bộ xã A; Đảng bộ xã B")
    address = reverse("act-new", args=["split"])
    page = browser.post(address, told).content.decode()
    assert f'name="share:{province.cell.pk}"' in page
    assert f'name="person:{province.an.pk}"' in page
    assert "Phần còn lại" in page
    assert browser.post(address, told | {"step": "do"}).status_code == 422

    chosen = {f"share:{province.cell.pk}": "1", f"person:{province.an.pk}": "1", "answer:org.rest": "0"}
    browser.post(address, told | chosen | {"step": "do"})

    with factories.looking_everywhere():
        assert type(province.an).objects.get(pk=province.an.pk).home_unit.code == "A2"


def test_an_act_of_others_is_not_there(browser: Client, province: Province) -> None:
    merge(browser, province, step="do")
    stranger = factories.signed_in(factories.account("administrator", factories.province("Tỉnh khác")))

    assert stranger.get(reverse("act", args=[Act.objects.get().pk])).status_code == 404
    reader = factories.signed_in(factories.account("secretary", province.top))
    assert reader.get(reverse("acts")).status_code == 403


# --- sheets -----------------------------------------------------------------------------------------------------


def workbook(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    columns = [TableColumn(column.title, CellKind.TEXT) for column in COLUMNS]
    lines = [[row.get(column.name, "") for column in COLUMNS] for row in rows]
    book.add_table(Table(title="", columns=columns, rows=lines, sheet_name="Sắp xếp"))
    return book.to_bytes()


def row(kind: str, units: str, **values: str) -> dict[str, str]:
    facts = {"decision": "5-QĐ/TU", "decided_on": "01/07/2025", "effective_on": "01/07/2025"}
    return {"kind": kind, "units": units} | facts | values


def upload(browser: Client, content: bytes) -> str:
    file = SimpleUploadedFile("sap-xep.xlsx", BytesIO(content).getvalue())
    return str(browser.post(reverse("act-sheet"), {"file": file}).headers["Location"])


def test_a_sheet_is_looked_at_row_by_row_then_done_whole(browser: Client, province: Province) -> None:
    before = snapshot()
    content = workbook(
        row("Sáp nhập", f"{province.one.code}; {province.two.code}", into="MOI", names="Đảng bộ xã Mới"),
        row("Đổi tên", "MOI", names="Đảng bộ phường Mới", effective_on="01/09/2025"),
    )

    address = upload(browser, content)
    page = browser.get(address).content.decode()

    assert page.count(": làm được") == 2
    assert snapshot() == before
    browser.post(address)
    assert Unit.objects.get(code="MOI").name == "Đảng bộ phường Mới"
    browser.post(address)
    assert Act.objects.count() == 2


def test_a_faulty_sheet_names_each_cell_and_does_nothing(browser: Client, province: Province) -> None:
    before = snapshot()
    content = workbook(
        row("Sáp nhập", f"{province.one.code}; KHONG-CO", into="MOI", names="Đảng bộ xã Mới"),
        row("Phá bỏ", province.one.code),
        row("Đổi tên", province.two.code, names="Đảng bộ xã Hay", decided_on="30/02/2025"),
    )

    address = upload(browser, content)
    page = browser.get(address).content.decode()

    for cell in ("B2", "A3", "J4"):
        assert f">{cell}<" in page
    assert browser.post(address).status_code == 422
    assert browser.get(f"{address}loi.xlsx").status_code == 200
    assert snapshot() == before


def test_a_sheet_is_its_uploaders_alone(browser: Client, province: Province) -> None:
    address = upload(browser, workbook(row("Đổi tên", province.one.code, names="Khác")))
    other = factories.signed_in(factories.account("administrator", province.top))

    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    assert fresh(province.one).name == "Đảng bộ xã Một"


def test_the_empty_sheet_can_be_had(browser: Client, province: Province) -> None:
    assert browser.get(reverse("act-sheet-template")).content[:2] == b"PK"
