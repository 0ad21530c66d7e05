"""Photographs of the signed paper roll: sent in for the site whose square code they show, looked at, taken back."""

from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences import codes
from quantriet.conferences.commands import photos
from quantriet.conferences.models import Site
from quantriet.conferences.pages.roll_call import frame, site_of
from quantriet.conferences.queries import photos as reads
from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError
from quantriet.core.text import format_date
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

AT_ONCE = 10
"""So many pictures of one call."""


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def new(request: ActorRequest) -> HttpResponse:
    """Send photographs: the page reads the square code in them and chooses the site, else it is chosen by hand."""
    error, status = "", 200
    if request.method == "POST":
        try:
            return _sent(request)
        except DomainError as refused:
            error, status = refused.sentence, refused.status
    sites = reads.sites(request.actor)
    context: dict[str, Any] = {
        "error": error,
        "chosen": request.POST.get("site", request.GET.get("diem-cau", "")),
        "sites": [
            {
                "pk": str(site.pk),
                "code": codes.of_roll(site.conference_id, site.pk),
                "words": f"{format_date(access.local_day(site.conference.starts_at))}: "
                f"{site.conference.title}, {site.name}",
            }
            for site in sites
        ],
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Ảnh tờ ký tên")),
        ],
    }
    response = render(request, "conferences/roll_photo_new.html", context, status=status)
    response.needs_wasm = True  # type: ignore[attr-defined]  # the reader of QR codes
    return response


def _sent(request: ActorRequest) -> HttpResponse:
    told = request.POST.get("site", "")
    if not (told.isascii() and told.isdecimal() and len(told) < 18):
        raise DomainError(
            "photo.site", _("Chưa chọn điểm cầu. Chưa lưu ảnh nào; hãy chọn điểm cầu rồi gửi lại.")
        )
    site = site_of(request, int(told), Can.ATTENDANCE_RECORD)
    sent = [one for one in request.FILES.getlist("photo") if isinstance(one, UploadedFile)]
    if len(sent) > AT_ONCE:
        raise DomainError(
            "photo.at_once",
            _("Mỗi lần gửi nhiều nhất {most} ảnh. Chưa lưu ảnh nào; hãy gửi thành nhiều lần.").format(
                most=AT_ONCE
            ),
        )
    kept = photos.keep(site, [one.read(photos.LIMITS.bytes + 1) for one in sent], by=request.actor)
    words = ngettext("Đã lưu %(count)s ảnh tờ ký tên.", "Đã lưu %(count)s ảnh tờ ký tên.", len(kept))
    messages.success(request, words % {"count": len(kept)})
    return HttpResponseRedirect(reverse("site-roll-photos", args=[site.pk]))


@page(Can.ATTENDANCE_READ, write=Can.ATTENDANCE_RECORD)
def of_site(request: ActorRequest, site_id: int) -> HttpResponse:
    """The photographs of a site; who records there takes one back."""
    if request.method == "POST":
        site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
        asked = request.POST.get("photo", "")
        chosen = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else 0
        photos.take_back(access.row_or_404(reads.of_site(site), chosen), by=request.actor)
        messages.success(request, _("Đã bỏ ảnh. Điểm danh đã ghi vẫn giữ nguyên."))
        return HttpResponseRedirect(reverse("site-roll-photos", args=[site.pk]))
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    context = {
        **frame(site, "list"),
        "photos": list(reads.of_site(site)),
        "may_record": access.may(request.actor, Can.ATTENDANCE_RECORD, site.unit_id),
        "send_to": f"{reverse('roll-photo-new')}?diem-cau={site.pk}",
    }
    return render(request, "conferences/roll_photos.html", context)


@page(Can.ATTENDANCE_READ)
def picture(request: ActorRequest, site_id: int, photo_id: int) -> HttpResponse:
    """One photograph, shown to who reads the list of its site; nothing keeps a copy on the way."""
    site: Site = site_of(request, site_id, Can.ATTENDANCE_READ)
    photo = access.row_or_404(reads.of_site(site), photo_id)
    response = FileResponse(photos.store().open(photo.sha256), content_type=photo.media_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return cast("HttpResponse", response)
