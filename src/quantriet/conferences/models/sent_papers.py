"""What is sent ahead with the summons, and which site has opened it. Sites open, no person is counted."""

from typing import ClassVar

from django.db import models

from quantriet.conferences.models.conferences import Conference, Site
from quantriet.core.models import Fate, Stamped
from quantriet.documents.models import Material


class SentPaper(Stamped):
    """A material that goes with the summons of a conference."""

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="sent_papers")
    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("conference", "material"), name="sent_paper_once"),)


class PaperAtSite(Stamped):
    """A site that a paper was sent to (``created_at``), and when somebody there opened it first."""

    paper = models.ForeignKey(SentPaper, on_delete=models.CASCADE, related_name="at_sites")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="papers")
    opened_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("paper", "site"), name="paper_at_site_once"),)
