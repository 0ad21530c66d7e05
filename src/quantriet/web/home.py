"""The first page ("Việc hôm nay"), the notices, the pulse that tells pages when figures changed."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from quantriet.campaigns.queries import tasks as campaign_tasks
from quantriet.conferences.queries import tasks as conference_tasks
from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.documents import queries as documents_queries
from quantriet.lecturers.queries import tasks as lecturer_tasks
from quantriet.ledger.models import Clock
from quantriet.org import notices as org_notices
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.org.queries import tasks as org_tasks
from quantriet.reports import queries as report_queries

# Who tells lines for "Việc hôm nay": one function of each package, in no special order.
SOURCES: tuple[Callable[[Actor], list[Task]], ...] = (
    org_tasks.tasks,
    documents_queries.tasks,
    campaign_tasks.tasks,
    lecturer_tasks.tasks,
    conference_tasks.tasks,
    report_queries.tasks,
)

FIRST = 3
NOTICES_A_PAGE = 50


WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ Nhật"),
)


def day_words() -> str:
    """Today as the office writes it: ``Thứ Hai, 23/11/2026``."""
    today = timezone.localdate()
    return f"{WEEKDAYS[today.weekday()]}, {today:%d/%m/%Y}"


def tasks_of(actor: Actor) -> list[Task]:
    """All lines of an actor, nearest deadline first."""
    return core_tasks.in_order(task for source in SOURCES for task in source(actor))


@page(Can.HOME)
def today(request: ActorRequest) -> HttpResponse:
    """Three lines in large type, each with the one act that settles it; the rest is one step away."""
    found = tasks_of(request.actor)
    words = {
        "tasks": found[:FIRST],
        "total": len(found),
        "day": day_words(),
        "all_shown": len(found) <= FIRST,
    }
    return render(request, "home/today.html", words)


@page(Can.HOME)
def today_all(request: ActorRequest) -> HttpResponse:
    """Everything that waits."""
    found = tasks_of(request.actor)
    return render(
        request,
        "home/today.html",
        {"tasks": found, "total": len(found), "day": day_words(), "all_shown": True},
    )


@page(Can.HOME, write=Can.HOME)
def notices(request: ActorRequest) -> HttpResponse:
    """What the unit was told; a post marks one (``notice``) or, without it, all as read."""
    if request.method == "POST":
        one = request.POST.get("notice", "")
        if one.isdecimal():
            org_notices.mark_read([int(one)], by=request.actor)
        else:
            org_notices.mark_all_read(by=request.actor)
        return HttpResponseRedirect(reverse("notices"))
    shown = Paginator(org_notices.of(request.actor), NOTICES_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request, "home/notices.html", {"shown": shown, "unread": org_notices.unread_count(request.actor)}
    )


@page(Can.HOME)
def pulse(request: ActorRequest) -> HttpResponse:
    """The number of the last fold, for pages that show figures (``frame/pulse.html``).

    The page asks every five seconds with the number it knows. Nothing new: 204. A new number: the element
    with it, and the event ``fold`` in the page, for which figures listen (``hx-trigger="fold from:body"``).
    """
    number = Clock.objects.values_list("fold", flat=True).get()
    known = request.GET.get("so", "")
    if known == str(number):
        return HttpResponse(status=204)
    response = render(request, "frame/pulse.html", {"fold": number})
    if known:
        response["HX-Trigger"] = "fold"
    return response
