"""Requests for a lecturer: the list, asking, one request with its answer, the board of who answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.documents import queries as document_queries
from quantriet.lecturers import forms, jobs
from quantriet.lecturers.assignment_words import gap_words, load_words, reasons_words, travel_words
from quantriet.lecturers.choices import LectureState, OutlineState
from quantriet.lecturers.commands import lectures as commands
from quantriet.lecturers.models import Lecture, Lecturer, LectureResult, Outline
from quantriet.lecturers.pages.corps import refused
from quantriet.lecturers.pages.frame import crumbs, number, own_unit, tabs
from quantriet.lecturers.queries import corps, lectures, problems
from quantriet.lecturers.queries.problems import Option
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, order, page
from quantriet.org.permissions import Can

A_PAGE = 50
DOCUMENTS_AT_MOST = 100
SHAPES = {
    LectureState.ASKED: "doing",
    LectureState.ACCEPTED: "done",
    LectureState.REFUSED: "missing",
    LectureState.WITHDRAWN: "exempt",
}
OUTLINE_SHAPES = {
    OutlineState.DRAFT: "not_due",
    OutlineState.SUBMITTED: "doing",
    OutlineState.RETURNED: "missing",
    OutlineState.APPROVED: "done",
}


@page(Can.LECTURER_READ)
def requests(request: ActorRequest) -> HttpResponse:
    """Requests of my units, the latest day first."""
    by = request.actor
    rows = lectures.lectures(by).order_by("-starts_at", "-id")
    wanted, year = request.GET.get("don_vi", ""), request.GET.get("ket_qua", "")
    if wanted:
        unit = access.unit_or_404(by, Can.LECTURER_READ, number(wanted))
        rows = rows.filter(unit__in=corps.below(unit.pk))
    if year.isdecimal() and len(year) == 4 and int(year) > 0:
        rows = lectures.with_results(rows, int(year))
    state = request.GET.get("trang_thai", "")
    if state in LectureState.values:
        rows = rows.filter(state=state)
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    actions = [Action(_("Đề nghị cử báo cáo viên"), reverse("lecture-ask"), "plus", "primary")]
    context = {
        "shown": shown,
        "rows": [(row, SHAPES[LectureState(row.state)]) for row in shown],
        "states": [("", _("Tất cả")), *LectureState.choices],
        "state": state,
        "actions": actions if by.can(Can.LECTURE_ASK) else [],
        "tabs": tabs(by, "lectures"),
    }
    return render(request, "lecturers/requests.html", context)


@page(Can.LECTURE_ASK, write=Can.LECTURE_ASK)
def ask(request: ActorRequest) -> HttpResponse:
    """Ask for a lecturer: what about, when, where; to the own committee or one above."""
    by, unit = request.actor, own_unit(request.actor)
    asked = corps.asked_units(unit)
    readable = document_queries.visible_documents(by).filter(state="published").order_by("-issued_on", "-id")
    documents = [(one.pk, f"{one.number} {one.abstract[:80]}") for one in readable[:DOCUMENTS_AT_MOST]]
    form = forms.AskForm(
        request.POST or None,
        asked=asked,
        documents=documents,
        initial={"begins": "08:00", "ends": "10:00", "to_unit": asked[-1].pk if asked else ""},
    )
    if request.method == "POST" and form.is_valid():
        to_unit = next(one for one in asked if str(one.pk) == form.cleaned_data["to_unit"])
        try:
            made = commands.ask(
                unit, to_unit, form.wanted(), key=request.POST.get("key", uuid.uuid4().hex)[:60], by=by
            )
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            refused(form, error)
        else:
            messages.success(request, _("Đã gửi đề nghị đến {unit}.").format(unit=to_unit.name))
            return HttpResponseRedirect(reverse("lecture", args=[made.pk]))
    context = {
        "form": form,
        "unit": unit,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": crumbs(by, Crumb(_("Đề nghị"), reverse("lectures")), Crumb(_("Đề nghị cử báo cáo viên"))),
    }
    return render(request, "lecturers/ask.html", context, status=422 if form.errors else 200)


def lecture_of(by: Actor, lecture_id: int) -> Lecture:
    """A lecture of my units, or one I was sent to; 404 else."""
    seen = lectures.lectures(by).filter(pk=lecture_id).first() if by.can(Can.LECTURER_READ) else None
    if seen is None and by.person_id is not None:
        rows = Lecture.objects.filter(person=by.person_id, state=LectureState.ACCEPTED)
        seen = rows.select_related("unit", "to_unit", "place_unit", "document").filter(pk=lecture_id).first()
    if seen is None:
        raise access.not_found()
    return seen


@page(Can.HOME, write=Can.HOME)
def lecture(request: ActorRequest, lecture_id: int) -> HttpResponse:
    """One request: what was asked, who was sent, the outline; a post answers, changes or withdraws it."""
    by = request.actor
    found = lecture_of(by, lecture_id)
    act = request.POST.get("act", "")
    answers = access.may(by, Can.LECTURER_MANAGE, found.to_unit_id)
    is_open = found.starts_at > timezone.now()
    options = problems.options(found) if answers and is_open else []
    asked = _forms(request, found, options, act)
    error, status = "", 200
    if request.method == "POST":
        try:
            said = _done(found, act, asked, by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refusal:
            error, status = refusal.sentence, refusal.status
        else:
            status = 422
            if said:
                messages.success(request, said)
                return HttpResponseRedirect(reverse("lecture", args=[found.pk]))
        found.refresh_from_db()
    context = {
        **_words(found, by, answers=answers),
        "error": error,
        "choose": asked["choose"] if answers and is_open else None,
        "refuse": asked["refuse"] if answers and is_open else None,
        "may_withdraw": is_open
        and found.state in (LectureState.ASKED, LectureState.ACCEPTED)
        and access.may(by, Can.LECTURE_ASK, found.unit_id),
    }
    return render(request, "lecturers/lecture.html", context, status=status)


def _forms(request: ActorRequest, found: Lecture, options: list[Option], act: str) -> dict[str, Any]:
    people = [(one.lecturer, option_words(one)) for one in options]
    choosing = request.POST if act in ("choose", "send", "replace") else None
    return {
        "choose": forms.PersonChoiceForm(choosing, people=people, initial={"lecturer": found.lecturer_id}),
        "refuse": forms.RefuseForm(request.POST if act == "refuse" else None),
    }


def option_words(option: Option) -> str:
    """What is known of somebody for this lecture."""
    if option.gap is not None:
        return gap_words(option.gap)
    return f"{travel_words(option.travel)}, {load_words(option.load + 1, option.lecturer.most_a_month)}"


def _done(found: Lecture, act: str, asked: dict[str, Any], by: Actor) -> str:
    """Do what was asked; what to say, or nothing when the form must be shown again."""
    form = asked["refuse" if act == "refuse" else "choose"]
    if act == "withdraw":
        commands.withdraw(found, by=by)
        return _("Đã rút đề nghị.")
    if not form.is_valid():
        return ""
    if act == "refuse":
        commands.refuse(found, reason=form.cleaned_data["reason"], by=by)
        return _("Đã trả lời không cử được.")
    person = _chosen(form)
    if act == "replace":
        if person is None:
            raise DomainError("lecture.nobody", _("Chưa chọn ai. Chưa ghi gì."))
        commands.replace_lecturer(found, person, by=by)
        return _("Đã cử người khác và báo cho đơn vị.")
    if act == "choose":
        commands.choose(found, person, by=by)
        return _("Đã giữ lựa chọn; lần xếp sau không đổi.") if person else _("Để hệ thống xếp lại.")
    if (person.pk if person else None) != found.lecturer_id:
        commands.choose(found, person, by=by)
    commands.send([found], outline_due_on=form.cleaned_data["outline_due_on"], by=by)
    return _("Đã cử người và báo cho đơn vị.")


def _chosen(form: forms.PersonChoiceForm) -> Lecturer | None:
    chosen = form.cleaned_data["lecturer"]
    return Lecturer.objects.select_related("person").get(pk=int(chosen)) if chosen else None


def _words(found: Lecture, by: Actor, *, answers: bool) -> dict[str, Any]:
    outline = Outline.objects.filter(lecture=found).first()
    is_own = by.person_id is not None and found.person_id == by.person_id
    sees_outline = outline is not None and (answers or is_own or outline.state == OutlineState.APPROVED)
    proposed = (
        Lecturer.objects.select_related("person").filter(pk=found.lecturer_id or 0).first()
        if answers and found.state == LectureState.ASKED
        else None
    )
    return {
        "lecture": found,
        "shape": SHAPES[LectureState(found.state)],
        "answers": answers,
        "proposed": proposed,
        "reasons": reasons_words(found.reasons) if answers else "",
        "outline": outline if sees_outline else None,
        "outline_shape": OUTLINE_SHAPES[OutlineState(outline.state)] if outline else "",
        "has_outline": outline is not None and found.state == LectureState.ACCEPTED,
        "is_own": is_own,
        "result": LectureResult.objects.filter(lecture=found).first(),
        "may_record": found.state == LectureState.ACCEPTED
        and found.starts_at <= timezone.now()
        and access.may(by, Can.LECTURE_ASK, found.unit_id),
        "crumbs": crumbs(
            by,
            *([Crumb(_("Đề nghị"), reverse("lectures"))] if by.can(Can.LECTURER_READ) else []),
            Crumb(found.title),
        ),
    }


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def board(request: ActorRequest) -> HttpResponse:
    """Who answers: every request that waits, who is proposed and why; a post arranges all or sends those ticked."""
    by = request.actor
    wanted = request.GET.get("don_vi", "")
    unit = access.unit_or_404(by, Can.LECTURER_MANAGE, number(wanted)) if wanted else own_unit(by)
    waiting = list(lectures.waiting(unit))
    error = ""
    if request.method == "POST":
        if request.POST.get("act") == "arrange":
            work = order(
                jobs.arrange, by=by, title=_("Xếp báo cáo viên: {unit}").format(unit=unit.name), unit=unit.pk
            )
            return HttpResponseRedirect(reverse("work", args=[work.pk]))
        ticked = set(request.POST.getlist("lecture"))
        chosen = [row for row in waiting if str(row.pk) in ticked]
        try:
            sent = commands.send(chosen, by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refusal:
            error = refusal.sentence
        else:
            messages.success(
                request, _("Đã cử người cho {count} buổi và báo các đơn vị.").format(count=len(sent))
            )
            return HttpResponseRedirect(request.get_full_path())
    context = {
        "unit": unit,
        "rows": [(row, reasons_words(row.reasons)) for row in waiting],
        "proposed": sum(row.lecturer_id is not None for row in waiting),
        "outlines": [
            (row, OUTLINE_SHAPES[OutlineState(row.state)], row.due_on < timezone.localdate())
            for row in lectures.outlines(by).filter(
                lecture__starts_at__gt=timezone.now(), lecture__to_unit__in=corps.with_former(unit)
            )[:100]
        ],
        "error": error,
        "tabs": tabs(by, "lecture-board"),
        "crumbs": crumbs(by),
    }
    return render(request, "lecturers/board.html", context, status=422 if error else 200)
