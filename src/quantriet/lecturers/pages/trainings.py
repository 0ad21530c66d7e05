"""Training of the corps: courses of a year, one course with who attended, who lacks training, as Excel too."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Action, Crumb
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.text import format_date
from quantriet.lecturers import year_forms
from quantriet.lecturers.commands import trainings as commands
from quantriet.lecturers.commands.trainings import Attended
from quantriet.lecturers.models import Training
from quantriet.lecturers.pages.frame import asked_unit, asked_year, crumbs, own_unit, tabs, years
from quantriet.lecturers.pages.renewal import XLSX
from quantriet.lecturers.queries import corps, trainings
from quantriet.org import access
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.org.queries import people

A_PAGE = 50
FACTS = ("title", "content", "begins_on", "ends_on", "days", "place", "paper")


@page(Can.LECTURER_READ)
def courses(request: ActorRequest) -> HttpResponse:
    """Courses of a year, and how many of my corps attended one."""
    by, unit, year = request.actor, own_unit(request.actor), asked_year(request, ahead=1)
    rows = trainings.trainings(by).filter(begins_on__year=year)
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    may_hold = access.may(by, Can.LECTURER_MANAGE, unit)
    context = {
        "unit": unit,
        "year": year,
        "years": years(ahead=1),
        "shown": shown,
        "trained": trainings.trained(by, unit, year),
        "actions": [Action(_("Ghi lớp tập huấn"), reverse("training-new"), "plus", "primary")]
        if may_hold
        else [],
        "tabs": tabs(by, "trainings"),
    }
    return render(request, "lecturers/trainings.html", context)


def _front() -> Crumb:
    return Crumb(_("Tập huấn"), reverse("trainings"))


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def new(request: ActorRequest) -> HttpResponse:
    """A course of my unit."""
    by, unit = request.actor, own_unit(request.actor)
    form = year_forms.TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.hold(unit, form.course(), by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã ghi lớp. Hãy đánh dấu người dự."))
            return HttpResponseRedirect(reverse("training", args=[made.pk]))
    context = {
        "form": form,
        "unit": unit,
        "title": _("Ghi lớp tập huấn"),
        "verb": _("Ghi lớp"),
        "crumbs": crumbs(by, _front(), Crumb(_("Ghi lớp tập huấn"))),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)


@page(Can.LECTURER_MANAGE, write=Can.LECTURER_MANAGE)
def change(request: ActorRequest, training_id: int) -> HttpResponse:
    """Correct what is known of a course."""
    by = request.actor
    found = _managed(request, training_id)
    initial = {name: getattr(found, name) for name in FACTS}
    form = year_forms.TrainingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change(found, form.course(), by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu."))
            return HttpResponseRedirect(reverse("training", args=[found.pk]))
    context = {
        "form": form,
        "unit": found.unit,
        "title": _("Sửa lớp tập huấn"),
        "verb": _("Lưu"),
        "crumbs": crumbs(
            by, _front(), Crumb(found.title, reverse("training", args=[found.pk])), Crumb(_("Sửa"))
        ),
    }
    return render(request, "lecturers/decide.html", context, status=422 if form.errors else 200)


def _managed(request: ActorRequest, training_id: int) -> Training:
    mine = access.units(request.actor, Can.LECTURER_MANAGE).values("pk")
    return access.row_or_404(trainings.trainings(request.actor).filter(unit__in=mine), training_id)


@page(Can.LECTURER_READ, write=Can.LECTURER_MANAGE)
def training(request: ActorRequest, training_id: int) -> HttpResponse:
    """One course with who attended; who holds it ticks the corps, a page at a time (``q``: by name)."""
    by = request.actor
    found = access.row_or_404(trainings.trainings(by), training_id)
    may_keep = access.may(by, Can.LECTURER_MANAGE, found.unit_id)
    error = ""
    if request.method == "POST":
        access.require(by, Can.LECTURER_MANAGE, found.unit_id)
        try:
            kept = commands.keep_attendance(found, *_ticked(request), by=by)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as refusal:
            error = refusal.sentence
        else:
            said = _("Đã lưu người dự: thêm {new}, sửa {changed}, bỏ {gone}.")
            messages.success(request, said.format(new=kept.new, changed=kept.changed, gone=kept.gone))
            return HttpResponseRedirect(request.get_full_path())
    text = str(request.GET.get("q", ""))[:100]
    rows: QuerySet[Any] = trainings.eligible(found) if may_keep else trainings.attendance(found, by)
    if text:
        rows = rows.filter(person__in=people.among(people.named(text)))
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    ids = [row.person_id for row in shown]
    attended = {row.person_id: row for row in trainings.attendance(found, by).filter(person__in=ids)}
    readings.note(ids, page="lecturers.training", by=by)
    context = {
        "training": found,
        "shown": shown,
        "rows": [(row, attended.get(row.person_id)) for row in shown],
        "q": text,
        "may_keep": may_keep,
        "error": error,
        "actions": [Action(_("Sửa"), reverse("training-change", args=[found.pk]), "pencil")]
        if may_keep
        else [],
        "crumbs": crumbs(by, _front(), Crumb(found.title)),
    }
    return render(request, "lecturers/training.html", context, status=422 if error else 200)


def _ticked(request: ActorRequest) -> tuple[list[Attended], list[int]]:
    """Of the lecturers that were on the screen: those who are ticked with their certificates, and the others."""
    on_screen = {int(one) for one in request.POST.getlist("shown") if one.isdecimal() and len(one) < 18}
    ticked = {int(one) for one in request.POST.getlist("attended") if one.isdecimal() and len(one) < 18}
    attended = [Attended(pk, request.POST.get(f"certificate_{pk}", "")) for pk in sorted(on_screen & ticked)]
    return attended, sorted(on_screen - ticked)


@page(Can.LECTURER_READ)
def lacking(request: ActorRequest) -> HttpResponse:
    """Who serves and has attended no course of a year."""
    by = request.actor
    unit, year = asked_unit(request, Can.LECTURER_READ), asked_year(request)
    shown = Paginator(trainings.lacking(by, unit, year), A_PAGE).get_page(request.GET.get("page"))
    readings.note([row.person_id for row in shown], page="lecturers.lacking", by=by)
    sheet = f"{reverse('trainings-lacking-sheet')}?don_vi={unit.pk}&nam={year}"
    context = {
        "unit": unit,
        "year": year,
        "years": years(),
        "units": [unit, *corps.with_corps(by).exclude(pk=unit.pk)],
        "shown": shown,
        "trained": trainings.trained(by, unit, year),
        "actions": [Action(_("Tải Excel"), sheet, "download")],
        "crumbs": crumbs(by, _front(), Crumb(_("Chưa dự tập huấn"))),
    }
    return render(request, "lecturers/lacking.html", context)


@page(Can.LECTURER_READ)
def lacking_sheet(request: ActorRequest) -> HttpResponse:
    """The same list as Excel."""
    by = request.actor
    unit, year = asked_unit(request, Can.LECTURER_READ), asked_year(request)
    rows = list(trainings.lacking(by, unit, year))
    readings.note([row.person_id for row in rows], page="lecturers.lacking", by=by)
    book = Workbook()
    book.add_table(
        Table(
            title=_("Chưa dự tập huấn năm {year}: {unit}").format(year=year, unit=unit.name),
            columns=[
                TableColumn(_("Họ và tên"), CellKind.TEXT, 28),
                TableColumn(_("Lực lượng"), CellKind.TEXT, 20),
                TableColumn(_("Đơn vị"), CellKind.TEXT, 36),
                TableColumn(_("Điện thoại"), CellKind.TEXT, 16),
                TableColumn(_("Bổ nhiệm"), CellKind.TEXT, 14),
            ],
            rows=[
                (
                    row.person.full_name,
                    row.get_corps_display(),
                    row.unit.name,
                    row.person.phone,
                    format_date(row.appointed_on),
                )
                for row in rows
            ],
            sheet_name=_("Chưa dự tập huấn"),
        )
    )
    response = HttpResponse(book.to_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="chua-du-tap-huan-{year}.xlsx"'
    return response
