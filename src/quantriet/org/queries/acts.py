"""Reads of acts: those the actor may see, a unit's own history, what a division has to give away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Act, ActPerson, ActUnit, Person, Placement, Unit, UnitName
from quantriet.org.permissions import Can
from quantriet.org.proposals import Proposal
from quantriet.org.queries.act_plans import live_children
from quantriet.org.queries.foresight import Foresight


def acts(by: Actor) -> QuerySet[Act]:
    """Acts that name a unit of the actor's view, the latest effect first."""
    named = ActUnit.objects.filter(unit__in=access.units(by, Can.UNIT_MANAGE)).exclude(
        part=ActUnit.Part.PARENT
    )
    return Act.objects.filter(pk__in=named.values("act")).order_by("-effective_on", "-id")


def proposal(act: Act) -> Proposal:
    """What an act that is not done yet will do, with the people it gives to successors."""
    given = ActPerson.objects.filter(act=act, position__isnull=False)
    people = {person: int(place or 0) for person, place in given.values_list("person_id", "position")}
    return Proposal.from_json(act.told, people=people)


def units_by_part(act: Act) -> dict[str, list[ActUnit]]:
    """The units an act names, by their part."""
    found: dict[str, list[ActUnit]] = {part: [] for part in ActUnit.Part.values}
    for one in ActUnit.objects.filter(act=act).select_related("unit").order_by("id"):
        found[one.part].append(one)
    return found


def of_unit(unit: Unit) -> QuerySet[ActUnit]:
    """What became of a unit: acts that hold or wait, the latest first."""
    return (
        ActUnit.objects.filter(unit=unit)
        .exclude(act__state=Act.State.UNDONE)
        .exclude(part=ActUnit.Part.PARENT)
        .select_related("act")
        .order_by("-act__effective_on", "-id")
    )


def former_parts(unit: Unit, on: date) -> QuerySet[Placement]:
    """Closed units that hang below a unit on a date."""
    rows = Placement.objects.filter(parent=unit, former=True, valid__contains=on)
    return rows.select_related("unit").order_by("unit__sort_key", "unit_id")


def former_names(unit: Unit) -> QuerySet[UnitName]:
    """What the unit was, or will be, called in other times, newest first."""
    return UnitName.objects.filter(unit=unit).order_by("-valid")


@dataclass(frozen=True)
class ToShare:
    """What the unit that is divided has: live units and people, to be given to its successors."""

    units: Sequence[Unit]
    people: Sequence[Person]
    people_count: int


def to_share(foresight: Foresight, *, most: int) -> ToShare:
    """Units and people of a division; people only while there are no more than ``most``: else the rest is one."""
    plan = foresight.plan
    (unit_id,) = plan.proposal.units
    children = set(live_children([unit_id], plan))
    tied = Unit.objects.filter(committee=unit_id, closed_on=None)
    units = (Unit.objects.filter(pk__in=children) | tied).distinct().order_by("level", "sort_key", "id")
    people = Person.objects.filter(home_unit=unit_id).order_by("sort_key", "id")
    count = people.count()
    return ToShare(list(units), list(people) if count <= most else [], count)
