"""What waits for the unit acted in: each obligation with the one act that settles it."""

from datetime import timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement
from quantriet.core import tasks as core_tasks
from quantriet.core.components import Words
from quantriet.core.tasks import Task
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

MOST = 30
AHEAD = timedelta(days=30)

# Which declared total settles an obligation where no rows exist.
DECLARED_BY = {
    Requirement.Kind.CONFERENCE: Declaration.Kind.PRESENCE,
    Requirement.Kind.MATERIALS: Declaration.Kind.MATERIALS,
    Requirement.Kind.ESSAYS: Declaration.Kind.ESSAYS,
    Requirement.Kind.PROGRAMME: Declaration.Kind.PROGRAMME,
    Requirement.Kind.OUTREACH: Declaration.Kind.OUTREACH,
}


def act_of(one: Obligation) -> tuple[str, Words]:
    """Where an obligation is settled, and the verb."""
    kind = Requirement.Kind(one.kind)
    # Pages of the wings above are linked by name where they stand, and passed over where they do not.
    place = {Requirement.Kind.CONFERENCE: "conferences", Requirement.Kind.REPORT: "reports"}.get(kind)
    if place is not None:
        try:
            verb = _("Soạn") if kind is Requirement.Kind.REPORT else _("Mở hội nghị")
            return f"{reverse(place)}?dot={one.campaign_id}&don_vi={one.unit_id}", verb
        except NoReverseMatch:  # that wing is not built yet
            pass
    declared = DECLARED_BY.get(kind)
    if declared is None:
        return f"{reverse('campaign-unit', args=[one.campaign_id])}?don_vi={one.unit_id}", _("Mở")
    return (
        f"{reverse('campaign-declare', args=[one.campaign_id, declared.value])}?don_vi={one.unit_id}",
        _("Nhập nhanh"),
    )


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay": what the unit acted in owes, overdue or due within a month.

    Who acts in a board or office sees what its committee owes.
    """
    if not actor.can(Can.OBLIGATION_FULFIL):
        return []
    unit = access.home(actor)
    now = timezone.now()
    rows = (
        Obligation.objects.filter(
            unit=unit,
            state=Obligation.State.OPEN,
            campaign__state=Campaign.State.ACTIVE,
            due_at__lt=now + AHEAD,
        )
        .exclude(kind=Requirement.Kind.REPORT)  # the wing of reports tells its own lines
        .select_related("campaign")
        .order_by("due_at", "id")[:MOST]
    )
    lines = []
    for one in rows:
        href, act = act_of(one)
        text = f"{one.get_kind_display()}: {one.campaign.title}"
        lines.append(core_tasks.due(text=text, href=href, act=str(act), due_at=one.due_at, now=now))
    return lines
