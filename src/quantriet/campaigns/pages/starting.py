"""From the first question to "Giao xuống": the list, a new campaign, everything adjustable, the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.campaigns import forms, queries
from quantriet.campaigns.commands import campaigns as commands
from quantriet.campaigns.commands import starting
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign, CampaignDocument, Deadline, Requirement
from quantriet.campaigns.policy import PRESETS, cut_short, from_data
from quantriet.campaigns.queries import starting as choices
from quantriet.core.components import Action, Crumb, Words
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import format_date
from quantriet.documents.models import Document
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Tree, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

A_PAGE = 30


@page(Can.CAMPAIGN_READ)
def campaigns(request: ActorRequest) -> HttpResponse:
    """Campaigns that concern the actor, newest first; ``xem=da-ket-thuc`` the finished ones."""
    closed = request.GET.get("xem") == "da-ket-thuc"
    rows = queries.campaigns(request.actor)
    rows = rows.filter(state=Campaign.State.CLOSED) if closed else rows.exclude(state=Campaign.State.CLOSED)
    actions = []
    if request.actor.can(Can.CAMPAIGN_MANAGE):
        actions.append(Action(_("Mở đợt mới"), reverse("campaign-new"), "plus", "primary"))
    words = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "closed": closed,
        "actions": actions,
    }
    return render(request, "campaigns/campaigns.html", words)


@dataclass(frozen=True)
class DocumentChoice:
    """A document that may be studied, whether it is ticked and how it is studied."""

    document: Document
    ticked: bool
    mode: str


def _document_choices(actor: Actor, chosen: dict[int, str]) -> list[DocumentChoice]:
    """The newest documents, and the chosen ones whatever their age."""
    rows = list(choices.readable_documents(actor)[:30])
    missing = set(chosen) - {row.pk for row in rows}
    rows += list(choices.readable_documents(actor).filter(pk__in=missing))
    return [DocumentChoice(row, row.pk in chosen, chosen.get(row.pk, "thorough")) for row in rows]


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_new(request: ActorRequest) -> HttpResponse:
    """A preset and three questions; beside them what the last campaign of the chosen unit left to put right."""
    home = choices.home(request.actor)
    units = choices.opening_units(request.actor, home)
    chosen_unit = _chosen_unit(request, units) or units.filter(pk=home).first() or units.first()
    form = forms.StartForm(request.POST or None, initial={"unit": chosen_unit})
    choice = form.fields["unit"]
    assert isinstance(choice, ModelChoiceField)  # noqa: S101 - it is, in the form
    choice.queryset = units
    choice.widget.attrs |= {
        "hx-get": reverse("campaign-new"),
        "hx-target": "#lessons",
        "hx-select": "#lessons",
        "hx-swap": "outerHTML",
    }
    chosen = dict(forms.documents_from(request.POST, choices.readable_documents(request.actor)))
    if not chosen and request.GET.get("van_ban", "").isdecimal():
        chosen = {int(request.GET["van_ban"]): "thorough"}
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_planned(request, form.cleaned_data, tuple(chosen.items())))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
    words = {
        "form": form,
        "choices": _document_choices(request.actor, chosen),
        "modes": CampaignDocument.Mode.choices,
        "presets": PRESETS.values(),
        "lessons": queries.open_lessons(chosen_unit) if chosen_unit else (),
        "crumbs": [Crumb(_("Đợt triển khai"), reverse("campaigns")), Crumb(_("Mở đợt mới"))],
    }
    return render(request, "campaigns/new.html", words, status=422 if form.errors else 200)


def _chosen_unit(request: ActorRequest, units: QuerySet[Unit]) -> Unit | None:
    """The unit that was chosen: sent with the form, or asked for when another was picked from the list."""
    wanted = request.POST.get("unit", "") or request.GET.get("unit", "")
    return units.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None


def _planned(request: ActorRequest, data: dict[str, Any], documents: Sequence[tuple[int, str]]) -> str:
    answers = Answers(data["title"], data["starts_on"], data["ends_on"], tuple(documents))
    planned = starting.draft(data["unit"], preset=data["preset"], answers=answers, by=request.actor)
    return reverse("campaign-adjust", args=[planned.pk])


# ---- adjusting a draft -----------------------------------------------------------------------------------


def _draft(actor: Actor, campaign_id: int) -> Campaign:
    found = access.row_or_404(queries.campaigns(actor), campaign_id)
    access.require(actor, Can.CAMPAIGN_MANAGE, found.unit_id)
    return found


@dataclass(frozen=True)
class DueCell:
    """One field of the grid: a requirement at a level; ``is_open`` where that level may owe it."""

    name: str
    label: str
    value: str
    is_open: bool


@dataclass(frozen=True)
class DueRow:
    """One requirement with a field for each level."""

    requirement: Requirement
    cells: tuple[DueCell, ...]


@dataclass(frozen=True)
class Difference:
    """A field of a draft that two editors left differently."""

    label: Words
    theirs: str
    yours: str


LEVELS = (Level.PROVINCE, Level.COMMUNE, Level.BASE, Level.CELL)

NEVER_OWED = frozenset({(Requirement.Kind.REPORT, Level.CELL)})
"""No field for these; ``policy.refuse_looser_below`` refuses them."""


WORK = (
    Requirement.Kind.MATERIALS,
    Requirement.Kind.CONFERENCE,
    Requirement.Kind.ESSAYS,
    Requirement.Kind.PROGRAMME,
    Requirement.Kind.OUTREACH,
    Requirement.Kind.REPORT,
)
"""In the order in which it is done."""


def _in_order_of_work(one: Requirement) -> tuple[int, int, int]:
    """The Party's tree first, in each what comes first."""
    return Tree.values.index(one.tree), WORK.index(Requirement.Kind(one.kind)), one.pk


