"""The roll: who is summoned, found by name, corrected with a reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import forms, queries
from quantriet.campaigns.commands import roll as commands
from quantriet.campaigns.models import RollLine
from quantriet.campaigns.pages.looking import Looking, look, number
from quantriet.campaigns.pages.people_markup import linked_rows, people_rows
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import fold
from quantriet.org import access, audit
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Person, Unit
from quantriet.org.permissions import Can

A_PAGE = 100
MOST_FOUND = 20


@page(Can.ATTENDANCE_READ, write=Can.ROLL_CORRECT)
def roll(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """The roll below the unit; ``q`` finds by name without marks, on the roll and, to add, beside it."""
    looking = look(request, campaign_id)
    access.require(request.actor, Can.ATTENDANCE_READ, looking.unit)
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _corrected(request, looking))
            return HttpResponseRedirect(looking.href("campaign-roll", q=request.GET.get("q", "")))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refused:
            error = refused.sentence
    text = request.GET.get("q", "").strip()[:100]
    removed = request.GET.get("xem") == "da-dua-ra"
    state = RollLine.State.REMOVED if removed else RollLine.State.SUMMONED
    lines, held, others = _found(looking, text, state)
    below = queries.units_below(looking.unit)
    listed = queries.page_by_unit(lines, held, request.GET.get("page"), units=below, size=A_PAGE)
    seen = {line.person_id for line in listed.lines} | {person.pk for person in others}
    audit.opened(request.actor, seen, "campaigns.roll")
    may_correct = access.may(request.actor, Can.ROLL_CORRECT, looking.unit)
    words = looking.context(
        "campaign-roll",
        listed=listed,
        people=linked_rows(looking.campaign, listed.lines) if may_correct else people_rows(listed.lines),
        page=listed.page,
        text=text,
        removed=removed,
        others=others,
        add=forms.RollAddForm(),
        error=error,
        may_correct=may_correct,
        here=looking.href("campaign-roll", q=text),
        removed_href=looking.href("campaign-roll", xem="da-dua-ra"),
    )
    return render(request, "campaigns/roll.html", words, status=422 if error else 200)


def _found(
    looking: Looking, text: str, state: str
) -> tuple[QuerySet[RollLine], Mapping[int, int], Sequence[Person]]:
    """The lines to show, how many each unit has, and people of that name who are not on the roll: they can be
    added.
    """
    campaign = looking.campaign
    if fold(text):
        found = queries.named(campaign, looking.unit, text, state=state, most_others=MOST_FOUND)
        return found.lines, found.held, found.others if campaign.book_id is not None else ()
    lines = queries.roll(campaign, looking.unit).filter(state=state)
    by_figure = state == RollLine.State.SUMMONED
    return lines, queries.summoned_counts(campaign) if by_figure else queries.counted(lines), ()


def _corrected(request: ActorRequest, looking: Looking) -> str:
    """Do the one correction that was sent; the sentence that tells it."""
    act, sent, by = request.POST.get("act", ""), request.POST, request.actor
    reason = sent.get("reason", "").strip()[:300]
    if act == "add":
        person = access.row_or_404(
            Person.objects.filter(home_unit__in=access.units(by, Can.ROLL_CORRECT)).select_related(
                "home_unit"
            ),
            number(sent.get("person", "")),
        )
        person_class = number(sent.get("person_class", ""))
        if person_class not in dict(forms.CLASSES):
            raise DomainError("roll.class", _("Chưa chọn đối tượng. Chưa thêm ai; hãy chọn một đối tượng."))
        commands.add(
            looking.campaign, person, person.home_unit, person_class=person_class, reason=reason, by=by
        )
        return _("Đã thêm %(name)s vào danh sách.") % {"name": person.full_name}
    line = access.row_or_404(queries.roll(looking.campaign, looking.unit), number(sent.get("line", "")))
    name = {"name": line.person.full_name}
    if act == "remove":
        commands.remove(line, reason=reason, by=by)
        return _("Đã đưa %(name)s ra khỏi danh sách.") % name
    if act == "transfer":
        unit = access.unit_or_404(by, Can.ROLL_CORRECT, number(sent.get("unit", "")))
        commands.transfer(line, unit, reason=reason, by=by)
        return _("Đã chuyển %(name)s sang đơn vị khác.") % name
    if act == "excuse":
        return _excused(looking, line, reason, by, name)
    raise DomainError("roll.act", _("Không có việc này. Hãy tải lại trang; chưa thay đổi gì."))


def _excused(looking: Looking, line: RollLine, reason: str, by: Any, name: dict[str, str]) -> str:
    access.require(by, Can.ATTENDANCE_RECORD, line.unit)
    key = f"excuse:{line.pk}:{fold(reason)[:40]}:{line.batch_id}:{timezone.now():%Y%m%d%H%M%S}"
    commands.excuse(looking.campaign, {line.person_id: reason}, key=key[:120], on=timezone.localdate(), by=by)
    return (_("Đã ghi %(name)s vắng có lý do.") if reason else _("Đã bỏ lý do vắng của %(name)s.")) % name


@page(Can.ROLL_CORRECT)
def roll_line(request: ActorRequest, campaign_id: int, line_id: int) -> HttpResponse:
    """One line of the roll with the corrections it can take."""
    looking = look(request, campaign_id)
    mine = access.units(request.actor, Can.ROLL_CORRECT)
    rows = RollLine.objects.filter(campaign=looking.campaign, unit__in=mine)
    line = access.row_or_404(rows.select_related("person", "unit"), line_id)
    audit.opened(request.actor, [line.person_id], "campaigns.roll_line")
    looking = Looking(request.actor, looking.campaign, line.unit, looking.highest)
    parent = access.today_placements().filter(unit=line.unit).values("parent")
    near = access.today_placements().filter(parent__in=parent, former=False).values("unit")
    words = looking.context(
        "campaign-roll",
        line=line,
        near=Unit.objects.filter(pk__in=near, closed_on=None)
        .exclude(pk=line.unit_id)
        .order_by("sort_key", "id"),
        post_to=looking.href("campaign-roll"),
        credits=queries.credits_below(looking.campaign, line.unit).filter(line=line),
    )
    return render(request, "campaigns/roll_line.html", words)
