"""The list of conferences with its filters, and the sessions one person is expected at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.campaigns.queries.campaigns import campaigns
from quantriet.conferences import codes
from quantriet.conferences.forms import ListForm
from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import quotas
from quantriet.core.components import Action, Crumb
from quantriet.core.office.sheets_print import qr_svg
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

A_PAGE = 30
COMING_AT_MOST = 50
STATES = {"planned": "not_due", "open": "doing", "closed": "done", "cancelled": "exempt"}


@page(Can.CONFERENCE_READ)
def board(request: ActorRequest) -> HttpResponse:
    """Conferences that concern me: what comes and runs first, then what was; the filters stand in the address."""
    unit = access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))
    form = ListForm(request.GET, units=list(reads.subordinate_units(unit)), usual_kind=_usual_kind(unit))
    campaign = _campaign(request)
    call_url = reverse("conference-call") + ("" if campaign is None else f"?dot={campaign.pk}")
    rows = reads.conferences(request.actor) if campaign is None else _of_campaign(request.actor, campaign)
    rows = _chosen(rows, form.chosen())
    running = ("planned", "open")
    recently = timezone.now() - timedelta(days=1)
    coming = rows.filter(state__in=running, ends_at__gte=recently).order_by("starts_at", "id")
    past = Paginator(rows.exclude(pk__in=coming.values("pk")), A_PAGE)
    shown = past.get_page(request.GET.get("page"))
    first = list(coming[: COMING_AT_MOST + 1])
    context = {
        "form": form,
        "campaign": campaign,
        "is_filtered": form.is_filtered,
        "coming": [line(one) for one in first[:COMING_AT_MOST]],
        "more_coming": len(first) > COMING_AT_MOST,
        "past": shown,
        "past_lines": [line(one) for one in shown],
        "actions": _actions(request.actor, call_url),
        "call_url": call_url,
        "may_call": request.actor.can(Can.CONFERENCE_MANAGE),
        "meter": quotas.meter(unit, timezone.localdate().year) if unit.level < Level.CELL else None,
    }
    return render(request, "conferences/board.html", context)


def _campaign(request: ActorRequest) -> Campaign | None:
    """The campaign the list is asked for (``dot``), where a duty of it leads here."""
    asked = request.GET.get("dot", "")
    if not asked.isdecimal():
        return None
    return access.row_or_404(campaigns(request.actor), int(asked))


def _of_campaign(by: Actor, campaign: Campaign) -> QuerySet[Conference]:
    return reads.conferences(by).filter(campaign=campaign)


def _usual_kind(unit: Unit) -> str:
    """Above the cell the meetings of cells would bury the conferences; in a cell they are the daily work."""
    return ListForm.ALL if unit.level == Level.CELL else Conference.Kind.CONFERENCE.value


def _chosen(rows: QuerySet[Conference], chosen: Mapping[str, str]) -> QuerySet[Conference]:
    if chosen["kind"] != ListForm.ALL:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["unit"]:
        tops = access.today_placements().filter(unit_id=int(chosen["unit"])).values_list("path", flat=True)
        below = access.today_placements().filter(path__descendant_of=list(tops)).values("unit")
        rows = rows.filter(unit__in=below)
    if chosen["when"]:
        begins, ends = _span(chosen["when"])
        rows = rows.filter(starts_at__gte=begins, starts_at__lt=ends)
    return rows


def _span(when: str) -> tuple[datetime, datetime]:
    """Today, this week (from Monday) or this month, by Vietnamese days."""
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if when == "today":
        return day, day + timedelta(days=1)
    if when == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _actions(by: Actor, call_url: str) -> list[Action]:
    """What one may go on to."""
    actions = [Action(_("Buổi tôi dự"), reverse("my-sessions"), "user")] if by.person_id else []
    actions.append(Action(_("Ai chủ trì"), reverse("conferences-led"), "chart-bar"))
    actions.append(Action(_("Định mức"), reverse("conference-quotas"), "calendar-event"))
    actions.append(Action(_("Hội trường"), reverse("conference-halls"), "map-pin"))
    actions.append(Action(_("Kinh phí"), reverse("costs"), "report"))
    if by.can(Can.CONFERENCE_MANAGE):
        actions += [
            Action(_("Ghi sinh hoạt chi bộ"), reverse("cell-meeting-new"), "users-group"),
            Action(_("Triệu tập hội nghị"), call_url, "plus", "primary"),
        ]
    return actions


def line(one: Conference) -> dict[str, Any]:
    """A conference with the shape and the word of its state."""
    return {"conference": one, "shape": STATES[one.state], "word": one.get_state_display()}


@page(Can.OWN_RECORD)
def mine(request: ActorRequest) -> HttpResponse:
    """My own sessions: where I am expected, what was recorded of me, and my code for those that are not over."""
    person_id = request.actor.person_id
    rows = list(reads.summoned_to(person_id)[:100]) if person_id is not None else []
    known = reads.own_attendance(person_id) if person_id is not None else {}
    context = {
        "rows": [
            {**line(one), "attendance": known.get(one.pk), "own": _own_code(one, person_id)} for one in rows
        ],
        "crumbs": [Crumb(_("Việc hôm nay"), "/"), Crumb(_("Buổi tôi dự"))],
    }
    return render(request, "conferences/mine.html", context)


@dataclass(frozen=True)
class OwnCode:
    """What stands on the reader's card for one session: the picture to be scanned, the letters to be typed."""

    picture: SafeString
    letters: str


def _own_code(one: Conference, person_id: int | None) -> OwnCode | None:
    if person_id is None or one.state not in (Conference.State.PLANNED, Conference.State.OPEN):
        return None
    key = bytes(one.code_key)
    picture = mark_safe(qr_svg(codes.personal(key, one.pk, person_id)))  # noqa: S308 - drawn here, from nothing but modules
    return OwnCode(picture, codes.shown(codes.short(key, one.pk, person_id)))
