"""What conferences do by themselves: scans kept before the opening are judged when it has come, and claims that
what came later explains are settled. And the long work of making sites by the thousand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.conferences.commands import conflicts, scans, sites
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import further_sites
from quantriet.core import jobs
from quantriet.core.jobs import Running
from quantriet.core.models import Work
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import job, order
from quantriet.org.permissions import Can

AT_ONCE = 2_000
"""More sites than that are made here, with progress, and not while somebody waits for the answer."""

A_CHUNK = 1_000
"""Sites of one transaction."""

_log = structlog.get_logger("conferences")


@jobs.periodic("kept-scans", "* * * * *")
def judge_kept_scans() -> None:
    """Every minute."""
    if judged := scans.judge_kept():
        _log.info("scans.judged", count=judged)


@jobs.periodic("claims-matched", "* * * * *")
def match_claims() -> None:
    """Every minute."""
    if matched := conflicts.match_all():
        _log.info("claims.matched", count=matched)


@job(Can.CONFERENCE_MANAGE)
def add_sites(
    actor: Actor, running: Running, *, conference: int, levels: Sequence[int], units: Sequence[int], form: int
) -> Mapping[str, Any]:
    """Give all units of some levels, and single ones, a site each; a thousand a transaction.

    Stopped or broken off, it goes on where it was when ordered again: who has a site gets no second one.
    """
    with access.acting(actor):
        one = access.row_or_404(reads.conferences(actor), conference)
        chosen = [*further_sites.at_levels(one, levels, actor).values_list("pk", flat=True), *units]
    for begins in range(0, len(chosen), A_CHUNK):
        running.stop_if_asked()
        running.progress(begins, len(chosen), _("Đang thêm điểm cầu và báo cho các đơn vị"))
        with access.acting(actor):
            sites.add_for_units(one, chosen[begins : begins + A_CHUNK], form=form, by=actor)
    running.progress(len(chosen), len(chosen))
    return {"href": reverse("conference-wall", args=[conference])}


@dataclass(frozen=True)
class Added:
    """What became of an order of sites: so many were made at once, or the work that makes them."""

    count: int = 0
    work: Work | None = None


def add_or_order(
    one: Conference, *, levels: Sequence[int], units: Sequence[int], form: int, key: str, by: Actor
) -> Added:
    """Give all units of some levels, and single ones, a site each: at once, or by the worker where they are too many.

    The same ``key`` again finds the first work.
    """
    at_levels = further_sites.at_levels(one, levels, by)
    if at_levels.count() + len(units) > AT_ONCE:
        work = order(
            add_sites,
            by=by,
            title=_("Thêm điểm cầu: %(title)s") % {"title": one.title},
            key=f"conference-sites:{one.pk}:{by.account_id}:{key}"[:80],
            conference=one.pk,
            levels=list(levels),
            units=list(units),
            form=form,
        )
        return Added(work=work)
    ids = [*at_levels.values_list("pk", flat=True), *units]
    return Added(count=sites.add_for_units(one, ids, form=form, by=by))
