"""What the demonstration stands on: the units and people as loaded, the day, and chance that repeats itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from quantriet.core.text.dates import VIETNAM
from quantriet.core.text.normal import nfc
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import PersonClass, Tree, Unit, UnitKind
from quantriet.org.models.people import MembershipStatus
from quantriet.org.specs import PersonSpec

ON_THE_ROLL = (PersonClass.COMMITTEE, PersonClass.KEY_CADRE, PersonClass.MEMBER)


@dataclass(frozen=True)
class Soul:
    """An invented person as the other parts need him."""

    person_id: int
    unit_id: int
    name: str
    person_class: int
    status: str

    @property
    def is_summoned(self) -> bool:
        """Whether a campaign with the usual policy has him on its roll."""
        return self.person_class in ON_THE_ROLL and self.status != MembershipStatus.EXEMPT


@dataclass(frozen=True)
class Ground:
    """Units by code, people by unit in the order they were registered."""

    seed: int
    today: date
    by: Actor
    units: Mapping[str, Unit]
    souls: Mapping[int, Sequence[Soul]]

    def chance(self, name: str) -> Random:
        """Chance of its own for each part, so that one part never changes another."""
        return Random(f"{self.seed}:{name}")  # noqa: S311 - invented data, nothing secret

    def day(self, ago: int) -> date:
        """The day so many days before the day of the demonstration (negative: after it)."""
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """An hour of such a day, Việt Nam time."""
        return datetime.combine(self.day(ago), time(hour, minute), tzinfo=VIETNAM)

    def of_kinds(self, *kinds: str, tree: str = Tree.PARTY) -> list[Unit]:
        """Units of some kinds, in the order of their codes."""
        found = [unit for unit in self.units.values() if unit.kind in kinds and unit.tree == tree]
        return sorted(found, key=lambda unit: unit.code)

    @property
    def subordinates(self) -> list[Unit]:
        """The units directly below the province that owe: communes and the committees of the province's offices."""
        return self.of_kinds(UnitKind.COMMUNE, UnitKind.DIRECT)

    def below(self, unit: Unit) -> list[Unit]:
        """The unit and what lies below it in the Party tree: codes of the demonstration tell it."""
        return [
            one
            for one in self.units.values()
            if one.tree == Tree.PARTY and (one.code == unit.code or one.code.startswith(f"{unit.code}-"))
        ]

    def people_below(self, unit: Unit) -> list[Soul]:
        """Everybody who belongs to the unit or below it."""
        return [soul for one in self.below(unit) for soul in self.souls.get(one.pk, ())]

    def summoned(self, unit: Unit) -> int:
        """How many people of the unit itself stand on a roll."""
        return sum(soul.is_summoned for soul in self.souls.get(unit.pk, ()))

    def head(self, unit: Unit) -> str:
        """The name of whoever heads the unit, or of the unit."""
        return next((soul.name for soul in self.souls.get(unit.pk, ())), unit.name)

    def acting_for(self, unit: Unit) -> Actor:
        """The operator under the name of the unit's head: what a unit says bears a person's name."""
        return access.operator(self.head(unit))


def souls_of(specs: Iterable[PersonSpec], ids: Iterable[int]) -> dict[int, list[Soul]]:
    """People by unit, from what was registered and the ids that came back."""
    found: dict[int, list[Soul]] = {}
    for spec, person_id in zip(specs, ids, strict=True):
        soul = Soul(person_id, spec.unit_id, nfc(spec.full_name), spec.person_class, spec.status)
        found.setdefault(spec.unit_id, []).append(soul)
    return found
