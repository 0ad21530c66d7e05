"""The place "Đơn vị": the tree to walk through, a unit, its facts to correct."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.addresses import addresses
from quantriet.core.components import Action
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import vn_int
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import units as unit_commands
from quantriet.org.commands.units import UnitFacts
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import UnitForm
from quantriet.org.models import Unit
from quantriet.org.pages.acts import unit_words
from quantriet.org.permissions import Can
from quantriet.org.queries import units as unit_queries
from quantriet.org.queries.units import Child


@page(Can.UNIT_READ)
def units(request: ActorRequest) -> HttpResponse:
    """The units from which the actor looks down; a single one opens at once."""
    tops = unit_queries.tops(request.actor)
    if len(tops) == 1:
        return HttpResponseRedirect(reverse("unit", args=[tops[0].pk]))
    if not tops:
        return HttpResponseRedirect(reverse("unit", args=[request.actor.unit_id]))
    return render(request, "org/units.html", {"tops": tops, "actions": _house_actions(request.actor)})


@page(Can.UNIT_READ)
def unit_search(request: ActorRequest) -> HttpResponse:
    """Units by name without marks, or by code."""
    text = str(request.GET.get("q", ""))[:100]
    found = unit_queries.search(request.actor, text)
    words = {
        "found": found,
        "q": text,
        "crumbs": [(pgettext("place", "Đơn vị"), reverse("units")), (_("Tìm"), "")],
    }
    return render(request, "org/unit_search.html", words)


@page(Can.UNIT_READ)
def unit(request: ActorRequest, unit_id: int) -> HttpResponse:
    """One unit: what is below, who heads it, its halls, its way through the years."""
    found = access.unit_or_404(request.actor, Can.UNIT_READ, unit_id)
    powers = access.powers(request.actor, found)
    words = {
        "unit": found,
        "crumbs": unit_queries.way_down(request.actor, found),
        "children": _child_rows(unit_queries.children(found)),
        "tied": unit_queries.tied(found),
        "people": unit_queries.people_of(found),
        "may_read_people": Can.PERSON_READ in powers,
        "posts": unit_queries.posts(found) if Can.PERSON_READ in powers else [],
        "history": list(unit_queries.places_in_time(found)[:20]),
        "actions": _unit_actions(request.actor, found, powers),
    } | unit_words(found)
    return render(request, "org/unit.html", words)


def _child_rows(children: Iterable[Child]) -> list[Sequence[object]]:
    """The cells of the units directly below: name, code, kind, how many units and people are there."""
    href = addresses("unit")
    return [
        (
            link_markup(child.unit.name, href(child.unit.pk)),
            child.unit.code,
            child.unit.get_kind_display(),
            vn_int(child.children),
            vn_int(child.members or None),  # not declared: unknown, never none
        )
        for child in children
    ]


def _house_actions(by: Actor, here: Unit | None = None) -> list[Action]:
    actions = [Action(_("Tìm đơn vị"), reverse("unit-search"), "search")]
    if by.can(Can.PERSON_READ):
        actions.append(Action(_("Tìm người"), reverse("people"), "users"))
    if by.can(Can.PERSON_MANAGE) or by.can(Can.UNIT_MANAGE):
        actions.append(Action(_("Nhập từ Excel"), reverse("imports"), "file-spreadsheet"))
    if by.can(Can.UNIT_MANAGE):
        about = f"?{urlencode({'don-vi': here.code})}" if here else ""
        actions.append(Action(_("Sắp xếp đơn vị"), reverse("acts") + about, "sitemap"))
    actions.append(Action(_("Ai được làm gì"), reverse("roles"), "shield-check"))
    return actions


def _unit_actions(by: Actor, found: Unit, powers: Collection[Can]) -> list[Action]:
    """What one may go on to from a unit's page."""
    actions: list[Action] = []
    if Can.PERSON_READ in powers:
        actions.append(Action(_("Danh sách người"), reverse("unit-people", args=[found.pk]), "users"))
    actions.append(Action(_("Hội trường"), reverse("facilities", args=[found.pk]), "map-pin"))
    if Can.ACCOUNT_MANAGE in powers:
        actions.append(Action(_("Tài khoản"), reverse("unit-accounts", args=[found.pk]), "key"))
    if Can.UNIT_MANAGE in powers:
        actions.append(Action(_("Sửa"), reverse("unit-edit", args=[found.pk]), "pencil"))
    return [*actions, *_house_actions(by, found)]


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def unit_edit(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Correct a unit's facts; who comes second sees both texts."""
    found = access.unit_or_404(request.actor, Can.UNIT_MANAGE, unit_id)
    standing = UnitFacts.of(found)
    form = UnitForm(request.POST or None, initial=asdict(standing) | {"seen": standing.version})
    theirs: dict[str, object] = {}
    status = 200
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        seen = told.pop("seen")
        try:
            unit_commands.update(found, UnitFacts(**told), seen=seen, by=request.actor)
        except ConflictError as error:
            form.add_error(None, error.sentence)
            theirs, status = error.context["theirs"], error.status
            form.data = {**request.POST.dict(), "seen": standing.version}
        except DomainError as error:
            form.add_error(error.context.get("fact"), error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("unit", args=[found.pk]))
    if form.errors and status == 200:
        status = 422
    words = {
        "form": form,
        "unit": found,
        "theirs": [(form.fields[name].label, value) for name, value in theirs.items()],
        "crumbs": [
            *unit_queries.way_down(request.actor, found)[:-1],
            (found.name, reverse("unit", args=[found.pk])),
            (_("Sửa"), ""),
        ],
    }
    return render(request, "org/unit_edit.html", words, status=status)
