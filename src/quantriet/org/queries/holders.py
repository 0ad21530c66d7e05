"""Many accounts at the gate in one statement: what ``access.actor`` and ``access.units`` say of each alone.

For processes that act for hundreds of accounts at once (the check-in intake), as a part of the statement that knows
them. Same arithmetic: the roots of an account acting in a unit are today's paths of the unit (for a body: of its
committee) and of what other organisations have tied to that committee.
"""

from dataclasses import dataclass

from quantriet.core import ltree
from quantriet.org.permissions import ROLES, Can, Reach


@dataclass(frozen=True)
class Holder:
    """An account that holds a permission today, acting in a unit; ``roots``: below which paths."""

    account_id: int
    unit_id: int
    name: str
    roots: tuple[str, ...]

    def reaches(self, path: str | None) -> bool:
        """Whether it holds the permission at a unit that stands at ``path`` today."""
        return ltree.is_below(path, self.roots)


_HOLDING = """
SELECT asked.account_id, asked.unit_id, account.display_name, coalesce(found.roots, '{{}}') AS roots
FROM ({pairs}) AS asked(account_id, unit_id)
JOIN org_account AS account ON account.id = asked.account_id AND account.is_active
JOIN org_unit AS acts ON acts.id = asked.unit_id
LEFT JOIN org_unit AS body_of ON body_of.id = acts.committee_id AND acts.kind = 'body'
CROSS JOIN LATERAL (
    SELECT coalesce(body_of.id, acts.id) AS id, coalesce(body_of.tree, acts.tree) AS tree
) AS root
CROSS JOIN LATERAL (
    SELECT array_agg(placed.path::text ORDER BY placed.unit_id) AS roots
    FROM (
        SELECT root.id
        UNION ALL
        SELECT tied.id FROM org_unit AS tied WHERE tied.committee_id = root.id AND tied.tree <> root.tree
    ) AS top(id)
    JOIN org_placement AS placed ON placed.unit_id = top.id AND placed.valid @> quantriet_today()
) AS found
WHERE EXISTS (
    SELECT 1 FROM org_roleassignment AS held
    WHERE held.account_id = asked.account_id AND held.unit_id = asked.unit_id
      AND held.role = ANY(%(roles)s::text[]) AND held.from_on <= quantriet_today()
      AND (held.to_on IS NULL OR held.to_on > quantriet_today())
)
"""


def holding(pairs: str) -> str:
    """A query of who holds a permission: account, unit, name and roots, of the pairs (account, unit it acts in) that
    the query ``pairs`` selects. Its parameter ``roles`` is ``roles_with`` the permission.
    """
    return _HOLDING.format(pairs=pairs)


def roles_with(can: Can) -> list[str]:
    """The roles that give a permission below the unit they are held in."""
    return [role.code for role in ROLES.values() if can in role.can and role.reach is Reach.SUBTREE]
