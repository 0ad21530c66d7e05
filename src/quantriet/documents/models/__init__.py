"""Tables of floor 3, split by noun."""

from quantriet.documents.models.documents import (
    Circulation,
    Document,
    DocumentRelation,
    DocumentVersion,
    RelationKind,
    Secrecy,
    State,
)
from quantriet.documents.models.materials import Material, MaterialKind, Receipt
from quantriet.documents.models.texts import Clause, ClauseKind

__all__ = [
    "Circulation",
    "Clause",
    "ClauseKind",
    "Document",
    "DocumentRelation",
    "DocumentVersion",
    "Material",
    "MaterialKind",
    "Receipt",
    "RelationKind",
    "Secrecy",
    "State",
]
