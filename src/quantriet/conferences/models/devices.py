"""Phones and readers enrolled at a site, and what they heard: the evidence of every scan."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.models.conferences import Conference, Site
from quantriet.core.models import Fate, Scoped, Stamped
from quantriet.org.models import Account, Person, Unit


class Device(Stamped):
    """A phone or reader that may check people in at one site, in the name of the account that enrolled it.

    It waits with a one-time code (``code_index``, until ``code_until``) or was enrolled by the page of a
    signed-in clerk. ``unit`` is where the account acted: at every flush it must still hold the permission
    there. ``sealed_key`` is the key of its MACs and never changes; the last number it sent is read from its
    scans.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="devices")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    session_key = models.CharField(max_length=64, blank=True)
    code_index = models.BinaryField(max_length=32, null=True)
    code_until = models.DateTimeField(null=True, blank=True)
    sealed_key = models.BinaryField(max_length=120, null=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=120, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("in whose name the device records", "basic", "campaign"),
        "unit": Fate("where its account acted", "basic", "campaign"),
        "label": Fate("which phone it is, as its clerk calls it", "basic", "campaign"),
        "session_key": Fate("one device a signed-in browser", "basic", "campaign"),
        "revoked_by": Fate("who revoked it", "basic", "audit"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("code_index",), condition=Q(code_index__isnull=False), name="device_code_once"
            ),
            models.UniqueConstraint(
                fields=("site", "session_key"), condition=~Q(session_key=""), name="device_session_once"
            ),
            models.CheckConstraint(
                condition=Q(enrolled_at=None) | Q(sealed_key__isnull=False), name="device_enrolled_has_key"
            ),
        )


class Scan(Scoped):
    """One event of a device as it was heard and judged: the same event is never judged twice.

    ``client_id`` is made by the device; ``sequence`` counts its events. ``told_at`` is the device's clock,
    ``at`` the same moment by ours. ``waits``: kept, to be judged when check-in opens. No database constraint
    holds devices, sites and people: the row is evidence, and three look-ups a scan are its largest cost.
    """

    client_id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(
        Device, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="scans"
    )
    sequence = models.BigIntegerField()
    conference = models.ForeignKey(
        Conference, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    site = models.ForeignKey(
        Site, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    act = models.CharField(max_length=3, choices=(("in", _("Vào")), ("out", _("Ra"))))
    source = models.CharField(max_length=8)
    told_at = models.DateTimeField()
    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    waits = models.BooleanField(default=False)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "unit": Fate("where the scan was made", "sensitive", "campaign"),
        "person": Fate("who was scanned", "sensitive", "campaign"),
        "act": Fate("came or went", "sensitive", "campaign"),
        "told_at": Fate("when, by the device's clock", "sensitive", "campaign"),
        "at": Fate("when", "sensitive", "campaign"),
        "code": Fate("how the scan was judged", "sensitive", "campaign"),
    }

    class Meta:
        ordering = ("created_at", "client_id")
        constraints = (models.UniqueConstraint(fields=("device", "sequence"), name="scan_sequence_once"),)
        indexes = (
            models.Index(fields=("conference", "person"), condition=Q(waits=True), name="scan_waiting"),
        )
