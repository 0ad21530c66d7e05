"""What conferences cost: the lists of a conference and of a site, the year summed up the tree, Excel."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.conferences.commands import costs as commands
from quantriet.conferences.commands.costs import Purse
from quantriet.conferences.cost_forms import CostsForm
from quantriet.conferences.models import CostLine
from quantriet.conferences.pages.papers import download
from quantriet.conferences.pages.settled import EXCEL
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import costs as queries
from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

FIRST_YEAR = 2020
LINES_SHOWN = 200
"""So many lines of a unit's own stand on its page; all of them are in the Excel."""


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def of_conference(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The costs of a conference as a whole, for its own unit; those of its sites are theirs."""
    mine = access.units(request.actor, Can.CONFERENCE_READ)
    one = access.row_or_404(reads.conferences(request.actor).filter(unit__in=mine), conference_id)
    crumbs = [Crumb(one.title, reverse("conference", args=[one.pk]))]
    return _list(request, Purse(one), reverse("conference-costs", args=[one.pk]), crumbs)


@page(Can.CONFERENCE_READ, write=Can.CONFERENCE_MANAGE)
def of_site(request: ActorRequest, site_id: int) -> HttpResponse:
    """The costs of a site, for the unit that runs it."""
    mine = access.units(request.actor, Can.CONFERENCE_READ)
    rows = reads.sites(request.actor, Can.CONFERENCE_READ).filter(unit__in=mine)
    one = access.row_or_404(rows, site_id)
    crumbs = [
        Crumb(one.conference.title, reverse("conference", args=[one.conference_id])),
        Crumb(one.name, reverse("site", args=[one.pk])),
    ]
    return _list(request, Purse(one.conference, one), reverse("site-costs", args=[one.pk]), crumbs)


def _list(request: ActorRequest, purse: Purse, here: str, crumbs: list[Crumb]) -> HttpResponse:
    standing = purse.standing()
    keeps = access.may(request.actor, Can.CONFERENCE_MANAGE, purse.unit_id)
    if request.method == "POST" and not keeps:
        raise access.not_found()
    seen = commands.version(standing)
    form = CostsForm(
        request.POST if request.method == "POST" else None, costs=standing, initial={"seen": seen}
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.keep(purse, form.costs(), seen=form.cleaned_data["seen"], by=request.actor)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(here)
    context = {
        "purse": purse,
        "costs": standing,
        "sums": queries.total(queries.of_line(one.planned, one.actual) for one in standing),
        "whole": queries.of_conference(purse.conference, request.actor) if purse.site is None else None,
        "form": form if keeps else None,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            *crumbs,
            Crumb(_("Kinh phí")),
        ],
    }
    return render(request, "conferences/costs.html", context, status=422 if form.errors else 200)


def _year(request: ActorRequest) -> tuple[int, range]:
    this_year = timezone.localdate().year
    years = range(this_year + 1, FIRST_YEAR - 1, -1)
    asked = request.GET.get("nam", "")
    return (int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else this_year), years


def _unit(request: ActorRequest) -> Unit:
    """The unit looked at: one below, or the actor's own."""
    asked = request.GET.get("don_vi", "")
    if asked:
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else 0
        return access.unit_or_404(request.actor, Can.CONFERENCE_READ, number)
    return access.authority_unit(Unit.objects.select_related("committee").get(pk=request.actor.unit_id))


@page(Can.CONFERENCE_READ)
def of_year(request: ActorRequest) -> HttpResponse:
    """A year's costs of a unit and of those directly below it, down to the lines."""
    (year, years), unit = _year(request), _unit(request)
    told = queries.year_of(unit, request.actor, year)
    rows = queries.borne_by(unit, request.actor, year)
    here, sheet = reverse("costs"), reverse("costs-sheet")
    context = {
        "unit": unit,
        "year": year,
        "years": years,
        "below": told.below,
        "mine": told.mine,
        "sums": told.whole,
        "lines": rows[:LINES_SHOWN] if told.mine.lines else [],
        "actions": [Action(_("Tải Excel"), f"{sheet}?nam={year}", "file-spreadsheet")],
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(_("Kinh phí"), f"{here}?nam={year}"),
            Crumb(unit.name),
        ],
    }
    return render(request, "conferences/costs_year.html", context)


@page(Can.CONFERENCE_READ)
def of_year_sheet(request: ActorRequest) -> HttpResponse:
    """A year's lines of all units of the actor as Excel, with their sum."""
    year, _years = _year(request)
    rows = list(queries.lines(request.actor, year).select_related("conference__unit", "site__unit"))
    columns = [
        TableColumn("TT", CellKind.INTEGER, 6),
        TableColumn("Đơn vị", width=36),
        TableColumn("Hội nghị", width=44),
        TableColumn("Điểm cầu", width=30),
        TableColumn("Ngày họp", CellKind.DATE),
        TableColumn("Khoản", width=24),
        TableColumn("Nội dung", width=32),
        TableColumn("Nguồn", width=22),
        TableColumn("Dự kiến (đồng)", CellKind.INTEGER, 18),
        TableColumn("Thực chi (đồng)", CellKind.INTEGER, 18),
    ]
    with translation.override("vi"):
        told = [_sheet_row(number, row) for number, row in enumerate(rows, start=1)]
    totals = ["", "Cộng", *[""] * 6, sum(row.planned for row in rows), sum(row.actual or 0 for row in rows)]
    book = Workbook()
    book.add_table(
        Table(f"Kinh phí hội nghị năm {year}", columns, told, totals=totals, sheet_name="Kinh phí")
    )
    return download(book.to_bytes(), EXCEL, f"kinh phi hoi nghi {year}.xlsx")


def _sheet_row(number: int, row: CostLine) -> list[object]:
    bearer = row.site.unit if row.site is not None else row.conference.unit
    return [
        number,
        bearer.name,
        row.conference.title,
        row.site.name if row.site is not None else "",
        access.local_day(row.conference.starts_at),
        row.get_item_display(),
        row.title,
        row.get_money_display(),
        row.planned,
        row.actual,
    ]
