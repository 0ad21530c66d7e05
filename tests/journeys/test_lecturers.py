"""A commune asks for a lecturer; the province's officer lets the system arrange and sends; the outline goes its way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import BrowserContext, Page, expect

from quantriet.core import jobs
from quantriet.lecturers.models import Lecture
from quantriet.org.models import Account
from tests import factories
from tests import factories_conferences as meetings
from tests import factories_lecturers as made
from tests.journeys import looking

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(context: BrowserContext, site: str, who: Account) -> None:
    """The browser becomes this account's."""
    session = factories.signed_in(who).cookies[settings.SESSION_COOKIE_NAME]
    context.clear_cookies()
    context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


def look(page: Page, name: str) -> None:
    """No fault on the desk, nor on the phone, where the journey goes on."""
    looking.look(page, f"lecturers-{name}", sizes=(looking.DESK, looking.PHONE))


def _work() -> None:
    """What the worker does, with a connection that ends with it."""
    jobs.work_off()
    connections.close_all()


def test_from_the_request_to_the_approved_outline(page: Page, live_site: str) -> None:
    province = factories.province("Đảng bộ tỉnh An Giang")
    commune = factories.commune(province, "Đảng bộ Phường Văn Miếu - Quốc Tử Giám")
    lecturer = made.serving(
        province,
        factories.person(commune, "Nguyễn Trần Phương Thảo Nguyên"),
        subjects=("party", "defence"),
        languages=("khmer",),
    )
    made.serving(province, subjects=("law",))
    made.asked(commune, province, days=15, subject="science", title="Chuyển đổi số ở cơ sở")
    officer = factories.account("officer", province)

    sign_in(page.context, live_site, factories.account("clerk", commune))
    page.goto("/bao-cao-vien/de-nghi/")
    page.get_by_role("link", name="Đề nghị cử báo cáo viên").first.click()
    look(page, "ask")
    day = made.in_days(12)
    page.get_by_label("Nội dung cần nói").fill("Thời sự quý IV")
    page.get_by_label("Ngày", exact=True).fill(f"{day:%d/%m/%Y}")
    page.get_by_label("Nơi nói").fill("Hội trường phường")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Chờ trả lời")).to_be_visible()

    sign_in(page.context, live_site, officer)
    page.goto("/bao-cao-vien/")
    look(page, "corps")
    page.goto("/bao-cao-vien/cu-nguoi/")
    page.get_by_role("button", name="Xếp báo cáo viên").click()
    with ThreadPoolExecutor(1) as worker:  # the browser's own event loop runs in this thread
        worker.submit(_work).result()
    page.get_by_role("link", name="Xem kết quả").click()
    expect(page.get_by_text(lecturer.person.full_name)).to_be_visible()
    expect(page.get_by_text("2 người không phụ trách lĩnh vực này")).to_be_visible()
    look(page, "board")
    page.get_by_role("button", name="Cử những người đã chọn").click()
    expect(page.get_by_text("Đã cử người cho 1 buổi")).to_be_visible()
    with factories.looking_everywhere():
        sent = Lecture.objects.get(state="accepted").pk

    sign_in(page.context, live_site, factories.account("lecturer", province, of=lecturer.person))
    page.goto("/bao-cao-vien/cua-toi/")
    look(page, "mine")
    page.get_by_role("link", name="Đang soạn").click()
    page.get_by_role("textbox", name="Đề cương").fill("Một. Tình hình.\n\nHai. Nhiệm vụ.")
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_text("Chưa có ví dụ ở địa phương").first).to_be_visible()
    page.get_by_label("Ví dụ ở địa phương").fill("Tổ dân phố 5 vận động 30 hộ hiến đất làm đường.")
    look(page, "outline")
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_text("Đã gửi đề cương để duyệt.")).to_be_visible()

    sign_in(page.context, live_site, officer)
    page.goto(f"/bao-cao-vien/de-nghi/{sent}/")
    look(page, "lecture")
    page.get_by_role("link", name="Duyệt đề cương").click()
    look(page, "review")
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt đề cương.")).to_be_visible()
    page.goto(f"/bao-cao-vien/{lecturer.pk}/")
    look(page, "lecturer")
    page.goto(f"/bao-cao-vien/de-nghi/{sent}/gop-y/")
    page.get_by_role("button", name="Lấy mã góp ý").click()
    look(page, "feedback")


