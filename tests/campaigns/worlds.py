"""A small province with a running campaign and accounts at every distance, for tests of pages."""

from dataclasses import dataclass, field

from django.test import Client

from quantriet.campaigns.models import Campaign
from quantriet.documents.models import Document
from quantriet.org.models import Account, Person, Unit
from tests import factories
from tests import factories_campaigns as made


@dataclass
class World:
    """Two communes of one province, a cell in each, a foreign province; people bear names to look for."""

    top: Unit
    here: Unit
    beside: Unit
    cell: Unit
    cell_beside: Unit
    foreign: Unit
    document: Document
    campaign: Campaign
    people: list[Person]
    people_beside: list[Person]
    accounts: dict[str, Account] = field(default_factory=dict)

    def client(self, role: str, at: Unit) -> Client:
        """A browser signed in as a new account of that role at the unit (one account a role and unit)."""
        key = f"{role}@{at.pk}"
        if key not in self.accounts:
            self.accounts[key] = factories.account(role, at)
        return factories.signed_in(self.accounts[key])


def world(people: int = 2, *, start: bool = True) -> World:
    """Build it; ``people`` in each cell."""
    top = factories.province("Đảng bộ tỉnh Thử Nghiệm")
    here, beside = factories.commune(top, "Đảng bộ xã Gần"), factories.commune(top, "Đảng bộ xã Bên")
    cell, cell_beside = factories.cell(here, "Chi bộ Gần"), factories.cell(beside, "Chi bộ Bên")
    own = [factories.person(cell, f"Nguyễn Văn Gần {number}") for number in range(people)]
    others = [factories.person(cell_beside, f"Trần Thị Bên {number}") for number in range(people)]
    foreign = factories.province("Đảng bộ tỉnh Láng Giềng")
    document = made.document(top)
    campaign = made.started(top, [document]) if start else made.draft(top, [document])
    return World(top, here, beside, cell, cell_beside, foreign, document, campaign, own, others)
