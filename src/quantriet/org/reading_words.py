"""What the pages are called that showed somebody's data, for the person who reads who looked."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quantriet.core.components import Words

# By the name that ``audit.opened`` and ``readings.note`` keep, up to its colon.
PAGES: Mapping[str, Words] = {
    "people": _("Tìm người"),
    "person": _("Hồ sơ của một người"),
    "person-edit": _("Sửa hồ sơ của một người"),
    "unit-people": _("Danh sách người"),
    "unit-accounts": _("Tài khoản của đơn vị"),
    "data-request": _("Yêu cầu về dữ liệu"),
    "data-requests": _("Yêu cầu về dữ liệu"),
    "org.act_new": _("Sắp xếp đơn vị"),
    "lecturers.corps": _("Báo cáo viên: danh sách"),
    "lecturers.lecturer": _("Báo cáo viên: trang của một người"),
    "lecturers.appoint": _("Báo cáo viên: bổ nhiệm"),
    "lecturers.renew": _("Báo cáo viên: kiện toàn"),
    "lecturers.talk": _("Báo cáo viên: buổi nói chuyện"),
    "lecturers.training": _("Báo cáo viên: lớp tập huấn"),
    "lecturers.lacking": _("Báo cáo viên: ai chưa tập huấn"),
    "lecturers.arrival": _("Bản tin: ai chưa xác nhận"),
    "conferences.claims": _("Hội nghị: lượt chờ quyết định"),
    "campaigns.missing": _("Đợt triển khai: ai còn thiếu"),
    "campaigns.roll": _("Đợt triển khai: danh sách triệu tập"),
    "campaigns.roll_line": _("Đợt triển khai: danh sách triệu tập"),
    "campaigns.figure": _("Đợt triển khai: các dòng của một con số"),
    "campaigns.sheet": _("Đợt triển khai: tệp Excel của một con số"),
}


def page_words(page: str) -> str:
    """The page in words; one that has none by its own name."""
    return str(PAGES.get(page.split(":", maxsplit=1)[0], page))
