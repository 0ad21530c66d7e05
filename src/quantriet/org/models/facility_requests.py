"""What a unit asks the level above for, so that it can hold a conference in its own hall."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quantriet.core.models import Fate, Scoped
from quantriet.org.models.units import Unit


class FacilityRequest(Scoped):
    """One thing asked for, and what became of it. A unit asks for a thing once until it is answered.

    Who asked and who answered stands in the audit; here no person is named.
    """

    class Need(models.TextChoices):
        """What is lacking."""

        ROOM = "room", _("Hội trường, phòng họp")
        SEATS = "seats", _("Chỗ ngồi")
        SCREEN = "screen", _("Màn hình, máy chiếu")
        SOUND = "sound", _("Âm thanh")
        LINE = "line", _("Đường truyền")
        SECOND_LINE = "second_line", _("Đường truyền dự phòng")
        POWER = "power", _("Nguồn điện dự phòng")
        OTHER = "other", _("Việc khác")

    class State(models.TextChoices):
        """How far it is. A refusal says why."""

        ASKED = "asked", _("Chờ trả lời")
        GRANTED = "granted", pgettext_lazy("state of a request", "Đồng ý")
        REFUSED = "refused", pgettext_lazy("state of a request", "Từ chối")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="facility_requests")
    need = models.CharField(max_length=12, choices=Need.choices)
    text = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {}

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "need"), condition=Q(state="asked"), name="facility_request_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""), name="facility_request_refused_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="facility_request_answered_when",
            ),
        )
