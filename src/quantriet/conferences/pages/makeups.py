"""Make-ups by the recording: its link, and the cell that confirms who of its people watched it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences.commands import makeups, recordings
from quantriet.conferences.makeup_forms import RecordingForm, WatchedForm
from quantriet.conferences.models import Conference
from quantriet.conferences.pages.roll_call import shown
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import makeups as found
from quantriet.conferences.verdicts import Code
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

CELLS_AT_MOST = 200


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def make_ups(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The link of the recording, and the people of one cell (``don-vi``, else one's own) who missed the session."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    unit = _unit(request)
    confirms = found.may_confirm(request.actor, unit) and found.is_over(one)
    missing = [own for own in found.of_cell(one, unit) if own.is_missing] if confirms else []
    manages = access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id)
    what = request.POST.get("what", "")
    link_form = RecordingForm(
        request.POST if what == "recording" else None, initial={"recording": one.recording}
    )
    form = WatchedForm(
        request.POST if what == "confirm" else None, people=[own.row.person_id for own in missing]
    )
    if request.method == "POST" and (done := _done(request, one, unit, link_form, form)) is not None:
        return done
    context = {
        "one": one,
        "unit": unit,
        "form": form,
        "link_form": link_form if manages and one.state != Conference.State.CANCELLED else None,
        "confirms": confirms and bool(one.recording),
        "is_over": found.is_over(one),
        "missing": [shown(own.row) for own in missing],
        "chosen": set(request.POST.getlist("person")),
        "cells": _cells(request, unit),
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Học bù qua ghi hình")),
        ],
    }
    status = 422 if link_form.errors or form.errors else 200
    return render(request, "conferences/make_ups.html", context, status=status)


def _unit(request: ActorRequest) -> Unit:
    """The unit asked for, if one may look at its attendance; else the one acted in."""
    asked = request.GET.get("don-vi", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 18:
        return access.unit_or_404(request.actor, Can.ATTENDANCE_READ, int(asked))
    return access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))


def _cells(request: ActorRequest, unit: Unit) -> list[Unit]:
    """The cells right below a unit, one of which is to be chosen; a cell is chosen already."""
    if not access.stands_above_cell(unit):
        return []
    below = reads.subordinate_units(unit).filter(pk__in=access.units(request.actor, Can.ATTENDANCE_RECORD))
    return [cell for cell in below[:CELLS_AT_MOST] if not access.stands_above_cell(cell)]


def _done(
    request: ActorRequest, one: Conference, unit: Unit, link_form: RecordingForm, form: WatchedForm
) -> HttpResponse | None:
    """What was sent is done and the page comes anew; ``None``: the form says what is wrong with it."""
    asked: RecordingForm | WatchedForm = link_form if link_form.is_bound else form
    if not asked.is_valid():
        return None
    told: dict[str, Any] = asked.cleaned_data
    try:
        if asked is link_form:
            recordings.keep(one, told["recording"], by=request.actor)
            messages.success(request, _("Đã lưu đường dẫn bản ghi hình."))
        else:
            messages.success(request, _confirmed(request, one, unit, told))
    except DomainError as error:
        asked.add_error("recording" if error.code == "recording.link" else None, error.sentence)
        return None
    return HttpResponseRedirect(request.get_full_path())


def _confirmed(request: ActorRequest, one: Conference, unit: Unit, told: dict[str, Any]) -> str:
    answers = makeups.confirm(
        one,
        unit,
        told["person"],
        watched_on=told["watched_on"],
        key=request.POST.get("key") or uuid.uuid4().hex,
        by=request.actor,
    )
    done = sum(answer.code in (Code.RECORDED, Code.CHANGED) for answer in answers)
    words = ngettext("Đã xác nhận %(count)s người học bù.", "Đã xác nhận %(count)s người học bù.", done)
    return words % {"count": done}
