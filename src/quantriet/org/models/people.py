"""People, where they belong and the posts they hold: the fewest fields the work needs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quantriet.core.models import Fate, Scoped
from quantriet.org.models.units import Unit


class PersonClass(models.IntegerChoices):
    """Đối tượng: the classes of people that counts are cut by. 0 means "not told apart"."""

    UNKNOWN = 0, _("Chưa phân loại")
    COMMITTEE = 1, _("Cấp ủy viên")
    KEY_CADRE = 2, _("Cán bộ chủ chốt")
    MEMBER = 3, _("Đảng viên")
    CIVIL_SERVANT = 4, _("Công chức, viên chức ngoài Đảng")
    ASSOCIATION = 5, _("Đoàn viên, hội viên")
    PUBLIC = 6, _("Nhân dân")


class Person(Scoped):
    """Someone who is summoned, attends, teaches or works with the system. Not a member file.

    Known by the owner's code (encrypted; found by its blind index), else by name, birth date and unit, and
    then asked, never guessed. ``home_unit`` is the unit of the primary membership: the row-level policy
    compares it, so it is kept by the same command that writes memberships.
    """

    full_name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120, editable=False)
    sort_key = models.CharField(max_length=400, editable=False)
    birth_date = models.DateField(null=True, blank=True)
    birth_year = models.SmallIntegerField(null=True, blank=True)
    # What an index of the Meta begins with needs no second one: each more is written for every person imported. The
    # keys of people and memberships are asked once a statement (``policies.reference``): lists are long.
    home_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="home_people", db_index=False, db_constraint=False
    )
    code_sealed = models.BinaryField(null=True, blank=True, editable=False)
    code_index = models.BinaryField(null=True, blank=True, editable=False, max_length=32)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "full_name": Fate("roll, papers", "basic", "membership"),
        "folded": Fate("search by name", "basic", "membership"),
        "sort_key": Fate("order of lists", "basic", "membership"),
        "birth_date": Fate("tells two people of one name apart", "basic", "membership"),
        "birth_year": Fate("printed on signature lists", "basic", "membership"),
        "home_unit": Fate("where the person is counted", "sensitive", "membership"),
        "code_sealed": Fate("meets the owner's member file at import", "basic", "membership"),
        "code_index": Fate("finds the code without opening it", "basic", "membership"),
        "phone": Fate("reminders by telephone", "basic", "membership"),
        "email": Fate("reminders by e-mail", "basic", "membership"),
    }

    class Meta:
        ordering = ("sort_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("code_index",), condition=Q(code_index__isnull=False), name="person_code_once"
            ),
        )
        indexes = (
            models.Index(fields=("home_unit", "sort_key"), name="person_home_order"),
            models.Index(fields=("folded",), name="person_folded"),
        )


class MembershipStatus(models.TextChoices):
    """Chính thức, dự bị, được miễn; or not a Party member."""

    FULL = "full", _("Đảng viên chính thức")
    PROBATIONARY = "probationary", _("Đảng viên dự bị")
    EXEMPT = "exempt", _("Đảng viên được miễn")
    NON_MEMBER = "non_member", _("Ngoài Đảng")


class Membership(Scoped):
    """A person belongs to a unit from one date until before another, in one class of people."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="memberships", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="memberships", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=16, choices=MembershipStatus.choices, default=MembershipStatus.FULL)
    person_class = models.SmallIntegerField(choices=PersonClass.choices, default=PersonClass.MEMBER)
    is_primary = models.BooleanField(default=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("whose membership", "sensitive", "membership"),
        "unit": Fate("where", "sensitive", "membership"),
        "status": Fate("who is summoned, who is exempt", "sensitive", "membership"),
        "person_class": Fate("which sessions concern the person", "sensitive", "membership"),
        "is_primary": Fate("the one unit where a person counts", "sensitive", "membership"),
        "from_on": Fate("roll of a date", "sensitive", "membership"),
        "to_on": Fate("roll of a date", "sensitive", "membership"),
    }

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("person",), condition=Q(is_primary=True, to_on=None), name="membership_one_primary"
            ),
            models.UniqueConstraint(
                fields=("person", "unit"), condition=Q(to_on=None), name="membership_once_a_unit"
            ),
        )
        indexes = (
            models.Index(fields=("unit", "person"), name="membership_unit_person"),
            models.Index(fields=("person",), name="membership_person"),
        )


class PostTitle(models.TextChoices):
    """Posts that carry a duty in the product."""

    HEAD = "head", _("Bí thư, người đứng đầu")
    DEPUTY = "deputy", _("Phó bí thư, cấp phó")
    COMMITTEE = "committee", _("Cấp ủy viên")
    OFFICER = "officer", _("Cán bộ phụ trách")
    CLERK = "clerk", _("Thư ký, văn thư")


class Post(Scoped):
    """A post held in a unit from–to. It gives lượt, never a second người."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", db_index=False)
    title = models.CharField(max_length=16, choices=PostTitle.choices)
    label = models.CharField(max_length=120, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "person": Fate("who holds the post", "sensitive", "membership"),
        "unit": Fate("where", "basic", "membership"),
        "title": Fate("who signs, who chairs", "basic", "membership"),
        "label": Fate("printed under a signature", "basic", "membership"),
        "from_on": Fate("who held it on a date", "basic", "membership"),
        "to_on": Fate("who held it on a date", "basic", "membership"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "unit", "title"), condition=Q(to_on=None), name="post_once"
            ),
        )
        indexes = (models.Index(fields=("unit", "title"), name="post_unit_title"),)
