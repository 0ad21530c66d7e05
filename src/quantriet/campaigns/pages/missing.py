"""Who is missing, reminding them, and the record of it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.campaigns import queries
from quantriet.campaigns.commands import reminders as commands
from quantriet.campaigns.commands.reminders import Message
from quantriet.campaigns.models import Reminder, ReminderLine, Requirement
from quantriet.campaigns.pages.board_cells import state_of
from quantriet.campaigns.pages.looking import Looking, address, look, number
from quantriet.campaigns.pages.people_markup import people_rows
from quantriet.campaigns.queries import missing as absences
from quantriet.core.addresses import addresses
from quantriet.core.components import Tab
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import ui_state
from quantriet.core.text import format_date
from quantriet.org import access, audit
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

A_PAGE = 100


def _kind(request: ActorRequest, kinds: Sequence[str]) -> str:
    wanted = request.GET.get("loai", "") or request.POST.get("loai", "")
    return wanted if wanted in kinds else absences.PEOPLE


@page(Can.CAMPAIGN_READ)
def missing(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """People who have not studied, or units that still owe a kind of thing (``loai``), with the way to remind."""
    looking = look(request, campaign_id)
    kinds = absences.kinds_owed(looking.campaign)
    kind = _kind(request, kinds)
    labels = dict(Requirement.Kind.choices)
    views = [
        Tab(_("Người chưa học"), looking.href("campaign-missing"), active=kind == absences.PEOPLE),
        *(
            Tab(labels[Requirement.Kind(one)], looking.href("campaign-missing", loai=one), active=kind == one)
            for one in kinds
        ),
    ]
    rows = (
        _missing_people(request, looking)
        if kind == absences.PEOPLE
        else _missing_units(request, looking, kind)
    )
    words = looking.context(
        "campaign-missing",
        views=views,
        kind=kind,
        can_remind=access.may(request.actor, Can.REMINDER_SEND, looking.unit),
        remind_href=looking.href("campaign-remind", loai=kind),
        **rows,
    )
    return render(request, "campaigns/missing.html", words)


def _missing_people(request: ActorRequest, looking: Looking) -> dict[str, Any]:
    allowed = access.may(request.actor, Can.ATTENDANCE_READ, looking.unit)
    declaring = absences.declaring(looking.campaign, looking.unit)
    listed = queries.page_by_unit(
        queries.missing_people(looking.campaign, looking.unit),
        queries.missing_counts(looking.campaign, {unit.pk for unit in declaring}),
        request.GET.get("page"),
        units=queries.units_below(looking.unit),
        size=A_PAGE,
    )
    if allowed:
        audit.opened(request.actor, {line.person_id for line in listed.lines}, "campaigns.missing")
    unnamed = absences.unnamed(looking.campaign, declaring)
    return {
        "listed": listed,
        "people": people_rows(listed.lines),
        "page": listed.page,
        "names_allowed": allowed,
        "unnamed": unnamed,
        "whom": listed.units + len(unnamed),
    }


def _missing_units(request: ActorRequest, looking: Looking, kind: str) -> dict[str, Any]:
    shown_page = Paginator(queries.owing_units(looking.campaign, looking.unit, kind), A_PAGE).get_page(
        request.GET.get("page")
    )
    now, href = timezone.now(), addresses("campaign-obligation", looking.campaign.pk)
    duties = [
        (
            link_markup(one.unit.name, href(one.pk)),
            ui_state(*state_of(one, now)),
            format_date(access.local_day(one.due_at)),
            link_markup(one.unit.phone, f"tel:{one.unit.phone}") if one.unit.phone else "–",
        )
        for one in shown_page
    ]
    return {"page": shown_page, "duties": duties, "whom": shown_page.paginator.count}


# ---- reminding -------------------------------------------------------------------------------------------


def _text(looking: Looking, kind: str) -> str:
    """A text ready to send, with the earliest day still open below the unit; the sender may change it."""
    campaign = looking.campaign
    if kind == absences.PEOPLE:
        what = _("còn đảng viên chưa học")
        first = queries.study_due(campaign, looking.unit)
    else:
        what = str(dict(Requirement.Kind.choices)[Requirement.Kind(kind)]).lower()
        owing = queries.owing_units(campaign, looking.unit, kind)
        first = owing.values_list("due_at", flat=True).first()
    day = format_date(access.local_day(first) if first else campaign.ends_on)
    return _(
        "%(sender)s đề nghị đơn vị khẩn trương thực hiện: %(what)s (%(title)s). Hạn: %(day)s. "
        "Xong hãy ghi vào hệ thống; có vướng mắc xin báo lại. Trân trọng."
    ) % {"sender": looking.unit.name, "what": what, "title": campaign.title, "day": day}


@page(Can.REMINDER_SEND, write=Can.REMINDER_SEND)
def remind(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Choose how and whom, change the text, remind; a double click reminds nobody twice."""
    looking = look(request, campaign_id)
    kind = _kind(request, absences.kinds_owed(looking.campaign))
    units = absences.whom(looking.campaign, looking.unit, kind)
    error = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_reminded(request, looking, kind, units))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refused:
            error = refused.sentence
    words = looking.context(
        "campaign-missing",
        kind=kind,
        units=units,
        without_address=sum(not unit.email for unit in units),
        text=request.POST.get("text", "") or _text(looking, kind),
        key=request.POST.get("key", "") or uuid.uuid4().hex,
        channels=Reminder.Channel.choices,
        chosen=request.POST.get("channel", "") or Reminder.Channel.PAGE,
        error=error,
        back_href=looking.href("campaign-missing", loai=kind),
    )
    return render(request, "campaigns/remind.html", words, status=422 if error else 200)


