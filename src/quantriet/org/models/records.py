"""What the house remembers of itself: audit, who read personal data, notices, requests of people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Scoped, Stamped
from quantriet.org.models.accounts import Account
from quantriet.org.models.people import Person
from quantriet.org.models.units import Unit


class AuditEvent(Stamped):
    """One act: who, as what, where, on what. Append-only: a trigger refuses update and delete.

    ``subject`` is ``"<table>:<id>"``; ``detail`` holds plain values, never essays or personal texts.
    """

    account = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, db_constraint=False)
    actor = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who acted", "basic", "audit"),
        "actor": Fate("who acted, as shown", "basic", "audit"),
        "role": Fate("in what post", "basic", "audit"),
        "unit": Fate("where", "basic", "audit"),
        "detail": Fate("what changed", "basic", "audit"),
    }

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("subject",), name="audit_subject"),
            models.Index(fields=("unit", "-id"), name="audit_unit"),
        )


class AccessEvent(Scoped):
    """Somebody opened personal data of a person; the person can read who did.

    One list may open a quarter of a million people. Rows are written by a SELECT over the very people that are
    shown, and units are never deleted, so the database does not look each of them up a second time.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="accesses", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reader = models.CharField(max_length=120)
    page = models.CharField(max_length=80)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("whose data were opened", "sensitive", "audit"),
        "unit": Fate("where the reader acts", "basic", "audit"),
        "reader": Fate("who opened them", "basic", "audit"),
        "page": Fate("what was opened", "basic", "audit"),
    }

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("person", "-id"), name="access_person"),)


class Notice(Stamped):
    """A line for an account or for whoever holds a role at a unit; mail goes out of the outbox besides."""

    class Channel(models.TextChoices):
        """How it reaches the reader."""

        PAGE = "page", _("Trong trang")
        EMAIL = "email", _("Thư điện tử")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="notices", db_index=False)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PAGE)
    address = models.EmailField(blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed = models.CharField(max_length=200, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whom it is for", "basic", "notice"),
        "address": Fate("where the mail goes", "basic", "notice"),
        "title": Fate("what to do", "basic", "notice"),
        "text": Fate("what to do", "basic", "notice"),
        "read_at": Fate("still new or not", "basic", "notice"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "channel", "key"), condition=~Q(key=""), name="notice_key_once"
            ),
        )
        indexes = (
            models.Index(fields=("unit", "-id"), name="notice_unit"),
            models.Index(fields=("id",), condition=Q(channel="email", sent_at=None), name="notice_outbox"),
        )


class DataRequest(Scoped):
    """A person asks for a correction, an export or an erasure; the law's clock runs (2 working days).

    Source: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP: answer and explain within two working days.
    """

    class Kind(models.TextChoices):
        """What is asked for."""

        CORRECT = "correct", _("Đính chính")
        EXPORT = "export", _("Cung cấp dữ liệu")
        ERASE = "erase", _("Xóa dữ liệu")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_requests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    answer = models.TextField(blank=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who asks", "basic", "audit"),
        "unit": Fate("who answers", "basic", "audit"),
        "text": Fate("what is asked", "basic", "audit"),
        "answer": Fate("what was answered", "basic", "audit"),
        "answered_by": Fate("who answered", "basic", "audit"),
    }

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False),
                name="data_request_answer_paired",
            ),
        )
