"""The end of a campaign with its lessons, and what remains to put right until it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import forms, queries
from quantriet.campaigns.commands import campaigns as commands
from quantriet.campaigns.commands import lessons
from quantriet.campaigns.models import Campaign, Lesson
from quantriet.campaigns.pages.looking import look, number
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import format_date
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

LINES = 3
"""How many empty lines for remedies are offered at a time."""


@dataclass(frozen=True)
class RemedyLine:
    """What was typed of a remedy: its text and by when."""

    text: str = ""
    due_on: str = ""


@page(Can.CAMPAIGN_MANAGE, write=Can.CAMPAIGN_MANAGE)
def campaign_close(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """End a campaign with its lessons, one a line, and what remains to put right, each with its day."""
    campaign = access.row_or_404(queries.campaigns(request.actor), campaign_id)
    access.require(request.actor, Can.CAMPAIGN_MANAGE, campaign.unit_id)
    remedies = _typed(request)
    error = ""
    if request.method == "POST" and request.POST.get("act") != "more":
        try:
            commands.close(campaign, lessons=_taught(request, remedies), by=request.actor)
            return HttpResponseRedirect(reverse("campaign", args=[campaign.pk]))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refused:
            error = refused.sentence
    words = {
        "campaign": campaign,
        "lessons": request.POST.get("lessons", ""),
        "remedies": [*remedies, *[RemedyLine()] * LINES],
        "error": error,
        "crumbs": _crumbs(campaign, _("Kết thúc đợt")),
    }
    return render(request, "campaigns/close.html", words, status=422 if error else 200)


def _typed(request: ActorRequest) -> list[RemedyLine]:
    """The lines of remedies that were filled in, as typed."""
    pairs = zip(request.POST.getlist("remedy"), request.POST.getlist("remedy_due"), strict=False)
    return [RemedyLine(text.strip()[:500], day.strip()) for text, day in pairs if text.strip() or day.strip()]


def _taught(request: ActorRequest, remedies: Sequence[RemedyLine]) -> list[tuple[str, bool, date | None]]:
    learnt = [line.strip()[:500] for line in request.POST.get("lessons", "").splitlines()]
    return [
        *((text, False, None) for text in learnt if text),
        *((one.text, True, _day(one)) for one in remedies),
    ]


def _day(line: RemedyLine) -> date | None:
    if not line.text:
        raise DomainError(
            "lesson.no_text", _("Có hạn khắc phục nhưng chưa ghi việc. Chưa kết thúc đợt; hãy ghi việc.")
        )
    try:
        return forms.day_of(line.due_on)
    except ValidationError as error:
        raise DomainError(
            "lesson.due_on",
            _("Không đọc được hạn “%(typed)s”. Chưa kết thúc đợt; hãy ghi ngày dạng 31/12/2026.")
            % {"typed": line.due_on},
        ) from error


def _crumbs(campaign: Campaign, last: str) -> list[Crumb]:
    return [
        Crumb(_("Đợt triển khai"), reverse("campaigns")),
        Crumb(campaign.title, reverse("campaign", args=[campaign.pk])),
        Crumb(last),
    ]


@dataclass(frozen=True)
class ShownLesson:
    """A lesson or remedy as it is shown: its state (``ui_state``), and whether it can be settled here."""

    lesson: Lesson
    state: str
    detail: str
    can_settle: bool


@page(Can.CAMPAIGN_READ, write=Can.CAMPAIGN_MANAGE)
def campaign_lessons(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """What a campaign taught and what it left to put right; a post notes the day a remedy was carried out."""
    looking = look(request, campaign_id)
    campaign = looking.campaign
    error = ""
    if request.method == "POST":
        lesson = access.row_or_404(
            campaign.lessons.select_related("campaign"), number(request.POST.get("lesson", ""))
        )
        try:
            lessons.settle_lesson(lesson, on=_settled_on(request), by=request.actor)
            messages.success(request, _("Đã ghi là khắc phục xong."))
            return HttpResponseRedirect(looking.href("campaign-lessons"))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refused:
            error = refused.sentence
    manages = access.may(request.actor, Can.CAMPAIGN_MANAGE, campaign.unit_id)
    today = timezone.localdate()
    words: dict[str, Any] = looking.context(
        "campaign-lessons",
        rows=[_shown(one, today, manages) for one in campaign.lessons.order_by("is_remedy", "id")],
        today=today,
        here=looking.href("campaign-lessons"),
        error=error,
    )
    return render(request, "campaigns/lessons.html", words, status=422 if error else 200)


def _settled_on(request: ActorRequest) -> date:
    try:
        day = forms.day_of(request.POST.get("settled_on", ""))
    except ValidationError:
        day = None
    if day is None:
        raise DomainError(
            "lesson.settled_on", _("Chưa đọc được ngày khắc phục. Chưa ghi gì; hãy ghi ngày dạng 31/12/2026.")
        )
    return day


def _shown(lesson: Lesson, today: date, manages: object) -> ShownLesson:
    if not lesson.is_remedy:
        return ShownLesson(lesson, "", "", can_settle=False)
    if lesson.settled_on is not None:
        return ShownLesson(lesson, "done", format_date(lesson.settled_on), can_settle=False)
    due = lesson.due_on
    state = "overdue" if due is not None and due < today else "not_due"
    detail = _("Hạn %(day)s") % {"day": format_date(due)} if due else ""
    return ShownLesson(lesson, state, detail, can_settle=bool(manages))
