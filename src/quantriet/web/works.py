"""Pages of background work: what was ordered, how far it is, a way to stop it, the way to its outcome."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from quantriet.core import jobs
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.org.queries import works as queries


@page(Can.HOME)
def works(request: ActorRequest) -> HttpResponse:
    """What I ordered lately."""
    return render(request, "works/works.html", {"works": jobs.works_of(request.actor.account_id)})


@page(Can.HOME, write=Can.HOME)
def work(request: ActorRequest, work_id: int) -> HttpResponse:
    """One work; a post asks it to stop."""
    found = queries.work(request.actor, work_id)
    if request.method == "POST":
        jobs.cancel(found.pk)
        return HttpResponseRedirect(reverse("work", args=[found.pk]))
    return render(request, "works/work.html", {"work": found})


@page(Can.HOME)
def work_progress(request: ActorRequest, work_id: int) -> HttpResponse:
    """The part of the page that is asked again every second until the work is over."""
    return render(
        request, "works/progress.html", {"work": queries.work(request.actor, work_id), "asked_again": True}
    )
