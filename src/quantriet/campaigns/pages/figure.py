"""The rows behind a figure: people, units, declared totals, and every entry of the ledger with who wrote it."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.campaigns import queries
from quantriet.campaigns.models import Declaration, Obligation, RollLine
from quantriet.campaigns.pages.board_cells import Shown, mix_of, shown, state_of
from quantriet.campaigns.pages.board_sheet import XLSX
from quantriet.campaigns.pages.people_markup import people_rows
from quantriet.campaigns.queries import Lens
from quantriet.core.addresses import addresses
from quantriet.core.components import Tab
from quantriet.core.office.sheets_out import CellKind, Table, TableColumn, Workbook
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import ui_state, vn_date
from quantriet.core.text import format_date
from quantriet.ledger.figures import Figures
from quantriet.ledger.measures import Grade, Measure
from quantriet.ledger.models import Entry
from quantriet.ledger.rollup import NOTHING, Amount
from quantriet.org import access, audit
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

A_PAGE = 100
LONGEST_SHEET = 300_000

# Which command wrote a batch, in the words of the office.
ORIGINS = {
    "campaigns.start": gettext_lazy("Giao việc khi mở đợt"),
    "campaigns.draw_roll": gettext_lazy("Lập danh sách triệu tập"),
    "roll.correct": gettext_lazy("Điều chỉnh danh sách triệu tập"),
    "roll.move": gettext_lazy("Chuyển dòng danh sách sang đơn vị khác"),
    "roll.excuse": gettext_lazy("Ghi vắng có lý do"),
    "declarations.declare": gettext_lazy("Nhập nhanh tổng số"),
    "lecturers.result": gettext_lazy("Kết quả tuyên truyền miệng"),
    "lecturers.talk": gettext_lazy("Buổi nói chuyện đơn vị tự tổ chức"),
    "obligations.fulfil": gettext_lazy("Ghi nhận đã làm"),
    "obligations.reopen": gettext_lazy("Mở lại việc"),
    "obligations.waive": gettext_lazy("Miễn"),
    "obligations.hand_over": gettext_lazy("Bàn giao việc cho đơn vị kế thừa"),
    "ledger.reverse": gettext_lazy("Hoàn tác"),
    "credits.withdraw": gettext_lazy("Rút ghi nhận"),
    "attendance.record": gettext_lazy("Điểm danh"),
    "attendance.credit_superior": gettext_lazy("Công nhận đã dự ở cấp trên"),
    "guests.add": gettext_lazy("Ghi khách"),
    "guests.remove": gettext_lazy("Hoàn tác"),
    "meetings.remark": gettext_lazy("Ghi ý kiến"),
    "conferences.close": gettext_lazy("Kết thúc hội nghị"),
    "reviews.accept": gettext_lazy("Chấp nhận báo cáo"),
}


@dataclass(frozen=True)
class Behind:
    """A figure with what it rests on.

    Of a past day ``outside`` of it stand at units that are not the actor's to see today, and ``otherwise`` rows of it
    are not listed because they have changed since (negative: listed, but not counted then).
    """

    view: Shown
    measure: Measure
    amount: Amount
    people: QuerySet[RollLine] | None
    duties: QuerySet[Obligation] | None
    totals: list[tuple[Declaration, int]]
    entries: QuerySet[Entry]
    outside: int = 0
    otherwise: int = 0

    @property
    def declared(self) -> int:
        """What of the figure stands there as declared totals."""
        return sum(amount for _row, amount in self.totals)


def measure_or_404(name: str) -> Measure:
    """The measure of an address."""
    found = Measure.__members__.get(name.upper())
    if found is None:
        raise access.not_found()
    return found


def behind(view: Shown, measure: Measure) -> Behind:
    """The figure and its rows, as the address looks at them."""
    campaign, unit = view.looking.campaign, view.looking.unit
    lens = dataclasses.replace(view.lens, alone=view.only_own)
    if campaign.book_id is None:
        raise access.not_found()
    people = queries.people_behind(campaign, unit, measure, lens=lens)
    duties = queries.obligations_behind(campaign, unit, measure, lens=lens)
    totals = queries.totals_behind(campaign, unit, measure, lens=lens)
    entries = queries.entries_behind(campaign, unit, measure, lens=lens)
    read = lens.read(campaign.book_id, whole=people is None and not totals)
    counts = read.own(unit.pk) if lens.alone else read.below(unit.pk)
    found = Behind(view, measure, counts.get(measure, NOTHING), people, duties, totals, entries)
    return _within_sight(found, lens, read) if lens.is_past else found


def _within_sight(found: Behind, lens: Lens, read: Figures) -> Behind:
    """The rows of a past day that the actor may see today: access follows today's tree. And how many others it has."""
    looking = found.view.looking
    hidden: set[int] = set()
    if lens.as_then and not lens.alone:
        seen = access.units(looking.actor, Can.CAMPAIGN_READ)
        hidden = set(lens.units(looking.unit).exclude(pk__in=seen.values("pk")).values_list("pk", flat=True))
    people = found.people.exclude(unit__in=hidden) if found.people is not None else None
    duties = found.duties.exclude(unit__in=hidden) if found.duties is not None else None
    totals = [(row, amount) for row, amount in found.totals if row.unit_id not in hidden]
    held = read.held(found.measure) if hidden else {}
    outside = sum(held.get(unit_id, 0) for unit_id in hidden)
    listed = sum(amount for _row, amount in totals)
    listed += people.count() if people is not None else 0
    listed += duties.count() if duties is not None else 0
    return dataclasses.replace(
        found,
        people=people,
        duties=duties,
        totals=totals,
        outside=outside,
        otherwise=found.amount.total - outside - listed,
    )


