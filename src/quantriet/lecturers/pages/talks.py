"""Sessions a unit held of itself: recorded, corrected, struck out; and the rows behind a year's counts."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.lecturers import year_forms
from quantriet.lecturers.commands import talks as commands
from quantriet.lecturers.models import OralTalk
from quantriet.lecturers.pages.frame import asked_unit, asked_year, crumbs, own_unit, tabs, years
from quantriet.lecturers.pages.results import talk_actions
from quantriet.lecturers.queries import corps, programme
from quantriet.org import access
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 50


@page(Can.LECTURER_READ)
def sessions(request: ActorRequest) -> HttpResponse:
    """Every session behind the year's counts of a unit and those below it."""
    by = request.actor
    unit, year = asked_unit(request, Can.LECTURER_READ), asked_year(request)
    asked = request.GET.get("thang", "")
    months = [month for month in programme.MONTHS if str(month) == asked] or programme.MONTHS
    shown = Paginator(programme.sessions(unit, year, by, months=months), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "unit": unit,
        "year": year,
        "years": years(),
        "shown": shown,
        "rows": programme.shown(list(shown)),
        "actions": talk_actions(by),
        "tabs": tabs(by, "oral-work"),
        "crumbs": crumbs(by, Crumb(_("Kết quả năm"), reverse("oral-work")), Crumb(_("Các buổi đã nói"))),
    }
    return render(request, "lecturers/sessions.html", context)


@page(Can.LECTURE_ASK, write=Can.LECTURE_ASK)
def new(request: ActorRequest) -> HttpResponse:
    """Record a session that my unit held without asking anybody for a lecturer."""
    by, unit = request.actor, own_unit(request.actor)
    access.require(by, Can.LECTURE_ASK, unit)
    form = year_forms.TalkForm(request.POST or None, people=corps.serving(unit))
    if request.method == "POST" and form.is_valid():
        key = request.POST.get("key", "")[:60] or uuid.uuid4().hex
        try:
            made = commands.record(unit, form.talk(), key=key, by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã ghi buổi nói chuyện; số cộng lên các cấp ngay."))
            return HttpResponseRedirect(reverse("oral-talk", args=[made.pk]))
    context = {
        "form": form,
        "unit": unit,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": crumbs(by, Crumb(_("Kết quả năm"), reverse("oral-work")), Crumb(_("Ghi buổi nói chuyện"))),
    }
    return render(request, "lecturers/talk_new.html", context, status=422 if form.errors else 200)


@page(Can.LECTURER_READ, write=Can.LECTURE_ASK)
def talk(request: ActorRequest, talk_id: int) -> HttpResponse:
    """One session as recorded; a post corrects it or strikes it out, with the reason."""
    by = request.actor
    found = access.row_or_404(programme.talks(by), talk_id)
    if found.person_id is not None:
        readings.note([found.person_id], page="lecturers.talk", by=by)
    may_change = access.may(by, Can.LECTURE_ASK, found.unit_id) and not found.struck_why
    act = request.POST.get("act", "")
    people = corps.served(found.unit, on=found.held_on) if may_change else []
    correct = year_forms.CorrectTalkForm(
        request.POST if act == "correct" else None, people=people, initial=_initial(found)
    )
    strike = year_forms.ReasonForm(request.POST if act == "strike" else None)
    form = strike if act == "strike" else correct
    if request.method == "POST":
        access.require(by, Can.LECTURE_ASK, found.unit_id)
        if form.is_valid() and _done(found, form, request):
            return HttpResponseRedirect(reverse("oral-talk", args=[found.pk]))
    context = {
        "talk": found,
        "correct": correct if may_change else None,
        "strike": strike if may_change else None,
        "crumbs": crumbs(by, Crumb(_("Kết quả năm"), reverse("oral-work")), Crumb(found.title)),
    }
    return render(request, "lecturers/talk.html", context, status=422 if form.errors else 200)


def _initial(found: OralTalk) -> dict[str, object]:
    names = ("title", "subject", "held_on", "place", "members", "others", "paper")
    who = {"lecturer": found.lecturer_id} if found.lecturer_id else {"speaker": found.speaker}
    return {name: getattr(found, name) for name in names} | who


def _done(
    found: OralTalk, form: year_forms.CorrectTalkForm | year_forms.ReasonForm, request: ActorRequest
) -> bool:
    """Correct or strike out as a post asks; false when the form must be shown again."""
    reason = form.cleaned_data["reason"]
    try:
        if isinstance(form, year_forms.CorrectTalkForm):
            commands.correct(found, form.talk(), reason=reason, by=request.actor)
            said = _("Đã đính chính; số cũ đã rút lại.")
        else:
            commands.strike(found, reason=reason, by=request.actor)
            said = _("Đã bỏ buổi này; số đã rút lại.")
    except (ForbiddenError, NotFoundError):
        raise
    except DomainError as error:
        form.add_error(None, error.sentence)
        return False
    messages.success(request, said)
    return True
