"""The document, the files it was read from, and what it does to other documents."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from quantriet.core.models import Fate, Scoped
from quantriet.documents.choices import Circulation, FileRole, RelationKind, Secrecy, State
from quantriet.org.models import Account, Unit
from quantriet.org.models.units import Level


class Document(Scoped):
    """A resolution, directive, plan … entered by ``owner`` and, once published, read by the units below it.

    ``number`` is the canonical text (``226-KL/TW``), ``kind`` and ``issuer_symbol`` its parts, ``serial`` the
    running number. Numbers run per issuer, kind and term (Party: nhiệm kỳ; state: year), so the same number
    comes again in the next term: ``term`` tells them apart. ``issuer_folded`` is the key of the issuer.
    ``down_to`` is the lowest level that may read. ``version`` grows with each change: who edits an older one
    is told.
    """

    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="documents")
    number = models.CharField(max_length=60)
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, blank=True)
    issuer_symbol = models.CharField(max_length=40)
    issuer_name = models.CharField(max_length=200)
    issuer_folded = models.CharField(max_length=200, editable=False)
    term = models.CharField(max_length=12)
    abstract = models.CharField(max_length=600)
    issued_on = models.DateField()
    secrecy = models.CharField(max_length=10, choices=Secrecy.choices, default=Secrecy.OPEN)
    circulation = models.CharField(max_length=8, choices=Circulation.choices, default=Circulation.ALL)
    down_to = models.SmallIntegerField(choices=Level.choices, default=Level.CELL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    folded = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-issued_on", "-id")
        constraints = (
            # Per owner: the number of a neighbour's draft must not show through a refusal.
            models.UniqueConstraint(
                fields=("owner", "issuer_folded", "number", "term"),
                condition=~Q(state="withdrawn"),
                name="document_number_once",
            ),
            models.CheckConstraint(
                condition=Q(secrecy__in=Secrecy.values), name="document_secret_never_stored"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(state="published", published_at__isnull=False, withdrawn_at=None)
                | Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                name="document_state_told",
            ),
        )
        indexes = (
            models.Index(fields=("owner", "state", "-issued_on"), name="document_owner_state"),
            models.Index(fields=("state", "-issued_on"), name="document_state_date"),
        )

    def __str__(self) -> str:
        return self.number


class DocumentVersion(Scoped):
    """A file of the document. ``text`` is its whole text as read; of several files of one ``role`` the newest is
    the one in force, annexes stand side by side.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    ordinal = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=6, choices=FileRole.choices, default=FileRole.TEXT)
    file_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    text = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "made_by": Fate("who entered the file", "basic", "audit"),
    }

    class Meta:
        ordering = ("-ordinal",)
        constraints = (
            models.UniqueConstraint(fields=("document", "ordinal"), name="document_version_ordinal_once"),
            models.UniqueConstraint(fields=("document", "file_hash"), name="document_version_file_once"),
        )


class DocumentRelation(Scoped):
    """``document`` replaces, amends, carries out or rests on another: one kept here, or only its number."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=12, choices=RelationKind.choices)
    other = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="related_by"
    )
    other_number = models.CharField(max_length=60)

    class Meta:
        ordering = ("kind", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "kind", "other_number"), name="document_relation_once"
            ),
            models.CheckConstraint(
                condition=Q(other=None) | ~Q(other=F("document")), name="document_relation_not_itself"
            ),
        )
