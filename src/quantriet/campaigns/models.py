"""Campaigns: which documents, who owes what by when, who is summoned, what was declared and who was reminded."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Scoped, Stamped
from quantriet.documents.models import Document
from quantriet.ledger.measures import Form, Grade
from quantriet.ledger.models import Batch, Book
from quantriet.org.models import Account, Person, PersonClass, Tree, Unit
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


class Obligation(Stamped):
    """What one unit owes. ``limit_at`` is the campaign's own deadline (moved by extensions only); ``due_at``
    is what holds for the unit and is never later.
    """

    class State(models.TextChoices):
        """Open, done, or waived with a reason. "Overdue" is a fact of the clock, not a state."""

        OPEN = "open", _("Chưa làm")
        DONE = "done", _("Đã làm")
        WAIVED = "waived", _("Được miễn")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="obligations")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="obligations")
    kind = models.CharField(max_length=12, choices=Requirement.Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="obligations")
    due_at = models.DateTimeField()
    limit_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    done_on = models.DateField(null=True, blank=True)
    grade = models.SmallIntegerField(choices=Grade.choices, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("requirement", "unit"), name="obligation_once"),
            models.CheckConstraint(condition=Q(due_at__lte=F("limit_at")), name="obligation_never_looser"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
                name="obligation_done_has_day",
            ),
        )
        indexes = (
            models.Index(fields=("campaign", "kind", "unit"), name="obligation_campaign"),
            models.Index(fields=("unit", "state", "due_at"), name="obligation_unit"),
        )


class Extension(Stamped):
    """One decision that moves the deadline of many units."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="extensions")
    kind = models.CharField(max_length=12, choices=Requirement.Kind.choices)
    decision = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    obligations = models.ManyToManyField(Obligation, related_name="extensions")

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who decided", "basic", "audit")}

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "kind", "decision"), name="extension_decision_once"),
        )


class RollLine(Scoped):
    """Who is summoned, and at which unit the person counts: numerator and denominator stand there.

    Before it is fulfilled a transfer moves the line (reversal and new entry); afterwards nothing moves.
    ``means``, ``level``, ``form`` and ``grade`` are those the person was counted with, so that a correction
    counts him out exactly as he was counted in.
    """

    class State(models.TextChoices):
        """On the roll, or taken off it with a reason."""

        SUMMONED = "summoned", _("Được triệu tập")
        REMOVED = "removed", _("Đã đưa ra khỏi danh sách")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="roll")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roll_lines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="roll_lines")
    person_class = models.SmallIntegerField(choices=PersonClass.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUMMONED)
    reason = models.CharField(max_length=300, blank=True)
    excuse = models.CharField(max_length=200, blank=True)
    fulfilled_on = models.DateField(null=True, blank=True)
    means = models.CharField(max_length=10, blank=True)
    level = models.SmallIntegerField(choices=Level.choices, null=True, blank=True)
    form = models.SmallIntegerField(choices=Form.choices, null=True, blank=True)
    grade = models.SmallIntegerField(choices=Grade.choices, null=True, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who is summoned", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "person_class": Fate("how counts are cut", "sensitive", "campaign"),
        "state": Fate("on the roll or off it", "sensitive", "campaign"),
        "reason": Fate("why the roll was corrected", "sensitive", "campaign"),
        "excuse": Fate("why the person is excused", "sensitive", "campaign"),
        "fulfilled_on": Fate("studied, and since when", "sensitive", "campaign"),
        "means": Fate("how he was counted", "sensitive", "campaign"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "person"), name="roll_person_once"),
            models.CheckConstraint(
                condition=Q(state="summoned") | (~Q(reason="") & Q(fulfilled_on=None)),
                name="roll_removed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_on=None, grade=None)
                | Q(fulfilled_on__isnull=False, grade__isnull=False),
                name="roll_fulfilled_says_how",
            ),
        )
        indexes = (
            models.Index(fields=("campaign", "unit"), name="roll_campaign_unit"),
            models.Index(fields=("person",), name="roll_person"),
        )


