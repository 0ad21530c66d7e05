"""A commune writes its report on the desk and on the phone, sends it, gets it back, sends it again; it is accepted."""

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from quantriet.org.models import Account
from quantriet.reports.models import Report, ReportEvent
from tests import factories
from tests.factories_reports import House
from tests.journeys import looking

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context: BrowserContext, site: str, who: Account) -> None:
    """The browser becomes this account's."""
    session = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    context.clear_cookies()
    context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


def look(page: Page, name: str) -> None:
    """No fault on the phone, nor on the desk, where the journey goes on."""
    looking.look(page, f"reports-{name}", sizes=(looking.PHONE, looking.DESK))


def test_a_report_is_written_sent_returned_sent_and_accepted(page: Page, live_site: str) -> None:
    house = House(communes=2)
    house.study(2, key="buổi 1")
    secretary = factories.account("secretary", house.commune)
    officer = factories.account("officer", house.top)
    sign_in(page.context, live_site, secretary)

    # On the desk: figures stand there, words are saved while one types.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/bao-cao/")
    look(page, "mine")
    page.get_by_role("link", name="Soạn").first.click()
    page.get_by_role("button", name="Soạn báo cáo kết quả").click()
    expect(page.get_by_text("Đã học: 2/3 người, đạt 66,7 %.")).to_be_visible()
    leadership = page.locator("#chu-leadership")
    leadership.fill("Đảng ủy đã ban hành kế hoạch và phân công cấp ủy viên phụ trách từng chi bộ.")
    expect(page.locator("#tinh-trang")).to_contain_text("Lưu tự động")
    leadership.fill(
        "Đảng ủy đã ban hành kế hoạch số 09-KH/ĐU và phân công cấp ủy viên phụ trách từng chi bộ."
    )
    expect(page.locator("#ban-leadership")).to_have_value("2")
    page.get_by_role("link", name="Đã học: 2/3").hover()
    expect(page.locator("#nguon")).to_contain_text("Chi bộ ấp 1")
    page.get_by_role("link", name="số khác… (Đã học)").click()
    look(page, "editor")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label("Số khác", exact=True).fill("3")
    page.get_by_label("Lý do", exact=True).fill("Một đồng chí học tại Trường Chính trị tỉnh")
    page.get_by_role("button", name="Ghi số khác").click()
    expect(page.locator("#so-present")).to_contain_text("Đơn vị ghi số khác: 3/3 người")
    page.locator(".report-bar").get_by_role("link", name="Kiểm tra").click()
    expect(page.locator("#kiem-tra")).to_contain_text("Chưa ghi người ký")
    look(page, "check")

    # On the phone: one section a page.
    page.set_viewport_size({"width": 360, "height": 740})
    report = Report.objects.get()
    page.goto(f"/bao-cao/{report.pk}/muc/strengths/")
    for words in ("Nghiêm túc, đúng kế hoạch.", "Còn một đồng chí chưa học.", "Công tác xa."):
        page.locator("textarea").fill(words)
        look(page, "section")
        page.set_viewport_size({"width": 360, "height": 740})
        page.get_by_role("button", name="Lưu, mục sau").click()
    page.get_by_role("link", name="Đề cương, gửi").click()
    page.get_by_role("link", name="Đầu và cuối trang").click()
    page.get_by_label("Số, ký hiệu").fill("05-BC/ĐU")
    page.get_by_label("Họ tên người ký").fill("Lê Văn Bình")
    look(page, "head")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(".report-bar").get_by_role("link", name="Gửi lên").click()
    page.locator("#kiem-tra").get_by_role("button", name="Gửi lên Tỉnh ủy An Giang").click()
    expect(page.get_by_text("Đã gửi, chờ duyệt")).to_be_visible()
    look(page, "sent")

    # Above: the disputed figure stands on top; back it goes, and comes again.
    sign_in(page.context, live_site, officer)
    page.goto("/bao-cao/cap-duoi/")
    look(page, "below")
    page.get_by_role("link", name="Duyệt").click()
    expect(page.get_by_role("heading", name="Số đơn vị ghi khác với sổ")).to_be_visible()
    page.get_by_label("Lý do trả lại").fill("Nêu rõ biện pháp cho người học bù.")
    look(page, "review")
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại: Nêu rõ biện pháp")).to_be_visible()
    page.goto(f"/bao-cao/dot/{house.campaign.pk}/")
    look(page, "campaign")

    sign_in(page.context, live_site, secretary)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/viec-hom-nay/")
    look(page, "today")
    page.set_viewport_size({"width": 1440, "height": 900})
    row = page.get_by_role("listitem").filter(has_text="Báo cáo bị trả lại")
    row.get_by_role("link", name="Sửa").click()
    expect(page.get_by_text("Bị trả lại: Nêu rõ biện pháp")).to_be_visible()
    page.locator("#chu-shortcomings").fill("Còn một đồng chí chưa học; học bù trong tháng 3.")
    page.locator(".report-bar").get_by_role("link", name="Gửi lên").click()
    page.locator("#kiem-tra").get_by_role("button", name="Gửi lên Tỉnh ủy An Giang").click()
    expect(page.get_by_text("Đã gửi, chờ duyệt")).to_be_visible()

    sign_in(page.context, live_site, officer)
    page.goto(f"/bao-cao/{report.pk}/")
    expect(page.get_by_text("học bù trong tháng 3")).to_be_visible()
    page.get_by_role("button", name="Chấp nhận").click()
    expect(page.get_by_text("Đã chấp nhận")).to_be_visible()
    look(page, "accepted")
    kinds = list(ReportEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["sent", "returned", "sent", "accepted"]


def test_two_writers_of_one_section_see_both_texts(page: Page, live_site: str) -> None:
    house = House(people=1)
    sign_in(page.context, live_site, factories.account("secretary", house.commune))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/bao-cao/dot/{house.campaign.pk}/soan/")
    page.get_by_role("button", name="Soạn báo cáo kết quả").click()
    page.wait_for_url("**/bao-cao/*/")
    other = page.context.new_page()
    other.set_viewport_size({"width": 1440, "height": 900})
    other.goto(page.url)
    other.locator("#chu-causes").fill("Bản của người kia")
    expect(other.locator("#tinh-trang")).to_contain_text("Lưu tự động")
    page.locator("#chu-causes").fill("Bản của tôi")
    both = page.locator("#xung-dot-causes")
    expect(both).to_contain_text("Bản của người kia")
    look(page, "conflict")
    page.set_viewport_size({"width": 1440, "height": 900})
    both.get_by_role("button", name="Ghi bản của tôi").click()
    page.wait_for_load_state()
    other.close()
    assert Report.objects.get().texts["causes"]["text"] == "Bản của tôi"


def test_an_old_report_is_marked(page: Page, live_site: str) -> None:
    sign_in(page.context, live_site, factories.account("officer", factories.province()))
    page.goto("/bao-cao/soi/")
    page.get_by_label("Hoặc dán nội dung").fill(
        "Hàm Thuận Nam, ngày 20 tháng 02 năm 2018\nBÁO CÁO\nĐợt học từ ngày 30/11/2017 đến ngày 12/01/2017 có "
        "1.356/1.468 đảng viên, đạt 97,8 %. Hội nghị tổng kết tổ chức ngày 25/02/2018."
    )
    look(page, "examine")
    page.get_by_role("button", name="Soi").click()
    expect(page.get_by_role("heading", name="3 chỗ cần xem lại")).to_be_visible()
    expect(page.locator("mark").nth(2)).to_contain_text("92,4 % (1.356/1.468)")
    look(page, "examined")
