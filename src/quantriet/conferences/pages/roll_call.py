"""Roll-call on the phone: list, scan, totals. Each tap is one command; each tap can be taken back."""

import json
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Declaration, RollLine
from quantriet.conferences import verdicts
from quantriet.conferences.commands import attendance, guests, makeups, sites
from quantriet.conferences.commands.attendance import Answer, Mark
from quantriet.conferences.commands.entries import meeting_of
from quantriet.conferences.models import Site
from quantriet.conferences.models.attendance import Source, State
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import photos, roster
from quantriet.conferences.queries.roster import Row
from quantriet.conferences.verdicts import HERE, Act, Ask, Code
from quantriet.core.components import Action, Crumb, Tab
from quantriet.core.errors import DomainError
from quantriet.core.text import TextError, parse_int
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

NEXT = {
    "": Act.PRESENT,
    "present": Act.LATE,
    "late": Act.EXCUSED,
    "excused": Act.ABSENT,
    "absent": Act.PRESENT,
}
SHAPES = {"": "not_due", "present": "done", "late": "due_soon", "excused": "exempt", "absent": "missing"}
UNITS_OF_TOTALS = 200


def shown(row: Row) -> dict[str, Any]:
    """A row of the list as the template needs it: state by shape and word, and what the next tap says."""
    word = State(row.state).label if row.state else _("Chưa ghi")
    if row.source == Source.SUPERIOR:
        word = _("Đã dự ở cấp trên")
    elif row.source == Source.MAKE_UP:
        word = _("Học bù")
    return {"row": row, "shape": SHAPES[row.state], "word": word, "next": NEXT[row.state].value}


def site_of(request: ActorRequest, site_id: int, can: Can) -> Site:
    """The site, if the actor may do ``can`` at the site's own unit; otherwise it does not exist."""
    rows = Site.objects.filter(unit__in=access.units(request.actor, can))
    return access.row_or_404(rows.select_related("conference__campaign", "conference__unit", "unit"), site_id)


def tally(rows: list[Row]) -> dict[str, int]:
    """The large figures: present of summoned, and the rest; who came without a summons stands beside."""
    expected = [row for row in rows if row.is_expected]
    return {
        "present": sum(row.state in HERE for row in expected),
        "beside": sum(row.state in HERE for row in rows if not row.is_expected),
        "expected": len(expected),
        "late": sum(row.state == "late" for row in rows),
        "away": sum(row.state in ("excused", "absent") for row in rows),
        "waiting": sum(not row.state for row in expected),
    }


def frame(site: Site, active: str) -> dict[str, Any]:
    """What the three tabs of a site share."""
    conference = site.conference
    views = (
        ("list", _("Danh sách"), "site-roll-call"),
        ("scan", _("Quét"), "site-scan"),
        ("totals", _("Tổng số"), "site-totals"),
    )
    tabs = [
        Tab(label, reverse(route, args=[site.pk]), active=name == active)
        for name, label, route in views
        if name != "totals" or conference.campaign_id
    ]
    crumbs = [
        Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
        Crumb(site.name, reverse("site", args=[site.pk])),
        Crumb(_("Điểm danh")),
    ]
    return {"site": site, "conference": conference, "tabs": tabs, "crumbs": crumbs, "key": uuid.uuid4().hex}


@page(Can.ATTENDANCE_READ)
def roll_call(request: ActorRequest, site_id: int) -> HttpResponse:
    """The list of a site by given name; a tap cycles present, late, excused, absent."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    rows = roster.of_site(site)
    context = {
        **frame(site, "list"),
        **_opening(site),
        "rows": [shown(row) for row in rows],
        "tally": tally(rows),
        "may_record": access.may(request.actor, Can.ATTENDANCE_RECORD, site.unit_id),
        "actions": [Action(_("Học bù, đã dự cấp trên"), reverse("site-make-up", args=[site.pk]), "book")],
    }
    return render(request, "conferences/roll_call.html", context)


def _opening(site: Site) -> dict[str, Any]:
    """What a clerk may already do before the start: single marks from an hour before, all in one word later."""
    meeting, now = meeting_of(site.conference), timezone.now()
    return {
        "meeting": meeting,
        "is_open": now >= meeting.opens_at,
        "everyone_is_open": verdicts.everyone_is_open(meeting, now=now),
    }


@page(Can.ATTENDANCE_READ)
def site_tally(request: ActorRequest, site_id: int) -> HttpResponse:
    """The large figures alone: asked for after each scan."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    return render(request, "conferences/tally.html", {"tally": tally(roster.of_site(site))})