def test_the_year_of_the_corps(page: Page, live_site: str) -> None:
    """Programme, orientation with its arrival, a session of the commune's own, training and who lacks it."""
    province = factories.province("Đảng bộ tỉnh An Giang")
    commune = factories.commune(province, "Đảng bộ Phường Văn Miếu - Quốc Tử Giám")
    factories.cell(commune, "Chi bộ Tổ dân phố 5")
    trained = made.serving(commune, factories.person(commune, "Nguyễn Trần Phương Thảo Nguyên"))
    made.serving(commune, factories.person(commune, "Lê Văn Chưa"))
    year = made.in_days(0).year

    sign_in(page.context, live_site, factories.account("officer", province))
    page.goto("/bao-cao-vien/chuong-trinh/soan/")
    page.get_by_label("Chủ đề tháng 1", exact=True).fill(
        "Mừng Đảng, mừng Xuân; kết quả phát triển kinh tế, xã hội năm qua"
    )
    page.get_by_label("Số buổi dự kiến tháng 1", exact=True).fill("4")
    look(page, "programme-plan")
    page.get_by_role("button", name="Lưu chương trình").click()
    page.get_by_role("button", name="Ban hành").click()
    page.get_by_role("dialog").get_by_role("button", name="Ban hành").click()
    expect(page.get_by_text("Đã ban hành").first).to_be_visible()
    look(page, "programme")

    page.goto("/bao-cao-vien/ban-tin/lap/")
    page.get_by_label("Tên bản tin").fill("Định hướng tuyên truyền tháng")
    look(page, "bulletin-begin")
    page.get_by_role("button", name="Lập bản tin").click()
    page.get_by_role("link", name="Soạn số").click()
    page.get_by_role("textbox", name="Nội dung").fill(
        "Một. Tình hình thế giới.\n\nHai. Tình hình trong nước."
    )
    look(page, "issue-write")
    page.get_by_role("button", name="Lưu bản soạn").click()
    page.get_by_role("button", name="Phát hành").click()
    page.get_by_role("dialog").get_by_role("button", name="Phát hành").click()
    page.get_by_role("link", name="Xem tiếp nhận").click()
    look(page, "arrival")
    page.goto("/bao-cao-vien/ban-tin/")
    look(page, "bulletins")

    made.training(province, [trained], title="Bồi dưỡng nghiệp vụ báo cáo viên")
    page.goto(f"/bao-cao-vien/tap-huan/?nam={year}")
    look(page, "trainings")
    page.get_by_role("link", name="Bồi dưỡng nghiệp vụ").click()
    look(page, "training")
    page.goto(f"/bao-cao-vien/tap-huan/chua-du/?nam={year}")
    expect(page.get_by_text("Lê Văn Chưa")).to_be_visible()
    look(page, "lacking")

    sign_in(page.context, live_site, factories.account("secretary", commune))
    page.goto("/viec-hom-nay/")
    page.get_by_role("link", name="Đọc, xác nhận").first.click()
    look(page, "issue")
    page.get_by_role("button", name="Xác nhận đơn vị đã nhận").click()
    expect(page.get_by_text("Đã ghi nhận")).to_be_visible()
    page.goto("/bao-cao-vien/buoi-noi/moi/")
    look(page, "talk-new")
    page.get_by_label("Nội dung").fill("Chủ quyền biển, đảo")
    page.get_by_label("Ngày nói").fill(f"{made.in_days(0):%d/%m/%Y}")
    page.get_by_label("Người nói", exact=False).first.select_option(index=1)
    page.get_by_label("Đảng viên nghe", exact=True).fill("30")
    page.get_by_role("button", name="Ghi buổi nói").click()
    look(page, "talk")
    page.goto("/bao-cao-vien/ket-qua/")
    page.get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_text("Chủ quyền biển, đảo")).to_be_visible()
    look(page, "sessions")
    begins, ends = made.in_days(7), made.in_days(7, 11)
    meetings.called(commune, title="Hội nghị học tập Nghị quyết", starts_at=begins, ends_at=ends)
    page.goto("/lich/")
    page.get_by_role("button", name="Lấy địa chỉ lịch").first.click()
    expect(page.get_by_text("/lich/rieng/")).to_be_visible()
    look(page, "calendars")
