"""Who belongs where: about as many people as the scale wants, spread over provinces and communes as people are
(sizes log-normal), with heads, posts and the non-members who work beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from quantriet.org.access import Actor
from quantriet.org.commands import people
from quantriet.org.models import Membership, Person, Tree, Unit, UnitKind
from quantriet.org.models.people import PostTitle
from quantriet.web.demonstration import people as invented
from quantriet.web.demonstration.ground import Soul
from quantriet.web.generation import tree
from quantriet.web.generation.scales import Wanted

_SECOND_POSTS = 0.15


@lru_cache(maxsize=2)
def how_many(wanted: Wanted) -> Mapping[str, int]:
    """How many people each commune and each committee directly below a province holds, by its code."""
    weights: dict[str, float] = {}
    for province in tree.provinces(wanted):
        size = wanted.chance("province", province.code).lognormvariate(0, 0.2)
        for code in tops(province):
            weights[code] = size * wanted.chance("commune", code).lognormvariate(0, 0.45)
    whole = sum(weights.values())
    return {code: round(wanted.size.people * weight / whole) for code, weight in weights.items()}


def tops(province: tree.Province) -> list[str]:
    """The codes of the units directly below a province that hold people."""
    return [*(province.commune_code(place) for place in province.communes), *province.direct]


def units_below(codes: Sequence[str]) -> dict[str, list[Unit]]:
    """The units at and below each of these, with the Front at its side, in the order of codes."""
    found: dict[str, list[Unit]] = {code: [] for code in codes}
    for province in sorted({code.split("-")[0] for code in codes}):
        for unit in Unit.objects.filter(code__startswith=f"{province}-").order_by("code"):
            parts = unit.code.split("-")
            top = f"{parts[0]}-{parts[2]}" if parts[1] == "MT" and len(parts) > 2 else "-".join(parts[:2])
            if top in found:
                found[top].append(unit)
    return found


def settle(wanted: Wanted, codes: Sequence[str], *, by: Actor) -> int:
    """Register the people of these communes; returns how many."""
    counts = how_many(wanted)
    specs = [
        spec
        for code, units in units_below(codes).items()
        for spec in invented.specs(
            wanted.chance("people", code), units, wanted=counts[code], today=wanted.today, largest=10_000
        )
    ]
    ids = people.register(specs, by=by).ids
    _second_posts(wanted, codes, by)
    return len(ids)


def settle_heads(wanted: Wanted, province: tree.Province, *, by: Actor) -> int:
    """Register who heads the province, its Front and, once, the centre."""
    codes = [province.code, f"{province.code}-MT"]
    codes += [tree.TOP, tree.FRONT] if province == tree.provinces(wanted)[0] else []
    units = list(Unit.objects.filter(code__in=codes).order_by("code"))
    chance = wanted.chance("heads", province.code)
    heads = [unit for unit in units if unit.kind != UnitKind.CENTRAL]
    specs = invented.specs(chance, heads, wanted=0, today=wanted.today)
    return len(people.register(specs, by=by).ids)


def _second_posts(wanted: Wanted, codes: Sequence[str], by: Actor) -> None:
    """In some communes the head of the committee also has a post in the Front: one person, two lượt."""
    for code in codes:
        front = Unit.objects.filter(tree=Tree.FRONT, committee__code=code).first()
        if front is None or wanted.chance("posts", code).random() >= _SECOND_POSTS:
            continue
        head = Person.objects.filter(home_unit__code=code).order_by("pk").first()
        if head is not None:
            people.give_post(
                head,
                front,
                title=PostTitle.DEPUTY,
                label="Ủy viên Ban Thường trực",
                on=invented.since(wanted.today),
                by=by,
            )


@dataclass(frozen=True)
class Cell:
    """A unit with its people in the order they were registered."""

    unit: Unit
    souls: tuple[Soul, ...]


def cells(codes: Sequence[str]) -> dict[str, list[Cell]]:
    """The Party units at and below each of these with their people, by the code above."""
    units = {
        code: [unit for unit in some if unit.tree == Tree.PARTY] for code, some in units_below(codes).items()
    }
    souls = souls_of([unit for some in units.values() for unit in some])
    return {
        code: [Cell(unit, tuple(souls.get(unit.pk, ()))) for unit in some] for code, some in units.items()
    }


def souls_of(units: Sequence[Unit]) -> dict[int, list[Soul]]:
    """The people of units, by unit, in the order they were registered."""
    rows = (
        Membership.objects.filter(unit__in=[unit.pk for unit in units], is_primary=True, to_on=None)
        .order_by("person_id")
        .values_list("person_id", "unit_id", "person__full_name", "person_class", "status")
    )
    found: dict[int, list[Soul]] = {}
    for person_id, unit_id, name, person_class, status in rows:
        found.setdefault(unit_id, []).append(Soul(person_id, unit_id, name, person_class, status))
    return found
