"""Many acts from a sheet: upload it, look at each row on the tree of this moment, do the whole."""

from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault
from quantriet.org import access
from quantriet.org.act_words import ActWords, Looked, read_sheet
from quantriet.org.commands import act_lists
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import UploadForm
from quantriet.org.permissions import Can
from quantriet.org.queries import act_sheets as queries
from quantriet.org.queries.act_sheets import KeptSheet, ReadSheet

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50
_SALT = "act-sheet"
_HOURS = 24


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet(request: ActorRequest) -> HttpResponse:
    """Drop a sheet of acts; nothing is done before its rows were looked at."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = queries.keep(form.cleaned_data["file"].read())
            queries.read(kept)
        except DomainError as error:
            form.add_error("file", error.sentence)
        else:
            word = signing.dumps([request.actor.account_id, kept.sha256, kept.kind], salt=_SALT)
            return HttpResponseRedirect(reverse("act-sheet-look", args=[word]))
    words = {
        "form": form,
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (_("Từ tệp Excel"), "")],
    }
    return render(request, "org/act_sheet.html", words, status=422 if form.errors else 200)


@page(Can.UNIT_MANAGE)
def act_sheet_template(request: ActorRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """An empty sheet with the right columns."""
    return _workbook(queries.template(), "mau-sap-xep.xlsx")


@dataclass(frozen=True)
class _Looking:
    """A sheet on the tree of this moment."""

    read: ReadSheet
    looked: Looked
    faults: list[Fault]


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_sheet_look(request: ActorRequest, sheet_word: str) -> HttpResponse:
    """Each row with what it would do, or why not; "Thực hiện" does them all."""
    read, rows, faults = _rows(request, sheet_word)
    if request.method == "POST" and not faults:
        try:
            done = act_lists.carry_out(rows, by=request.actor)
        except DomainError as refused:
            messages.error(request, refused.sentence)  # each row below tells what is wrong with it
        else:
            messages.success(request, _("Đã thực hiện {count} việc sắp xếp.").format(count=len(done)))
            return HttpResponseRedirect(reverse("acts"))
    looking = _look(request, read, rows, faults)
    words = {
        "lines": [(row, words) for row, words in sorted(looking.looked.done.items())],
        "faults": looking.faults,
        "faults_href": reverse("act-sheet-faults", args=[sheet_word]),
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (_("Từ tệp Excel"), reverse("act-sheet"))],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "org/act_sheet_look.html", words, status=status)


@page(Can.UNIT_MANAGE)
def act_sheet_faults(request: ActorRequest, sheet_word: str) -> HttpResponse:
    """The workbook of faulty rows, to fix and send again."""
    looking = _look(request, *_rows(request, sheet_word))
    return _workbook(queries.fault_file(looking.read, looking.faults), "cac-dong-loi.xlsx")


def _rows(request: ActorRequest, sheet_word: str) -> tuple[ReadSheet, dict[int, ActWords], list[Fault]]:
    """What the kept sheet says, and what in it cannot be read; no more than a page can look at."""
    read = queries.read(_kept(request, sheet_word))
    rows, faults = read_sheet(read.sheet.rows, read.columns)
    if len(rows) > MOST_ROWS:
        raise DomainError(
            "act.too_many",
            _(
                "Tệp có {count} việc; trang này nhận {most}. Chưa làm gì; hãy chia tệp hoặc dùng dòng lệnh."
            ).format(count=len(rows), most=MOST_ROWS),
        )
    return read, rows, faults


def _look(request: ActorRequest, read: ReadSheet, rows: dict[int, ActWords], faults: list[Fault]) -> _Looking:
    looked = act_lists.look(rows, by=request.actor)
    return _Looking(read, looked, [*faults, *queries.faults_of(read, looked)])


def _kept(request: ActorRequest, sheet_word: str) -> KeptSheet:
    """The file the word stands for; it is its uploader's alone, for a day."""
    try:
        account_id, sha256, kind = signing.loads(sheet_word, salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature as error:
        raise access.not_found() from error
    if account_id != request.actor.account_id:
        raise access.not_found()
    return KeptSheet(sha256, kind)


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=SHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