def _names_allowed(found: Behind) -> bool:
    return access.may(found.view.looking.actor, Can.ATTENDANCE_READ, found.view.looking.unit)


@page(Can.CAMPAIGN_READ)
def figure(request: ActorRequest, campaign_id: int, name: str) -> HttpResponse:
    """One figure: its evidence on top, then its rows; ``xem=so`` shows the entries of the ledger instead, and
    ``xem=lich-su`` how the figure came about, posting by posting.
    """
    view, _form = shown(request, campaign_id)
    found = behind(view, measure_or_404(name))
    has_rows = found.people is not None or found.duties is not None or bool(found.totals)
    looks = request.GET.get("xem", "")
    looks = looks if looks in {"so", "lich-su"} else "" if has_rows else "so"
    rows = {"so": _ledger_rows, "lich-su": _history_rows}.get(looks, _rows)(request, found)
    href = view.href("campaign-figure", view.looking.unit, name)
    joined = "&" if "?" in href else "?"
    words = view.looking.context(
        "campaign",
        found=found,
        title=found.measure.label,
        total=found.amount.total,
        mix=mix_of(found.amount),
        grades=[(Grade(at).label, count) for at, count in enumerate(found.amount.by_grade, start=1)],
        has_rows=has_rows,
        in_ledger=looks == "so",
        in_history=looks == "lich-su",
        tabs=[
            Tab(_("Các dòng"), href, active=not looks),
            Tab(_("Các lần ghi sổ"), f"{href}{joined}xem=so", active=looks == "so"),
            Tab(_("Lịch sử"), f"{href}{joined}xem=lich-su", active=looks == "lich-su"),
        ],
        sheet_href=view.href("campaign-figure-sheet", view.looking.unit, name),
        back_href=view.href("campaign", view.looking.unit),
        **rows,
    )
    return render(request, "campaigns/figure.html", words)


def _rows(request: ActorRequest, found: Behind) -> dict[str, Any]:
    number_of_page = request.GET.get("page")
    if found.people is not None:
        allowed = _names_allowed(found)
        held, units = _held(found), queries.units_below(found.view.looking.unit)
        if found.view.lens.is_past:  # names stand where their lines stand today
            units = Unit.objects.filter(pk__in=list(held))
        listed = queries.page_by_unit(found.people, held, number_of_page, units=units, size=A_PAGE)
        if allowed:
            shown_people = {line.person_id for line in listed.lines}
            audit.opened(request.actor, shown_people, f"campaigns.figure:{found.measure.name.lower()}")
        people = people_rows(listed.lines)
        return {"listed": listed, "people": people, "names_allowed": allowed, "page": listed.page}
    if found.duties is not None:
        shown_page = Paginator(found.duties, A_PAGE).get_page(number_of_page)
        return {"page": shown_page, "duties": _duty_rows(found, shown_page)}
    return {"page": Paginator(found.totals, A_PAGE).get_page(number_of_page)}


def _duty_rows(found: Behind, duties: Iterable[Obligation]) -> list[Sequence[object]]:
    """Each unit with where it stands, its deadline and the day it was done."""
    now, href = timezone.now(), addresses("campaign-obligation", found.view.looking.campaign.pk)
    return [
        (
            link_markup(one.unit.name, href(one.pk)),
            ui_state(*state_of(one, now)),
            format_date(access.local_day(one.due_at)),
            vn_date(one.done_on),
        )
        for one in duties
    ]


def _held(found: Behind) -> Mapping[int, int]:
    """How many names of the figure each unit has: the ledger knows today's, of a past day they are counted."""
    view, lens = found.view, found.view.lens
    if lens.is_past and found.people is not None:
        return queries.counted(found.people)
    held = queries.named_counts(view.looking.campaign, found.measure, found.totals, slices=lens.slices)
    if view.only_own:
        own = view.looking.unit.pk
        return {own: held.get(own, 0)}
    return held


