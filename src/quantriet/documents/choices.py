"""The words a document is described with: pure values, read by the tables and by the reader of papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Secrecy(models.TextChoices):
    """Độ mật. MẬT and above has no value here on purpose: such a document is refused, never stored."""

    OPEN = "open", _("Thường")
    INTERNAL = "internal", _("Nội bộ")


class Circulation(models.TextChoices):
    """Phạm vi lưu hành: which organisations below the publisher may read."""

    ALL = "all", _("Toàn hệ thống chính trị")
    PARTY = "party", _("Trong tổ chức đảng")


class State(models.TextChoices):
    """Where a document stands. A withdrawn one keeps its place for those who manage it."""

    DRAFT = "draft", _("Đang soạn")
    PUBLISHED = "published", _("Đã công bố")
    WITHDRAWN = "withdrawn", _("Đã thu hồi")


class FileRole(models.TextChoices):
    """What a file of a document is: its whole text, a scan of the signed and sealed paper, or an annex."""

    TEXT = "text", _("Toàn văn")
    SCAN = "scan", _("Bản quét có chữ ký, dấu")
    ANNEX = "annex", _("Phụ lục")


class RelationKind(models.TextChoices):
    """What a document does to another."""

    SUPERSEDES = "supersedes", _("Thay thế")
    AMENDS = "amends", _("Sửa đổi, bổ sung")
    IMPLEMENTS = "implements", _("Thực hiện")
    CITES = "cites", _("Căn cứ")


class ClauseKind(models.TextChoices):
    """How a clause is numbered in print, widest first."""

    OPENING = "opening", _("Mở đầu")
    PART = "part", _("Phần")
    CHAPTER = "chapter", _("Chương")
    SECTION = "section", _("Mục")
    ARTICLE = "article", _("Điều")
    ROMAN = "roman", _("Mục La Mã")
    POINT = "point", _("Điểm số")
    LETTER = "letter", _("Điểm chữ")
    PARAGRAPH = "paragraph", _("Đoạn")


class MaterialKind(models.TextChoices):
    """What a material is."""

    OUTLINE = "outline", _("Đề cương")
    READING = "reading", _("Tài liệu")
    SUMMARY = "summary", _("Tóm tắt")
    VIDEO = "video", _("Video (liên kết)")
