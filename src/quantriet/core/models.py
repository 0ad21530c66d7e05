"""Base models: time stamps, the manager that refuses a read outside a scope, the fate of each field."""

from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

from django.db import models

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
