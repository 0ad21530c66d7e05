"""The phones and readers of a site: which there are, a one-time code for one more, stop one that was lost."""

import hashlib
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quantriet.conferences.commands import devices as commands
from quantriet.conferences.models import Device
from quantriet.conferences.pages.roll_call import site_of
from quantriet.conferences.queries import devices as reads
from quantriet.core.components import Crumb
from quantriet.core.office.sheets_print import qr_svg
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def devices(request: ActorRequest, site_id: int) -> HttpResponse:
    """The devices of a site; ``POST`` offers a code for one more, shown on this page once."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    offer = None
    if request.method == "POST":
        offer = commands.offer(site, label=request.POST.get("label", ""), by=request.actor)
    check_in = request.build_absolute_uri(reverse("check-in"))
    now, until = timezone.now(), reads.valid_until(site.conference)
    context = {
        "site": site,
        "offer": offer,
        "code": f"{offer.code[:5]}-{offer.code[5:]}" if offer else "",
        "check_in": check_in,
        "picture": _picture(check_in, offer) if offer else "",
        "rows": [(device, _shape(device, now, until)) for device in reads.of_site(site)[:200]],
        "crumbs": [
            Crumb(_("Hội nghị"), reverse("conferences")),
            Crumb(site.name, reverse("site", args=[site.pk])),
            Crumb(_("Máy điểm danh")),
        ],
    }
    return render(request, "conferences/devices.html", context)


def _picture(check_in: str, offer: commands.Offer) -> SafeString:
    """A QR code that opens the check-in page with its code, behind the #: browsers keep that to themselves, so the
    code stands in no log.
    """
    return mark_safe(qr_svg(f"{check_in}#ma={offer.code}"))  # noqa: S308 (drawn here, from nothing but modules)


def _shape(device: Device, now: datetime, until: datetime) -> tuple[str, str]:
    """How a device stands, by shape and word."""
    if device.revoked_at is not None:
        return "missing", _("Đã ngừng")
    if device.enrolled_at is None:
        waits = device.code_until is not None and device.code_until > now
        return ("due_soon", _("Chờ nhập mã")) if waits else ("missing", _("Mã đã quá hạn"))
    return ("done", _("Đang dùng")) if until > now else ("exempt", _("Đã hết hạn"))


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def revoke(request: ActorRequest, site_id: int) -> HttpResponse:
    """Stop a device: nothing it sends from now on is recorded."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    if request.method == "POST":
        chosen = request.POST.get("device", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
        device = access.row_or_404(Device.objects.filter(site=site).select_related("site"), pk)
        commands.revoke(device, by=request.actor)
        messages.success(request, _("Đã ngừng máy %(label)s.") % {"label": device.label})
    return HttpResponseRedirect(reverse("site-devices", args=[site.pk]))


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def enrol(request: ActorRequest, site_id: int) -> HttpResponse:
    """The scan page asks for the key with which this browser signs what it reads, one a session and site."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("site-scan", args=[site.pk]))
    # A trace of the session, not its key: who reads the table cannot take the session over.
    trace = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
    key = commands.enrol(site, session_key=trace, by=request.actor)
    return JsonResponse({"device": key.device.pk, "key": key.key.hex()})