def _due_rows(campaign: Campaign, posted: Any) -> list[DueRow]:
    kept = {
        (one.requirement_id, one.level): one.due_at
        for one in Deadline.objects.filter(requirement__campaign=campaign)
    }
    rows = []
    for requirement in sorted(campaign.requirements.all(), key=_in_order_of_work):
        cells = []
        for level in LEVELS:
            name = f"due_{requirement.pk}_{level}"
            due = kept.get((requirement.pk, level))
            value = format_date(access.local_day(due)) if due else ""
            if posted is not None:
                value = posted.get(name, "")
            label = f"{requirement.get_kind_display()}, {level.label}"
            is_open = bool(value) or (requirement.kind, level) not in NEVER_OWED
            cells.append(DueCell(name, label, value, is_open))
        rows.append(DueRow(requirement, tuple(cells)))
    return rows


@dataclass(frozen=True)
class Exclusion:
    """A unit left out with the reason."""

    unit: Unit
    reason: str


def _excluded(request: ActorRequest, campaign: Campaign) -> list[Exclusion]:
    """The exclusions as they stand or, when something was sent, as sent: ``out_<unit>`` reasons, and one more."""
    if request.method != "POST":
        return [
            Exclusion(one.unit, one.reason)
            for one in campaign.exceptions.select_related("unit").order_by("unit__sort_key", "id")
        ]
    sent = {
        int(name.removeprefix("out_")): str(value).strip()[:300]
        for name, value in request.POST.items()
        if name.startswith("out_") and name.removeprefix("out_").isdecimal()
    }
    more = request.POST.get("out_unit", "")
    if more.isdecimal():
        sent[int(more)] = request.POST.get("out_reason", "").strip()[:300]
    units = queries.units_below(campaign.unit).in_bulk(list(sent))
    dropped = set(request.POST.getlist("in_again"))
    return [
        Exclusion(units[pk], reason) for pk, reason in sent.items() if pk in units and str(pk) not in dropped
    ]


def _changes(
    request: ActorRequest, campaign: Campaign, form: forms.PolicyForm, out: list[Exclusion]
) -> Changes:
    data = form.cleaned_data
    cells = [(requirement.pk, int(level)) for requirement in campaign.requirements.all() for level in LEVELS]
    return Changes(
        version=data["version"],
        title=data["title"],
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
        policy=form.policy(),
        deadlines=_deadlines(request, cells),
        lead_id=data["lead_id"],
        partner_ids=tuple(data["partner_ids"]),
        excluded=tuple((one.unit.pk, one.reason) for one in out),
        documents=forms.documents_from(request.POST, choices.readable_documents(request.actor)),
    )


