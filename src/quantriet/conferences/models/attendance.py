"""Who was where: attendances and their corrections, claims that contradict, guests, remarks."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models import RollLine
from quantriet.conferences.models.conferences import Conference, Site
from quantriet.core.models import Fate, Scoped
from quantriet.ledger.measures import Form, Grade
from quantriet.ledger.models import Batch
from quantriet.org.models import Person, PersonClass, Unit


class State(models.TextChoices):
    """What the roll-call says of a person. No row: nobody has said anything yet."""

    PRESENT = "present", _("Có mặt")
    LATE = "late", _("Đến muộn")
    EXCUSED = "excused", _("Vắng có lý do")
    ABSENT = "absent", _("Vắng")


class Source(models.TextChoices):
    """Through which of the ways a claim came in."""

    LIST = "list", _("Đánh dấu danh sách")
    SCAN = "scan", _("Quét mã")
    CODE = "code", _("Gõ mã")
    IMPORT = "import", _("Nhập từ tệp")
    MAKE_UP = "make_up", _("Học bù")
    SUPERIOR = "superior", _("Đã dự ở cấp trên")


class Attendance(Scoped):
    """What is known of one person in one conference. One row a person; a correction changes it and leaves an
    ``AttendanceChange``.

    ``unit`` is where the person counts: the unit of the roll line, else the home unit. ``person_class``,
    ``form``, ``held_on`` and ``grade`` are those it was counted with, so that a correction counts out exactly
    what was counted in. ``client_id`` is made by the device: a retry finds its row. ``call`` is the key of the
    call that wrote the row last: what one tap did can be taken back.
    """

    # Each index is paid for by every check-in: none is kept that another one begins with.
    conference = models.ForeignKey(
        Conference, on_delete=models.PROTECT, db_index=False, related_name="attendances"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, db_index=False, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False, related_name="attendances")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="attendances")
    line = models.ForeignKey(
        RollLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="attendances"
    )
    person_class = models.SmallIntegerField(choices=PersonClass.choices, default=PersonClass.UNKNOWN)
    state = models.CharField(max_length=8, choices=State.choices)
    in_at = models.DateTimeField(null=True, blank=True)
    out_at = models.DateTimeField(null=True, blank=True)
    left_early = models.BooleanField(default=False)
    excuse = models.CharField(max_length=200, blank=True)
    form = models.SmallIntegerField(choices=Form.choices)
    held_on = models.DateField()
    grade = models.SmallIntegerField(choices=Grade.choices)
    source = models.CharField(max_length=8, choices=Source.choices)
    client_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(max_length=120)
    call = models.CharField(max_length=120)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    version = models.PositiveIntegerField(default=1)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who attended", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "line": Fate("whose duty it meets", "sensitive", "campaign"),
        "person_class": Fate("how counts are cut", "sensitive", "campaign"),
        "state": Fate("present, late, excused or absent", "sensitive", "campaign"),
        "in_at": Fate("late or not", "sensitive", "campaign"),
        "out_at": Fate("left early or not", "sensitive", "campaign"),
        "left_early": Fate("left early or not", "sensitive", "campaign"),
        "excuse": Fate("why the person is excused", "sensitive", "campaign"),
        "actor": Fate("who recorded", "basic", "audit"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("conference", "person"), name="attendance_once"),
            models.UniqueConstraint(
                fields=("conference", "client_id"),
                condition=Q(client_id__isnull=False),
                name="attendance_client_once",
            ),
            models.CheckConstraint(
                condition=Q(out_at=None) | Q(in_at=None) | Q(out_at__gte=F("in_at")),
                name="attendance_out_after_in",
            ),
            models.CheckConstraint(
                condition=Q(excuse="") | Q(state="excused"), name="attendance_excuse_of_excused"
            ),
        )
        indexes = (
            models.Index(fields=("site", "state"), name="attendance_site"),
            models.Index(fields=("person",), name="attendance_person"),
            models.Index(fields=("batch",), name="attendance_batch"),
            models.Index(fields=("site", "call"), name="attendance_call"),
        )


class AttendanceChange(Scoped):
    """A correction: what stood before, who changed it, in which batch, why. Undo reads it back."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="changes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    after_version = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=120)
    call = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("whose record was corrected", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "before": Fate("what stood before a correction", "sensitive", "campaign"),
        "actor": Fate("who corrected", "basic", "audit"),
    }

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("call",), name="attendance_change_call"),)


class AttendanceConflict(Scoped):
    """Somebody was claimed at a site where he is not expected, or at a second one. Both claims are kept until
    a person who looks over both sites decides; the decision is an entry, not an overwrite.

    ``unit`` is the unit of the claiming site: its clerk may write the row without seeing the other site.
    """

    class Decision(models.TextChoices):
        """Which claim holds."""

        OPEN = "open", _("Chờ quyết định")
        HERE = "here", _("Dự ở điểm này")
        ELSEWHERE = "elsewhere", _("Dự ở điểm kia")

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="conflicts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="conflicts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices)
    at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    client_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(max_length=120)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who was claimed twice", "sensitive", "campaign"),
        "unit": Fate("where the claim was made", "sensitive", "campaign"),
        "state": Fate("what was claimed", "sensitive", "campaign"),
        "at": Fate("when", "sensitive", "campaign"),
        "actor": Fate("who claimed", "basic", "audit"),
        "decided_by": Fate("who decided", "basic", "audit"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("site", "person"), name="attendance_conflict_once"),)


class Guest(Scoped):
    """Somebody who is not in the register sat at a site."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="guests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    organisation = models.CharField(max_length=200, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "unit": Fate("where the guest sat", "basic", "campaign"),
        "name": Fate("who sat in", "basic", "campaign"),
        "organisation": Fate("from where", "basic", "campaign"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("site", "name", "organisation"), name="guest_once"),)


class Remark(Scoped):
    """What was said in the discussion. Unsigned is allowed: then nobody can tell whose it is."""

    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="remarks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "unit": Fate("where it was said", "sensitive", "campaign"),
        "text": Fate("what was said", "sensitive", "campaign"),
        "author": Fate("who said it, when signed", "sensitive", "campaign"),
    }

    class Meta:
        ordering = ("id",)
