"""Frozen figures: the periods of a unit, and one of them beside its amendments and the present."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import freezes as commands
from quantriet.campaigns.forms import FreezeForm
from quantriet.campaigns.pages.figure import ORIGINS
from quantriet.campaigns.pages.looking import Looking, look
from quantriet.core.components import Words, number_style
from quantriet.core.errors import DomainError
from quantriet.core.text import format_share
from quantriet.ledger import queries as ledger
from quantriet.ledger.indicators import INDICATORS
from quantriet.ledger.measures import Measure
from quantriet.ledger.models import Freeze
from quantriet.ledger.queries import Amendment, Moved
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

NAMED = 3


@dataclass(frozen=True)
class Line:
    """A count as frozen, with what came late, and now. ``newer`` happened after the period."""

    title: Words
    frozen: int
    late: int
    newer: int

    @property
    def amended(self) -> int:
        """The period as it is known today."""
        return self.frozen + self.late

    @property
    def now(self) -> int:
        """The count of the same units today."""
        return self.amended + self.newer


@dataclass(frozen=True)
class Share:
    """An indicator of a period: as frozen, as amended, as of now."""

    title: Words
    frozen: str
    amended: str
    now: str


def lines(frozen: Freeze, moved: Moved) -> dict[Measure, Line]:
    """Every count that was frozen or that moved since."""
    kept = {
        measure: sum(sum(grades.values()) for grades in frozen.figures.get(str(int(measure)), {}).values())
        for measure in Measure
    }
    found = {
        measure: Line(
            measure.label,
            kept[measure],
            sum(moved.late.get(measure, {}).values()),
            sum(moved.newer.get(measure, {}).values()),
        )
        for measure in Measure
    }
    return {measure: line for measure, line in found.items() if line.frozen or line.late or line.newer}


def shares(counted: Mapping[Measure, Line]) -> list[Share]:
    """The indicators whose denominators are there."""
    nothing, style = Line("", 0, 0, 0), number_style()
    found = []
    for one in INDICATORS.values():
        part, whole = counted.get(one.numerator, nothing), counted.get(one.denominator, nothing)
        if whole.now or whole.frozen:
            each = ((part.frozen, whole.frozen), (part.amended, whole.amended), (part.now, whole.now))
            found.append(Share(one.title, *(format_share(*pair, style=style) for pair in each)))
    return found


def _told(amendments: list[Amendment]) -> list[tuple[Amendment, Words, str]]:
    """Each amendment with its work and the names of its units, the first three."""
    ids = {unit_id for one in amendments for unit_id in one.unit_ids[:NAMED]}
    names = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))

    def named(one: Amendment) -> str:
        more = len(one.unit_ids) - NAMED
        first = ", ".join(names[unit_id] for unit_id in one.unit_ids[:NAMED])
        return first if more <= 0 else first + _(" và %(count)s đơn vị nữa") % {"count": more}

    return [(one, ORIGINS.get(one.origin, one.origin), named(one)) for one in amendments]


@page(Can.CAMPAIGN_READ, write=Can.CAMPAIGN_MANAGE)
def freezes(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The frozen periods of a unit; who manages the campaign there freezes another."""
    looking = look(request, campaign_id)
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.freeze(looking.campaign, looking.unit, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.context.get("field"), error.sentence)
        else:
            return HttpResponseRedirect(reverse("campaign-freeze", args=[campaign_id, made.pk]))
    rows = list(_frozen(looking).filter(unit=looking.unit))
    counts = ledger.amended(rows)
    words = looking.context(
        "campaign-freezes",
        rows=[(one, counts.get(one.pk, 0)) for one in rows],
        form=form,
        may_freeze=access.may(request.actor, Can.CAMPAIGN_MANAGE, looking.unit),
    )
    return render(request, "campaigns/freezes.html", words, status=422 if form.errors else 200)


def _frozen(looking: Looking) -> QuerySet[Freeze]:
    seen = access.units(looking.actor, Can.CAMPAIGN_READ)
    return Freeze.objects.filter(book=looking.campaign.book, unit__in=seen).select_related("unit")


@page(Can.CAMPAIGN_READ)
def freeze(request: ActorRequest, campaign_id: int, freeze_id: int) -> HttpResponse:
    """One period: frozen, amended and now side by side, and each late change with who and why."""
    looking = look(request, campaign_id)
    found = access.row_or_404(_frozen(looking), freeze_id)
    looking = Looking(looking.actor, looking.campaign, found.unit, looking.highest)
    counted = lines(found, ledger.moved_since(found))
    seen = access.units(request.actor, Can.CAMPAIGN_READ)
    words = looking.context(
        "campaign-freezes",
        freeze=found,
        lines=list(counted.values()),
        shares=shares(counted),
        amendments=_told(ledger.amendments_since(found)),
        above=ledger.freezes_above(found).filter(unit__in=seen),
    )
    return render(request, "campaigns/freeze.html", words)
