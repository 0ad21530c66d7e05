"""What the tree went through in mid-campaign: in the first commune of each province two hamlet cells became one, by the
command of every merger, on the day the house is told from. What the merged cell had done stays its own.
"""

from dataclasses import replace

from quantriet.org.access import Actor
from quantriet.org.commands import acts
from quantriet.org.models import ActKind, Unit
from quantriet.org.proposals import Proposal
from quantriet.org.queries.foresight import foresee
from quantriet.web.generation import tree
from quantriet.web.generation.scales import Wanted

CELLS = ("CB5", "CB6")
DECIDED = 3
"""How many days before the day of effect the decision was signed."""


def merged_and_heir(wanted: Wanted, province: tree.Province) -> tuple[str, str]:
    """The codes of the cell that ended and of the one that took over."""
    commune = province.commune_code(province.communes[0])
    merged, heir = wanted.chance("merged", commune).sample(CELLS, 2)
    return f"{commune}-{merged}", f"{commune}-{heir}"


def merge(wanted: Wanted, province: tree.Province, *, by: Actor) -> int:
    """Carry the merger out; what the dry run asks is answered with its first choice. Returns how many acts."""
    numbers = [Unit.objects.get(code=code).pk for code in merged_and_heir(wanted, province)]
    proposal = Proposal(
        ActKind.MERGE,
        f"12-QĐ/{province.communes[0].code}",
        wanted.day(DECIDED),
        wanted.today,
        units=(numbers[0],),
        into=(numbers[1],),
        reason="Hai thôn sáp nhập (dữ liệu sinh)",
    )
    seen = foresee(proposal, by=by)
    answers = {one.question: one.options[0].value for one in seen.unanswered}
    acts.carry_out(replace(proposal, answers=answers), by=by)
    return 1
