"""Tokens of the API, and the private addresses of calendars."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Stamped
from quantriet.org.models import Account, Unit


class ApiToken(Stamped):
    """A key by which a program acts as an account in one unit, narrowed to ``scopes`` (values of ``Can``).

    Only the hash is kept: the key is shown once. What the account may no longer do, its tokens may not.
    A label names one key of an account in a unit: it is free again when the key is revoked or has expired.
    """

    label = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_tokens")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=40))
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("as whom the program acts", "basic", "account"),
        "last_used_at": Fate("unused tokens are revoked", "basic", "account"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "unit", "label"), condition=Q(revoked_at=None), name="api_token_label_once"
            ),
        )


class CalendarFeed(Stamped):
    """A private address at which a calendar program reads what ``account`` may see, acting in ``unit``.

    Only the hash of its secret is kept: the address is shown once. One of each kind is alive; a new one ends the one
    before. ``hour_at`` and ``asked_in_hour`` count how often it was read since that full hour.
    """

    class Kind(models.TextChoices):
        """What the calendar holds."""

        OWN = "own", _("Lịch của tôi")
        UNIT = "unit", _("Lịch đơn vị")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="calendar_feeds")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    hour_at = models.DateTimeField(null=True, blank=True)
    asked_in_hour = models.PositiveIntegerField(default=0)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose calendar it is", "basic", "account"),
        "last_used_at": Fate("addresses out of use are revoked", "basic", "account"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "unit", "kind"), condition=Q(revoked_at=None), name="calendar_feed_once"
            ),
        )
