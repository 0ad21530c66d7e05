"""The wall of sites: provinces, communes, sites; a page that hears of changes and fetches only what changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import wall as walls
from quantriet.conferences.queries.wall import Cell, Group, Level, Standing
from quantriet.core.components import Crumb, Tab, number_style
from quantriet.core.text import format_datetime, format_int
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

FILTERS = ("su-co", "chua-bao-cao", "chua-chuan-bi", "chua-thu", "thieu-cho")
CELLS = 120
"""So many cells a page."""


@dataclass(frozen=True)
class Shown:
    """A cell as it stands on the wall; ``key`` is its place in the page, ``news`` when it changed last."""

    key: str
    href: str
    name: str
    shape: str
    word: str
    figures: str
    detail: str
    last: str
    news: int


@dataclass(frozen=True)
class Asked:
    """What of the wall is looked at: below which unit, which filter, and what the page knows already."""

    conference: Conference
    unit_id: int | None
    chosen: str
    known: int | None
    frame: str

    def href(self, *, unit_id: int | None = None, chosen: str = "", **more: Any) -> str:
        """The wall elsewhere."""
        query = {"don_vi": unit_id, "loc": chosen, **more}
        words = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        address = reverse("conference-wall", args=[self.conference.pk])
        return f"{address}?{words}" if words else address


def _asked(request: ActorRequest, conference: Conference) -> Asked:
    chosen = request.GET.get("loc", "")
    return Asked(
        conference,
        _number(request.GET.get("don_vi", "")),
        chosen if chosen in FILTERS else "",
        _number(request.GET.get("so", "")),
        request.GET.get("khung", ""),
    )


def _number(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 18 else None


@page(Can.CONFERENCE_READ)
def wall(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The sites I may see, as cells a unit below. Asked with what the page knows (``so``, the news it holds, and
    ``khung``, its cells) it answers with the cells that changed, or nothing.
    """
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    asked = _asked(request, one)
    standing = Standing(one, by=request.actor)
    level = walls.level(standing, asked.unit_id, asked.chosen)
    if asked.known == level.news and asked.known is not None:
        return HttpResponse(status=204)
    items: list[Group | int] = [*level.groups, *level.site_ids]
    shown = Paginator(items, CELLS).get_page(request.GET.get("page"))
    cells = _cells(standing, asked, list(shown))
    frame = hashlib.blake2s("|".join(cell.key for cell in cells).encode(), digest_size=6).hexdigest()
    news = asked.href(
        unit_id=asked.unit_id,
        chosen=asked.chosen,
        page=shown.number if shown.number > 1 else None,
        so=level.news,
        khung=frame,
    )
    context = {
        "one": one,
        "sums": level.sums,
        "cells": cells,
        "shown": shown,
        "is_filtered": bool(asked.chosen),
        "news_url": news,
        "tabs": _tabs(asked, level, standing),
        "reminds": _reminds(request, standing, level),
        "way": [(name, asked.href(unit_id=unit_id, chosen=asked.chosen)) for unit_id, name in level.way],
        "crumbs": _crumbs(one),
    }
    if asked.known is None:
        return render(request, "conferences/wall.html", context)
    known = asked.known
    context["same_frame"] = frame == asked.frame
    context["changed"] = [cell for cell in cells if cell.news > known]
    return render(request, "conferences/wall_changes.html", context)


def _crumbs(one: Conference) -> list[Crumb]:
    return [
        Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
        Crumb(one.title, reverse("conference", args=[one.pk])),
        Crumb(_("Các điểm cầu")),
    ]


def _reminds(request: ActorRequest, standing: Standing, level: Level) -> bool:
    """Whether the reader may remind sites that are not ready, and there are any."""
    one = standing.conference
    waits = one.state == Conference.State.PLANNED and bool(level.sums.unready)
    return waits and access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id)


