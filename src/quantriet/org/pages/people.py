"""People of a unit, one person, his facts to correct. Whoever opens personal data is written down."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.components import Action
from quantriet.core.errors import ConflictError, DomainError
from quantriet.org import access
from quantriet.org.commands import people as people_commands
from quantriet.org.commands import readings
from quantriet.org.commands.people import PersonFacts
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import PersonForm
from quantriet.org.permissions import Can
from quantriet.org.queries import people as people_queries
from quantriet.org.queries import units as unit_queries

A_PAGE = 50


@page(Can.PERSON_READ)
def unit_people(request: ActorRequest, unit_id: int) -> HttpResponse:
    """The people of a unit, by given name; those of the units below stand at their own units, which are named."""
    found = access.unit_or_404(request.actor, Can.PERSON_READ, unit_id)
    shown = Paginator(people_queries.of_unit(found), A_PAGE).get_page(request.GET.get("page"))
    readings.note([person.pk for person in shown], page="unit-people", by=request.actor)
    crumbs = [
        *unit_queries.way_down(request.actor, found)[:-1],
        (found.name, reverse("unit", args=[found.pk])),
    ]
    words = {
        "unit": found,
        "shown": shown,
        "below": unit_queries.below_with_people(found),
        "crumbs": [*crumbs, (_("Danh sách người"), "")],
    }
    return render(request, "org/unit_people.html", words)


@page(Can.PERSON_READ)
def person_search(request: ActorRequest) -> HttpResponse:
    """People of the actor's units by name without marks."""
    text = str(request.GET.get("q", ""))[:100]
    found = people_queries.search(request.actor, text)
    readings.note([person.pk for person in found], page="people", by=request.actor)
    words = {
        "found": found,
        "q": text,
        "crumbs": [(pgettext("place", "Đơn vị"), reverse("units")), (_("Tìm người"), "")],
    }
    return render(request, "org/person_search.html", words)


@page(Can.PERSON_READ)
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    """One person: where he belongs, the posts he holds and held."""
    found = access.row_or_404(people_queries.visible(request.actor), person_id)
    readings.note([found.pk], page="person", by=request.actor)
    actions = []
    if access.may(request.actor, Can.PERSON_MANAGE, found.home_unit_id):
        actions = [
            Action(_("Sửa"), reverse("person-edit", args=[found.pk]), "pencil"),
            Action(_("Giao chức vụ"), reverse("post-give", args=[found.pk]), "plus"),
            Action(_("Chuyển sinh hoạt"), reverse("person-transfer", args=[found.pk]), "arrow-right"),
        ]
    home = found.home_unit
    crumbs = [*unit_queries.way_down(request.actor, home)[:-1], (home.name, reverse("unit", args=[home.pk]))]
    words = {
        "person": found,
        "memberships": people_queries.memberships(found),
        "posts": people_queries.posts(found),
        "may_manage": bool(actions),
        "crumbs": [*crumbs, (found.full_name, "")],
        "actions": actions,
    }
    return render(request, "org/person.html", words)


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def person_edit(request: ActorRequest, person_id: int) -> HttpResponse:
    """Correct a person's facts; who comes second sees both texts."""
    found = access.row_or_404(people_queries.visible(request.actor), person_id)
    access.require(request.actor, Can.PERSON_MANAGE, found.home_unit_id)
    standing = PersonFacts.of(found)
    form = PersonForm(request.POST or None, initial=standing.as_dict() | {"seen": standing.version})
    theirs: dict[str, object] = {}
    status = 200
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        seen = told.pop("seen")
        try:
            people_commands.update(found, PersonFacts(**told), seen=seen, by=request.actor)
        except ConflictError as error:
            form.add_error(None, error.sentence)
            theirs, status = error.context["theirs"], error.status
            form.data = {**request.POST.dict(), "seen": standing.version}
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("person", args=[found.pk]))
    else:
        readings.note([found.pk], page="person-edit", by=request.actor)
    if form.errors and status == 200:
        status = 422
    words = {
        "form": form,
        "person": found,
        "theirs": [(form.fields[name].label, value) for name, value in theirs.items()],
        "crumbs": [(found.full_name, reverse("person", args=[found.pk])), (_("Sửa"), "")],
    }
    return render(request, "org/person_edit.html", words, status=status)