def _reminded(request: ActorRequest, looking: Looking, kind: str, units: list[Unit]) -> str:
    """Remind the ticked units that may be reminded; the address of the record."""
    ticked = {int(value) for value in request.POST.getlist("unit") if value.isdecimal() and len(value) < 19}
    channel, text = request.POST.get("channel", ""), request.POST.get("text", "").strip()[:2000]
    key = request.POST.get("key", "")[:60]
    if channel not in Reminder.Channel.values or not text or not key:
        raise DomainError("reminder.unfit", _("Lời nhắc cần cách gửi và nội dung. Chưa nhắc ai; hãy ghi đủ."))
    chosen = [unit for unit in units if unit.pk in ticked]
    without = sum(not unit.email for unit in chosen)
    is_new = not Reminder.objects.filter(key=f"{request.actor.account_id}:{key}").exists()
    if is_new and channel == Reminder.Channel.EMAIL and without and without < len(chosen):
        _warn_of_addresses(request, without)
    reminder = commands.remind_missing(
        looking.campaign,
        looking.unit,
        ticked,
        message=Message(kind, channel, text, key),
        by=request.actor,
    )
    return address("campaign-reminder", looking.campaign, looking.unit, reminder.pk)


def _warn_of_addresses(request: ActorRequest, without: int) -> None:
    text = ngettext(
        "%(count)s đơn vị chưa có địa chỉ thư nên chưa được nhắc. Hãy nhắc đơn vị ấy bằng cách khác.",
        "%(count)s đơn vị chưa có địa chỉ thư nên chưa được nhắc. Hãy nhắc các đơn vị ấy bằng cách khác.",
        without,
    )
    messages.warning(request, text % {"count": without})


def _reminders(looking: Looking) -> Any:
    """Reminders of a campaign that reached a unit of the actor's, newest first."""
    mine = access.units(looking.actor, Can.REMINDER_SEND)
    lines = ReminderLine.objects.filter(unit__in=mine)
    return Reminder.objects.filter(campaign=looking.campaign, pk__in=lines.values("reminder")).order_by("-id")


@page(Can.REMINDER_SEND)
def reminder_list(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Who was reminded of what, when, and by whom."""
    looking = look(request, campaign_id)
    shown_page = Paginator(_reminders(looking), 30).get_page(request.GET.get("page"))
    return render(
        request,
        "campaigns/reminders.html",
        looking.context(
            "campaign-reminders",
            page=shown_page,
            rows=[(one, looking.href("campaign-reminder", one.pk)) for one in shown_page],
        ),
    )


@page(Can.REMINDER_SEND, write=Can.REMINDER_SEND)
def reminder(request: ActorRequest, campaign_id: int, reminder_id: int) -> HttpResponse:
    """One reminder: the text to copy, the units, the telephone list; a post ticks "đã gọi"."""
    looking = look(request, campaign_id)
    found = access.row_or_404(_reminders(looking), reminder_id)
    mine = access.units(request.actor, Can.REMINDER_SEND)
    lines = (
        ReminderLine.objects.filter(reminder=found, unit__in=mine)
        .select_related("unit")
        .order_by("unit__sort_key", "id")
    )
    if request.method == "POST":
        commands.mark_called(access.row_or_404(lines, number(request.POST.get("line", ""))), by=request.actor)
        return HttpResponseRedirect(looking.href("campaign-reminder", found.pk))
    words = looking.context(
        "campaign-reminders",
        found=found,
        lines=lines,
        here=looking.href("campaign-reminder", found.pk),
        all_href=reverse("campaign-reminders", args=[campaign_id]),
    )
    return render(request, "campaigns/reminder.html", words)
