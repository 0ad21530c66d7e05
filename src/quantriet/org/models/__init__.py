"""Tables of floor 1, split by noun."""

from quantriet.org.models.accounts import Account, RoleAssignment, SignInFailure
from quantriet.org.models.imports import Import
from quantriet.org.models.people import Membership, Person, PersonClass, Post
from quantriet.org.models.records import AccessEvent, AuditEvent, DataRequest, Notice
from quantriet.org.models.units import Facility, Placement, Tree, TreeVersion, Unit, UnitKind

__all__ = [
    "AccessEvent",
    "Account",
    "AuditEvent",
    "DataRequest",
    "Facility",
    "Import",
    "Membership",
    "Notice",
    "Person",
    "PersonClass",
    "Placement",
    "Post",
    "RoleAssignment",
    "SignInFailure",
    "Tree",
    "TreeVersion",
    "Unit",
    "UnitKind",
]
