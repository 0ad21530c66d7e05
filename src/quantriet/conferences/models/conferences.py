"""The conference, what is on its agenda, its sites, whose people sit where, and what went wrong there."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models import Campaign
from quantriet.core.models import Fate, Stamped
from quantriet.documents.models import Document
from quantriet.ledger.measures import Form
from quantriet.ledger.models import Batch
from quantriet.org.models import Facility, Person, Unit
from quantriet.org.models.units import Level


def new_code_key() -> bytes:
    """The secret from which the codes of one conference are made; a new one makes all printed cards void."""
    return secrets.token_bytes(32)


class Conference(Stamped):
    """A conference of a unit, or a cell meeting (``kind``). Counts go to the book of its campaign; without a
    campaign nothing is counted (a pure cell meeting).

    ``form`` is what new sites take over; a conference is hybrid when its sites differ. ``classes`` are the
    classes of people summoned (empty: everybody on the roll). ``head_taught``: the head himself taught;
    ``deputy_reason`` says why a deputy chaired or taught. ``stream`` is the playlist of the hall (``streams``),
    ``recording`` where the session can be watched again (``recordings``).
    ``code_key`` makes and proves the codes.

    In shifts (``shift`` above 0) it is one sitting of several with the same agenda: ``shift_of`` is the first of them,
    empty in the first itself, and ``ShiftMember`` says who of the roll comes to which.
    """

    class Kind(models.TextChoices):
        """A conference with sites, or the light kind of a cell."""

        CONFERENCE = "conference", _("Hội nghị")
        CELL_MEETING = "cell_meeting", _("Sinh hoạt chi bộ")

    class State(models.TextChoices):
        """How far it is. A cancelled one keeps its reason and counts nothing."""

        PLANNED = "planned", _("Đã triệu tập")
        OPEN = "open", _("Đang họp")
        CLOSED = "closed", _("Đã kết thúc")
        CANCELLED = "cancelled", _("Đã hủy")

    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="conferences"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CONFERENCE)
    title = models.CharField(max_length=300)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="conferences")
    level = models.SmallIntegerField(choices=Level.choices)
    form = models.SmallIntegerField(choices=Form.choices, default=Form.IN_PERSON)
    classes = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    chair = models.CharField(max_length=160, blank=True)
    chair_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    head_chaired = models.BooleanField(default=True)
    head_taught = models.BooleanField(default=False)
    deputy_reason = models.CharField(max_length=300, blank=True)
    join_link = models.URLField(max_length=500, blank=True)
    stream = models.URLField(max_length=500, blank=True)
    recording = models.URLField(max_length=500, blank=True)
    content = models.TextField(blank=True)
    minutes = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    state_reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    code_key = models.BinaryField(max_length=32, default=new_code_key, editable=False)
    version = models.PositiveIntegerField(default=1)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)
    shift_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="further_shifts"
    )
    shift = models.PositiveSmallIntegerField(default=0)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "chair": Fate("who chairs, on summons and minutes", "basic", "campaign"),
        "chair_person": Fate("who chairs", "basic", "campaign"),
    }

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="conference_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(state_reason=""), name="conference_cancelled_says_why"
            ),
            models.UniqueConstraint(fields=("shift_of", "shift"), name="conference_shift_once"),
            models.CheckConstraint(
                condition=Q(shift_of=None, shift__lte=1) | Q(shift_of__isnull=False, shift__gte=2),
                name="conference_shift_numbered",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "-starts_at"), name="conference_unit"),
            models.Index(fields=("campaign", "state"), name="conference_campaign"),
        )


class AgendaItem(Stamped):
    """One point of the agenda: the document studied (or none, or the discussion), planned and actual minutes, who
    presents.
    """

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    is_discussion = models.BooleanField(default=False)
    planned_minutes = models.PositiveSmallIntegerField(default=0)
    actual_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    presenter = models.CharField(max_length=160, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "presenter": Fate("who teaches, on the agenda", "basic", "campaign"),
    }

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("conference", "position"), name="agenda_position_once"),
        )


class Site(Stamped):
    """A điểm cầu: where people sit. ``unit`` runs it and its clerk records there; ``state_at`` is its last word.

    ``checked_at``: since when all of its checklist is good; ``tested_at``: since when its connection is. Both follow
    from its ``SiteCheck`` rows and are written with them. ``shift_of`` is the same site in the first shift.
    """

    class State(models.TextChoices):
        """How far the site is. A planned site has not reported: that is not a zero."""

        PLANNED = "planned", _("Chưa báo cáo")
        READY = "ready", _("Sẵn sàng")
        CONNECTED = "connected", _("Đã kết nối")
        CLOSED = "closed", _("Đã kết thúc")

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="sites")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=300, blank=True)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    clerk = models.CharField(max_length=160, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    chair = models.CharField(max_length=160, blank=True)
    technician = models.CharField(max_length=160, blank=True)
    technician_phone = models.CharField(max_length=40, blank=True)
    monitor = models.CharField(max_length=160, blank=True)
    form = models.SmallIntegerField(choices=Form.choices, default=Form.IN_PERSON)
    join_link = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    state_at = models.DateTimeField(null=True, blank=True)
    is_hub = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    shift_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="in_further_shifts"
    )

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "clerk": Fate("who records at the site", "basic", "campaign"),
        "phone": Fate("whom to call when the site is silent", "basic", "campaign"),
        "chair": Fate("who presides over the site, on its minutes", "basic", "campaign"),
        "technician": Fate("who keeps picture, sound and line", "basic", "campaign"),
        "technician_phone": Fate("whom to call when picture, sound or line fail", "basic", "campaign"),
        "monitor": Fate("who watches how the session goes", "basic", "campaign"),
    }

    class Meta:
        ordering = ("-is_hub", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("conference", "name"), name="site_name_once"),
            models.UniqueConstraint(fields=("conference",), condition=Q(is_hub=True), name="site_one_hub"),
        )
        indexes = (models.Index(fields=("unit",), name="site_unit"),)


class SiteUnit(Stamped):
    """The people of a unit, and of what lies below it without a site of its own, are expected at a site."""

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="site_units")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="site_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="site_units")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("conference", "unit"), name="site_unit_once"),)


class Incident(Stamped):
    """What went wrong at a site, from when to when, what helped, and who told both."""

    class Kind(models.TextChoices):
        """The classes of the technicians' runbook."""

        NO_PICTURE = "no_picture", _("Mất hình")
        NO_SOUND = "no_sound", _("Mất tiếng")
        LOST_LINE = "lost_line", _("Mất đường truyền")
        OTHER = "other", _("Sự cố khác")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    remedy = models.CharField(max_length=300, blank=True)
    reported_by = models.CharField(max_length=120, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "reported_by": Fate("who told that something went wrong", "basic", "campaign"),
        "ended_by": Fate("who told that it works again", "basic", "campaign"),
    }

    class Meta:
        ordering = ("from_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "kind"), condition=Q(to_at=None), name="incident_open_once"
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="incident_ends_after_start"
            ),
        )
