"""The yearly oral programme: read month by month with what was held, written, published."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.lecturers import year_forms
from quantriet.lecturers.commands import programme as commands
from quantriet.lecturers.models import OralProgramme
from quantriet.lecturers.pages.frame import asked_year, crumbs, number, own_unit, tabs, years
from quantriet.lecturers.queries import programme
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

UNITS_AT_MOST = 300


@page(Can.DOCUMENT_READ, write=Can.LECTURER_MANAGE)
def oral_programme(request: ActorRequest) -> HttpResponse:
    """A year's programme of my unit, of one above or below; a post publishes my own."""
    by, unit = request.actor, own_unit(request.actor)
    year = asked_year(request, ahead=1)
    readable = programme.programmes(by).filter(year=year)
    if request.method == "POST":
        commands.publish(
            access.row_or_404(readable.filter(unit=unit), number(request.POST.get("row", ""))), by=by
        )
        messages.success(request, _("Đã ban hành và báo các đơn vị trực thuộc."))
        return HttpResponseRedirect(f"{reverse('oral-programme')}?nam={year}")
    wanted = request.GET.get("don_vi", "")
    at = number(wanted) if wanted else unit.pk
    found = readable.filter(unit=at).first()
    if wanted and found is None and at != unit.pk:
        raise access.not_found()
    rows = programme.months(found, programme.held_by_month(found.unit, year, by)) if found else []
    context = {
        "unit": found.unit if found else unit,
        "programme": found,
        "rows": rows,
        "planned": sum(row.planned for row in rows),
        "held": sum(row.held for row in rows),
        "sees_held": by.can(Can.LECTURER_READ) and _looks_into(by, found),
        "others": [row.unit for row in readable[:UNITS_AT_MOST]],
        "year": year,
        "years": years(ahead=1),
        "may_publish": found is not None and found.published_at is None and found.unit_id == unit.pk,
        "actions": _actions(by, unit, year),
        "tabs": tabs(by, "oral-programme"),
        "crumbs": crumbs(by, *([Crumb(found.unit.name)] if found and wanted else [])),
    }
    return render(request, "lecturers/programme.html", context)


def _looks_into(by: Actor, found: OralProgramme | None) -> bool:
    """Whether what was held below the programme's unit is all in the actor's view."""
    return found is not None and access.may(by, Can.LECTURER_READ, found.unit_id)


def _actions(by: Actor, unit: Unit, year: int) -> list[Action]:
    if not access.may(by, Can.LECTURER_MANAGE, unit):
        return []
    return [
        Action(_("Soạn chương trình"), f"{reverse('oral-programme-plan')}?nam={year}", "pencil", "primary")
    ]


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def plan(request: ActorRequest) -> HttpResponse:
    """The twelve months of my unit's programme, typed at once."""
    by, unit, year = request.actor, own_unit(request.actor), asked_year(request, ahead=1)
    standing = OralProgramme.objects.filter(unit=unit, year=year).first()
    form = year_forms.ProgrammeForm(request.POST or None, initial=_initial(standing))
    status = 422 if form.is_bound and not form.is_valid() else 200
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            commands.plan(unit, year, form.months(), paper=told["paper"], seen=told["seen"], by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
            status = error.status
        else:
            messages.success(request, _("Đã lưu chương trình."))
            return HttpResponseRedirect(f"{reverse('oral-programme')}?nam={year}")
    context = {
        "form": form,
        "unit": unit,
        "year": year,
        "crumbs": crumbs(by, Crumb(_("Chương trình năm"), reverse("oral-programme")), Crumb(_("Soạn"))),
    }
    return render(request, "lecturers/programme_plan.html", context, status=status)


def _initial(standing: OralProgramme | None) -> dict[str, object]:
    if standing is None:
        return {"seen": 0}
    told: dict[str, object] = {"seen": standing.version, "paper": standing.paper}
    for row in standing.months.order_by("month"):
        told |= {f"theme_{row.month}": row.theme, f"sessions_{row.month}": row.sessions}
    return told
