"""Sheets of acts on their pages: dropped, looked at and done by the worker, asked about, refused with the reason."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from quantriet.core import jobs
from quantriet.core.models import Work
from quantriet.org import access
from quantriet.org.commands import act_sheets as commands
from quantriet.org.models import Account, Act, ActSheet, Unit
from tests import factories
from tests.org.commands.test_act_sheets import row, workbook
from tests.org.commands.test_acts import Province, fresh, province, snapshot

__all__ = ["province"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(province: Province) -> Account:
    return factories.account("administrator", province.top)


@pytest.fixture
def browser(account: Account) -> Client:
    return factories.signed_in(account)


def upload(browser: Client, content: bytes) -> Any:
    return browser.post(reverse("act-sheet"), {"file": SimpleUploadedFile("sap-xep.xlsx", content)})


def looked(account: Account, *rows: dict[str, str]) -> ActSheet:
    """A sheet that was looked at, as the worker does it."""
    by = access.actor(account)
    assert by is not None
    with access.acting(by):
        return commands.look(commands.stage(workbook(*rows), file_name="sap-xep.xlsx", by=by), by=by)


def shown(browser: Client, sheet: ActSheet) -> str:
    return browser.get(reverse("act-sheet-look", args=[sheet.pk])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_looked_at_and_done_by_the_worker(browser: Client, province: Province) -> None:
    before = snapshot()
    content = workbook(
        row("Sáp nhập", f"{province.one.code}; {province.two.code}", into="MOI", names="Đảng bộ xã Mới"),
        row("Đổi tên", "MOI", names="Đảng bộ phường Mới", effective_on="01/09/2025"),
    )

    work = upload(browser, content).headers["Location"]
    jobs.work_off()
    sheet = ActSheet.objects.get()
    address = reverse("act-sheet-look", args=[sheet.pk])
    over = browser.get(work).content.decode()
    page = browser.get(address).content.decode()

    assert (address in over, page.count(": làm được"), snapshot() == before) == (True, 2, True)
    do = reverse("act-sheet-do", args=[sheet.pk])
    first, again = browser.post(do).headers["Location"], browser.post(do).headers["Location"]
    assert (first, snapshot() == before) == (again, True)
    jobs.work_off()
    assert Unit.objects.get(code="MOI").name == "Đảng bộ phường Mới"
    assert "Đã thực hiện 2 việc sắp xếp" in browser.get(address).content.decode()
    finished = Work.objects.order_by("pk").last()
    assert finished is not None
    assert (finished.state, finished.done, finished.total) == ("done", 2, 2)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_on_carrying_out_says_why_above_the_rows(
    browser: Client, account: Account, province: Province
) -> None:
    sheet = looked(account, row("Đổi tên", province.one.code, names="Đảng bộ xã Khác"))
    factories.commune(province.top, "Đảng bộ xã Khác")
    sentence = "Dòng 2: Đã có “Đảng bộ xã Khác” ở cùng cấp trên."
    assert sentence not in shown(browser, sheet)

    browser.post(reverse("act-sheet-do", args=[sheet.pk]))
    jobs.work_off()

    page = shown(browser, sheet)
    assert 0 < page.find(sentence) < page.find("Dòng làm được")
    assert Work.objects.get().state == "failed"
    assert "bị từ chối" in browser.get(reverse("act-sheet")).content.decode()
    assert (Act.objects.count(), fresh(province.one).name) == (0, "Đảng bộ xã Một")


def test_a_faulty_sheet_names_each_cell_and_offers_no_doing(
    browser: Client, account: Account, province: Province
) -> None:
    sheet = looked(
        account,
        row("Sáp nhập", f"{province.one.code}; KHONG-CO", into="MOI", names="Đảng bộ xã Mới"),
        row("Phá bỏ", province.one.code),
        row("Đổi tên", province.two.code, names="Đảng bộ xã Hay", decided_on="30/02/2025"),
    )

    page = shown(browser, sheet)

    assert [f">{cell}<" in page for cell in ("B2", "A3", "K4")] == [True] * 3
    assert reverse("act-sheet-do", args=[sheet.pk]) not in page
    assert browser.get(reverse("act-sheet-faults", args=[sheet.pk])).content[:2] == b"PK"


def test_what_a_row_asks_is_answered_on_the_page(
    browser: Client, account: Account, province: Province
) -> None:
    twins = [factories.cell(unit, "Chi bộ Trùng") for unit in (province.one, province.two)]
    sheet = looked(account, row("Đổi tên", "Chi bộ Trùng", names="Chi bộ Khác"))
    question = "row:2:unit:Chi bộ Trùng"
    page = shown(browser, sheet)
    assert (question in page, twins[1].code in page) == (True, True)

    answered = browser.post(reverse("act-sheet-answer", args=[sheet.pk]), {question: twins[1].code})

    sheet.refresh_from_db()
    assert answered.headers["Location"].startswith("/viec/")
    assert (sheet.answers, sheet.state) == ({"2": {"unit:Chi bộ Trùng": twins[1].code}}, "staged")


def test_a_sheet_is_its_uploaders_alone(browser: Client, account: Account, province: Province) -> None:
    sheet = looked(account, row("Đổi tên", province.one.code, names="Khác"))
    other = factories.signed_in(factories.account("administrator", province.top))

    names = ("act-sheet-look", "act-sheet-faults")
    assert [other.get(reverse(name, args=[sheet.pk])).status_code for name in names] == [404, 404]
    writes = ("act-sheet-again", "act-sheet-answer", "act-sheet-do")
    assert [other.post(reverse(name, args=[sheet.pk])).status_code for name in writes] == [404, 404, 404]
    assert browser.get(reverse("act-sheet-look", args=[sheet.pk])).status_code == 200


def test_what_is_no_sheet_is_told_beside_the_field(browser: Client) -> None:
    answer = upload(browser, b"khong phai bang")

    assert (answer.status_code, ActSheet.objects.count()) == (422, 0)


def test_the_empty_sheet_can_be_had(browser: Client) -> None:
    assert browser.get(reverse("act-sheet-template")).content[:2] == b"PK"