def _toast(response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """Let the page show a word after the act, with the way back."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "undo": undo}})
    return response


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def mark(request: ActorRequest, site_id: int) -> HttpResponse:
    """One tap on one row; answers with the row as it stands now and the new figures."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    person_id, version = _number(request, "person"), _number(request, "version")
    key = request.POST.get("key") or uuid.uuid4().hex
    act = request.POST.get("act", "")
    if act not in set(Act):
        raise DomainError("attendance.act", _("Không rõ thao tác. Hãy tải lại trang."))
    asked = Mark(Ask(Act(act), version=version), person_id=person_id)
    answer = attendance.record(site, [asked], by=request.actor, key=key)[0]
    rows = roster.of_site(site)
    row = next((one for one in rows if one.person_id == person_id), None)
    if row is None:
        raise DomainError(answer.code, str(answer.sentence))
    context = {"one": shown(row), "tally": tally(rows), "site": site, "may_record": True, "swapped": True}
    response = render(request, "conferences/roll_call_row.html", context)
    return _toast(response, _words(answer, row), undo=_undo_address(site, key) if answer.is_done else "")


def _words(answer: Answer, row: Row) -> str:
    if answer.code is Code.STALE:
        return _("%(who)s vừa ghi %(name)s: %(state)s. Bản của bạn chưa lưu; bấm lại nếu vẫn muốn sửa.") % {
            "who": answer.actor,
            "name": row.full_name,
            "state": shown(row)["word"],
        }
    if not answer.is_done:
        return str(answer.sentence)
    return f"{row.full_name}: {shown(row)['word']}"


def _undo_address(site: Site, key: str) -> str:
    return f"{reverse('site-undo', args=[site.pk])}?{urlencode({'call': key})}"


def _number(request: ActorRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def undo(request: ActorRequest, site_id: int) -> HttpResponse:
    """Take back what one tap did; the list comes back whole."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    count = attendance.undo(site, request.GET.get("call", ""), by=request.actor)
    text = (
        ngettext("Đã hoàn tác %(count)s người.", "Đã hoàn tác %(count)s người.", count) % {"count": count}
        if count
        else _("Không còn gì để hoàn tác: đã có người sửa tiếp.")
    )
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("site-roll-call", args=[site.pk]))
    rows = roster.of_site(site)
    context = {"rows": [shown(row) for row in rows], "tally": tally(rows), "site": site, "may_record": True}
    return _toast(render(request, "conferences/roll_call_again.html", context), text)


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def everyone(request: ActorRequest, site_id: int) -> HttpResponse:
    """Có mặt cả, trừ …: tick the absent only."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    rows = roster.of_site(site)
    if request.method != "POST":
        waiting = [row for row in rows if row.is_expected and not row.state]
        context = {
            **frame(site, "list"),
            **_opening(site),
            "waiting": waiting,
            "tally": tally(rows),
            "photos": list(photos.of_site(site)),
        }
        return render(request, "conferences/everyone.html", context)
    known = {row.person_id: row for row in rows}
    excused = _chosen(request, "excused")
    away = {
        person_id: Ask(Act.EXCUSED if person_id in excused else Act.ABSENT, version=known[person_id].version)
        for person_id in _chosen(request, "absent") | excused
        if person_id in known
    }
    key = request.POST.get("key") or uuid.uuid4().hex
    insists = request.POST.get("insist") == "1"
    say = attendance.everyone_afterwards if insists else attendance.everyone_except
    answers = say(site, away, by=request.actor, key=key)
    found = attendance.answers_by_code(answers)
    done = found.get(Code.RECORDED, 0) + found.get(Code.CHANGED, 0)
    refused = len(answers) - done - found.get(Code.ALREADY, 0)
    words = _("Đã ghi %(done)s người, trong đó vắng %(away)s.") % {"done": done, "away": len(away)}
    if refused:
        words += " " + _("%(refused)s người chưa ghi được: người khác vừa sửa.") % {"refused": refused}
    if done:
        _message(request, words, undo=_undo_address(site, key))
    else:
        sentence = next(
            (answer.sentence for answer in answers if not answer.is_done), _("Không có gì phải ghi.")
        )
        _message(request, str(sentence))
    return HttpResponseRedirect(reverse("site-roll-call", args=[site.pk]))


def _message(request: ActorRequest, text: str, *, undo: str = "") -> None:
    messages.info(request, text, extra_tags=undo)


def _chosen(request: ActorRequest, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name) if text.isdecimal() and len(text) < 18}


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def scan(request: ActorRequest, site_id: int) -> HttpResponse:
    """The camera and a field to type a code; the answer comes into the form."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    act = Act.OUT if (request.POST.get("act") or request.GET.get("act")) == "out" else Act.IN
    context: dict[str, Any] = {**frame(site, "scan"), "act": act.value, "client": uuid.uuid4()}
    if request.method == "POST":
        context |= _scanned(request, site, act)
        if request.headers.get("HX-Request"):
            response = render(request, "conferences/scan_answer.html", context)
            response["HX-Trigger"] = "recorded"
            return response
    context["tally"] = tally(roster.of_site(site))
    response = render(request, "conferences/scan.html", context)
    response.needs_wasm = True  # type: ignore[attr-defined]
    return response


def _scanned(request: ActorRequest, site: Site, act: Act) -> dict[str, Any]:
    code = request.POST.get("code", "")
    try:
        client = uuid.UUID(request.POST.get("client", ""))
    except ValueError:
        client = uuid.uuid4()
    source = Source.SCAN if "." in code else Source.CODE
    asked = Mark(Ask(act, is_code=True), source=source, code=code[:200], client_id=client)
    answer = attendance.record(site, [asked], by=request.actor, key=client.hex)[0]
    row = roster.row_of_site(site, answer.person_id) if answer.person_id else None
    return {"answer": answer, "one": None if row is None else shown(row), "refused": not answer.is_done}


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def totals(request: ActorRequest, site_id: int) -> HttpResponse:
    """Nhập nhanh: present, excused and guests of every unit of the site on one screen."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    lines = _total_lines(site)
    error = ""
    if request.method == "POST":
        try:
            told = _told_totals(request, site, lines)
            sites.declare_totals(site, told, by=request.actor)
        except DomainError as refused:
            error = refused.sentence
            for line in lines:
                line["told"] = {name: request.POST.get(f"{name}_{line['unit'].pk}", "") for name in _FIGURES}
        else:
            _message(request, _("Đã khai tổng số của %(count)s đơn vị.") % {"count": len(told)})
            return HttpResponseRedirect(reverse("site-totals", args=[site.pk]))
    paper = next((line["paper"] for line in lines if line["paper"]), "")
    context = {
        **frame(site, "totals"),
        "lines": lines,
        "error": error,
        "paper": request.POST.get("paper", paper),
    }
    return render(request, "conferences/totals.html", context, status=422 if error else 200)


_FIGURES = ("present", "excused", "guests")


def _total_lines(site: Site) -> list[dict[str, Any]]:
    """The site's units that have people on the roll, with what they declared."""
    campaign = site.conference.campaign
    if campaign is None:
        raise DomainError(
            "site.no_campaign",
            _("Hội nghị này không thuộc đợt nào nên không có sổ để khai. Hãy điểm danh theo tên."),
        )
    here = roster.units_of_site(site)
    summoned: dict[int, list[int]] = {}
    on_roll = RollLine.objects.filter(campaign=campaign, unit__in=here, state=RollLine.State.SUMMONED)
    for unit_id, fulfilled in on_roll.order_by("pk").values_list("unit_id", "fulfilled_on"):
        counted = summoned.setdefault(unit_id, [0, 0])
        counted[0] += 1
        counted[1] += fulfilled is not None
    declared = {
        row.unit_id: row
        for row in Declaration.objects.filter(
            campaign=campaign, kind=Declaration.Kind.PRESENCE, unit__in=list(summoned)
        )
    }
    units = Unit.objects.filter(pk__in=list(summoned)).order_by("sort_key", "id")[:UNITS_OF_TOTALS]
    return [
        {
            "unit": unit,
            "summoned": summoned[unit.pk][0],
            "named": summoned[unit.pk][1],
            "version": declared[unit.pk].version if unit.pk in declared else 0,
            "paper": declared[unit.pk].paper if unit.pk in declared else "",
            "told": declared[unit.pk].figures if unit.pk in declared else {},
        }
        for unit in units
    ]


def _told_totals(request: ActorRequest, site: Site, lines: list[dict[str, Any]]) -> dict[int, Totals]:
    """What was typed, of the lines that were filled in."""
    told: dict[int, Totals] = {}
    for line in lines:
        unit = line["unit"]
        typed = {name: request.POST.get(f"{name}_{unit.pk}", "").strip() for name in _FIGURES}
        if not any(typed.values()):
            continue
        try:
            figures = {name: parse_int(text) if text else 0 for name, text in typed.items()}
        except TextError as refused:
            raise DomainError("declaration.number", f"{unit.name}: {refused.sentence}") from refused
        told[unit.pk] = Totals(
            figures,
            access.local_day(site.conference.starts_at),
            request.POST.get("paper", "").strip()[:120],
            _number(request, f"version_{unit.pk}"),
            site.conference.level,
            site.form,
        )
    return told


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def make_up(request: ActorRequest, site_id: int) -> HttpResponse:
    """Who missed the session: made it up, or had attended above. Nobody is ticked twice."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    if request.method == "POST":
        key = request.POST.get("key") or uuid.uuid4().hex
        if request.POST.get("what") == "superior":
            answers = makeups.credit_superior(site, key=key, by=request.actor)
        else:
            chosen = sorted(_chosen(request, "person"))
            answers = makeups.make_up(
                site, chosen, note=request.POST.get("note", ""), key=key, by=request.actor
            )
        done = sum(answer.is_done for answer in answers)
        _message(request, _("Đã ghi %(count)s người.") % {"count": done})
        return HttpResponseRedirect(reverse("site-make-up", args=[site.pk]))
    rows = roster.of_site(site)
    context = {
        **frame(site, "list"),
        "missed": [shown(row) for row in rows if row.is_expected and row.state not in HERE],
        "above": makeups.attended_above(site),
    }
    return render(request, "conferences/make_up.html", context)


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def guest_list(request: ActorRequest, site_id: int) -> HttpResponse:
    """Guests of a site: one line a guest, name and organisation; who was written by mistake is taken back."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    if request.method == "POST" and "remove" in request.POST:
        if guests.remove(site, _number(request, "remove"), by=request.actor):
            _message(request, _("Đã bỏ khách ghi nhầm; số khách đã trừ lại."))
        return HttpResponseRedirect(reverse("site-guests", args=[site.pk]))
    if request.method == "POST":
        names = request.POST.getlist("name")
        organisations = request.POST.getlist("organisation")
        told = list(zip(names, organisations, strict=False))
        key = request.POST.get("key") or uuid.uuid4().hex
        count = guests.add(site, told, key=key, by=request.actor)
        _message(request, _("Đã ghi %(count)s khách.") % {"count": count})
        return HttpResponseRedirect(reverse("site-guests", args=[site.pk]))
    context = {**frame(site, "list"), "guests": reads.guests(site), "blank": range(3), "now": timezone.now()}
    return render(request, "conferences/guests.html", context)
