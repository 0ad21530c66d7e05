"""Tables of floor 1, split by noun."""

from quantriet.org.models.accounts import Account, RoleAssignment, SignInFailure
from quantriet.org.models.acts import Act, ActKind, ActPerson, ActRow, ActSheet, ActUnit, UnitName
from quantriet.org.models.credentials import (
    IssuerIdentity,
    IssuerInvitation,
    Passkey,
    RecoveryCode,
    SecondFactor,
    SignedInSession,
    SignInCard,
    SpentToken,
)
from quantriet.org.models.facility_requests import FacilityRequest
from quantriet.org.models.imports import Import
from quantriet.org.models.people import Membership, Person, PersonClass, Post
from quantriet.org.models.records import AccessEvent, AuditEvent, DataRequest, Notice
from quantriet.org.models.units import Facility, Placement, Tree, TreeVersion, Unit, UnitKind

__all__ = [
    "AccessEvent",
    "Account",
    "Act",
    "ActKind",
    "ActPerson",
    "ActRow",
    "ActSheet",
    "ActUnit",
    "AuditEvent",
    "DataRequest",
    "Facility",
    "FacilityRequest",
    "Import",
    "IssuerIdentity",
    "IssuerInvitation",
    "Membership",
    "Notice",
    "Passkey",
    "Person",
    "PersonClass",
    "Placement",
    "Post",
    "RecoveryCode",
    "RoleAssignment",
    "SecondFactor",
    "SignInCard",
    "SignInFailure",
    "SignedInSession",
    "SpentToken",
    "Tree",
    "TreeVersion",
    "Unit",
    "UnitKind",
    "UnitName",
]
