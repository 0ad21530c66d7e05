"""The words a lecturer and his work are described with: pure values, read by tables, forms and sheets."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Corps(models.TextChoices):
    """Which corps one belongs to: báo cáo viên are appointed from the commune up, tuyên truyền viên at the base."""

    LECTURER = "lecturer", _("Báo cáo viên")
    COMMUNICATOR = "communicator", _("Tuyên truyền viên")


class Subject(models.TextChoices):
    """Lĩnh vực: what a lecture is about and what a lecturer is good at."""

    PARTY = "party", _("Xây dựng Đảng")
    CURRENT = "current", _("Thời sự trong nước")
    WORLD = "world", _("Thời sự quốc tế, đối ngoại")
    ECONOMY = "economy", _("Kinh tế")
    SOCIETY = "society", _("Văn hóa, xã hội")
    SCIENCE = "science", _("Khoa học, công nghệ, chuyển đổi số")
    DEFENCE = "defence", _("Quốc phòng, an ninh, biển đảo")
    LAW = "law", _("Pháp luật, cải cách tư pháp")
    PEOPLE = "people", _("Dân vận, dân tộc, tôn giáo")
    HISTORY = "history", _("Lịch sử, truyền thống")


class Language(models.TextChoices):
    """Languages a lecturer can speak to his listeners in, besides Vietnamese."""

    KHMER = "khmer", _("Tiếng Khmer")
    CHAM = "cham", _("Tiếng Chăm")
    HOA = "hoa", _("Tiếng Hoa")
    TAY = "tay", _("Tiếng Tày")
    NUNG = "nung", _("Tiếng Nùng")
    THAI = "thai", _("Tiếng Thái")
    MUONG = "muong", _("Tiếng Mường")
    MONG = "mong", _("Tiếng Mông")
    DAO = "dao", _("Tiếng Dao")
    EDE = "ede", _("Tiếng Ê Đê")
    GIA_RAI = "gia_rai", _("Tiếng Gia Rai")
    BA_NA = "ba_na", _("Tiếng Ba Na")
    ENGLISH = "english", _("Tiếng Anh")
    SIGN = "sign", _("Ngôn ngữ ký hiệu")


class Weekday(models.IntegerChoices):
    """Days of the week as Python counts them."""

    MONDAY = 0, _("Thứ Hai")
    TUESDAY = 1, _("Thứ Ba")
    WEDNESDAY = 2, _("Thứ Tư")
    THURSDAY = 3, _("Thứ Năm")
    FRIDAY = 4, _("Thứ Sáu")
    SATURDAY = 5, _("Thứ Bảy")
    SUNDAY = 6, _("Chủ Nhật")


class LectureState(models.TextChoices):
    """How far a request is. A lecturer that is only proposed is not told to anybody yet."""

    ASKED = "asked", _("Chờ trả lời")
    ACCEPTED = "accepted", _("Đã cử người")
    REFUSED = "refused", _("Không cử được")
    WITHDRAWN = "withdrawn", _("Đã rút")


class ChosenBy(models.TextChoices):
    """Who chose the lecturer: nobody yet, the plan, or a person, whose choice no plan changes."""

    NOBODY = "", _("Chưa chọn")
    PLAN = "plan", _("Hệ thống xếp")
    HAND = "hand", _("Cán bộ chọn")


class OutlineState(models.TextChoices):
    """How far an outline is."""

    DRAFT = "draft", _("Đang soạn")
    SUBMITTED = "submitted", _("Chờ duyệt")
    RETURNED = "returned", pgettext_lazy("outline", "Trả lại")
    APPROVED = "approved", _("Đã duyệt")


class Question(models.IntegerChoices):
    """What listeners are asked, of the session and never of opinions."""

    PLACE = 1, _("Nội dung có sát với công việc ở địa phương, đơn vị không?")
    CLEAR = 2, _("Cách nói có dễ hiểu, dễ nhớ không?")
    ASKED = 3, _("Có đủ thời gian hỏi và được trả lời không?")


class Mark(models.IntegerChoices):
    """The answers to choose from, best first."""

    VERY = 4, _("Rất tốt")
    GOOD = 3, pgettext_lazy("mark", "Tốt")
    FAIR = 2, pgettext_lazy("mark", "Được")
    POOR = 1, pgettext_lazy("mark", "Chưa được")


class BulletinKind(models.TextChoices):
    """What is sent down the tree: the month's orientation, topical information, what came of conferences."""

    ORIENTATION = "orientation", _("Định hướng tuyên truyền")
    TOPICAL = "topical", _("Thông tin chuyên đề")
    RESULTS = "results", _("Kết quả hội nghị")


class Rhythm(models.TextChoices):
    """How often an issue is owed; ``ONCE``: when there is something to tell."""

    WEEKLY = "weekly", _("Hằng tuần")
    MONTHLY = "monthly", _("Hằng tháng")
    QUARTERLY = "quarterly", _("Hằng quý")
    ONCE = "once", _("Khi có việc")