class Credit(Scoped):
    """A person has studied a document: once per person and document in a campaign, whatever the session.

    ``source`` names the row it rests on (``conferences_attendance:12``). ``document`` is empty in a campaign
    of standing work. ``means`` tells how: at a session, made up later, at a superior's session.
    """

    class Means(models.TextChoices):
        """How the credit came about."""

        ATTENDED = "attended", _("Dự hội nghị")
        MADE_UP = "made_up", _("Học bù")
        SUPERIOR = "superior", _("Đã dự ở cấp trên")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="credits")
    line = models.ForeignKey(RollLine, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="credits")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="credits")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT)
    means = models.CharField(max_length=10, choices=Means.choices, default=Means.ATTENDED)
    level = models.SmallIntegerField(choices=Level.choices)
    form = models.SmallIntegerField(choices=Form.choices)
    grade = models.SmallIntegerField(choices=Grade.choices)
    credited_on = models.DateField()
    source = models.CharField(max_length=80)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "line": Fate("whose duty it meets", "sensitive", "campaign"),
        "person": Fate("who studied", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "document": Fate("what was studied", "sensitive", "campaign"),
        "means": Fate("how", "sensitive", "campaign"),
        "credited_on": Fate("when", "sensitive", "campaign"),
        "source": Fate("the row it rests on", "sensitive", "campaign"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("line", "document"), name="credit_once", nulls_distinct=False),
        )
        indexes = (models.Index(fields=("source",), name="credit_source"),)


class Declaration(Stamped):
    """Totals a unit declares for itself where no rows exist: presence, essays, materials, programme, outreach.

    ``figures`` are the totals as declared, ``posted`` what of them stands in the ledger now: named rows that
    come later push the declared rest back, so nobody counts twice. With a document named the grade is
    "có văn bản", else "tự khai".
    """

    class Kind(models.TextChoices):
        """What is declared."""

        PRESENCE = "presence", _("Số người dự học")
        MATERIALS = "materials", _("Tài liệu")
        ESSAYS = "essays", _("Bài thu hoạch")
        PROGRAMME = "programme", _("Chương trình hành động")
        OUTREACH = "outreach", _("Tuyên truyền ra dân")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="declarations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="declarations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    figures = models.JSONField()
    posted = models.JSONField(default=dict)
    paper = models.CharField(max_length=120, blank=True)
    happened_on = models.DateField()
    level = models.SmallIntegerField(choices=Level.choices)
    form = models.SmallIntegerField(choices=Form.choices, default=Form.NONE)
    actor = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who declared", "basic", "audit")}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "unit", "kind"), name="declaration_once"),)


class Reminder(Stamped):
    """One act of reminding several units, and the text that went out."""

    class Channel(models.TextChoices):
        """How they are reached."""

        PAGE = "page", _("Trong trang")
        EMAIL = "email", _("Thư điện tử")
        ZALO = "zalo", _("Văn bản gửi Zalo")
        PHONE = "phone", _("Danh sách điện thoại")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=Requirement.Kind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    text = models.TextField()
    account = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL)
    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=80, unique=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who reminded", "basic", "audit"),
        "actor": Fate("who reminded, as shown", "basic", "audit"),
    }

    class Meta:
        ordering = ("-id",)


class ReminderLine(Stamped):
    """A unit that was reminded; on a telephone list also when it was called."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="lines")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="reminders")
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.CharField(max_length=120, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {"called_by": Fate("who telephoned", "basic", "audit")}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reminder", "unit"), name="reminder_unit_once"),)


class Lesson(Stamped):
    """What a campaign taught, and what it left to put right: shown when the next one is started."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="lessons")
    text = models.CharField(max_length=500)
    is_remedy = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("is_remedy", "id")
