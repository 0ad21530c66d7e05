"""What is handed out with a document, and which units below have said that they received it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from quantriet.core.models import Fate, Scoped
from quantriet.documents.choices import MaterialKind
from quantriet.documents.models.documents import Document
from quantriet.org.models import Account, PersonClass, Unit


class Material(Scoped):
    """An outline, reading, summary or link for some classes of people; no class named means for everyone.

    ``unit`` attached it: it is read there and below. Either a file in the store or a link, never both.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="materials")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=10, choices=MaterialKind.choices)
    title = models.CharField(max_length=200)
    audiences = ArrayField(models.SmallIntegerField(choices=PersonClass.choices), default=list, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    link = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering = ("kind", "title", "id")
        constraints = (
            models.UniqueConstraint(fields=("document", "unit", "title"), name="material_title_once"),
            models.CheckConstraint(
                condition=(Q(file_hash="") & ~Q(link="")) | (~Q(file_hash="") & Q(link="")),
                name="material_file_or_link",
            ),
        )


class Receipt(Scoped):
    """A unit below says that it has the document. Once a unit; the first word stands."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="receipts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="document_receipts")
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    receiver = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "received_by": Fate("who said so", "basic", "audit"),
        "receiver": Fate("who said so, as shown", "basic", "audit"),
    }

    class Meta:
        ordering = ("received_at", "id")
        constraints = (models.UniqueConstraint(fields=("document", "unit"), name="receipt_once_a_unit"),)
