"""Settled attendance: the sums of a conference open to its sites, those of a site to its people; both as Excel."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quantriet.campaigns import policy as policies
from quantriet.conferences.commands import afterwards
from quantriet.conferences.models import Conference, Incident, Site
from quantriet.conferences.pages.papers import download
from quantriet.conferences.pages.roll_call import site_of
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import settled as queries
from quantriet.conferences.queries.settled import Line, Whole
from quantriet.conferences.settlement import SUMMONED, WORDS, Outcome, Sums, Word
from quantriet.core.components import Crumb, Tab
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_datetime
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

A_PAGE = 50
LISTED = (*SUMMONED, Outcome.EXEMPT)
"""What a sheet tells of each site; who came beside the list stands with the guests."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES = {
    Outcome.PRESENT: "done",
    Outcome.LATE: "due_soon",
    Outcome.LEFT_EARLY: "due_soon",
    Outcome.TOO_SHORT: "overdue",
    Outcome.MADE_UP: "done",
    Outcome.SUPERIOR: "done",
    Outcome.EXCUSED: "exempt",
    Outcome.ABSENT: "missing",
    Outcome.UNSAID: "not_due",
    Outcome.EXEMPT: "exempt",
    Outcome.BESIDE: "done",
}


def _sites(whole: Whole) -> QuerySet[Site]:
    rows = Site.objects.filter(pk__in=whole.site_ids).select_related("unit")
    return rows.order_by("-is_hub", "unit__sort_key", "name", "id")


TEXTS: Mapping[Word, tuple[Promise, Promise]] = {
    Word.THANKS: (
        gettext_lazy("Mọi người đã học"),
        gettext_lazy("Cảm ơn đơn vị đã dự đầy đủ hội nghị."),
    ),
    Word.MAKE_UP: (
        gettext_lazy("Còn người chưa học"),
        gettext_lazy("Còn người chưa học. Đề nghị tổ chức xem lại bản ghi và ghi học bù cho từng người."),
    ),
    Word.REPORT: (
        gettext_lazy("Chưa báo cáo"),
        gettext_lazy("Điểm cầu chưa báo cáo có mặt. Đề nghị ghi điểm danh hoặc khai tổng số."),
    ),
}


