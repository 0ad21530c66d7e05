"""Photographs of the signed paper roll of a site: the evidence behind what was typed from it."""

from typing import ClassVar

from django.db import models

from quantriet.conferences.models.conferences import Site
from quantriet.core.models import Fate, Scoped
from quantriet.org.models import Unit


class RollPhoto(Scoped):
    """One photograph, kept under the hash of its bytes. ``unit`` is the site's: who reads its list sees the picture.

    Nothing is read from it by machine but the square code that says whose roll it is.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="roll_photos")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    actor = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "unit": Fate("where the people of the roll sat", "basic", "campaign"),
        "sha256": Fate("the picture: names and signatures of who attended", "sensitive", "campaign"),
        "actor": Fate("who sent the picture", "basic", "audit"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("site", "sha256"), name="roll_photo_once"),)
