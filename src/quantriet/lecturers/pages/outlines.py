"""An outline: the lecturer writes and hands it in, who sent him approves it or sends it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Crumb
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from quantriet.lecturers import forms
from quantriet.lecturers.choices import OutlineState
from quantriet.lecturers.commands import outlines as commands
from quantriet.lecturers.models import Outline
from quantriet.lecturers.pages.frame import crumbs, number
from quantriet.lecturers.pages.lectures import OUTLINE_SHAPES, lecture_of
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.HOME, write=Can.HOME)
def outline(request: ActorRequest, lecture_id: int) -> HttpResponse:
    """The outline of a lecture, for who writes it, who reviews it and, approved, the unit that asked."""
    by = request.actor
    lecture = lecture_of(by, lecture_id)
    found = Outline.objects.filter(lecture=lecture).select_related("lecture").first()
    if found is None:
        raise access.not_found()
    writes = by.person_id is not None and by.person_id == found.person_id and by.can(Can.LECTURE_GIVE)
    reviews = access.may(by, Can.LECTURER_MANAGE, lecture.to_unit_id)
    if not (writes or reviews or found.state == OutlineState.APPROVED):
        raise access.not_found()
    act = request.POST.get("act", "")
    form = forms.OutlineForm(
        request.POST if act in ("write", "submit") else None,
        initial={"text": found.text, "local_examples": found.local_examples, "seen": found.version},
    )
    back = forms.ReturnForm(request.POST if act == "return" else None)
    words: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            said = _done(request, found, act, form, back)
            if said:
                messages.success(request, said)
                return HttpResponseRedirect(reverse("outline", args=[lecture.pk]))
            status = 422
        except (ForbiddenError, NotFoundError):
            raise
        except ConflictError as error:
            words = {"theirs": error.context.get("theirs"), "error": error.sentence}
            status = error.status
        except DomainError as error:  # what was written is kept, whatever stands against handing it in
            words, status = {"error": error.sentence}, error.status
        found.refresh_from_db()
        if form.is_bound:  # what is shown now is what the next text is compared with
            form.data = {**request.POST.dict(), "seen": found.version}
    words |= {
        "lecture": lecture,
        "outline": found,
        "shape": OUTLINE_SHAPES[OutlineState(found.state)],
        "form": form if writes and found.state in (OutlineState.DRAFT, OutlineState.RETURNED) else None,
        "back": back if reviews and found.state == OutlineState.SUBMITTED else None,
        "crumbs": crumbs(
            by, Crumb(lecture.title, reverse("lecture", args=[lecture.pk])), Crumb(_("Đề cương"))
        ),
    }
    return render(request, "lecturers/outline.html", words, status=status)


def _done(
    request: ActorRequest, found: Outline, act: str, form: forms.OutlineForm, back: forms.ReturnForm
) -> str:
    """Do what was asked; what to say, or nothing when the form must be shown again."""
    by = request.actor
    if act in ("write", "submit"):
        if not form.is_valid():
            return ""
        commands.write(found, by=by, **form.cleaned_data)
        if act == "write":
            return _("Đã lưu đề cương.")
        commands.submit(found, by=by)
        return _("Đã gửi đề cương để duyệt.")
    if act == "approve":
        commands.approve(found, seen=number(request.POST.get("seen", "")), by=by)
        return _("Đã duyệt đề cương.")
    if act != "return" or not back.is_valid():
        return ""
    commands.send_back(
        found, comment=back.cleaned_data["comment"], seen=number(request.POST.get("seen", "")), by=by
    )
    return _("Đã trả lại đề cương.")
