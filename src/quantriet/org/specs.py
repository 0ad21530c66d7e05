"""Units and people as they are told by a file or a form, before anything is known about them."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from quantriet.core.text import clean_line
from quantriet.org.models import PersonClass, Tree, UnitKind
from quantriet.org.models.people import MembershipStatus
from quantriet.org.models.units import LEVELS

BODIES = frozenset({UnitKind.BODY, UnitKind.PRESS})


def needs_committee(kind: str, tree: str) -> bool:
    """Whether a unit must be tied to a committee: all but the committees and cells of the Party tree itself."""
    return tree != Tree.PARTY or kind not in LEVELS


ANOTHER = -1
"""``PersonSpec.same_as`` of a row that was looked at and is another person of the same name."""


@dataclass(frozen=True)
class UnitSpec:
    """A unit as it is told by a file or a form. Units are named by their owner's codes.

    A body or press agency without ``parent_code`` stands below its committee; without ``committee_code`` its
    committee is its parent. Units beside the Party tree always name their committee.
    """

    code: str
    name: str
    kind: str
    parent_code: str = ""
    committee_code: str = ""
    tree: str = Tree.PARTY
    admin_code: str = ""
    short_name: str = ""
    member_count: int = 0
    phone: str = ""
    email: str = ""
    founded_on: date | None = None
    decision: str = ""

    def cleaned(self) -> "UnitSpec":
        """The same with every text in its stored form and the defaults of bodies filled in."""
        values: dict[str, Any] = {
            field.name: clean_line(value) if isinstance(value := getattr(self, field.name), str) else value
            for field in fields(self)
        }
        if self.kind in BODIES:
            values["parent_code"] = values["parent_code"] or values["committee_code"]
            values["committee_code"] = values["committee_code"] or values["parent_code"]
        return UnitSpec(**values)


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """A person as told by a file or a form.

    ``same_as``: the id of the person this row is, ``ANOTHER`` when it is certainly none of the known ones,
    ``None`` when nobody has been asked. ``post`` is a ``PostTitle`` value or empty, ``post_label`` its words.
    """

    full_name: str
    unit_id: int
    birth_date: date | None = None
    birth_year: int | None = None
    code: str = ""
    phone: str = ""
    email: str = ""
    status: str = MembershipStatus.FULL
    person_class: int = PersonClass.MEMBER
    post: str = ""
    post_label: str = ""
    from_on: date | None = None
    same_as: int | None = None
