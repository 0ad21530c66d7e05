"""Halls of a subtree: which unit lacks what for a conference, on a page and as Excel."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.campaigns import queries as campaign_queries
from quantriet.campaigns.models import Campaign
from quantriet.conferences.halls import WORDS, Gap
from quantriet.conferences.pages.papers import download
from quantriet.conferences.pages.settled import EXCEL
from quantriet.conferences.queries import halls as reads
from quantriet.conferences.queries.halls import Line
from quantriet.core.components import Action, Crumb, Tab
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can

A_PAGE = 100
LEVELS = (Level.PROVINCE, Level.COMMUNE, Level.BASE)


@dataclass(frozen=True)
class Asked:
    """What is looked at: beside whose roll, units of which level, lacking what."""

    campaigns: Sequence[Campaign]
    campaign: Campaign | None
    level: int | None
    gap: str

    def href(self, name: str, gap: str) -> str:
        """The page or the file with these words, for another gap."""
        words = {
            "dot": self.campaign.pk if self.campaign else 0,
            "cap": "" if self.level is None else self.level,
            "thieu": gap,
        }
        told = urlencode({key: value for key, value in words.items() if value != ""})
        return f"{reverse(name)}?{told}"

    def matching(self, lines: Sequence[Line]) -> list[Line]:
        """The lines that are shown: those that lack something, or just this."""
        return [
            line for line in lines if self.gap in line.halls.gaps() or (not self.gap and line.halls.gaps())
        ]


def _asked(request: ActorRequest) -> Asked:
    campaigns = list(campaign_queries.campaigns(request.actor).filter(state=Campaign.State.ACTIVE)[:50])
    wanted, level, gap = (request.GET.get(name, "") for name in ("dot", "cap", "thieu"))
    usual = campaigns[0] if campaigns and wanted != "0" else None
    return Asked(
        campaigns,
        next((one for one in campaigns if str(one.pk) == wanted), usual),
        next((int(one) for one in LEVELS if str(int(one)) == level), None),
        gap if gap in list(Gap) else "",
    )


@page(Can.CONFERENCE_READ)
def halls(request: ActorRequest) -> HttpResponse:
    """Units above the cell that lack something for a conference, by what they lack."""
    asked = _asked(request)
    lines = reads.lines(request.actor, asked.campaign, asked.level)
    counts = Counter(gap for line in lines for gap in line.halls.gaps())
    lacking = sum(bool(line.halls.gaps()) for line in lines)
    views = [("", _("Còn thiếu"), lacking), *((str(gap), str(WORDS[gap]), counts[gap]) for gap in Gap)]
    shown = Paginator(asked.matching(lines), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "levels": [(int(one), one.label) for one in LEVELS],
        "units": len(lines),
        "whole": len(lines) - lacking,
        "shown": shown,
        "rows": [(line, [WORDS[gap] for gap in line.halls.gaps()]) for line in shown],
        "tabs": [
            Tab(label, asked.href("conference-halls", gap), gap == asked.gap, count)
            for gap, label, count in views
        ],
        "actions": [
            Action(_("Đề nghị của đơn vị"), reverse("facility-requests"), "send"),
            Action(_("Tải Excel"), asked.href("conference-halls-sheet", asked.gap), "file-spreadsheet"),
        ],
        "crumbs": [Crumb(pgettext("place", "Hội nghị"), reverse("conferences")), Crumb(_("Hội trường"))],
    }
    return render(request, "conferences/halls.html", context)


@page(Can.CONFERENCE_READ)
def halls_sheet(request: ActorRequest) -> HttpResponse:
    """The same list as Excel."""
    asked = _asked(request)
    lines = asked.matching(reads.lines(request.actor, asked.campaign, asked.level))
    columns = [
        TableColumn("TT", CellKind.INTEGER, 6),
        TableColumn("Đơn vị", width=44),
        TableColumn("Số hội trường", CellKind.INTEGER),
        TableColumn("Số chỗ", CellKind.INTEGER),
        TableColumn("Người triệu tập", CellKind.INTEGER),
        TableColumn("Có màn hình", CellKind.INTEGER),
        TableColumn("Có đường truyền", CellKind.INTEGER),
        TableColumn("Có đường dự phòng", CellKind.INTEGER),
        TableColumn("Còn thiếu", width=50),
    ]
    with translation.override("vi"):
        rows = [_sheet_row(number, line) for number, line in enumerate(lines, start=1)]
    about = (f"Theo danh sách triệu tập: {asked.campaign.title}",) if asked.campaign else ()
    book = Workbook()
    book.add_table(Table("Hội trường còn thiếu", columns, rows, subtitles=about, sheet_name="Hội trường"))
    return download(book.to_bytes(), EXCEL, "hoi truong con thieu.xlsx")


def _sheet_row(number: int, line: Line) -> list[object]:
    of = line.halls
    missing = "; ".join(str(WORDS[gap]) for gap in of.gaps())
    counts = [of.count, of.seats, of.people, of.screens, of.lines, of.second_lines]
    return [number, line.name, *counts, missing]
