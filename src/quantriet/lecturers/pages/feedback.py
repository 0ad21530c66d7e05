"""Feedback: the box of a session for who runs it, and the sheet anybody in the hall fills in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, NotFoundError
from quantriet.core.office.sheets_print import qr_svg
from quantriet.lecturers import forms
from quantriet.lecturers.choices import Mark, Question
from quantriet.lecturers.commands import feedback as commands
from quantriet.lecturers.models import FeedbackBox
from quantriet.lecturers.pages.frame import crumbs
from quantriet.lecturers.pages.lectures import lecture_of
from quantriet.lecturers.queries import feedback
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page, public
from quantriet.org.permissions import Can

DONE = "feedback_{code}"


@page(Can.HOME, write=Can.HOME)
def box(request: ActorRequest, lecture_id: int) -> HttpResponse:
    """The address and QR code to show in the hall, then what the listeners thought; a post opens the box."""
    lecture = lecture_of(request.actor, lecture_id)
    if request.method == "POST":
        commands.open_box(lecture, by=request.actor)
        return HttpResponseRedirect(reverse("lecture-feedback", args=[lecture.pk]))
    found = feedback.box_of(lecture)
    context = {
        "lecture": lecture,
        "box": found,
        "address": _address(request, found) if found else "",
        "qr": mark_safe(qr_svg(_address(request, found))) if found else "",  # noqa: S308 - drawn by us from a code
        "is_over": found is not None and found.closes_at <= timezone.now(),
        "results": feedback.results(found) if found else None,
        "fewest": feedback.FEWEST,
        "crumbs": crumbs(
            request.actor,
            Crumb(lecture.title, reverse("lecture", args=[lecture.pk])),
            Crumb(_("Phiếu góp ý")),
        ),
    }
    return render(request, "lecturers/feedback.html", context)


def _address(request: HttpRequest, found: FeedbackBox) -> str:
    path = reverse("feedback-sheet", args=[found.code])
    return f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else request.build_absolute_uri(path)


@public("an anonymous sheet on a session; whoever has its address is in the hall")
@never_cache
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Three questions on the session. A mark in this browser keeps a second sheet out; it names nobody."""
    found = FeedbackBox.objects.filter(code=code).first()
    if found is None:
        missing = access.not_found()
        return render(request, "lecturers/sheet.html", {"error": missing.sentence}, status=missing.status)
    done = DONE.format(code=found.code)
    if done in request.COOKIES:
        return render(request, "lecturers/sheet.html", {"box": found, "is_done": True})
    form = forms.SheetForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        marks = {question: Mark(form.cleaned_data[f"q{question.value}"]) for question in Question}
        try:
            commands.answer(code, marks)
        except (DomainError, NotFoundError) as refusal:
            error = refusal.sentence
        else:
            response = HttpResponseRedirect(reverse("feedback-sheet", args=[found.code]))
            response.set_cookie(
                done, "1", max_age=7 * 86_400, httponly=True, samesite="Lax", secure=settings.QUANTRIET.https
            )
            return response
    words = {"box": found, "form": form, "error": error, "is_open": feedback.is_open(found)}
    return render(request, "lecturers/sheet.html", words, status=422 if error or form.errors else 200)
