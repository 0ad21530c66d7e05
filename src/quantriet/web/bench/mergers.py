"""Two provinces become one, and are taken apart again."""

import time
from dataclasses import replace

from django.utils import timezone

from quantriet.org import access
from quantriet.org.commands import acts
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.proposals import NewUnit, Proposal
from quantriet.org.queries.foresight import foresee
from quantriet.web.bench.measured import Results
from quantriet.web.generation import folk, tree
from quantriet.web.generation.scales import Wanted
from quantriet.web.proofs.recount import recount

PEOPLE = 250_000
FORESEE_S, ACT_S, UNDO_S = 10.0, 30.0, 30.0
DECISION = "999-NQ/TW (đo tốc độ)"


def pair(wanted: Wanted) -> list[tuple[str, int]]:
    """The two provinces whose number of people is nearest to a quarter of a million: code, people."""
    counts = folk.how_many(wanted)
    sizes = [
        (province.code, sum(counts[code] for code in folk.tops(province)))
        for province in tree.provinces(wanted)
    ]
    return sorted(sizes, key=lambda one: abs(one[1] - PEOPLE))[:2]


def measure(wanted: Wanted, found: Results) -> None:
    """Dry run, act and undo; nothing where there is one province only."""
    both = pair(wanted)
    if len(both) < 2:
        return
    by = access.operator("Đo tốc độ")
    beside = " + ".join(f"{people} people" for _code, people in both)
    proposal = _proposal([code for code, _people in both], by)
    begun = time.perf_counter()
    with access.acting(by):
        seen = foresee(proposal, by=by)
    found.add(
        "merge of two provinces, dry run", time.perf_counter() - begun, "s", goal=FORESEE_S, beside=beside
    )
    answers = {one.question: one.options[0].value for one in seen.unanswered}
    act = _act(proposal, answers, by, found, beside)
    with access.whole_house("bench"):
        counted = recount()
    found.add(
        "cells that differ after the merge", counted.differing, "cells", goal=0, beside=f"of {counted.cells}"
    )
    begun = time.perf_counter()
    with access.acting(by):
        acts.undo(act, reason="Đo tốc độ", by=by)
    found.add("merge of two provinces, undo", time.perf_counter() - begun, "s", goal=UNDO_S, beside=beside)


def _proposal(codes: list[str], by: access.Actor) -> Proposal:
    with access.acting(by):
        units = tuple(Unit.objects.filter(code__in=codes).order_by("code").values_list("pk", flat=True))
        top = Unit.objects.get(code=tree.TOP).pk
    today = timezone.localdate()
    into = (NewUnit("T99", "Đảng bộ tỉnh mới (đo tốc độ)", parent_id=top),)
    return Proposal(
        ActKind.MERGE,
        f"{DECISION} {time.time_ns()}",
        today,
        today,
        units=units,
        into=into,
        reason="Đo tốc độ",
    )


def _act(proposal: Proposal, answers: dict[str, str], by: access.Actor, found: Results, beside: str) -> Act:
    told = replace(proposal, answers=answers)
    begun = time.perf_counter()
    with access.acting(by):
        act = acts.carry_out(told, by=by)
    found.add("merge of two provinces, act", time.perf_counter() - begun, "s", goal=ACT_S, beside=beside)
    return act
