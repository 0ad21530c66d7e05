"""Halls and rooms of a unit: add, correct, confirm once a year."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Crumb
from quantriet.core.errors import ConflictError, DomainError
from quantriet.org import access
from quantriet.org.commands import facilities as commands
from quantriet.org.commands.facilities import FacilityFacts
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import FacilityForm
from quantriet.org.models import Facility, Unit
from quantriet.org.pages.facility_requests import SHAPES
from quantriet.org.permissions import Can
from quantriet.org.queries import units as unit_queries

A_FEW = 10
"""So many of its last requests stand on the page of a unit's halls."""


@page(Can.UNIT_READ, write=Can.CONFERENCE_MANAGE)
def facilities(request: ActorRequest, unit_id: int) -> HttpResponse:
    """The halls of a unit, each with its year; those below it can be confirmed in one go."""
    found = access.unit_or_404(request.actor, Can.UNIT_READ, unit_id)
    may_keep = access.may(request.actor, Can.CONFERENCE_MANAGE, found)
    form = FacilityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add(found, FacilityFacts(**form.facts()), by=request.actor)
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("facilities", args=[found.pk]))
    halls = list(unit_queries.facilities(found))
    words = {
        "unit": found,
        "form": form if may_keep else None,
        "halls": [{"hall": hall, "holds": commands.is_confirmed(hall)} for hall in halls],
        "may_keep": may_keep,
        "asked": [
            {"asked": one, "shape": SHAPES[one.state]}
            for one in found.facility_requests.order_by("-id")[:A_FEW]
        ],
        "waiting": sum(not commands.is_confirmed(hall) for hall in halls),
        "crumbs": _crumbs(request, found, Crumb(_("Hội trường, phòng họp"))),
    }
    return render(request, "org/facilities.html", words, status=422 if form.errors else 200)


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def facilities_confirm(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Confirm by a post what is told of all halls of a unit."""
    found = access.unit_or_404(request.actor, Can.CONFERENCE_MANAGE, unit_id)
    if request.method == "POST":
        commands.confirm(list(unit_queries.facilities(found)), by=request.actor)
        messages.success(request, _("Đã xác nhận: thông tin hội trường còn đúng."))
    return HttpResponseRedirect(reverse("facilities", args=[found.pk]))


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def facility_edit(request: ActorRequest, facility_id: int) -> HttpResponse:
    """Correct what is told of a hall; who comes second sees both texts."""
    mine = Facility.objects.filter(unit__in=access.units(request.actor, Can.CONFERENCE_MANAGE))
    found = access.row_or_404(mine.select_related("unit"), facility_id)
    standing = FacilityFacts.of(found)
    initial = {name: getattr(standing, name) for name in FacilityFacts.__dataclass_fields__}
    form = FacilityForm(request.POST or None, initial=initial | {"seen": standing.version})
    theirs: list[tuple[str, Any]] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            commands.change(found, FacilityFacts(**form.facts()), seen=seen, by=request.actor)
        except ConflictError as error:
            form.add_error(None, error.sentence)
            theirs, status = _labelled(form, error.context["theirs"]), error.status
            form.data = {**request.POST.dict(), "seen": standing.version}
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("facilities", args=[found.unit_id]))
    halls = Crumb(_("Hội trường, phòng họp"), reverse("facilities", args=[found.unit_id]))
    words = {
        "form": form,
        "facility": found,
        "theirs": theirs,
        "crumbs": [*_crumbs(request, found.unit, halls), Crumb(found.name)],
    }
    return render(
        request, "org/facility_edit.html", words, status=status if status != 200 or not form.errors else 422
    )


def _labelled(form: FacilityForm, facts: dict[str, Any]) -> list[tuple[str, Any]]:
    words = {True: _("Có"), False: _("Không"), None: "–", "": "–"}
    return [(str(form.fields[name].label), words.get(value, value)) for name, value in facts.items()]


def _show(form: FacilityForm, error: DomainError) -> None:
    field = error.context.get("field")
    form.add_error(field if field in form.fields else None, error.sentence)


def _crumbs(request: ActorRequest, unit: Unit, last: Crumb) -> list[Crumb]:
    way = unit_queries.way_down(request.actor, unit)[:-1]
    return [*way, Crumb(unit.name, reverse("unit", args=[unit.pk])), last]