def _deadlines(request: ActorRequest, cells: list[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    try:
        return forms.deadlines_from(request.POST, cells)
    except ValidationError as error:
        raise DomainError(
            "deadline.unreadable", _("Có thời hạn không đọc được. Chưa lưu gì; hãy ghi ngày dạng 31/12/2026.")
        ) from error


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_adjust(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Everything of a draft; a second editor is shown both texts."""
    campaign = _draft(request.actor, campaign_id)
    if campaign.state != Campaign.State.DRAFT:
        return HttpResponseRedirect(reverse("campaign", args=[campaign.pk]))
    form = _policy_form(request, campaign)
    out = _excluded(request, campaign)
    conflict: ConflictError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            starting.adjust(campaign, _changes(request, campaign, form, out), by=request.actor)
            return _given_down(request, campaign) if request.POST.get("then") == "start" else _saved(campaign)
        except ConflictError as error:
            conflict = error
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
    status = 409 if conflict else 422 if form.errors else 200
    return render(
        request, "campaigns/adjust.html", _adjust_words(request, campaign, form, out, conflict), status=status
    )


def _saved(campaign: Campaign) -> HttpResponse:
    return HttpResponseRedirect(reverse("campaign-adjust", args=[campaign.pk]) + "?luu=1")


def _given_down(request: ActorRequest, campaign: Campaign) -> HttpResponse:
    """What was just saved is given down; where it cannot be, it stays saved and the page says why."""
    try:
        with transaction.atomic():
            work = starting.give_down(_draft(request.actor, campaign.pk), by=request.actor)
    except (ForbiddenError, NotFoundError):
        raise
    except DomainError as error:
        messages.error(request, error.sentence)
        return _saved(campaign)
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


def _policy_form(request: ActorRequest, campaign: Campaign) -> forms.PolicyForm:
    names = choices.leads(campaign)
    if request.method == "POST":
        return forms.PolicyForm(request.POST, units=names)
    initial = {
        **from_data(campaign.policy).to_data(),
        "version": campaign.version,
        "title": campaign.title,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "lead_id": campaign.lead_id,
        "partner_ids": list(campaign.partners.values_list("pk", flat=True)),
    }
    return forms.PolicyForm(units=names, initial=initial)


def _outside(campaign: Campaign) -> list[str]:
    """Deadlines that the campaign's own days do not reach, each in words: a warning, not a refusal."""
    return [
        f"{_duty_words(one.requirement)} ({one.get_level_display()}): {format_date(day)}"
        for one in Deadline.objects.filter(requirement__campaign=campaign)
        .select_related("requirement")
        .order_by("due_at", "id")
        if not campaign.starts_on <= (day := access.local_day(one.due_at)) <= campaign.ends_on
    ]


def _duty_words(one: Requirement) -> str:
    """A duty in a sentence; of a tree beside the Party's with whose it is."""
    words = one.get_kind_display()
    return words if one.tree == Tree.PARTY else f"{words}, {one.get_tree_display()}"


def _brought_forward(campaign: Campaign) -> list[str]:
    """Deadlines of the preset that fell behind the end of a draft nobody has touched yet, in words."""
    if campaign.version > 1 or campaign.preset not in PRESETS:
        return []
    kinds, levels = Requirement.Kind, Level
    short = cut_short(PRESETS[campaign.preset].policy.duties, campaign.starts_on, campaign.ends_on)
    return [f"{kinds(kind).label} ({levels(level).label})" for kind, _tree, level in short]


def _both(form: forms.PolicyForm, rows: list[DueRow], conflict: ConflictError | None) -> list[Difference]:
    """The fields of a conflict that differ, each with its label, theirs and yours."""
    if conflict is None:
        return []
    labels: dict[str, Words] = {name: field.label or name for name, field in form.fields.items()}
    labels |= {cell.name: cell.label for row in rows for cell in row.cells}
    labels |= {"documents": _("Văn bản"), "excluded": _("Đơn vị không triển khai")}
    theirs, yours = conflict.context["theirs"], conflict.context["yours"]
    return [Difference(labels.get(name, name), theirs[name], yours[name]) for name in theirs]


def _adjust_words(
    request: ActorRequest,
    campaign: Campaign,
    form: forms.PolicyForm,
    out: list[Exclusion],
    conflict: ConflictError | None,
) -> dict[str, Any]:
    posted = request.POST if request.method == "POST" else None
    chosen = dict(campaign.documents.values_list("document_id", "mode"))
    if posted is not None:
        chosen = dict(forms.documents_from(posted, choices.readable_documents(request.actor)))
    rows = _due_rows(campaign, posted)
    return {
        "campaign": campaign,
        "form": form,
        "saved": request.GET.get("luu") == "1" and posted is None,
        "conflict": conflict,
        "outside": ", ".join(_outside(campaign)),
        "brought_forward": ", ".join(_brought_forward(campaign)),
        "both": _both(form, rows, conflict),
        "rows": rows,
        "levels": [level.label for level in LEVELS],
        "excluded": out,
        "below": Unit.objects.filter(
            pk__in=access.today_placements().filter(parent=campaign.unit, former=False).values("unit")
        ).order_by("sort_key", "id"),
        "choices": _document_choices(request.actor, chosen),
        "modes": CampaignDocument.Mode.choices,
        "more": forms.RequirementForm(),
        "crumbs": [Crumb(_("Đợt triển khai"), reverse("campaigns")), Crumb(campaign.title)],
    }


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_require(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Add a kind of thing owed to a draft."""
    campaign = _draft(request.actor, campaign_id)
    if request.method == "POST":
        kind, tree = request.POST.get("kind", ""), request.POST.get("tree", "")
        commands.add_requirement(campaign, kind=kind, tree=tree, by=request.actor)
    return HttpResponseRedirect(reverse("campaign-adjust", args=[campaign.pk]) + "#thoi-han")


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_start(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Give the campaign down: ordered as work whose page shows how far it is; ordered again it goes on."""
    campaign = _draft(request.actor, campaign_id)
    unfinished = campaign.state in {Campaign.State.DRAFT, Campaign.State.STARTING}
    if request.method != "POST" or not unfinished:
        return HttpResponseRedirect(reverse("campaign", args=[campaign.pk]))
    work = starting.give_down(campaign, by=request.actor)
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_discard(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Throw a draft away."""
    if request.method == "POST":
        commands.discard(_draft(request.actor, campaign_id), by=request.actor)
    return HttpResponseRedirect(reverse("campaigns"))
