"""Reads of units: the tree as it stands today, what a unit's page shows."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.core.text import fold
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.commands.facilities import GOOD_FOR
from quantriet.org.models import Facility, Person, Placement, Post, Tree, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can
from quantriet.org.routes import unit_href

FOUND_AT_MOST = 100


@dataclass(frozen=True)
class Child:
    """A unit in a list of units: how many units are directly below it, how many people it stands for.

    ``members``: of the Party's tree the people on record there and below; of the others the unit's own count, or where
    it has none the sum of what is below. 0: nobody is known.
    """

    unit: Unit
    children: int
    members: int


def tops(by: Actor) -> list[Unit]:
    """The units from which the actor looks down: where the browser of the tree begins."""
    if by.roots == HOUSE:
        rows = access.today_placements().filter(parent=None)
    else:
        rows = access.today_placements().filter(path__in=by.roots)
    units = [placed.unit for placed in rows.select_related("unit").order_by("unit__sort_key", "unit_id")]
    return sorted(units, key=lambda unit: Tree.values.index(unit.tree))  # the Party's tree first


def way_down(by: Actor, unit: Unit) -> list[Crumb]:
    """The units above, from the root; those outside the actor's view are words without an address."""
    placed = access.today_placements().filter(unit=unit).first()
    if placed is None:
        return [Crumb(unit.name)]
    ids = [int(label) for label in placed.path.split(".")]
    mine = set(access.units(by, Can.UNIT_READ).filter(pk__in=ids).values_list("pk", flat=True))
    units = Unit.objects.in_bulk(ids)
    return [
        Crumb(
            units[pk].short_name or units[pk].name,
            unit_href(pk) if pk in mine and pk != unit.pk else "",
        )
        for pk in ids
    ]


# One statement for a page of children: the subtree is gone through once, each unit told to the child above it.
_CHILDREN = """
WITH top AS (
    SELECT path, nlevel(path) AS depth FROM org_placement
    WHERE unit_id = %(parent)s AND valid @> quantriet_today()
)
SELECT child.unit_id,
       count(*) FILTER (WHERE deep.parent_id = child.unit_id) AS children,
       coalesce(sum(inside.member_count) FILTER (WHERE deep.unit_id <> child.unit_id), 0) AS members
FROM top
JOIN org_placement AS deep
  ON deep.path <@ top.path AND nlevel(deep.path) > top.depth AND deep.valid @> quantriet_today()
 AND NOT deep.former
JOIN org_unit AS inside ON inside.id = deep.unit_id
JOIN org_placement AS child
  ON child.unit_id = subpath(deep.path, top.depth, 1)::text::bigint AND child.valid @> quantriet_today()
 AND NOT child.former
GROUP BY child.unit_id
"""


def named(by: Actor, can: Can, text: str) -> Unit:
    """The one unit of that code or name where the actor may do ``can``; marks and case do not count.

    Refuses with ``unit.unknown``, or with ``unit.several`` naming the codes to choose from.
    """
    mine = access.units(by, can).filter(closed_on=None)
    exact = mine.filter(code__iexact=text.strip()).first()
    if exact is not None:
        return exact
    found = list(mine.filter(folded=fold(text)).order_by("sort_key", "id")[:6])
    if not found:
        raise DomainError(
            "unit.unknown",
            _(
                "Không có đơn vị nào mang mã hoặc tên “{text}”. Chưa ghi gì; hãy tìm mã ở trang Đơn vị."
            ).format(text=text.strip()[:80]),
            field="unit",
        )
    if len(found) > 1:
        raise DomainError(
            "unit.several",
            _("Có nhiều đơn vị cùng tên này. Chưa ghi gì; hãy ghi mã của một đơn vị: {codes}.").format(
                codes=", ".join(unit.code for unit in found)
            ),
            field="unit",
        )
    return found[0]


def children(unit: Unit) -> list[Child]:
    """Units directly below today, in Vietnamese order, bodies and press first; former parts stand apart."""
    with connection.cursor() as cursor:
        cursor.execute(_CHILDREN, {"parent": unit.pk})
        rows = {int(pk): (int(below), int(members)) for pk, below, members in cursor.fetchall()}
    counts_people = unit.tree == Tree.PARTY and unit.level >= PEOPLE_FROM
    people = _people_by_child(unit) if counts_people else {}
    units = Unit.objects.filter(pk__in=rows).order_by("level", "sort_key", "id")
    return [
        Child(each, rows[each.pk][0], people.get(each.pk) or each.member_count or rows[each.pk][1])
        for each in units
    ]


