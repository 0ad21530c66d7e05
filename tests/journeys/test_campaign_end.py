"""A campaign ends with what remains to put right; it is noted as done; the next start shows the chosen unit's."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests import factories_campaigns as made
from tests.journeys.test_campaigns import look, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_end_of_one_campaign_to_the_questions_of_the_next(page: Page, live_site: str) -> None:
    top = factories.province("Đảng bộ tỉnh An Giang")
    commune = factories.commune(top, "Đảng bộ xã Mỹ Hoà Hưng")
    campaign = made.started(commune, [made.document(commune)])
    sign_in(page.context, live_site, factories.account("officer", top))

    page.goto(f"/dot/{campaign.pk}/ket-thuc/")
    page.get_by_label("Bài học, mỗi dòng một ý").fill("Phát tài liệu sớm hơn")
    page.get_by_label("Việc 1").fill("Dạy bù cho người đi biển")
    page.get_by_label("Hạn").first.fill("30/06/2026")
    page.get_by_role("button", name="Thêm dòng").click()
    expect(page.get_by_label("Việc 4")).to_be_visible()
    look(page, "close")
    page.get_by_role("button", name="Kết thúc đợt").click()
    page.get_by_role("link", name="Bài học").click()
    expect(page.get_by_text("Dạy bù cho người đi biển")).to_be_visible()
    look(page, "lessons")

    page.goto("/dot/moi/")
    expect(page.get_by_label("3. Triển khai từ đơn vị nào xuống?")).to_be_visible()
    page.get_by_label("3. Triển khai từ đơn vị nào xuống?").select_option(label=commune.name)
    expect(page.get_by_text("Dạy bù cho người đi biển")).to_be_visible()
    look(page, "new-with-lessons")
    page.get_by_role("link", name="Ghi đã khắc phục").click()
    page.get_by_role("button", name="Ghi đã xong").click()
    expect(page.get_by_text("Đã ghi là khắc phục xong.")).to_be_visible()
    page.goto("/dot/moi/")
    page.get_by_label("3. Triển khai từ đơn vị nào xuống?").select_option(label=commune.name)
    expect(page.get_by_text("Phát tài liệu sớm hơn")).to_be_visible()
    expect(page.get_by_text("Dạy bù cho người đi biển")).to_have_count(0)