def _ledger_rows(request: ActorRequest, found: Behind) -> dict[str, Any]:
    shown_page = Paginator(found.entries, A_PAGE).get_page(request.GET.get("page"))
    return {
        "page": shown_page,
        "entries": [(entry, ORIGINS.get(entry.batch.origin, entry.batch.origin)) for entry in shown_page],
    }


def _history_rows(request: ActorRequest, found: Behind) -> dict[str, Any]:
    shown_page = Paginator(queries.history_behind(found.entries), A_PAGE).get_page(request.GET.get("page"))
    postings = list(shown_page)
    taken_back = queries.taken_back_by(one["batch_id"] for one in postings)
    after = queries.figure_after(found.entries, postings[0]["batch_id"]) if postings else 0
    for one in postings:
        one["after"] = after
        after -= one["change"]
        one["origin"] = ORIGINS.get(one["batch__origin"], one["batch__origin"])
        one["taken_back_by"] = taken_back.get(one["batch_id"])
    return {"page": shown_page, "postings": postings}


@page(Can.CAMPAIGN_READ)
def figure_sheet(request: ActorRequest, campaign_id: int, name: str) -> HttpResponse:
    """The rows of a figure as an Excel sheet, all of them; names only for who may see them."""
    view, _form = shown(request, campaign_id)
    found = behind(view, measure_or_404(name))
    book = Workbook()
    title = str(found.measure.label)
    if found.people is not None and _names_allowed(found):
        book.add_table(_people_table(request, found, title))
    if found.duties is not None:
        book.add_table(_duties_table(found, title))
    if found.totals:
        book.add_table(_totals_table(found))
    book.add_table(_entries_table(found))
    response = HttpResponse(book.to_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{campaign_id}.xlsx"'
    return response


def _people_table(request: ActorRequest, found: Behind, title: str) -> Table:
    assert found.people is not None  # noqa: S101 - asked by the caller
    lines = list(found.people[:LONGEST_SHEET])
    audit.opened(request.actor, (line.person_id for line in lines), f"campaigns.sheet:{found.measure.name}")
    columns = [
        TableColumn(_("Đơn vị"), width=40),
        TableColumn(_("Họ và tên"), width=30),
        TableColumn(_("Đối tượng"), width=24),
        TableColumn(_("Học xong ngày"), CellKind.DATE),
        TableColumn(_("Vắng có lý do"), width=30),
    ]
    rows = (
        (
            line.unit.name,
            line.person.full_name,
            line.get_person_class_display(),
            line.fulfilled_on,
            line.excuse,
        )
        for line in lines
    )
    return Table(title, columns, rows, sheet_name=_("Từng người"))


def _duties_table(found: Behind, title: str) -> Table:
    assert found.duties is not None  # noqa: S101 - asked by the caller
    columns = [
        TableColumn(_("Đơn vị"), width=40),
        TableColumn(_("Tình trạng"), width=16),
        TableColumn(_("Hạn"), CellKind.DATE),
        TableColumn(_("Xong ngày"), CellKind.DATE),
        TableColumn(_("Lý do"), width=40),
    ]
    rows = (
        (one.unit.name, one.get_state_display(), access.local_day(one.due_at), one.done_on, one.reason)
        for one in found.duties
    )
    return Table(title, columns, rows, sheet_name=_("Từng đơn vị"))


def _totals_table(found: Behind) -> Table:
    columns = [
        TableColumn(_("Đơn vị"), width=40),
        TableColumn(_("Số khai"), CellKind.INTEGER),
        TableColumn(_("Văn bản"), width=24),
        TableColumn(_("Ngày"), CellKind.DATE),
        TableColumn(_("Người khai"), width=24),
    ]
    rows = ((row.unit.name, amount, row.paper, row.happened_on, row.actor) for row, amount in found.totals)
    return Table(_("Số khai tổng"), columns, rows, sheet_name=_("Số khai"))


def _entries_table(found: Behind) -> Table:
    columns = [
        TableColumn(_("Lúc ghi"), CellKind.DATETIME),
        TableColumn(_("Đơn vị"), width=40),
        TableColumn(_("Số"), CellKind.INTEGER),
        TableColumn(_("Bằng chứng"), width=16),
        TableColumn(_("Ngày xảy ra"), CellKind.DATE),
        TableColumn(_("Người ghi"), width=24),
        TableColumn(_("Việc"), width=30),
        TableColumn(_("Lý do"), width=30),
    ]
    rows = (
        (
            timezone.localtime(entry.batch.created_at),
            entry.unit.name,
            entry.amount,
            entry.get_grade_display(),
            entry.occurred_on,
            entry.batch.actor,
            ORIGINS.get(entry.batch.origin, entry.batch.origin),
            entry.batch.reason,
        )
        for entry in found.entries[:LONGEST_SHEET]
    )
    return Table(_("Các lần ghi sổ"), columns, rows, sheet_name=_("Lần ghi"))
