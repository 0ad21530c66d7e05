"""What reaches units and lecturers on a rhythm: a bulletin, its issues, and who said that an issue arrived."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from quantriet.core.models import Fate, Scoped
from quantriet.documents.choices import Circulation
from quantriet.documents.models import Document
from quantriet.lecturers.choices import BulletinKind, Rhythm
from quantriet.org.models import Person, Unit
from quantriet.org.models.units import Level


class Bulletin(Scoped):
    """A row of issues of one committee. They reach the units below down to ``down_to`` within ``circulation``, and
    whoever serves in the corps of the committee and of the units below. ``ended_on``: no more issues since.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bulletins", db_index=False)
    kind = models.CharField(max_length=12, choices=BulletinKind.choices)
    title = models.CharField(max_length=200)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    down_to = models.SmallIntegerField(choices=Level.choices, default=Level.CELL)
    circulation = models.CharField(max_length=8, choices=Circulation.choices, default=Circulation.PARTY)
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("kind", "title", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "title"), condition=Q(ended_on=None), name="bulletin_title_once"
            ),
            models.UniqueConstraint(
                fields=("unit",),
                condition=Q(ended_on=None, kind="orientation"),
                name="bulletin_one_orientation_a_unit",
            ),
        )


class Issue(Scoped):
    """One issue of a bulletin, for the period that begins on ``period_on``. What was published is never changed:
    it is withdrawn with its reason, and another takes its place. ``document`` carries files and materials.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="issues", db_index=False)
    period_on = models.DateField()
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-period_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("bulletin", "period_on"),
                condition=Q(withdrawn_at=None),
                name="issue_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(published_at__isnull=False) & ~Q(withdrawn_why=""),
                name="issue_withdrawn_says_why",
            ),
        )
        indexes = (models.Index(fields=("published_at",), name="issue_published"),)


class IssueReceipt(Scoped):
    """A unit says that an issue arrived, or (with ``person``) a lecturer of its corps says that he read it.

    Once each; the first word stands. Nothing else is noted of who opens an issue.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    receiver = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("which lecturer has the information he is to speak from", "basic", "lecture"),
        "receiver": Fate("who said so, as shown", "basic", "lecture"),
    }

    class Meta:
        ordering = ("received_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("issue", "unit"), condition=Q(person=None), name="issue_receipt_once_a_unit"
            ),
            models.UniqueConstraint(
                fields=("issue", "person"),
                condition=Q(person__isnull=False),
                name="issue_receipt_once_a_lecturer",
            ),
        )
