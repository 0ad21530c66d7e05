"""The campaign itself: its documents, whom it leaves out, what it asks for and what it taught."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Stamped
from quantriet.documents.models import Document
from quantriet.ledger.models import Book
from quantriet.org.models import Tree, Unit
from quantriet.org.models.units import Level


class Campaign(Stamped):
    """A drive to carry one or several documents (or the standing work of a year) down a tree.

    ``unit`` owns it: everything at or below it may be in scope. ``policy`` is the data of
    ``campaigns.policy.Policy``; ``version`` is the one the editor saw. The book is opened at the start.
    """

    class Kind(models.TextChoices):
        """With documents, or the year's standing work without one."""

        DOCUMENTS = "documents", _("Học tập, quán triệt văn bản")
        STANDING = "standing", _("Việc thường xuyên trong năm")

    class State(models.TextChoices):
        """Where the campaign stands. ``STARTING``: units and roll are being drawn."""

        DRAFT = "draft", _("Đang soạn")
        STARTING = "starting", _("Đang giao xuống")
        ACTIVE = "active", _("Đang triển khai")
        CLOSED = "closed", _("Đã kết thúc")

    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DOCUMENTS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns")
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="led_campaigns")
    partners = models.ManyToManyField(Unit, related_name="partner_campaigns", blank=True)
    book = models.OneToOneField(Book, null=True, blank=True, on_delete=models.PROTECT)
    preset = models.CharField(max_length=30)
    policy = models.JSONField(default=dict)
    starts_on = models.DateField()
    ends_on = models.DateField()
    plan_reference = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(book__isnull=False), name="campaign_started_has_book"
            ),
        )


class CampaignDocument(Stamped):
    """A document of a campaign: studied thoroughly (quán triệt) or only made known (phổ biến)."""

    class Mode(models.TextChoices):
        """The duty a document carries; credit is told per person and document."""

        THOROUGH = "thorough", _("Quán triệt")
        BRIEFING = "briefing", _("Phổ biến")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="campaigns")
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.THOROUGH)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("campaign", "document"), name="campaign_document_once"),
        )


class ScopeException(Stamped):
    """A unit (with everything below it) that the campaign leaves out, with the reason."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="exceptions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "unit"), name="scope_exception_once"),)


class Requirement(Stamped):
    """One kind of thing that units of a tree owe in a campaign; its deadlines tell at which levels."""

    class Kind(models.TextChoices):
        """What is owed."""

        CONFERENCE = "conference", _("Tổ chức hoặc dự hội nghị")
        MATERIALS = "materials", _("Cấp tài liệu")
        ESSAYS = "essays", _("Bài thu hoạch")
        PROGRAMME = "programme", _("Chương trình hành động")
        OUTREACH = "outreach", _("Tuyên truyền ra dân")
        REPORT = "report", _("Báo cáo kết quả")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="requirements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    tree = models.CharField(max_length=12, choices=Tree.choices, default=Tree.PARTY)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("campaign", "kind", "tree"), name="requirement_once_a_tree"),
        )


class Deadline(Stamped):
    """By when a level owes a requirement. 23:59:59 of the day shown, by the server's clock."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="deadlines")
    level = models.SmallIntegerField(choices=Level.choices)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ("level",)
        constraints = (
            models.UniqueConstraint(fields=("requirement", "level"), name="deadline_once_a_level"),
        )


class Lesson(Stamped):
    """What a campaign taught, and what it left to put right: shown when the next one is started."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="lessons")
    text = models.CharField(max_length=500)
    is_remedy = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("is_remedy", "id")
