"""The corps: the list, one lecturer, appointing, correcting and dismissing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError
from quantriet.lecturers import forms
from quantriet.lecturers.commands import corps as commands
from quantriet.lecturers.commands.corps import Appointment, Skills
from quantriet.lecturers.models import Absence, Lecturer
from quantriet.lecturers.pages.frame import crumbs, number, own_unit, tabs
from quantriet.lecturers.queries import corps, lectures
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Person, Unit
from quantriet.org.permissions import Can
from quantriet.org.queries import people as people_queries

A_PAGE = 50
AREAS_AT_MOST = 300


@page(Can.LECTURER_READ)
def lecturers(request: ActorRequest) -> HttpResponse:
    """Who serves in the corps of my units, by given name; the filters stand in the address."""
    by = request.actor
    form = forms.CorpsFilterForm(request.GET, units=corps.with_corps(by))
    wanted = form.chosen()
    shown = Paginator(corps.chosen(corps.lecturers(by), wanted), A_PAGE).get_page(request.GET.get("page"))
    readings.note([row.person_id for row in shown], page="lecturers.corps", by=by)
    counts = corps.loads([row.pk for row in shown], year=timezone.localdate().year)
    context = {
        "form": form,
        "shown": shown,
        "rows": [(row, counts[row.pk]) for row in shown],
        "year": timezone.localdate().year,
        "is_filtered": any(wanted.values()),
        "may_manage": by.can(Can.LECTURER_MANAGE),
        "tabs": tabs(by, "lecturers"),
        "actions": _list_actions(by),
    }
    return render(request, "lecturers/corps.html", context)


def _list_actions(by: Actor) -> list[Action]:
    if not by.can(Can.LECTURER_MANAGE):
        return []
    return [
        Action(_("Kiện toàn từ Excel"), reverse("lecturers-renew"), "upload"),
        Action(_("Bổ nhiệm"), reverse("lecturer-appoint"), "plus", "primary"),
    ]


def lecturer_of(by: Actor, lecturer_id: int) -> Lecturer:
    """A lecturer of the corps the actor may look into; 404 else."""
    return access.row_or_404(corps.lecturers(by), lecturer_id)


@page(Can.LECTURER_READ, write=Can.LECTURER_MANAGE)
def lecturer(request: ActorRequest, lecturer_id: int) -> HttpResponse:
    """One lecturer: his decisions, skills, days away, lectures; a post notes or drops days away."""
    by = request.actor
    found = lecturer_of(by, lecturer_id)
    form = forms.AbsenceForm(request.POST if request.POST.get("act") == "absence" else None)
    if request.method == "POST":
        access.require(by, Can.LECTURER_MANAGE, found.unit_id)
        if absence_done(request, found, form):
            return HttpResponseRedirect(reverse("lecturer", args=[found.pk]))
    readings.note([found.person_id], page="lecturers.lecturer", by=by)
    manages = access.may(by, Can.LECTURER_MANAGE, found.unit_id)
    actions = []
    if manages and found.serves:
        actions = [
            Action(_("Sửa"), reverse("lecturer-change", args=[found.pk]), "pencil"),
            Action(_("Cho thôi"), reverse("lecturer-dismiss", args=[found.pk]), "logout"),
        ]
    context = {
        "lecturer": found,
        "terms": corps.of_person(found.person_id),
        "absences": corps.absences(found),
        "lectures": lectures.given_by(found)[:50],
        "form": form if manages and found.serves else None,
        "actions": actions,
        "crumbs": crumbs(by, Crumb(found.person.full_name)),
    }
    return render(request, "lecturers/lecturer.html", context, status=422 if form.errors else 200)


def absence_done(request: ActorRequest, found: Lecturer, form: forms.AbsenceForm) -> bool:
    """Note or drop days away as a post asks; false when the form must be shown again."""
    if request.POST.get("act") == "drop":
        rows = Absence.objects.filter(lecturer=found).select_related("lecturer")
        commands.drop_absence(access.row_or_404(rows, number(request.POST.get("row", ""))), by=request.actor)
        messages.success(request, _("Đã bỏ ngày bận."))
        return True
    if not form.is_valid():
        return False
    try:
        commands.note_absence(found, by=request.actor, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, error.sentence)
        return False
    messages.success(request, _("Đã ghi ngày bận."))
    return True


def areas(by: Actor) -> list[Unit]:
    """Units that can be somebody's area: committees the actor looks down on, the highest first."""
    rows = access.units(by, Can.LECTURER_READ).filter(closed_on=None, level__lte=2, tree="party")
    return list(rows.exclude(kind__in=("body", "press")).order_by("level", "sort_key", "id")[:AREAS_AT_MOST])


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def appoint(request: ActorRequest) -> HttpResponse:
    """First whom (by name), then by which decision and in what."""
    by = request.actor
    unit = own_unit(by)
    chosen = request.GET.get("nguoi", "")
    text = str(request.GET.get("q", ""))[:100]
    if not chosen:
        found = people_queries.search(by, text) if text else []
        readings.note([one.pk for one in found], page="lecturers.appoint", by=by)
        context = {"q": text, "found": found, "unit": unit, "crumbs": crumbs(by, Crumb(_("Bổ nhiệm")))}
        return render(request, "lecturers/appoint_who.html", context)
    person = access.row_or_404(people_queries.visible(by), number(chosen))
    form = forms.AppointForm(request.POST or None, areas=areas(by))
    if request.method == "POST" and form.is_valid():
        try:
            return _appointed(request, unit, person, form)
        except DomainError as error:
            refused(form, error)
    context = {
        "form": form,
        "unit": unit,
        "title": _("Bổ nhiệm {name}").format(name=person.full_name),
        "verb": _("Bổ nhiệm"),
        "crumbs": crumbs(by, Crumb(_("Bổ nhiệm"), reverse("lecturer-appoint")), Crumb(person.full_name)),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)


