"""Questions to the hub: the site asks and sees what became of it, the hub moderates and gives the floor."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences.commands import questions
from quantriet.conferences.forms import QuestionForm
from quantriet.conferences.models import Conference, Question
from quantriet.conferences.pages.roll_call import site_of
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import questions as found
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

State = Question.State
SHAPES = {
    State.WAITING: "due_soon",
    State.LISTED: "not_due",
    State.CALLED: "doing",
    State.ANSWERED: "done",
    State.DONE: "done",
    State.SET_ASIDE: "exempt",
}
# What one tap does; what needs words or a choice has a form of its own.
TAPS: dict[str, Callable[..., Question]] = {
    "enlist": questions.enlist,
    "forward": questions.bring_forward,
    "call": questions.call,
    "finish": questions.finish,
    "reopen": questions.reopen,
}


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def of_site(request: ActorRequest, site_id: int) -> HttpResponse:
    """What a site asked and what became of it; whoever records there asks."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    rows = found.of_site(site)
    if request.GET.get("so") and request.GET["so"] == found.mark(rows):
        return HttpResponse(status=204)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            questions.ask(site, **form.cleaned_data, key=_key(request), by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã gửi về điểm chính."))
            return HttpResponseRedirect(reverse("site-questions", args=[site.pk]))
    context = {
        "site": site,
        "questions": [(row, SHAPES[State(row.state)]) for row in rows[: found.WRITTEN]],
        "mark": found.mark(rows),
        "form": form,
        "key": _key(request),
        "may_ask": access.may(request.actor, Can.ATTENDANCE_RECORD, site.unit_id) and _is_on(site.conference),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(site.name, reverse("site", args=[site.pk])),
            Crumb(_("Câu hỏi")),
        ],
    }
    name = "questions_of_site_list" if request.GET.get("so") else "questions_of_site"
    status = 422 if request.method == "POST" else 200
    return render(request, f"conferences/{name}.html", context, status=status)


def _key(request: ActorRequest) -> str:
    return request.POST.get("key") or uuid.uuid4().hex


def _is_on(conference: Conference) -> bool:
    return conference.state in (Conference.State.PLANNED, Conference.State.OPEN)


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def at_hub(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The table of the moderator: who speaks, who speaks next, what waits, what was decided."""
    one = access.row_or_404(_moderated(request.actor), conference_id)
    if request.method == "POST":
        return _moderate(request, one)
    table = found.table(one)
    if request.GET.get("so") == table.mark:
        return HttpResponse(status=204)
    chosen = request.GET.get("cau", "")
    context = {
        "one": one,
        "table": table,
        "decided": [(row, SHAPES[State(row.state)], row.state != State.DONE) for row in table.decided],
        "chosen": next((row for row in (*table.waiting, *table.listed) if str(row.pk) == chosen), None),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Câu hỏi")),
        ],
    }
    name = "questions_at_hub_table" if request.GET.get("so") else "questions_at_hub"
    return render(request, f"conferences/{name}.html", context)


def _moderated(by: Actor) -> QuerySet[Conference]:
    """Conferences whose questions the actor moderates: those of the units where he records."""
    return reads.conferences(by).filter(unit__in=access.units(by, Can.ATTENDANCE_RECORD))


def _moderate(request: ActorRequest, one: Conference) -> HttpResponse:
    """One decision: a tap (``act`` is the verb and the question), or a form with words or a choice."""
    verb, _dash, number = request.POST.get("act", "").partition("-")
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
    rows = Question.objects.filter(conference=one).select_related("conference")
    question = access.row_or_404(rows, pk)
    if verb in TAPS:
        TAPS[verb](question, by=request.actor)
    elif verb == "answer":
        questions.answer(question, text=request.POST.get("words", ""), by=request.actor)
    elif verb == "aside":
        questions.set_aside(question, reason=request.POST.get("words", ""), by=request.actor)
    elif verb == "merge":
        others = [
            int(other) for other in request.POST.getlist("other") if other.isascii() and other.isdecimal()
        ]
        questions.merge(question, others, by=request.actor)
    else:
        raise access.not_found()
    return HttpResponseRedirect(reverse("conference-questions", args=[one.pk]))
