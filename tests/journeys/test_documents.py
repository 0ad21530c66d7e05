"""An officer drops a paper, corrects a clause and publishes it; a commune says on the phone that it has it."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.models import Account
from tests import factories
from tests.documents import papers
from tests.journeys import looking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path)


def sign_in(context: BrowserContext, site: str, who: Account) -> None:
    session = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    context.clear_cookies()
    context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


def look(page: Page, name: str) -> None:
    """No page is wider than its window, on the phone and on the desk."""
    for size in (looking.PHONE, looking.DESK):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, size["width"])
        looking.picture(page, f"documents-{name}-{size['width']}")


def test_from_the_dropped_file_to_the_receipt(page: Page, live_site: str) -> None:
    province = factories.province("Đảng bộ tỉnh An Giang")
    commune = factories.commune(province, "Đảng bộ phường Rạch Giá")
    for name in ("Đảng bộ xã Vĩnh Hòa Hưng", "Đảng bộ đặc khu Phú Quốc"):
        factories.commune(province, name)
    sign_in(page.context, live_site, factories.account("officer", province))

    page.goto("/van-ban/")
    look(page, "empty")
    page.goto("/van-ban/moi/")
    look(page, "drop")
    page.set_input_files(
        "input[name=file]",
        {"name": "nghi-quyet.docx", "mimeType": "application/octet-stream", "buffer": papers.docx_bytes()},
    )
    page.get_by_role("button", name="Đọc văn bản").click()
    expect(page.locator("input[name=number]")).to_have_value("05-NQ/TU")
    look(page, "review")
    page.get_by_role("button", name="Lưu bản soạn").click()
    expect(page.get_by_role("heading", name="Sửa 05-NQ/TU")).to_be_visible()
    look(page, "edit")

    clause = page.locator(".clause-list > li", has_text="TÌNH HÌNH VÀ NGUYÊN NHÂN")
    clause.get_by_role("button", name="Sửa").click()
    page.locator("#clauses input[name=heading]").fill("TÌNH HÌNH")
    look(page, "clause")
    page.get_by_role("button", name="Lưu mục").click()
    expect(page.locator("#clauses input[name=heading]")).to_have_count(0)
    expect(page.locator("#clauses h3").nth(1)).to_contain_text("TÌNH HÌNH")

    page.locator(".clause-list > li", has_text="Kết quả đạt được").get_by_role("button", name="Tách").click()
    page.get_by_role("button", name="Tách ở đây").first.click()
    expect(page.locator(".clause-path", has_text="I.1-2")).to_be_visible()
    page.locator(".clause-list > li", has_text="I.1-2").get_by_role("button", name="Gộp lên").click()
    expect(page.locator(".clause-path", has_text="I.1-2")).to_have_count(0)
    page.locator(".clause-list > li", has_text="TỔ CHỨC THỰC HIỆN").get_by_role(
        "button", name="Thêm sau"
    ).click()
    page.locator("#clauses input[name=path]").fill("IV")
    page.locator("#clauses input[name=heading]").fill("HIỆU LỰC")
    page.get_by_role("button", name="Thêm mục", exact=True).click()
    expect(page.locator(".clause-path", has_text="IV")).to_be_visible()

    page.get_by_role("button", name="Công bố").click()
    page.get_by_role("dialog").get_by_role("button", name="Công bố").click()
    expect(page.get_by_text("Đã công bố").first).to_be_visible()
    look(page, "document")

    sign_in(page.context, live_site, factories.account("clerk", commune))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/van-ban/")
    look(page, "list")
    page.get_by_role("link", name="05-NQ/TU").click()
    page.get_by_role("button", name="Xác nhận đã nhận").click()
    expect(page.get_by_text("Đã ghi nhận")).to_be_visible()
    look(page, "received")

    sign_in(page.context, live_site, factories.account("officer", province))
    with access.whole_house("test"):
        document = Document.objects.get()
    page.goto(f"/van-ban/{document.pk}/tiep-nhan/")
    expect(page.get_by_role("rowheader", name="Đảng bộ đặc khu Phú Quốc")).to_be_visible()
    look(page, "receipts")
    page.goto(f"/van-ban/{document.pk}/tai-lieu/")
    look(page, "material")
    page.goto(f"/van-ban/{document.pk}/in/")
    look(page, "print")