@page(Can.ATTENDANCE_READ, write=Can.CONFERENCE_MANAGE)
def settled(request: ActorRequest, conference_id: int) -> HttpResponse:
    """A conference: people and attendances of each outcome, as a whole and by site; one act tells the sites."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    if request.method == "POST":
        told = afterwards.tell(one, {word: request.POST.get(word, "") for word in Word}, by=request.actor)
        messages.success(
            request,
            _("Đã gửi: cảm ơn {thanks}, học bù {make_up}, nhắc báo cáo {report} đơn vị.").format(
                **{str(word): count for word, count in told.items()}
            ),
        )
        return HttpResponseRedirect(reverse("conference-settled", args=[one.pk]))
    whole = queries.whole(one, by=request.actor)
    shown = Paginator(_sites(whole), A_PAGE).get_page(request.GET.get("page"))
    of_sites = queries.by_site(one, [site.pk for site in shown], whole.summoned, whole.exempt)
    context = {
        "one": one,
        "sums": whole.sums,
        "outcomes": _outcomes(whole.sums),
        "heads": [WORDS[outcome] for outcome in _said(whole.sums)],
        "lines": [(site, of_sites[site.pk], _cells(of_sites[site.pk], whole.sums)) for site in shown],
        "shown": shown,
        "texts": _texts(request, one),
        "timing": queries.timing_of(one),
        "remarks": queries.remarks_by_unit(one),
        "is_delegated": queries.is_delegated(one),
        "minimum": _minimum(one),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Kết quả điểm danh")),
        ],
    }
    return render(request, "conferences/settled.html", context)


def _texts(request: ActorRequest, one: Conference) -> list[dict[str, Any]]:
    """For who manages a closed conference: to how many units each word goes, and what it usually says."""
    manages = access.may(request.actor, Can.CONFERENCE_MANAGE, one.unit_id)
    if one.state != Conference.State.CLOSED or not manages:
        return []
    lists = queries.lists(one, by=request.actor)
    return [
        {"name": word.value, "title": title, "text": text, "count": len(lists[word])}
        for word, (title, text) in TEXTS.items()
    ]


def _outcomes(sums: Sums) -> list[dict[str, Any]]:
    return [
        {"value": outcome.value, "word": WORDS[outcome], "shape": SHAPES[outcome], "count": sums.of[outcome]}
        for outcome in Outcome
        if sums.of[outcome]
    ]


def _said(sums: Sums) -> list[Outcome]:
    """The outcomes of a list, and who is exempt, that occur anywhere: the others would be columns of nothing."""
    return [outcome for outcome in LISTED if sums.of[outcome]]


def _cells(of_site: Sums, whole: Sums) -> list[tuple[str, object, int]]:
    """The counts of a site, each with its word and what its rows are asked for by."""
    return [(outcome.value, WORDS[outcome], of_site.of[outcome]) for outcome in _said(whole)]


def _minimum(one: Conference) -> dict[str, Any] | None:
    """The shortest stay that counts, where the policy of the campaign asks for one, with the clause that says so."""
    if one.campaign is None:
        return None
    policy = policies.from_data(one.campaign.policy)
    return {"share": policy.minimum_share, "clause": policy.clause} if policy.minimum_share else None


@page(Can.ATTENDANCE_READ)
def of_site(request: ActorRequest, site_id: int) -> HttpResponse:
    """A site person by person; ``la`` leaves those of one outcome."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    found = queries.of_site(site)
    chosen = request.GET.get("la", "")
    lines = [line for line in found.lines if chosen in ("", line.outcome.value)]
    context = {
        "site": site,
        "one": site.conference,
        "sums": found.sums,
        "tabs": _tabs(found.sums, chosen),
        "lines": [(line.row, WORDS[line.outcome], SHAPES[line.outcome]) for line in lines],
        "minimum": _minimum(site.conference),
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(site.name, reverse("site", args=[site.pk])),
            Crumb(_("Kết quả điểm danh")),
        ],
    }
    return render(request, "conferences/settled_site.html", context)


def _tabs(sums: Sums, chosen: str) -> list[Tab]:
    """Everybody, and those of each outcome that somebody has."""
    every = Tab(_("Tất cả"), "?", active=chosen == "")
    return [
        every,
        *(
            Tab(str(one["word"]), f"?la={one['value']}", active=chosen == one["value"], count=one["count"])
            for one in _outcomes(sums)
        ),
    ]