def _tabs(asked: Asked, level: Level, standing: Standing) -> list[Tab]:
    """Views of the wall; what is to be got ready is none after the end."""
    counts = [
        ("", _("Tất cả"), level.sums.sites),
        ("su-co", _("Sự cố"), level.sums.troubled),
        ("chua-bao-cao", _("Chưa báo cáo"), level.sums.silent),
    ]
    if standing.is_before:
        counts += [
            ("chua-chuan-bi", _("Chưa chuẩn bị xong"), level.sums.unready),
            ("chua-thu", _("Chưa thử đường truyền"), level.sums.untested),
            ("thieu-cho", _("Thiếu chỗ"), level.sums.short),
        ]
    return [
        Tab(label, asked.href(unit_id=asked.unit_id, chosen=chosen), chosen == asked.chosen, count)
        for chosen, label, count in counts
    ]


def _cells(standing: Standing, asked: Asked, items: Sequence[Group | int]) -> list[Shown]:
    """Groups as they come, then sites: those of a whole level by name, a filtered list in the order of the tree."""
    groups = [item for item in items if isinstance(item, Group)]
    ids = [item for item in items if isinstance(item, int)]
    found = Site.objects.in_bulk(ids)
    sites = [found[pk] for pk in ids if pk in found]
    if not asked.chosen:
        sites.sort(key=lambda site: (not site.is_hub, site.name, site.pk))
    return [_group(group, asked) for group in groups] + [_site(cell) for cell in standing.cells(sites)]


def _group(group: Group, asked: Asked) -> Shown:
    sums = group.sums
    return Shown(
        key=f"unit-{group.unit_id}",
        href=asked.href(unit_id=group.unit_id),
        name=group.name,
        shape=group.shape,
        word=_group_word(group),
        figures=present_words(sums.present, sums.summoned),
        detail=_detail(sums),
        last=last_words(sums.last_at),
        news=sums.news,
    )


def _group_word(group: Group) -> str:
    style, sums = number_style(), group.sums
    if sums.troubled:
        return ngettext("%(count)s sự cố", "%(count)s sự cố", sums.troubled) % {
            "count": format_int(sums.troubled, style)
        }
    words = {"missing": _("Chưa báo cáo"), "not_due": _("Đã lên lịch"), "done": _("Đã kết thúc")}
    return words.get(group.shape) or _("%(count)s/%(sites)s đã kết nối") % {
        "count": format_int(sums.connected + sums.closed, style),
        "sites": format_int(sums.sites, style),
    }


def _detail(sums: walls.Sums) -> str:
    """How many sites, and how many of them stand otherwise than the word of the cell says."""
    style = number_style()
    counted = (
        (sums.sites, _("%(count)s điểm cầu")),
        (sums.ready, _("%(count)s sẵn sàng")),
        (sums.silent, _("%(count)s chưa báo cáo")),
        (sums.untested, _("%(count)s chưa thử đường truyền")),
    )
    return " · ".join(words % {"count": format_int(count, style)} for count, words in counted if count)


def _site(cell: Cell) -> Shown:
    return Shown(
        key=f"site-{cell.site.pk}",
        href=reverse("site", args=[cell.site.pk]),
        name=cell.site.name,
        shape=cell.shape,
        word=cell.word,
        figures=present_words(cell.present, cell.summoned),
        detail=test_words(cell),
        last=last_words(cell.last_at),
        news=cell.news,
    )


def test_words(cell: Cell) -> str:
    """Whether the connection was tested, and how much too late; nothing where all is well."""
    if cell.is_untested:
        return _("chưa thử đường truyền")
    if cell.minutes_late:
        return _("thử đường truyền muộn %(minutes)s phút") % {
            "minutes": format_int(cell.minutes_late, number_style())
        }
    return ""


def present_words(present: int | None, summoned: int | None) -> str:
    """`1.356/1.468`; what nobody told is a dash."""
    style = number_style()
    told = ("–" if count is None else format_int(count, style) for count in (present, summoned))
    return "/".join(told)


def last_words(moment: datetime | None) -> str:
    """When the last word came, by the clock: a page that stays open stays true."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    when = f"{local:%H:%M:%S}" if local.date() == timezone.localdate() else format_datetime(moment)
    return _("Tin cuối %(when)s") % {"when": when}
