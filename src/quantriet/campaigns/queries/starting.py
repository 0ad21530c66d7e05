"""What somebody may choose from when a campaign is drafted: units, documents, who leads."""

from django.db.models import Q, QuerySet

from quantriet.campaigns.models import Campaign
from quantriet.documents import queries as documents
from quantriet.documents.models import Document
from quantriet.documents.models import State as DocumentState
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Tree, Unit, UnitKind
from quantriet.org.permissions import Can


def home(actor: Actor) -> int:
    """The committee the actor works for."""
    return access.authority_unit(Unit.objects.select_related("committee").get(pk=actor.unit_id)).pk


def opening_units(actor: Actor, of: int) -> QuerySet[Unit]:
    """Where the actor may open a campaign: his committee (``of``), and the committees right below it."""
    children = access.today_placements().filter(parent=of, former=False).values("unit")
    return (
        access.units(actor, Can.CAMPAIGN_MANAGE)
        .filter(Q(pk=of) | Q(pk__in=children), tree=Tree.PARTY, closed_on=None)
        .exclude(kind__in=(UnitKind.BODY, UnitKind.PRESS, UnitKind.CELL))
        .order_by("level", "sort_key", "id")
    )


def readable_documents(actor: Actor) -> QuerySet[Document]:
    """Published documents the actor may read, the newest first."""
    return (
        documents.visible_documents(actor).filter(state=DocumentState.PUBLISHED).order_by("-issued_on", "-pk")
    )


def leads(campaign: Campaign) -> list[tuple[int, str]]:
    """Who may lead or cooperate: the campaign's unit, its bodies and the committees' other organisations."""
    attached = Unit.objects.filter(committee=campaign.unit, closed_on=None).order_by("sort_key", "id")
    found = [(campaign.unit_id, campaign.unit.name), *attached.values_list("pk", "name")]
    if campaign.lead_id not in dict(found):
        found.append((campaign.lead_id, campaign.lead.name))
    return found
