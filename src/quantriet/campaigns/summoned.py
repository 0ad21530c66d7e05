"""Who is summoned late may have studied already: an explicit registry of those who recorded it.

The floors above record what people did; each registers in its ``AppConfig.ready`` how it claims what it recorded
of somebody before he stood on the roll. Imports keep pointing down.
"""

from collections.abc import Callable

from quantriet.campaigns.models import RollLine
from quantriet.org.access import Actor

ClaimEarlier = Callable[[RollLine, Actor], None]
"""Claims the credit of a line (saved, with its batch) for what was recorded before; in the running transaction."""

_claims: dict[str, ClaimEarlier] = {}


def register(key: str, claim: ClaimEarlier) -> None:
    """Let a package claim from now on; again under the same key (``<package>.<noun>``) replaces it."""
    _claims[key] = claim


def claim_earlier(line: RollLine, *, by: Actor) -> None:
    """Let every package claim for a line that was just put on the roll."""
    for key in sorted(_claims):
        _claims[key](line, by)
