"""Result reports: the outline asked for, a unit's report, its figures as they were sent, what happened to it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models import Campaign, Obligation
from quantriet.core.models import Fate, Stamped
from quantriet.ledger.models import Freeze
from quantriet.org.models import Account, Unit


class Kind(models.TextChoices):
    """The result report that a campaign asks for, or a short word in between."""

    RESULT = "result", _("Báo cáo kết quả")
    FLASH = "flash", _("Báo cáo nhanh")


class ReportOutline(Stamped):
    """The outline a campaign asks its reports to follow, where it is not the usual one (``outlines.DEFAULTS``).

    ``sections`` is the data of ``outlines.Section``; ``citation`` names the paper that sets it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="report_outlines")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.RESULT)
    sections = models.JSONField()
    citation = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who set the outline", "basic", "audit")}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "kind"), name="report_outline_once"),)


class Report(Stamped):
    """A unit's report in a campaign.

    ``texts`` maps a section's code to ``{"text", "version", "by"}``: each section has a version of its own, so
    two people may write in two sections. ``version`` is that of the head (number, date, who signs). While it
    is written the figures are those of the ledger; ``sections``, ``annex`` and the figures' rows hold what was
    sent and do not change while the report is sent or accepted. ``sending`` counts how often it was sent.
    """

    class State(models.TextChoices):
        """Where the report stands."""

        DRAFT = "draft", _("Đang soạn")
        SENT = "sent", _("Đã gửi, chờ duyệt")
        RETURNED = "returned", _("Bị trả lại")
        ACCEPTED = "accepted", _("Đã chấp nhận")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reports")
    obligation = models.ForeignKey(Obligation, null=True, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.RESULT)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    dated_on = models.DateField(null=True, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    signer_position = models.CharField(max_length=120, blank=True)
    signer_name = models.CharField(max_length=120, blank=True)
    recipients = models.TextField(blank=True)
    texts = models.JSONField(default=dict)
    sections = models.JSONField(default=list)
    annex = models.JSONField(default=dict)
    freeze = models.ForeignKey(Freeze, null=True, on_delete=models.PROTECT, related_name="reports")
    sending = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.CharField(max_length=500, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "signer_name": Fate("printed under the report", "basic", "paper"),
        "signer_position": Fate("printed under the report", "basic", "paper"),
        "texts": Fate("the report itself; who wrote a section last", "basic", "paper"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "unit"), condition=Q(kind="result"), name="report_result_once"
            ),
            models.UniqueConstraint(
                fields=("campaign", "unit", "kind"),
                condition=Q(state__in=("draft", "returned")),
                name="report_one_in_hand",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("sent", "accepted"))
                | Q(sent_at__isnull=False, freeze__isnull=False, dated_on__isnull=False),
                name="report_sent_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(returned_reason=""), name="report_returned_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at=None)),
                name="report_accepted_has_time",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "state"), name="report_unit_state"),
            models.Index(fields=("campaign", "kind", "state"), name="report_campaign_state"),
        )

    @property
    def is_open(self) -> bool:
        """Whether its unit may still write in it."""
        return self.state in {self.State.DRAFT, self.State.RETURNED}


class ReportFigure(Stamped):
    """One figure of a report: the counts as frozen at sending (empty before), and "số khác" with its reason.

    ``code`` is one of ``outlines.FIGURES``; ``grades`` is the numerator by evidence, best first. A trigger
    refuses every change while the report is sent or accepted.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    code = models.CharField(max_length=24)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    grades = models.JSONField(default=list)
    disputed_value = models.BigIntegerField(null=True, blank=True)
    disputed_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("report", "code"), name="report_figure_once"),
            models.CheckConstraint(
                condition=Q(disputed_value=None) | (Q(disputed_value__gte=0) & ~Q(disputed_reason="")),
                name="report_figure_disputed_says_why",
            ),
        )


class ReportEvent(Stamped):
    """What happened to a report: sent, returned, accepted, corrected afterwards. Append-only.

    ``snapshot`` of a sending holds texts and figures as sent, so that what was returned can be compared.
    """

    class Kind(models.TextChoices):
        """The acts that leave a trace."""

        SENT = "sent", _("Gửi lên")
        RETURNED = "returned", _("Trả lại")
        ACCEPTED = "accepted", _("Chấp nhận")
        CORRECTED = "corrected", _("Đính chính")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sending = models.PositiveSmallIntegerField(default=0)
    account = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    actor = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    freeze = models.ForeignKey(Freeze, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.JSONField(default=dict)
    key = models.CharField(max_length=80)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who sent, returned or accepted", "basic", "audit"),
        "actor": Fate("who acted, as shown", "basic", "audit"),
        "text": Fate("what is corrected", "basic", "paper"),
        "snapshot": Fate("the report as it was sent", "basic", "paper"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("report", "key"), name="report_event_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=("returned", "corrected")) | ~Q(reason=""),
                name="report_event_says_why",
            ),
        )
