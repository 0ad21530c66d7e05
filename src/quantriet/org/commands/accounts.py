"""Writes of accounts: open in bulk with one-time slips, grant, revoke, reset, close, change one's password."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CASCADE, ForeignObjectRel, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line, fold
from quantriet.org import access, audit
from quantriet.org.access import HOUSE, Actor
from quantriet.org.commands.standing import hold_open
from quantriet.org.models import Account, Person, RoleAssignment, Unit
from quantriet.org.permissions import ROLES, Can

SLIP_DAYS = 7
# No l, o, i, 0, 1: a slip is read off paper. Twelve of 31 letters are 59 bits.
SLIP_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SLIP_HASHER = "slip_pbkdf2_sha256"


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account to open. Without ``username`` one is made of the name.

    ``role`` at ``unit_id`` is granted with it. ``password`` is given for accounts of the demonstration only;
    others get a one-time password on their slip.
    """

    display_name: str
    role: str
    unit_id: int
    person_id: int | None = None
    username: str = ""
    email: str = ""
    password: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for the owner of an account, once. ``password`` is empty where the account was there."""

    account_id: int
    username: str
    display_name: str
    password: str


def open_accounts(specs: Sequence[AccountSpec], *, by: Actor) -> list[Slip]:
    """Open accounts for a list; slips come in the order of ``specs``.

    A person (or, without person, a name) that has an account keeps it and gets no new password. Needs
    ``ACCOUNT_MANAGE`` at each unit, and roles the actor may give (``account.role_too_high``).
    """
    _require_units({spec.unit_id for spec in specs}, by)
    _require_roles({spec.role for spec in specs}, by)
    with transaction.atomic():
        hold_open(spec.unit_id for spec in specs)
        _lock_names()
        known = _known_accounts(specs)
        names = _free_names([spec for spec in specs if _identity(spec) not in known])
        fresh: list[tuple[AccountSpec, Account, str]] = []
        slips: list[Slip] = []
        for spec in specs:
            found = known.get(_identity(spec))
            if found is not None:
                slips.append(Slip(found.pk, found.username, found.display_name, ""))
                continue
            account, password = _new_account(spec, next(names))
            account.save(force_insert=True)
            known[_identity(spec)] = account
            fresh.append((spec, account, password))
            slips.append(Slip(account.pk, account.username, account.display_name, password))
        today = timezone.localdate()
        RoleAssignment.objects.bulk_create(
            [
                RoleAssignment(account=account, role=spec.role, unit_id=spec.unit_id, from_on=today)
                for spec, account, _password in fresh
            ],
            batch_size=2000,
        )
        if fresh:
            first = fresh[0]
            audit.record(
                by,
                "account.open",
                first[1],
                unit=first[0].unit_id,
                detail={
                    "count": len(fresh),
                    "accounts": [account.pk for _spec, account, _word in fresh][:50],
                },
            )
    return slips


def grant(account: Account, role: str, unit: Unit, *, by: Actor) -> RoleAssignment:
    """Give an account a role at a unit from today; the same open role again is the one that stands."""
    access.require(by, Can.ACCOUNT_MANAGE, unit)
    _require_roles({role}, by)
    with transaction.atomic():
        hold_open([unit.pk])
        assignment, is_new = RoleAssignment.objects.get_or_create(
            account=account, role=role, unit=unit, to_on=None, defaults={"from_on": timezone.localdate()}
        )
        if is_new:
            audit.record(by, "account.grant", account, unit=unit, detail={"role": role})
    return assignment


def revoke(assignment: RoleAssignment, *, by: Actor) -> RoleAssignment:
    """Take a role back; it ends with the next request. A role already ended stays as it is."""
    access.require(by, Can.ACCOUNT_MANAGE, assignment.unit_id)
    _require_roles({assignment.role}, by)
    if assignment.to_on is not None:
        return assignment
    with transaction.atomic():
        assignment.to_on = timezone.localdate()
        assignment.save(update_fields=("to_on",))
        audit.record(
            by,
            "account.revoke",
            assignment.account,
            unit=assignment.unit_id,
            detail={"role": assignment.role},
        )
    return assignment


def reset(accounts: Sequence[Account], *, by: Actor) -> list[Slip]:
    """New one-time passwords for accounts below: the way back in without e-mail. Old passwords end at once.

    Needs ``ACCOUNT_MANAGE`` at every unit where the account holds a role, and roles the actor could give: who
    resets could sign in, so nobody resets an account that may do more than he may grant.
    """
    slips: list[Slip] = []
    with transaction.atomic():
        for account in accounts:
            unit_id = require_power_over(account, by)
            password = _one_time_password()
            account.password = make_password(password, hasher=SLIP_HASHER)
            account.must_change_password = True
            account.one_time_until = timezone.now() + timedelta(days=SLIP_DAYS)
            account.save(update_fields=("password", "must_change_password", "one_time_until"))
            audit.record(by, "account.reset", account, unit=unit_id)
            slips.append(Slip(account.pk, account.username, account.display_name, password))
    return slips


def close(account: Account, *, by: Actor) -> Account:
    """Close an account: its sessions end with the next request, its roles end today. May be repeated."""
    unit_id = require_power_over(account, by)
    if not account.is_active:
        return account
    with transaction.atomic():
        account.is_active = False
        account.set_unusable_password()
        account.save(update_fields=("is_active", "password"))
        account.assignments.filter(to_on=None).update(to_on=timezone.localdate())
        audit.record(by, "account.close", account, unit=unit_id)
    return account


FORGOTTEN = "Tài khoản đã xóa"


def forget(closed: QuerySet[Account]) -> int:
    """Take the person off accounts closed long ago: name, address, sign-in and roles go; the number stays, for
    the audit names it. Only the house's own work (retention) calls this.
    """
    numbers = list(closed.filter(is_active=False).values_list("pk", flat=True))
    with transaction.atomic():
        for number in numbers:
            Account.objects.filter(pk=number).update(
                username=f"da-xoa-{number}",
                email="",
                person=None,
                display_name=FORGOTTEN,
                password=make_password(None),
                last_login=None,
            )
        for model, column in _hanging_on_accounts():
            model._base_manager.filter(**{f"{column}__in": numbers}).delete()  # noqa: SLF001 - Django's API
    return len(numbers)


def _hanging_on_accounts() -> Iterator[tuple[type[Model], str]]:
    """Every table whose rows would go with an account: roles, sessions, second factors, passkeys, cards …"""
    for field in Account._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's public-by-habit API
        if isinstance(field, ForeignObjectRel) and field.on_delete is CASCADE:
            yield field.related_model, field.field.name


def change_password(account: Account, *, old: str, new: str) -> Account:
    """The owner himself sets a new password; refuses a wrong old one and a weak new one."""
    if not account.check_password(old):
        raise DomainError("account.wrong_password", _("Mật khẩu hiện tại không đúng. Mật khẩu chưa đổi."))
    if old == new:
        raise DomainError("account.same_password", _("Mật khẩu mới phải khác mật khẩu đang dùng."))
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise DomainError("account.weak_password", " ".join(error.messages)) from error
    account.set_password(new)
    account.must_change_password = False
    account.one_time_until = None
    account.save(update_fields=("password", "must_change_password", "one_time_until"))
    return account


def may_give(by: Actor, role: str) -> bool:
    """Whether the actor may give a role: who manages units may give any, others what they could do themselves."""
    if by.roots == HOUSE or by.can(Can.UNIT_MANAGE):
        return True
    return all(by.can(can) for can in ROLES[role].can)


def _identity(spec: AccountSpec) -> tuple[str, object]:
    return (
        ("person", spec.person_id)
        if spec.person_id
        else ("name", (spec.username or spec.display_name).lower())
    )


def _known_accounts(specs: Sequence[AccountSpec]) -> dict[tuple[str, object], Account]:
    people = [spec.person_id for spec in specs if spec.person_id]
    names = [spec.username.lower() for spec in specs if spec.username and not spec.person_id]
    found: dict[tuple[str, object], Account] = {
        ("person", account.person_id): account for account in Account.objects.filter(person__in=people)
    }
    found |= {("name", account.username): account for account in Account.objects.filter(username__in=names)}
    return found


def _new_account(spec: AccountSpec, username: str) -> tuple[Account, str]:
    is_one_time = not spec.password
    password = spec.password or _one_time_password()
    account = Account(
        username=username,
        email=spec.email,
        person_id=spec.person_id,
        display_name=clean_line(spec.display_name),
        is_demo=spec.is_demo,
        password=make_password(password, hasher=SLIP_HASHER if is_one_time else "default"),
        must_change_password=is_one_time,
        one_time_until=timezone.now() + timedelta(days=SLIP_DAYS) if is_one_time else None,
    )
    return account, "" if spec.password else password


def _one_time_password() -> str:
    letters = "".join(secrets.choice(SLIP_LETTERS) for _place in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _lock_names() -> None:
    """Two lists opened at once must not make one name twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7141803)")


