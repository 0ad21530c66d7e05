"""A lecturer's own page: lectures he was sent to, outlines he owes, what he would rather, days he is away."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.lecturers import forms
from quantriet.lecturers.commands import corps as commands
from quantriet.lecturers.models import Lecturer
from quantriet.lecturers.pages.corps import absence_done, refused
from quantriet.lecturers.pages.frame import crumbs, number, tabs
from quantriet.lecturers.queries import corps, lectures
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.LECTURE_GIVE, write=Can.LECTURE_GIVE)
def mine(request: ActorRequest) -> HttpResponse:
    """My lectures; a post notes days away or keeps my wishes for one of my terms of service."""
    by = request.actor
    terms = list(corps.of_person(by.person_id).filter(dismissed_on=None)) if by.person_id is not None else []
    absence = forms.AbsenceForm(request.POST if request.POST.get("act") == "absence" else None)
    wishes = {row.pk: _wish_form(row) for row in terms}
    if request.method == "POST":
        row = next((one for one in terms if one.pk == number(request.POST.get("lecturer", ""))), None)
        if row is None:
            raise access.not_found()
        if request.POST.get("act") == "wish":
            wishes[row.pk] = forms.WishForm(request.POST, prefix=f"w{row.pk}")
            done = _wished(request, row, wishes[row.pk])
        else:
            done = absence_done(request, row, absence)
        if done:
            return HttpResponseRedirect(reverse("my-lectures"))
    given = list(lectures.own(by.person_id)[:100]) if by.person_id is not None else []
    now = timezone.now()
    context = {
        "terms": [(row, wishes[row.pk], list(corps.absences(row))) for row in terms],
        "absence": absence,
        "coming": [row for row in reversed(given) if row.ends_at > now],
        "past": [row for row in given if row.ends_at <= now],
        "tabs": tabs(by, "my-lectures"),
        "crumbs": crumbs(by),
    }
    failed = absence.errors or any(form.errors for form in wishes.values())
    return render(request, "lecturers/mine.html", context, status=422 if failed else 200)


def _wish_form(row: Lecturer) -> forms.WishForm:
    initial = {"most_a_month": row.most_a_month, "days_off": row.days_off}
    return forms.WishForm(initial=initial, prefix=f"w{row.pk}")


def _wished(request: ActorRequest, row: Lecturer, form: forms.WishForm) -> bool:
    if not form.is_valid():
        return False
    try:
        commands.wish(row, by=request.actor, **form.cleaned_data)
    except DomainError as error:
        refused(form, error)
        return False
    messages.success(request, _("Đã lưu nguyện vọng."))
    return True