@page(Can.ATTENDANCE_READ)
def sheet(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The sums of a conference by site as Excel, the whole as its last line."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    whole = queries.whole(one, by=request.actor)
    of_sites = queries.by_site(one, whole.site_ids, whole.summoned, whole.exempt)
    with translation.override("vi"):
        columns = [
            TableColumn("Điểm cầu", width=34),
            TableColumn("Đơn vị", width=34),
            TableColumn("Triệu tập", CellKind.INTEGER),
            *(TableColumn(str(WORDS[outcome]), CellKind.INTEGER) for outcome in LISTED),
            *(
                TableColumn(title, CellKind.INTEGER)
                for title in ("Đã học (người)", "Lượt dự", "Khách (lượt)")
            ),
        ]
    rows = (_sheet_row(site.name, site.unit.name, of_sites[site.pk]) for site in _sites(whole).iterator())
    book = Workbook()
    totals = _sheet_row("Cộng", "", whole.sums)
    book.add_table(Table(one.title, columns, rows, totals=totals, sheet_name="Kết quả điểm danh"))
    return download(book.to_bytes(), EXCEL, f"ket qua diem danh {one.pk}.xlsx")


def _sheet_row(name: str, unit: str, sums: Sums) -> list[object]:
    counts = [sums.of[outcome] for outcome in LISTED]
    return [name, unit, sums.summoned, *counts, sums.people, sums.turns, sums.guests]


@page(Can.ATTENDANCE_READ)
def site_sheet(request: ActorRequest, site_id: int) -> HttpResponse:
    """The people of a site with their outcomes as Excel."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    found = queries.of_site(site)
    columns = [
        TableColumn("TT", CellKind.INTEGER, 6),
        TableColumn("Họ và tên", width=28),
        TableColumn("Năm sinh"),
        TableColumn("Đơn vị", width=32),
        TableColumn("Kết quả", width=22),
        TableColumn("Vào", width=18),
        TableColumn("Ra", width=18),
        TableColumn("Lý do", width=28),
    ]
    with translation.override("vi"):
        rows = [_person(number, line) for number, line in enumerate(found.lines, start=1)]
    book = Workbook()
    book.add_table(
        Table(site.conference.title, columns, rows, subtitles=(site.name,), sheet_name="Kết quả điểm danh")
    )
    return download(book.to_bytes(), EXCEL, f"ket qua diem danh {site.pk}.xlsx")


@page(Can.ATTENDANCE_READ)
def monitoring(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The monitor's sheet as Excel: hours, minutes, counts, what went wrong. It names no one."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    whole = queries.whole(one, by=request.actor)
    incidents = Incident.objects.filter(site__in=whole.site_ids).order_by("kind").values_list("kind")
    troubles = incidents.annotate(how_many=Count("id"))
    with translation.override("vi"):
        rows = [*_hours(one), *_counts(whole), *_minutes(one)]
        rows += [(f"Sự cố: {Incident.Kind(kind).label}", count) for kind, count in troubles]
        rows += [(f"Ý kiến: {unit}", count) for unit, count in queries.remarks_by_unit(one)]
    book = Workbook()
    columns = [TableColumn("Nội dung", width=48), TableColumn("Số liệu", width=30)]
    book.add_table(
        Table(one.title, columns, [(what, str(told)) for what, told in rows], sheet_name="Phiếu theo dõi")
    )
    return download(book.to_bytes(), EXCEL, f"phieu theo doi {one.pk}.xlsx")


def _hours(one: Conference) -> list[tuple[str, object]]:
    told = [("Bắt đầu theo kế hoạch", one.starts_at), ("Kết thúc theo kế hoạch", one.ends_at)]
    told += [(what, at) for what, at in (("Mở lúc", one.opened_at), ("Kết thúc lúc", one.closed_at)) if at]
    chaired = "người đứng đầu" if one.head_chaired else "cấp phó"
    taught = "người đứng đầu" if one.head_taught else "người khác"
    return [
        *((what, format_datetime(at)) for what, at in told),
        ("Chủ trì", chaired),
        ("Truyền đạt", taught),
    ]


def _counts(whole: Whole) -> list[tuple[str, object]]:
    sums = whole.sums
    told: list[tuple[str, object]] = [("Điểm cầu", len(whole.site_ids)), ("Triệu tập", sums.summoned or "")]
    told += [(str(WORDS[outcome]), sums.of[outcome]) for outcome in LISTED]
    return [*told, ("Đã học (người)", sums.people), ("Lượt dự", sums.turns), ("Khách (lượt)", sums.guests)]


def _minutes(one: Conference) -> list[tuple[str, object]]:
    """Planned and actual; the names of who presented stand on the agenda only."""
    told = queries.timing_of(one)
    rows: list[tuple[str, object]] = [
        (
            f"{line.item.number or line.item.title} (phút)" + (", bị cắt giờ" if line.is_squeezed else ""),
            f"{line.item.planned} → {'' if line.item.actual is None else line.item.actual}",
        )
        for line in told.lines
    ]
    return rows


def _person(number: int, line: Line) -> list[object]:
    row = line.row
    return [
        number,
        row.full_name,
        str(row.birth_year or ""),
        row.unit_name,
        str(WORDS[line.outcome]),
        format_datetime(row.in_at) if row.in_at else "",
        format_datetime(row.out_at) if row.out_at else "",
        row.excuse,
    ]