def _free_names(specs: Sequence[AccountSpec]) -> Iterator[str]:
    """Names as told, or given name and initials (``an.nv``), numbered where taken."""
    bases = [spec.username.lower().strip() or _base_name(spec.display_name) for spec in specs]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT username FROM org_account WHERE regexp_replace(username, '[0-9]+$', '') = ANY(%s) "
            "OR username = ANY(%s)",
            [[base.rstrip("0123456789") for base in bases], bases],
        )
        taken = {str(row[0]) for row in cursor.fetchall()}
    for base in bases:
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}{number}"
        taken.add(name)
        yield name


def _base_name(display_name: str) -> str:
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in fold(display_name).split()]
    words = [word for word in words if word] or ["nguoi"]
    initials = "".join(word[0] for word in words[:-1])
    return f"{words[-1]}.{initials}"[:50] if initials else words[-1][:50]


def _require_units(unit_ids: set[int], by: Actor) -> None:
    if access.units(by, Can.ACCOUNT_MANAGE).filter(pk__in=unit_ids).count() != len(unit_ids):
        raise _forbidden()


def _require_roles(roles: set[str], by: Actor) -> None:
    for role in sorted(roles):
        if role not in ROLES:
            raise DomainError("account.role_unknown", _("Không có vai trò này. Chưa có gì thay đổi."))
        if not may_give(by, role):
            raise ForbiddenError(
                "account.role_too_high",
                _("Vai trò “{role}” làm được nhiều hơn vai trò của bạn nên bạn không giao được. "
                  "Chưa có gì thay đổi; hãy nhờ quản trị hệ thống.").format(role=ROLES[role].title),
            )  # fmt: skip


def require_power_over(account: Account, by: Actor) -> int | None:
    """The first unit of the account, once it is sure that the actor stands above everything it may do."""
    held = list(account.assignments.filter(to_on=None).order_by("id").values_list("unit_id", "role"))
    units = {unit_id for unit_id, _role in held}
    if not units and account.person_id:
        units = set(Person.objects.filter(pk=account.person_id).values_list("home_unit_id", flat=True))
    if account.pk == by.account_id or (not units and by.roots != HOUSE):
        raise _forbidden()
    _require_units(units, by)
    _require_roles({role for _unit_id, role in held if role in ROLES}, by)
    return held[0][0] if held else next(iter(units), None)


def _forbidden() -> ForbiddenError:
    return ForbiddenError(
        "gate.forbidden",
        _(
            "Vai trò đang dùng không quản lý được tài khoản này. Chưa có gì thay đổi; hãy nhờ đơn vị cấp trên."
        ),
    )
