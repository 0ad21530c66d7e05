"""Totals that units declare for themselves."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models.campaigns import Campaign
from quantriet.core.models import Fate, Stamped
from quantriet.ledger.measures import Form
from quantriet.ledger.models import Batch
from quantriet.org.models import Unit
from quantriet.org.models.units import Level


class Declaration(Stamped):
    """Totals a unit declares for itself where no rows exist: presence, essays, materials, programme, outreach.

    ``figures`` are the totals as declared, ``posted`` what of them stands in the ledger now: named rows that
    come later push the declared rest back, so nobody counts twice. With a document named the grade is
    "có văn bản", else "tự khai". ``counted_on`` is the day from which they count: that on which it happened, or
    later where the people of the unit came to it later, so that on no day more are present than summoned.
    """

    class Kind(models.TextChoices):
        """What is declared."""

        PRESENCE = "presence", _("Số người dự học")
        MATERIALS = "materials", _("Tài liệu")
        ESSAYS = "essays", _("Bài thu hoạch")
        PROGRAMME = "programme", _("Chương trình hành động")
        OUTREACH = "outreach", _("Tuyên truyền ra dân")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="declarations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="declarations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    figures = models.JSONField()
    posted = models.JSONField(default=dict)
    paper = models.CharField(max_length=120, blank=True)
    happened_on = models.DateField()
    counted_on = models.DateField()
    level = models.SmallIntegerField(choices=Level.choices)
    form = models.SmallIntegerField(choices=Form.choices, default=Form.NONE)
    actor = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {"actor": Fate("who declared", "basic", "audit")}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("campaign", "unit", "kind"), name="declaration_once"),)
