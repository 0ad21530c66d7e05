"""Who was reminded, by which way and in which words."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models.campaigns import Campaign, Requirement
from quantriet.core.models import Fate, Stamped
from quantriet.org.models import Account, Unit


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
