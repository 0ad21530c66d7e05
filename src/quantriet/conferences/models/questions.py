"""Questions from sites to the hub, and whom the hub lets speak in which order."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.models.conferences import Conference, Site
from quantriet.core.models import Fate, Scoped
from quantriet.org.models import Unit


class Question(Scoped):
    """What a site asks the hub, or who there asks to speak (``speaker``). ``unit`` runs the site.

    One that was merged shares the fate of the one it was merged into: state, answer and times are written to both,
    so that each site reads its own without seeing another's. ``place`` is the order of the speaking list.
    """

    class State(models.TextChoices):
        """Where it stands; the site sees it."""

        WAITING = "waiting", _("Chờ điểm chính")
        SET_ASIDE = "set_aside", _("Không đưa ra")
        ANSWERED = "answered", _("Đã trả lời")
        LISTED = "listed", _("Chờ phát biểu")
        CALLED = "called", _("Đang phát biểu")
        DONE = "done", _("Đã phát biểu")

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="questions")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="questions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    speaker = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )
    reason = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True)
    place = models.PositiveIntegerField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    moderator = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=80)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "unit": Fate("where it was asked", "sensitive", "campaign"),
        "text": Fate("what was asked", "sensitive", "campaign"),
        "speaker": Fate("who asked to speak", "sensitive", "campaign"),
        "answer": Fate("what the site was answered", "basic", "campaign"),
        "actor": Fate("who wrote it down at the site", "basic", "campaign"),
        "moderator": Fate("who decided at the hub", "basic", "campaign"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("site", "key"), name="question_once"),
            models.UniqueConstraint(
                fields=("conference",),
                condition=Q(state="called", merged_into=None),
                name="question_one_speaks",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(reason=""), name="question_set_aside_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer=""), name="question_answered_says_what"
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(place__isnull=False) | Q(merged_into__isnull=False),
                name="question_listed_has_a_place",
            ),
        )
        indexes = (models.Index(fields=("conference", "changed_at"), name="question_news"),)
