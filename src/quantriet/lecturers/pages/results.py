"""What came of lectures: recorded for one, counted by unit for a year."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.lecturers import forms
from quantriet.lecturers.commands import results as commands
from quantriet.lecturers.commands.results import Listeners
from quantriet.lecturers.models import LectureResult
from quantriet.lecturers.pages.frame import asked_unit, asked_year, crumbs, tabs, years
from quantriet.lecturers.pages.lectures import lecture_of
from quantriet.lecturers.queries import results
from quantriet.ledger.rollup import Amount
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

GRADES = ("on_site", "entered_later", "documented", "declared")


@page(Can.LECTURE_ASK, write=Can.LECTURE_ASK)
def result(request: ActorRequest, lecture_id: int) -> HttpResponse:
    """How many listened; other counts than those recorded need a reason."""
    by = request.actor
    lecture = lecture_of(by, lecture_id)
    access.require(by, Can.LECTURE_ASK, lecture.unit_id)
    standing = LectureResult.objects.filter(lecture=lecture).first()
    initial = (
        {"members": standing.members, "others": standing.others, "paper": standing.paper} if standing else {}
    )
    form = forms.ResultForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            commands.record(
                lecture,
                Listeners(told["members"], told["others"], told["paper"]),
                reason=told["reason"],
                by=by,
            )
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã ghi kết quả buổi nói."))
            return HttpResponseRedirect(reverse("lecture", args=[lecture.pk]))
    context = {
        "form": form,
        "unit": lecture.unit,
        "title": _("Kết quả: {title}").format(title=lecture.title),
        "verb": _("Ghi kết quả"),
        "crumbs": crumbs(
            by, Crumb(lecture.title, reverse("lecture", args=[lecture.pk])), Crumb(_("Kết quả"))
        ),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)


@page(Can.LECTURER_READ)
def oral_work(request: ActorRequest) -> HttpResponse:
    """Lectures and listeners of a year, my unit first, then those directly below; each count opens to its lectures."""
    by = request.actor
    unit, year = asked_unit(request, Can.LECTURER_READ), asked_year(request)
    rows = results.oral_work(unit, year)
    context = {
        "unit": unit,
        "rows": [(row, mix_of(row.listeners)) for row in rows],
        "is_empty": not any(row.sessions.total for row in rows),
        "year": year,
        "years": years(),
        "actions": talk_actions(by),
        "tabs": tabs(by, "oral-work"),
        "crumbs": crumbs(by, *([Crumb(unit.name)] if request.GET.get("don_vi") else [])),
    }
    return render(request, "lecturers/oral_work.html", context)


def talk_actions(by: Actor) -> list[Action]:
    """To record a session that nobody was asked for."""
    new = Action(_("Ghi buổi nói chuyện"), reverse("oral-talk-new"), "plus", "primary")
    return [new] if by.can(Can.LECTURE_ASK) else []


def mix_of(amount: Amount) -> dict[str, int]:
    """The evidence of a count as the bar wants it; a correction beyond a grade's own count shows as none."""
    return {grade: max(0, count) for grade, count in zip(GRADES, amount.by_grade, strict=True)}
