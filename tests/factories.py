"""Units, people and accounts for tests, all made through the commands as the product makes them."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.test import Client
from django.utils import timezone

from quantriet.org import access, second_factor, sessions
from quantriet.org.access import Actor
from quantriet.org.commands import accounts, people, units
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.commands.people import ANOTHER, PersonSpec
from quantriet.org.commands.units import UnitSpec
from quantriet.org.models import Account, Person, Tree, Unit, UnitKind

PASSWORD = "mat-khau-thu-nghiem"

_numbers = itertools.count(1)


def operator() -> Actor:
    """Whoever works on the server itself."""
    return access.operator("Người dựng dữ liệu thử")


@contextmanager
def looking_everywhere() -> Iterator[None]:
    """Read rows of every unit, to see what a command did."""
    with access.whole_house("test"):
        yield


def unit(
    parent: Unit | None,
    kind: str,
    name: str,
    *,
    tree: str = Tree.PARTY,
    committee: Unit | None = None,
    founded_on: date | None = None,
    code: str = "",
) -> Unit:
    """Any unit below ``parent`` (or beside ``committee``)."""
    spec = UnitSpec(
        code=code or f"T{next(_numbers):05d}",
        name=name,
        kind=kind,
        tree=tree,
        parent_code=parent.code if parent else "",
        committee_code=committee.code if committee else "",
        founded_on=founded_on,
    )
    with access.acting(operator()):
        return units.found([spec], by=operator())[0]


def province(name: str = "Đảng bộ tỉnh Thử Nghiệm") -> Unit:
    """A province: the root of a Party tree."""
    return unit(None, UnitKind.PROVINCE, name)


def commune(parent: Unit, name: str = "Đảng bộ xã Thử Nghiệm") -> Unit:
    """A commune below a province."""
    return unit(parent, UnitKind.COMMUNE, name)


def base(parent: Unit, name: str = "Đảng bộ cơ sở Thử Nghiệm") -> Unit:
    """A base organisation with cells, below a commune."""
    return unit(parent, UnitKind.BASE_COMMITTEE, name)


def cell(parent: Unit, name: str = "Chi bộ Thử Nghiệm") -> Unit:
    """A cell below a base organisation or a commune."""
    return unit(parent, UnitKind.CELL, name)


def body(committee: Unit, name: str = "Ban Tuyên giáo và Dân vận") -> Unit:
    """A board attached to a committee."""
    return unit(None, UnitKind.BODY, name, committee=committee)


def front(committee: Unit, name: str = "Ủy ban Mặt trận Tổ quốc", parent: Unit | None = None) -> Unit:
    """A unit of the Front, tied to the committee of its level."""
    return unit(parent, UnitKind.MASS, name, tree=Tree.FRONT, committee=committee)


def person(
    home: Unit,
    name: str = "Nguyễn Văn An",
    *,
    birth_date: date | None = None,
    code: str = "",
    post: str = "",
    from_on: date = date(2020, 1, 1),
) -> Person:
    """A member of a unit; each call makes another person unless the code is known."""
    spec = PersonSpec(
        full_name=name,
        unit_id=home.pk,
        birth_date=birth_date,
        code=code,
        post=post,
        from_on=from_on,
        phone=f"0900{next(_numbers):06d}",
        same_as=None if code else ANOTHER,
    )
    with access.acting(operator()):
        done = people.register([spec], by=operator())
        return Person.objects.get(pk=done.ids[0])


def account(role: str, at: Unit, *, of: Person | None = None, username: str = "") -> Account:
    """An account with one role at a unit; its password is ``PASSWORD``."""
    name = of.full_name if of else f"Tài khoản {role} {next(_numbers)}"
    spec = AccountSpec(
        display_name=name,
        role=role,
        unit_id=at.pk,
        person_id=of.pk if of else None,
        username=username or f"{role}-{next(_numbers)}",
        password=PASSWORD,
    )
    with access.acting(operator()):
        slip = accounts.open_accounts([spec], by=operator())[0]
    return Account.objects.get(pk=slip.account_id)


def actor(role: str, at: Unit, *, of: Person | None = None) -> Actor:
    """A new account with one role, acting at the unit."""
    found = access.actor(account(role, at, of=of))
    if found is None:
        raise RuntimeError("a new account has a role")
    return found


class Browser(Client):
    """A browser whose ``force_login`` is a whole sign-in: password and second factor, some minutes in use."""

    def force_login(self, user: Account, backend: str | None = None) -> None:
        super().force_login(user, backend)
        session = self.session
        now = timezone.now().timestamp()
        session[second_factor.MARK] = {"account": user.pk, "at": now, "shown": "factor"}
        session[sessions.SEEN] = {"since": now, "at": now, "agent": "Trình duyệt thử", "address": "127.0.0.1"}
        session.save()


def signed_in(who: Account) -> Client:
    """A browser in which ``who`` is signed in."""
    client = Browser()
    client.force_login(who)
    return client