PEOPLE_FROM = Level.COMMUNE
"""People are counted at every look up to here; of a whole province that is a quarter of a million rows."""

# The units are found first: their people are then looked up by the index of the home.
_PEOPLE = """
SELECT home_unit_id, count(*) FROM org_person
WHERE home_unit_id = ANY(%(units)s::bigint[]) GROUP BY home_unit_id
"""


def _people_by_child(unit: Unit) -> dict[int, int]:
    """How many people are at home in each unit directly below, with all that is below it."""
    placed = access.today_placements().filter(unit=unit, former=False).first()
    if placed is None:
        return {}
    depth = placed.path.count(".") + 1
    inside = (
        access.today_placements().filter(path__descendant_of=[placed.path], former=False).exclude(unit=unit)
    )
    child_of = {
        unit_id: int(path.split(".")[depth]) for unit_id, path in inside.values_list("unit_id", "path")
    }
    counts: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"units": list(child_of)})
        for unit_id, people in cursor.fetchall():
            counts[child_of[unit_id]] = counts.get(child_of[unit_id], 0) + people
    return counts


def below_with_people(unit: Unit) -> list[Child]:
    """The units directly below where people are; all of them where they are not counted."""
    return [child for child in children(unit) if child.members or unit.level < PEOPLE_FROM]


def people_of(unit: Unit) -> int | None:
    """How many people are on record in a Party unit of a commune or below, with all below it; ``None``: not counted."""
    if unit.tree != Tree.PARTY or unit.level < PEOPLE_FROM:
        return None
    below = sum(_people_by_child(unit).values())
    return below + Person.objects.filter(home_unit=unit).count()


def superior_of(unit: Unit) -> Unit | None:
    """To whom a unit reports today: its parent; at the top of a tree beside the Party's, its committee."""
    placed = access.today_placements().filter(unit=unit).select_related("parent").first()
    if placed is not None and placed.parent is not None:
        return placed.parent
    return unit.committee


def superior_on_paper(unit: Unit) -> str:
    """The organisation named over the issuer of a paper: the one directly above ("Đảng bộ tỉnh An Giang" over the
    Đảng ủy of a commune); none over who stands directly below the centre (layout of HD 36-HD/VPTW).
    """
    superior = superior_of(unit)
    return "" if superior is None or superior.level == Level.CENTRAL else superior.name


def tied(unit: Unit) -> QuerySet[Unit]:
    """Units of other trees tied to this committee."""
    return (
        Unit.objects.filter(committee=unit, closed_on=None)
        .exclude(tree=unit.tree)
        .order_by("tree", "sort_key", "id")
    )


def search(by: Actor, text: str) -> list[Unit]:
    """Units of the actor's view whose name (without marks) or code holds the words, at most a hundred."""
    wanted = fold(text)
    if not wanted:
        return []
    mine = access.units(by, Can.UNIT_READ)
    by_name = mine.filter(folded__contains=wanted) | mine.filter(code__iexact=text.strip())
    return list(by_name.order_by("level", "sort_key", "id")[:FOUND_AT_MOST])


def posts(unit: Unit) -> QuerySet[Post]:
    """Posts held in a unit today, heads first."""
    return (
        Post.objects.filter(unit=unit, to_on=None)
        .select_related("person")
        .order_by("-title", "person__sort_key", "id")
    )


def facilities(unit: Unit) -> QuerySet[Facility]:
    """Halls and rooms of a unit."""
    return Facility.objects.filter(unit=unit).order_by("name", "id")


def facilities_to_confirm(unit: Unit) -> QuerySet[Facility]:
    """Halls of a unit that nobody has looked at within a year."""
    held = Q(confirmed_on__gt=timezone.localdate() - GOOD_FOR)
    return facilities(unit).exclude(held)


def places_in_time(unit: Unit) -> QuerySet[Placement]:
    """Where the unit stood, newest first."""
    return Placement.objects.filter(unit=unit).select_related("parent").order_by("-valid")
