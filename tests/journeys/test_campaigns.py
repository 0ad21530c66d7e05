"""An officer opens a campaign and gives it down; the board fills; a cell secretary declares on the phone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import BrowserContext, Page, expect

from quantriet.campaigns.models import Campaign
from quantriet.core import jobs
from quantriet.ledger import commands as ledger
from quantriet.org.models import Account
from tests import factories
from tests import factories_campaigns as made
from tests.journeys import looking

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context: BrowserContext, site: str, who: Account) -> None:
    """The browser becomes this account's."""
    session = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    context.clear_cookies()
    context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


def look(page: Page, name: str) -> None:
    """No fault on the phone, nor on the desk, where the journey goes on."""
    looking.look(page, f"campaigns-{name}", sizes=(looking.PHONE, looking.DESK))


def _work() -> None:
    """What the worker does, with a connection that ends with it."""
    jobs.work_off()
    connections.close_all()


def test_from_three_questions_to_the_board(page: Page, live_site: str) -> None:
    top = factories.province("Đảng bộ tỉnh An Giang")
    cells = []
    for name in ("Phường Rạch Giá", "Xã Mỹ Hoà Hưng", "Đặc khu Phú Quốc"):
        commune = factories.commune(top, f"Đảng bộ {name}")
        cells.append(factories.cell(commune, f"Chi bộ ấp 1, {name}"))
    people = [factories.person(cell, f"Nguyễn Thị Người {at}") for at, cell in enumerate(cells * 3)]
    document = made.document(top)
    officer = factories.account("officer", top)
    sign_in(page.context, live_site, officer)

    page.goto("/dot/")
    page.get_by_role("link", name="Mở đợt mới").click()
    look(page, "new")
    page.get_by_label("1. Đợt này tên là gì?").fill("Học tập Nghị quyết số 05")
    page.get_by_role("checkbox", name=document.number).check()
    page.get_by_label("2. Làm từ ngày").fill("01/02/2026")
    page.get_by_label("Đến ngày").fill("31/12/2026")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("heading", name="Học tập Nghị quyết số 05")).to_be_visible()
    look(page, "adjust")
    page.get_by_label("Đến sau bao nhiêu phút là muộn").fill("20")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu. Xem lại lần cuối")).to_be_visible()

    page.get_by_role("button", name="Giao xuống").click()
    page.locator("#ask").get_by_role("button", name="Giao xuống").click()
    expect(page.get_by_text("Đang chờ đến lượt")).to_be_visible()
    with ThreadPoolExecutor(1) as worker:  # the browser's own event loop runs in this thread
        worker.submit(_work).result()
    page.get_by_role("link", name="Xem kết quả").click()
    row = page.get_by_role("row", name="Đảng bộ Phường Rạch Giá")
    expect(row).to_contain_text("chưa báo cáo")
    campaign = Campaign.objects.get()
    made.study(campaign, people[:3] + people[3:4], [document], key="s")
    ledger.fold()
    page.reload()  # the fold waits for every transaction of the server, those of other runs too

    expect(row).to_contain_text("66,7 %", timeout=15_000)
    look(page, "board")
    page.set_viewport_size({"width": 1440, "height": 900})
    row.get_by_role("link", name="66,7 %").click()
    expect(page.get_by_role("heading", name="Đã học (người)")).to_be_visible()
    expect(page.get_by_text("Nguyễn Thị Người 0")).to_be_visible()
    look(page, "figure")

    page.goto(f"/dot/{campaign.pk}/con-thieu/?loai=programme")
    page.get_by_role("link", name="Nhắc 4 đơn vị …").click()
    page.get_by_label("Văn bản gửi Zalo").check()
    look(page, "remind")
    page.get_by_role("button", name="Nhắc", exact=True).click()
    expect(page.get_by_role("button", name="Chép nội dung")).to_be_visible()
    look(page, "reminded")


def test_a_cell_secretary_declares_on_the_phone(page: Page, live_site: str) -> None:
    top = factories.province("Đảng bộ tỉnh An Giang")
    cell = factories.cell(factories.commune(top, "Đảng bộ Xã Vĩnh Thạnh Trung"), "Chi bộ ấp Vĩnh Lộc")
    for number in range(3):
        factories.person(cell, f"Trần Văn Người {number}")
    campaign = made.started(top)
    sign_in(page.context, live_site, factories.account("secretary", cell))

    page.goto(f"/dot/{campaign.pk}/viec/")
    look(page, "unit")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Số người dự học").click()
    page.get_by_label("Số người trong danh sách đã dự").fill("9")
    page.get_by_label("Số người vắng có lý do").fill("0")
    page.get_by_label("Khách ngoài danh sách").fill("1")
    page.get_by_role("button", name="Lưu số khai").click()
    expect(page.get_by_role("alert").first).to_contain_text("danh sách triệu tập chỉ có 3")
    look(page, "refused")
    page.get_by_label("Số người trong danh sách đã dự").fill("3")
    page.get_by_role("button", name="Lưu số khai").click()
    expect(page.get_by_text("Đã lưu số khai.")).to_be_visible()
    page.goto(f"/dot/{campaign.pk}/")
    expect(page.get_by_role("link", name="100 %").first).to_be_visible()
