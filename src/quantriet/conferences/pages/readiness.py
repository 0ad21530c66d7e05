"""Getting a site ready: its checklist, the measuring of its line against our own server, the reminder."""

import os
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences.commands import readiness as commands
from quantriet.conferences.models import Conference, Site, SiteCheck
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import readiness as queries
from quantriet.conferences.readiness import LEAST_KBITS, TEST_BEFORE, Item, minutes_late
from quantriet.conferences.readiness_forms import ReadinessForm
from quantriet.core.components import Crumb, number_style
from quantriet.core.errors import DomainError
from quantriet.core.text import format_decimal, format_int
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

SAMPLE = 512 * 1024
"""Bytes the page loads and sends to time its line: some seconds on the worst line, none on a good one."""


@page(Can.CONFERENCE_READ, write=Can.ATTENDANCE_RECORD)
def checklist(request: ActorRequest, site_id: int) -> HttpResponse:
    """What is looked at before the conference, who looked and when; the clerk answers item by item."""
    one = access.row_or_404(reads.sites(request.actor, Can.CONFERENCE_READ), site_id)
    may_record = access.may(request.actor, Can.ATTENDANCE_RECORD, one.unit_id)
    if request.method == "POST" and not may_record:
        raise access.not_found()
    over = one.conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED)
    lines = queries.lines(one)
    sent: QueryDict | None = request.POST if request.method == "POST" else None
    if sent is not None and sent.get("what") == "all":
        sent = ReadinessForm.all_good(sent)
    form = ReadinessForm(sent, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            commands.check(one, form.looks(), by=request.actor)
        except DomainError as error:
            field = error.context.get("field")
            form.add_error(field if field in form.fields else None, error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("site-readiness", args=[one.pk]))
    context = {
        "site": one,
        "conference": one.conference,
        "lines": [(line, _figures(line.check)) for line in lines],
        "form": form if may_record and not over else None,
        **_line_words(one, lines),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.name, reverse("site", args=[one.pk])),
            Crumb(_("Chuẩn bị trước giờ họp")),
        ],
    }
    return render(request, "conferences/readiness.html", context, status=422 if form.errors else 200)


def _figures(check: SiteCheck | None) -> str:
    """`↓ 12,5 · ↑ 8,0 Mbit/s · 20 ms (Đo trên trang)`; nothing where no figures were told."""
    if check is None or check.down_kbits is None or check.up_kbits is None:
        return ""
    style = number_style()
    down, up = (
        format_decimal(Decimal(kbits) / 1000, 1, style) for kbits in (check.down_kbits, check.up_kbits)
    )
    delay = "" if check.delay_ms is None else f" · {format_int(check.delay_ms, style)} ms"
    return f"↓ {down} · ↑ {up} Mbit/s{delay} ({check.get_figures_are_display()})"


def _line_words(site: Site, lines: list[queries.Line]) -> dict[str, object]:
    """What the page says of the line: until when it is tested, how late that was, whether it carries enough."""
    line = next((one.check for one in lines if one.item == Item.LINE), None)
    known = [kbits for kbits in (line.down_kbits, line.up_kbits) if kbits is not None] if line else []
    return {
        "line_figures": _figures(line),
        "has_line": any(one.item == Item.LINE for one in lines),
        "test_until": site.conference.starts_at - TEST_BEFORE,
        "untested_shape": "due_soon"
        if timezone.now() < site.conference.starts_at - TEST_BEFORE
        else "missing",
        "minutes_late": minutes_late(site.tested_at, site.conference.starts_at),
        "is_slow": bool(known) and min(known) < LEAST_KBITS,
        "least": LEAST_KBITS // 1000,
    }


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def sample(request: ActorRequest, site_id: int) -> HttpResponse:
    """Bytes to time a line with: read, they come from here and cannot be pressed together; sent, they are let go.

    Asked with ``nho`` it answers with nothing: the way there and back alone.
    """
    rows = reads.sites(request.actor, Can.ATTENDANCE_RECORD)
    access.row_or_404(rows.filter(unit__in=access.units(request.actor, Can.ATTENDANCE_RECORD)), site_id)
    is_download = request.method == "GET" and "nho" not in request.GET
    response = HttpResponse(
        os.urandom(SAMPLE) if is_download else b"", content_type="application/octet-stream"
    )
    response["Cache-Control"] = "no-store"
    return response


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def remind(request: ActorRequest, conference_id: int) -> HttpResponse:
    """Remind by a post the sites that are not ready; they open on the wall."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)
    wall = f"{reverse('conference-wall', args=[one.pk])}?loc=chua-chuan-bi"
    if request.method == "POST":
        count = commands.remind(one, by=request.actor)
        words = ngettext("Đã nhắc %(count)s đơn vị.", "Đã nhắc %(count)s đơn vị.", count) % {"count": count}
        messages.success(request, words if count else _("Hôm nay các đơn vị này đã được nhắc rồi."))
    return HttpResponseRedirect(wall)
