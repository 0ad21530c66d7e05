"""How long each kind of personal data is kept. ``Fate.retention`` names one of these; a check at start holds it.

The law asks that a period be set and that data go when their purpose ends (Law 91/2025/QH15, Decree
356/2025/NĐ-CP); the numbers are the house's own and the owner may shorten them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Period:
    """``days`` after ``since`` the data go or lose their person; ``None``: as long as the reason lasts."""

    days: int | None
    since: str | Promise
    why: str | Promise


PERIODS: Mapping[str, Period] = {
    "account": Period(365, _("ngày khóa tài khoản"), _("biết ai đã làm gì trong năm công tác")),
    "answer": Period(30, _("ngày gửi"), _("trả lời như cũ cho lần gửi lại của phần mềm khác")),
    "audit": Period(None, _("ngày ghi"), _("nhật ký chỉ ghi thêm, là chứng cứ khi kiểm tra")),
    "campaign": Period(1826, _("ngày khóa sổ của đợt"), _("đối chiếu kết quả học tập trong nhiệm kỳ")),
    "corps": Period(1826, _("ngày thôi làm báo cáo viên"), _("biết ai đã tuyên truyền trong nhiệm kỳ")),
    "import": Period(30, _("ngày tải lên"), _("sửa và gửi lại tệp có lỗi")),
    "lecture": Period(1826, _("ngày nói chuyện"), _("đối chiếu ai đã đến nói ở đâu trong nhiệm kỳ")),
    "membership": Period(None, _("ngày rời tổ chức"), _("danh sách triệu tập của mọi ngày đã qua")),
    "paper": Period(None, _("ngày gửi"), _("báo cáo đã gửi là văn bản lưu trữ, giữ nguyên như đã gửi")),
    "notice": Period(365, _("ngày báo"), _("biết đơn vị đã được nhắc việc gì")),
    "sign_in": Period(90, _("lần dùng cuối"), _("phát hiện đăng nhập lạ")),
    "work": Period(90, _("ngày xong"), _("xem lại kết quả việc máy chủ đã làm")),
}
