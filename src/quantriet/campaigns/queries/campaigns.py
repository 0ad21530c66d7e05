"""Which campaigns concern an actor, from where he looks at one, and what the last one left."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from quantriet.campaigns.models import Campaign, Lesson, Obligation, Requirement
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Tree, Unit
from quantriet.org.permissions import Can


def campaigns(by: Actor) -> QuerySet[Campaign]:
    """Campaigns the actor may read: his own units' (drafts for those who manage them) and those which a unit of
    his leads, works with or owes something in. Newest first.
    """
    mine = access.units(by, Can.CAMPAIGN_READ)
    managed = access.units(by, Can.CAMPAIGN_MANAGE)
    # Asked of each campaign's unit: as lists, every unit below the actor would be read to find one campaign.
    is_mine, is_managed = (Exists(units.filter(pk=OuterRef("unit"))) for units in (mine, managed))
    owed = Obligation.objects.filter(campaign=OuterRef("pk"), unit__in=mine)
    leads = Exists(mine.filter(pk=OuterRef("lead")))
    helps = Exists(Campaign.partners.through.objects.filter(campaign=OuterRef("pk"), unit__in=mine))
    concerned = is_mine | leads | helps | Exists(owed)
    visible = is_managed | (~Q(state=Campaign.State.DRAFT) & concerned)
    return Campaign.objects.filter(visible).select_related("unit", "lead").order_by("-starts_on", "-id")


def visible_unit(campaign: Campaign, by: Actor) -> Unit:
    """From where the actor looks at a campaign: its own unit, else the unit his authority begins at."""
    top = access.units(by, Can.CAMPAIGN_READ).filter(pk=campaign.unit_id).first()
    if top is not None or by.roots == HOUSE:
        return top or campaign.unit
    return access.home(by) or campaign.unit


def trees_of(campaign: Campaign) -> list[str]:
    """The organisations that owe something in a campaign, the Party first."""
    owing = set(Requirement.objects.filter(campaign=campaign).values_list("tree", flat=True))
    return [tree for tree in Tree.values if tree in owing or tree == Tree.PARTY]


def open_lessons(unit: Unit) -> Sequence[Lesson]:
    """Lessons of the unit's last closed campaign and every remedy still open: shown at the next start."""
    last = (
        Campaign.objects.filter(unit=unit, state=Campaign.State.CLOSED).order_by("-closed_at", "-id").first()
    )
    wanted = Q(is_remedy=True, settled_on=None, campaign__unit=unit)
    if last is not None:
        wanted |= Q(campaign=last, is_remedy=False)
    return list(Lesson.objects.filter(wanted).select_related("campaign").order_by("is_remedy", "id"))
