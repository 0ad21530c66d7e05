"""Five places with a row of everything, each text marked with the place: what a reader may never see shows.

``own`` is the commune in which the actors act, ``child`` a cell below it, ``parent`` the province above,
``sibling`` another commune of that province, ``foreign`` a commune of another province.
"""

from dataclasses import dataclass, field

from quantriet.campaigns.models import Campaign
from quantriet.org.models import Person, Unit
from tests import factories
from tests import factories_campaigns as made

PLACES = ("own", "child", "parent", "sibling", "foreign")


def mark(place: str, thing: str) -> str:
    """The canary of a thing at a place: a word that stands nowhere else. Capitals survive sorting by name."""
    return f"Kx{thing}{place}Xk"


@dataclass
class World:
    """The units and what hangs on them. ``ids`` maps the name of a route's parameter to the row of each place."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    ids: dict[str, dict[str, int | str]] = field(default_factory=dict)

    def keep(self, parameter: str, place: str, value: int | str) -> None:
        """Remember the row of a place for a parameter."""
        self.ids.setdefault(parameter, {})[place] = value


def build() -> World:
    """Everything, made through the commands."""
    world = World()
    province, other = factories.province(), factories.province("Đảng bộ tỉnh Khác")
    own = factories.commune(province, f"Đảng bộ xã {mark('own', 'unit')}")
    world.units = {
        "parent": province,
        "own": own,
        "child": factories.cell(own, f"Chi bộ {mark('child', 'unit')}"),
        "sibling": factories.commune(province, "Đảng bộ xã Bên Cạnh"),
        "foreign": factories.commune(other, f"Đảng bộ xã {mark('foreign', 'unit')}"),
    }
    for place, unit in world.units.items():
        person = factories.person(unit, f"Trần Thị {mark(place, 'person')}")
        world.people[place] = person
        world.keep("unit_id", place, unit.pk)
        world.keep("person_id", place, person.pk)
    for place, unit in world.units.items():
        if place == "child":
            continue
        document = made.document(unit)
        world.keep("document_id", place, document.pk)
        campaign = made.started_titled(unit, [document], f"Đợt {mark(place, 'campaign')}")
        world.campaigns[place] = campaign
        world.keep("campaign_id", place, campaign.pk)
    return world
