"""Long work of lecturers, done by the worker: arranging who goes where."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.jobs import Running
from quantriet.lecturers import solving
from quantriet.lecturers.commands import lectures
from quantriet.lecturers.queries import problems
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import job
from quantriet.org.permissions import Can


@job(Can.LECTURER_MANAGE)
def arrange(actor: Actor, running: Running, *, unit: int) -> Mapping[str, Any]:
    """Propose somebody for each lecture that waits for an answer of a unit.

    The search runs outside any transaction; what persons decided meanwhile stays.
    """
    with access.acting(actor):
        asked = access.unit_or_404(actor, Can.LECTURER_MANAGE, unit)
        problem = problems.problem(asked)
    running.progress(0, 2, _("Đang xếp {count} buổi").format(count=len(problem.open_slots)))
    choices = solving.solve(problem)
    running.stop_if_asked()
    with access.acting(actor):
        lectures.propose(asked, choices, by=actor)
    running.progress(2, 2)
    return {"href": f"{reverse('lecture-board')}?don_vi={unit}"}
