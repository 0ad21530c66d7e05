"""Base models: time stamps, the manager that refuses a read outside a scope, the fate of each field."""

from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.core import scope

_M = TypeVar("_M", bound=models.Model)


@dataclass(frozen=True)
class Fate:
    """What a field with personal data is for, how sensitive it is and when it goes.

    ``kind``: "basic" or "sensitive" in the sense of Law 91/2025/QH15 and Decree 356/2025/NĐ-CP.
    ``retention``: a key of ``core.retention.PERIODS``.
    """

    purpose: str
    kind: str
    retention: str


class ScopedManager(models.Manager[_M]):
    """Refuses to read when no scope is open (the second of the gate's four nets)."""

    def get_queryset(self) -> models.QuerySet[_M]:
        """Every row the database shows within the open scope; raises ``ScopeMissingError`` without one."""
        scope.require(self.model._meta.label)  # noqa: SLF001 - Django's public-by-habit API
        return super().get_queryset()


class Stamped(models.Model):
    """Creation time by the server's clock."""

    created_at = models.DateTimeField(auto_now_add=True)

    # Field name → fate. Every concrete model states it; core.checks refuses a model with an unnamed field.
    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        abstract = True


class Scoped(Stamped):
    """A table that may be read inside a scope only."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Work(Stamped):
    """One piece of work done by the worker: who ordered it, how far it is, how it ended.

    ``kind`` names the job (``campaigns.draw_roll``), ``ids`` its arguments. ``key`` makes ordering twice give
    the same work. Account and unit are plain numbers: floor 0 knows neither. ``result`` may hold ``href``,
    the address where the outcome is looked at.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", _("Đang chờ")
        RUNNING = "running", _("Đang làm")
        DONE = "done", _("Xong")
        FAILED = "failed", _("Không làm được")
        CANCELLED = "cancelled", _("Đã dừng")

    kind = models.CharField(max_length=80)
    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    key = models.CharField(max_length=160, blank=True)
    ids = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account_id": Fate("as whom the work runs, who may look at it", "basic", "work"),
        "unit_id": Fate("where the work is done", "basic", "work"),
    }

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("key",), condition=~Q(key=""), name="work_key_once"),)
        indexes = (models.Index(fields=("account_id", "-id"), name="work_account"),)

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class KeptAnswer(Stamped):
    """The answer given to a write of the API under its ``Idempotency-Key``, for whoever asks again.

    ``asked`` is the hash of what was sent: the same key with another body is refused.
    """

    account_id = models.BigIntegerField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(null=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account_id": Fate("whose retry is answered", "basic", "answer"),
        "body": Fate("the same answer again", "basic", "answer"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account_id", "route", "key"), name="kept_answer_once"),
        )
        indexes = (models.Index(fields=("created_at",), name="kept_answer_age"),)
