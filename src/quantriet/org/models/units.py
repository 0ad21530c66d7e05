"""Units and where they stood on each date."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.ltree import LtreeField
from quantriet.core.models import Scoped, Stamped


class Tree(models.TextChoices):
    """The organisations that have a tree of their own. Figures of two trees are never added as người."""

    PARTY = "party", _("Đảng")
    FRONT = "front", _("Mặt trận Tổ quốc")
    YOUTH = "youth", _("Đoàn Thanh niên")
    WOMEN = "women", _("Hội Liên hiệp Phụ nữ")
    FARMERS = "farmers", _("Hội Nông dân")
    VETERANS = "veterans", _("Hội Cựu chiến binh")
    UNION = "union", _("Công đoàn")


class UnitKind(models.TextChoices):
    """What a unit is. Its level follows from it (``LEVELS``); bodies take the level of their committee."""

    CENTRAL = "central", _("Trung ương")
    PROVINCE = "province", _("Đảng bộ tỉnh, thành phố")
    COMMUNE = "commune", _("Đảng bộ xã, phường, đặc khu")
    DIRECT = "direct", _("Đảng bộ trực thuộc tỉnh")
    BASE_COMMITTEE = "base_committee", _("Đảng bộ cơ sở")
    BASE_CELL = "base_cell", _("Chi bộ cơ sở")
    SECTION = "section", _("Đảng bộ bộ phận")
    CELL = "cell", _("Chi bộ trực thuộc")
    BODY = "body", _("Ban, văn phòng")
    PRESS = "press", _("Cơ quan báo chí")
    MASS = "mass", _("Mặt trận, đoàn thể")


class Level(models.IntegerChoices):
    """Levels at which deadlines and sessions are set (domain: tỉnh → xã → cơ sở → chi bộ)."""

    CENTRAL = 0, _("Trung ương")
    PROVINCE = 1, _("Cấp tỉnh")
    COMMUNE = 2, _("Cấp xã")
    BASE = 3, _("Cấp cơ sở")
    CELL = 4, _("Chi bộ")


LEVELS: dict[str, Level] = {
    UnitKind.CENTRAL: Level.CENTRAL,
    UnitKind.PROVINCE: Level.PROVINCE,
    UnitKind.COMMUNE: Level.COMMUNE,
    UnitKind.DIRECT: Level.COMMUNE,
    UnitKind.BASE_COMMITTEE: Level.BASE,
    UnitKind.BASE_CELL: Level.BASE,
    UnitKind.SECTION: Level.CELL,
    UnitKind.CELL: Level.CELL,
}


class Unit(Stamped):
    """An organisation, board, office, press agency or association.

    ``committee`` ties a unit of another tree, or a body, to the Party committee of its level. ``code`` is
    the owner's own code, text with its leading zeros, unique; ``admin_code`` the administrative code of its
    commune where it has one. Facts stay with the unit they were recorded for, whatever happens to it.
    """

    code = models.CharField(max_length=40, unique=True)
    tree = models.CharField(max_length=12, choices=Tree.choices, default=Tree.PARTY)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    level = models.SmallIntegerField(choices=Level.choices)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    folded = models.CharField(max_length=200, editable=False)
    sort_key = models.CharField(max_length=600, editable=False)
    admin_code = models.CharField(max_length=10, blank=True)
    committee = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="attached"
    )
    member_count = models.PositiveIntegerField(default=0)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    founded_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("sort_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(founded_on=None) | Q(closed_on__gte=F("founded_on")),
                name="unit_closed_after_founded",
            ),
            models.CheckConstraint(condition=~Q(committee=F("id")), name="unit_not_its_own_committee"),
            models.CheckConstraint(
                condition=Q(tree=Tree.PARTY) | Q(committee__isnull=False),
                name="unit_beside_the_party_tree_is_tied",
            ),
        )
        indexes = (
            models.Index(fields=("tree", "level"), name="unit_tree_level"),
            models.Index(fields=("folded",), name="unit_folded"),
            models.Index(fields=("admin_code",), name="unit_admin_code"),
        )

    def __str__(self) -> str:
        return self.name


class Placement(Stamped):
    """Where a unit stands in its tree from one date until before another.

    ``path`` holds the ids from the root to the unit itself. ``former`` marks a closed unit that hangs below
    its successor. Written by ``commands.placements.place`` alone; two placements of one unit never overlap.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="child_placements",
        db_index=False,
    )
    path = LtreeField()
    valid = DateRangeField()
    former = models.BooleanField(default=False)
    decision = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (
            # Over an expression that no query asks for: the planner takes a GiST index for flatter than it is and
            # would look every unit up here instead of in the B-tree beside it, three to nine times as long (ADR 0021).
            ExclusionConstraint(
                name="placement_one_at_a_time",
                expressions=((F("unit") + 0, RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)),
            ),
            models.CheckConstraint(condition=~Q(parent=F("unit")), name="placement_not_below_itself"),
        )
        indexes = (
            GistIndex(fields=("path", "valid"), name="placement_path_valid"),
            models.Index(fields=("parent",), name="placement_parent"),
        )


class TreeVersion(models.Model):
    """One row whose number grows with every change of any placement; caches of numberings compare it."""

    number = models.BigIntegerField(default=0)


class Facility(Scoped):
    """A hall or room of a unit: seats, screen, line (what it is, its Mbit/s, a second one). Confirmed once a year."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="facilities", db_index=False)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    has_screen = models.BooleanField(default=False)
    line = models.CharField(max_length=120, blank=True)
    line_mbits = models.PositiveIntegerField(null=True, blank=True)
    has_second_line = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("unit", "name"), name="facility_name_once_a_unit"),)
