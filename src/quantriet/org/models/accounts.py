"""Accounts and the roles they hold at units."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from quantriet.core.models import Fate
from quantriet.org.models.people import Person
from quantriet.org.models.units import Unit


class AccountManager(BaseUserManager["Account"]):
    """Finds an account by its sign-in name, which is compared without case."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account of a sign-in name."""
        return self.get(username__iexact=username or "")


class Account(AbstractBaseUser):
    """A way to sign in. Who it belongs to is a ``Person``; what it may do is told by its assignments."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="account"
    )
    display_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "username": Fate("sign-in", "basic", "account"),
        "email": Fate("reminders, sign-in by e-mail", "basic", "account"),
        "person": Fate("whose account", "sensitive", "account"),
        "display_name": Fate("who did what, on pages and in the audit", "basic", "account"),
        "password": Fate("sign-in, hashed", "basic", "account"),
        "last_login": Fate("unused accounts are closed", "basic", "account"),
    }


class RoleAssignment(models.Model):
    """An account holds a role at a unit from–to. Roles are named in ``org.permissions``."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=24)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who holds the role", "basic", "account"),
        "role": Fate("what the account may do", "basic", "account"),
        "unit": Fate("where", "basic", "account"),
        "from_on": Fate("since when", "basic", "account"),
        "to_on": Fate("until when", "basic", "account"),
    }

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="role_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("account", "role", "unit"), condition=Q(to_on=None), name="role_once"
            ),
        )
        indexes = (models.Index(fields=("unit", "role"), name="role_unit"),)


class SignInFailure(models.Model):
    """Wrong passwords for one name from one address; ten of them close this pair for a quarter of an hour.

    Kept in the database because every web process must count the same. ``name`` is what was typed, whether
    such an account exists or not: both are treated alike.
    """

    name = models.CharField(max_length=60)
    address = models.CharField(max_length=45)
    failures = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "name": Fate("stops guessing of passwords", "basic", "sign_in"),
        "address": Fate("stops guessing of passwords", "basic", "sign_in"),
    }

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "address"), name="sign_in_failure_once"),)
        indexes = (models.Index(fields=("last_at",), name="sign_in_failure_age"),)
