"""Tables of floor 3, split by noun."""

from quantriet.documents.choices import (
    Circulation,
    ClauseKind,
    FileRole,
    MaterialKind,
    RelationKind,
    Secrecy,
    State,
)
from quantriet.documents.models.documents import Document, DocumentRelation, DocumentVersion
from quantriet.documents.models.materials import Material, Receipt
from quantriet.documents.models.texts import Clause

__all__ = [
    "Circulation",
    "Clause",
    "ClauseKind",
    "Document",
    "DocumentRelation",
    "DocumentVersion",
    "FileRole",
    "Material",
    "MaterialKind",
    "Receipt",
    "RelationKind",
    "Secrecy",
    "State",
]
