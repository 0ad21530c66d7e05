"""The clauses of a document: what tasks, answers and essays cite."""

from django.db import models
from django.db.models import Deferrable

from quantriet.core.models import Scoped
from quantriet.documents.choices import ClauseKind
from quantriet.documents.models.documents import Document


class Clause(Scoped):
    """One numbered piece of a document. ``path`` is its address (``II.3.a``), unique within the document;
    ``label`` the number as printed (``Điều 3``, ``II.``, ``a)``); ``position`` the reading order from 1;
    ``depth`` how far it is indented in the tree, from 1.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="clauses")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=ClauseKind.choices)
    path = models.CharField(max_length=60)
    depth = models.PositiveSmallIntegerField(default=1)
    label = models.CharField(max_length=40, blank=True)
    heading = models.CharField(max_length=600, blank=True)
    text = models.TextField(blank=True)
    folded = models.TextField(editable=False)

    class Meta:
        ordering = ("document", "position")
        constraints = (
            # Checked at commit: splitting and merging shift a run of positions and paths.
            models.UniqueConstraint(
                fields=("document", "position"), deferrable=Deferrable.DEFERRED, name="clause_position_once"
            ),
            models.UniqueConstraint(
                fields=("document", "path"), deferrable=Deferrable.DEFERRED, name="clause_path_once"
            ),
        )
