"""Acts on the tree: what was decided, which units it names, what it wrote; and the names units had or will have."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Scoped, Stamped
from quantriet.org.models.accounts import Account
from quantriet.org.models.people import Person
from quantriet.org.models.units import Level, Unit, UnitKind


class ActKind(models.TextChoices):
    """What an act does to units."""

    FOUND = "found", _("Thành lập")
    RENAME = "rename", _("Đổi tên")
    RENUMBER = "renumber", _("Đổi mã")
    MOVE = "move", _("Chuyển cấp trên")
    MERGE = "merge", _("Sáp nhập")
    SPLIT = "split", _("Chia tách")
    CLOSE = "close", _("Giải thể")
    REOPEN = "reopen", _("Lập lại")
    RECLASSIFY = "reclassify", _("Đổi loại, nâng cấp")


class Act(Stamped):
    """One act on the tree, by a decision with number, date and day of effect.

    ``told`` is the proposal as JSON (``org.proposals``), ``told_key`` its digest as first ordered: the same proposal
    again is the same act, also once a blocked one was given other answers. ``did`` is the change as numbers of units,
    ``kept`` what each consequence needs to take itself back. A planned act waits for its day, ``hindrance`` tells what
    stood in its way when it was ordered; a blocked one met a refusal on that day, told there.

    ``account_id`` acting in ``acting_unit_id`` ordered it (or took it up again) and is asked for his rights once
    more on the day; 0 is the server itself, nothing: not kept when it was ordered. Plain numbers, as of a ``Work``:
    an act outlives accounts and units.
    """

    class State(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", _("Chờ ngày hiệu lực")
        DONE = "done", _("Đã thực hiện")
        BLOCKED = "blocked", _("Vướng, chưa thực hiện")
        UNDONE = "undone", _("Đã hoàn tác")

    kind = models.CharField(max_length=12, choices=ActKind.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    decision = models.CharField(max_length=80)
    decided_on = models.DateField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    told = models.JSONField()
    told_key = models.CharField(max_length=64)
    did = models.JSONField(default=dict)
    kept = models.JSONField(default=dict)
    hindrance = models.CharField(max_length=600, blank=True)
    actor = models.CharField(max_length=120)
    account_id = models.BigIntegerField(null=True, blank=True)
    acting_unit_id = models.BigIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undo_reason = models.CharField(max_length=300, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "actor": Fate("who decided", "basic", "audit"),
        "account_id": Fate("whose right to act is asked for on the day", "basic", "audit"),
        "acting_unit_id": Fate("in which unit he acts", "basic", "audit"),
        "undone_by": Fate("who took it back", "basic", "audit"),
    }

    class Meta:
        ordering = ("-effective_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=("told_key",), condition=~Q(state="undone"), name="act_once"),
            models.CheckConstraint(
                condition=Q(effective_on__gte=F("decided_on")), name="act_effective_after_decided"
            ),
        )
        indexes = (models.Index(fields=("effective_on",), condition=Q(state="planned"), name="act_waiting"),)


class ActUnit(models.Model):
    """A unit an act names, in one part of it, with the name it had then."""

    class Part(models.TextChoices):
        """Acted on itself, takes over from it, stands above it."""

        UNIT = "unit", _("Đơn vị được sắp xếp")
        SUCCESSOR = "successor", _("Đơn vị nhận")
        PARENT = "parent", _("Cấp trên")

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="acts")
    part = models.CharField(max_length=10, choices=Part.choices)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("act", "unit", "part"), name="act_unit_once"),)


class ActPerson(Scoped):
    """A person whose home an act changes. ``position`` is the successor chosen for him in a division (from 0);
    ``target`` the unit he came to, once the act is done.
    """

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who changed his unit by an act on the tree", "sensitive", "membership"),
        "unit": Fate("from where", "sensitive", "membership"),
        "target": Fate("to where", "sensitive", "membership"),
    }

    class Meta:
        constraints = (models.UniqueConstraint(fields=("act", "person"), name="act_person_once"),)


class ActRow(Scoped):
    """One row an act wrote on this floor: its columns before (nothing: it was made) and after (nothing: it went).

    Undo swaps the two, step by step from the last. ``unit`` is the one by whose gate the row is read. Holds numbers,
    days and codes, no text about a person; goes when the act is undone.
    """

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    step = models.SmallIntegerField()
    table_name = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "before": Fate("undo of an act restores memberships and posts", "sensitive", "membership"),
        "after": Fate("undo sees what has changed since", "sensitive", "membership"),
    }

    class Meta:
        indexes = (models.Index(fields=("table_name", "row_id"), name="act_row"),)


class ActSheet(Stamped):
    """A sheet of acts on its way: uploaded, looked at, done. It is its uploader's alone.

    The bytes lie in the file store; the rows are read anew at each step, so what was looked at is what is done, on
    the tree of that moment. ``answers``: row → question → answer (``org.act_words``). ``outcome`` is that of the last
    look (``queries.act_sheets.outcome_of``); ``refusal`` says why the last try to do it was refused.
    """

    class State(models.TextChoices):
        """How far it is."""

        STAGED = "staged", _("Đã tải lên")
        LOOKED = "looked", _("Đã xem trước")
        DONE = "done", _("Đã thực hiện")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.STAGED)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    file_kind = models.CharField(max_length=8)
    answers = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    refusal = models.CharField(max_length=600, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose sheet it is", "basic", "import"),
    }

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("account", "-id"), name="act_sheet_account"),)


class UnitName(Stamped):
    """What a unit was (or, by a planned act, will be) called in a period in which its own row does not say it.

    A unit that never changed its name, code or kind has no row here; a date outside every period is answered by
    the unit's row. See ``queries.names.names_at``.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    valid = DateRangeField()
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    level = models.SmallIntegerField(choices=Level.choices)

    class Meta:
        ordering = ("unit_id", "valid")
        constraints = (
            ExclusionConstraint(
                name="unit_name_one_at_a_time",
                expressions=(("unit", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)),
            ),
        )
