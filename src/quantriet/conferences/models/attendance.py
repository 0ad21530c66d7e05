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
    call that wrote the row last: what one tap did can be taken back. ``back_at`` is the last coming in after the
    first one: a going that happened before it, and is heard of later, sends nobody away.
    """

    # Each index and each look-up is paid for by every check-in: no index is kept that another one begins with, and
    # instead of foreign keys there are their cheaper halves (``policies.kept_while_referenced``).
    conference = models.ForeignKey(
        Conference, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="attendances"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="attendances"
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="attendances"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_constraint=False, related_name="attendances")
    line = models.ForeignKey(
        RollLine,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="attendances",
    )
    person_class = models.SmallIntegerField(choices=PersonClass.choices, default=PersonClass.UNKNOWN)
    state = models.CharField(max_length=8, choices=State.choices)
    in_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)
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
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who attended", "sensitive", "campaign"),
        "unit": Fate("where the person counts", "sensitive", "campaign"),
        "line": Fate("whose duty it meets", "sensitive", "campaign"),
        "person_class": Fate("how counts are cut", "sensitive", "campaign"),
        "state": Fate("present, late, excused or absent", "sensitive", "campaign"),
        "in_at": Fate("late or not", "sensitive", "campaign"),
        "back_at": Fate("there or gone", "sensitive", "campaign"),
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
    """What was claimed and not recorded, or recorded against another claim: kept with its evidence until a person
    who looks over all sites of the conference decides.

    One row collects what one site claims of a person in one way (``kind``) while it waits, whatever order it comes
    in: ``at`` is the first moment claimed, and ``device``, ``told_at`` (that moment by the device's own clock),
    ``source``, ``client_id``, ``actor`` and ``grade`` are the evidence of that; ``back_at`` is the last coming in
    and ``out_at`` the last going that were claimed. ``person`` is empty where a forged claim names nobody who is
    expected. ``unit`` is the unit of the claiming site: its clerk may write the row without seeing the other site.
    What was decided is an ``AttendanceVerdict``; ``decision`` says what holds, so that open claims are found.
    """

    class Kind(models.TextChoices):
        """What is wrong with the claim."""

        TWO_SITES = "two_sites", _("Ghi ở điểm không đúng danh sách")
        TWO_DEVICES = "two_devices", _("Hai máy cùng ghi vào")
        OUT_FIRST = "out_first", _("Ra mà chưa vào")
        AFTER_CLOSE = "after_close", _("Đến sau khi kết thúc")
        FORGED = "forged", _("Mã hoặc dấu không đúng")

    class Decision(models.TextChoices):
        """Which claim holds."""

        OPEN = "open", _("Chờ quyết định")
        HERE = "here", _("Ghi theo lượt này")
        ELSEWHERE = "elsewhere", _("Giữ như đang ghi")
        AWAY = "away", _("Không dự")
        MATCHED = "matched", _("Đã khớp với lượt đến sau")

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="conflicts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="conflicts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TWO_SITES)
    state = models.CharField(max_length=8, choices=State.choices)
    at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)
    out_at = models.DateTimeField(null=True, blank=True)
    device = models.ForeignKey(
        "conferences.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)
    grade = models.SmallIntegerField(choices=Grade.choices, default=Grade.AFTERWARDS)
    source = models.CharField(max_length=8, choices=Source.choices)
    client_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(max_length=120)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who was claimed twice", "sensitive", "campaign"),
        "unit": Fate("where the claim was made", "sensitive", "campaign"),
        "kind": Fate("what is wrong with the claim", "sensitive", "campaign"),
        "state": Fate("what was claimed", "sensitive", "campaign"),
        "at": Fate("when", "sensitive", "campaign"),
        "back_at": Fate("when he came back", "sensitive", "campaign"),
        "out_at": Fate("when he went", "sensitive", "campaign"),
        "told_at": Fate("when, by the device's clock", "sensitive", "campaign"),
        "actor": Fate("who claimed", "basic", "audit"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("site", "person", "kind"),
                condition=Q(decision="open", person__isnull=False),
                name="attendance_claim_once",
            ),
            models.UniqueConstraint(
                fields=("site", "device", "kind"),
                condition=Q(decision="open", person__isnull=True),
                nulls_distinct=False,
                name="attendance_claim_of_nobody_once",
            ),
        )


class AttendanceVerdict(Scoped):
    """What a person decided on a claim, and why. Never changed: the claim, what was recorded before and what was
    recorded then (``call`` is the key of that) all stand beside it.
    """

    conflict = models.ForeignKey(AttendanceConflict, on_delete=models.CASCADE, related_name="verdicts")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=AttendanceConflict.Decision.choices)
    note = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=120)
    call = models.CharField(max_length=120)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("about whom it was decided", "sensitive", "campaign"),
        "unit": Fate("where the claim was made", "sensitive", "campaign"),
        "decision": Fate("which claim holds", "sensitive", "campaign"),
        "note": Fate("why", "sensitive", "campaign"),
        "actor": Fate("who decided", "basic", "audit"),
    }

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("conflict",), name="attendance_verdict_once"),)


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
