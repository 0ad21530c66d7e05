"""Reads of people: always inside a scope, in the order of given names."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from quantriet.core import scope
from quantriet.core.text import fold
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AccessEvent, Account, Membership, Person, Post, RoleAssignment, Unit
from quantriet.org.permissions import Can

FOUND_AT_MOST = 100
MOST_WORDS = 6

_NAMED = "SELECT org_people_named(%(patterns)s)"


def of_unit(unit: Unit) -> QuerySet[Person]:
    """People whose home is this unit."""
    return Person.objects.filter(home_unit=unit).order_by("sort_key", "id")


def visible(by: Actor) -> QuerySet[Person]:
    """People the actor may open: those at home in the units where he may read people."""
    return Person.objects.filter(home_unit__in=access.units(by, Can.PERSON_READ)).select_related("home_unit")


def named(text: str) -> list[int]:
    """Ids of the people within the scope in whose name a word begins with each word of ``text``, without marks, in any
    order: "nguyen an" finds Nguyễn Văn An and Nguyễn Thị Anh, not Nguyễn Văn Lan.
    """
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return []
    scope.require("org.Person")
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"patterns": [f"% {_literal(word)}%" for word in words]})
        return [pk for (pk,) in cursor.fetchall()]


def _literal(part: str) -> str:
    """A text as LIKE reads it literally."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def among(ids: Sequence[int]) -> RawSQL:
    """Thousands of ids for ``__in``: one array, not a parameter each."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def search(by: Actor, text: str) -> list[Person]:
    """People of the actor's view by name as ``named`` finds them, at most a hundred."""
    found = visible(by).filter(pk__in=among(named(text)))
    return list(found.order_by("sort_key", "id")[:FOUND_AT_MOST])


def memberships(person: Person) -> QuerySet[Membership]:
    """Where the person belonged, newest first."""
    return person.memberships.select_related("unit").order_by("-from_on", "-id")


def posts(person: Person) -> QuerySet[Post]:
    """Posts the person held, newest first."""
    return person.posts.select_related("unit").order_by("-from_on", "-id")


def readers(person: Person) -> QuerySet[AccessEvent]:
    """Who opened the person's data, newest first."""
    return person.accesses.select_related("unit").order_by("-id")


def accounts_of(unit: Unit) -> QuerySet[Account]:
    """Accounts with a role at the unit now, or of its people."""
    people = Person.objects.filter(home_unit=unit)
    at_unit = Q(assignments__unit=unit, assignments__to_on=None)
    return Account.objects.filter(at_unit | Q(person__in=people)).distinct().order_by("display_name", "id")


def roles_of(accounts: QuerySet[Account] | list[Account]) -> QuerySet[RoleAssignment]:
    """The roles held now, of a list of accounts."""
    return (
        RoleAssignment.objects.filter(account__in=list(accounts), to_on=None)
        .select_related("unit")
        .order_by("id")
    )


def without_account(unit: Unit) -> QuerySet[Person]:
    """People of the unit who cannot sign in yet."""
    return of_unit(unit).filter(account=None)