def _appointed(request: ActorRequest, unit: Unit, person: Person, form: forms.AppointForm) -> HttpResponse:
    told = Appointment(person.pk, form.cleaned_data["corps"], form.skills())
    commands.appoint(unit, [told], decision=form.decision(), by=request.actor)
    messages.success(request, _("Đã bổ nhiệm {name}.").format(name=person.full_name))
    return HttpResponseRedirect(reverse("lecturers"))


def refused(form: Any, error: DomainError) -> None:
    """Show why beside the field the refusal names, else on top."""
    field = error.context.get("field")
    form.add_error(field if field in form.fields else None, error.sentence)


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def change(request: ActorRequest, lecturer_id: int) -> HttpResponse:
    """Correct what a lecturer is good at."""
    by = request.actor
    found = lecturer_of(by, lecturer_id)
    access.require(by, Can.LECTURER_MANAGE, found.unit_id)
    standing = Skills.of(found)
    initial = {
        "subjects": standing.subjects,
        "languages": standing.languages,
        "area": standing.area_id or "",
        "most_a_month": standing.most_a_month,
    }
    offered = areas(by)
    if found.area is not None and found.area not in offered:
        offered.append(found.area)
    form = forms.SkillsForm(request.POST or None, areas=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change(found, form.skills(), by=by)
        except DomainError as error:
            refused(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("lecturer", args=[found.pk]))
    return _decide(request, found, form, title=_("Sửa: {name}"), verb=_("Lưu"))


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def dismiss(request: ActorRequest, lecturer_id: int) -> HttpResponse:
    """End somebody's service by a decision."""
    by = request.actor
    found = lecturer_of(by, lecturer_id)
    access.require(by, Can.LECTURER_MANAGE, found.unit_id)
    form = forms.DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.dismiss([found], decision=form.decision(), why=form.cleaned_data["why"], by=by)
        except DomainError as error:
            refused(form, error)
        else:
            messages.success(request, _("Đã ghi {name} thôi làm.").format(name=found.person.full_name))
            return HttpResponseRedirect(reverse("lecturers"))
    return _decide(request, found, form, title=_("Cho thôi: {name}"), verb=_("Cho thôi"))


def _decide(request: ActorRequest, found: Lecturer, form: Any, *, title: str, verb: str) -> HttpResponse:
    name = found.person.full_name
    context = {
        "form": form,
        "unit": found.unit,
        "title": title.format(name=name),
        "verb": verb,
        "crumbs": crumbs(request.actor, Crumb(name, reverse("lecturer", args=[found.pk])), Crumb(verb)),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)
