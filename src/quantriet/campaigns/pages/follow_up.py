"""What becomes of a document: its time line, the units' papers, targets with their figures, reviews."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import follow_up_forms as forms
from quantriet.campaigns.commands import follow_up as commands
from quantriet.campaigns.models import Baseline, Review, Target
from quantriet.campaigns.pages.looking import address, number
from quantriet.campaigns.queries import follow_up as queries
from quantriet.campaigns.queries.follow_up import Share, TargetRow
from quantriet.core.components import TimelineEntry
from quantriet.core.errors import DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import format_decimal, format_int
from quantriet.documents import beside
from quantriet.documents import queries as document_queries
from quantriet.documents.models import Document
from quantriet.ledger.indicators import INDICATORS
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

A_PAGE = 50
SOON_DAYS = 30


@dataclass(frozen=True)
class Following:
    """A document and the unit at which it is followed up."""

    document: Document
    unit: Unit

    def href(self, name: str = "document-follow-up", **query: object) -> str:
        """The address of a page for this document and unit."""
        words = "".join(f"&{key}={value}" for key, value in query.items())
        return f"{reverse(name, args=(self.document.pk,))}?don_vi={self.unit.pk}{words}"


def following(request: ActorRequest, document_id: int) -> Following:
    """The document and the unit of the address; 404 for what is not the actor's to see."""
    rows = document_queries.visible_documents(request.actor).select_related("owner")
    document = access.row_or_404(rows, document_id)
    wanted = request.GET.get("don_vi", "")
    if wanted:
        return Following(document, access.unit_or_404(request.actor, Can.CAMPAIGN_READ, number(wanted)))
    unit = queries.visible_unit(document, request.actor)
    if unit is None:
        raise access.not_found()
    return Following(document, unit)


@page(Can.CAMPAIGN_READ, write=Can.OBLIGATION_FULFIL)
def follow_up(request: ActorRequest, document_id: int) -> HttpResponse:
    """Everything of a document at a unit; a post records a paper, sets or drops a target, plans or tells a review."""
    found = following(request, document_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    asked = _forms(request, found, act)
    form = asked.get(act)
    if act == "drop" or (form is not None and form.is_valid()):
        try:
            return _done(request, found, act, form)
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            if form is None:
                raise
            form.add_error(None, error.sentence)
    refused = any(one.errors for one in asked.values())
    return render(
        request, "campaigns/follow_up.html", _words(request, found, asked), status=422 if refused else 200
    )


def _forms(request: ActorRequest, found: Following, act: str) -> dict[str, Form]:
    def typed(name: str) -> Any:
        return request.POST if act == name else None

    return {
        "direct": forms.DirectionForm(typed("direct"), prefix="p"),
        "target": forms.TargetForm(typed("target"), prefix="t", document=found.document),
        "review": forms.ReviewForm(typed("review"), prefix="r"),
        "held": forms.HeldForm(typed("held"), prefix="h"),
    }


def _done(request: ActorRequest, found: Following, act: str, form: Any) -> HttpResponse:
    """Do what was asked, say so, and come back to the page."""
    document, unit, by = found.document, found.unit, request.actor
    if act == "direct":
        paper = commands.direct(document, unit, form.paper(), by=by)
        said = _("Đã ghi {number}.").format(number=paper.number)
    elif act == "target":
        commands.set_target(document, unit, form.wish(), by=by)
        said = _("Đã đặt mục tiêu.")
    elif act == "review":
        commands.plan_review(document, unit, by=by, **form.cleaned_data)
        said = _("Đã ghi ngày phải làm.")
    elif act == "held":
        row = _row(Review, request, found)
        commands.hold_review(
            row, on=form.cleaned_data["held_on"], decision=form.cleaned_data["decision"], by=by
        )
        said = _("Đã ghi ngày tổ chức.")
    else:
        commands.drop_target(_row(Target, request, found), by=by)
        said = _("Đã bỏ mục tiêu.")
    messages.success(request, said)
    return HttpResponseRedirect(found.href())


def _row(model: Any, request: ActorRequest, found: Following) -> Any:
    """The target or review a post names, among those of units the actor may see."""
    bounded = model.objects.filter(
        document=found.document, unit__in=access.units(request.actor, Can.CAMPAIGN_READ).values("pk")
    )
    return access.row_or_404(bounded, number(request.POST.get("row", "")))


def _words(request: ActorRequest, found: Following, asked: dict[str, Form]) -> dict[str, Any]:
    by, document, unit = request.actor, found.document, found.unit
    targets = queries.targets(document, unit, by)
    reviews, former = list(queries.reviews(document, unit)), queries.former(unit)
    below = Paginator(queries.units_directly_below(unit, by), A_PAGE).get_page(request.GET.get("page"))
    manages = unit.closed_on is None and access.may(by, Can.CAMPAIGN_MANAGE, unit)
    return {
        "document": document,
        "unit": unit,
        "here": found.href(),
        "tabs": beside.tabs(document.pk, by, active="document-follow-up"),
        "timeline": _timeline(found, by, targets, reviews, former),
        "targets": [_target_words(row, unit) for row in targets],
        "reviews": reviews,
        "former": former,
        "below": below,
        "rows": [
            (row, found_share(row.programmes), Following(document, row.unit).href())
            for row in queries.rows_below(document, list(below), by)
        ],
        "baselines": [
            (row, INDICATORS[row.indicator].title, told(row)) for row in queries.baselines(document, unit)
        ],
        "forms": asked,
        "manages": manages,
        "may_direct": access.may(by, Can.OBLIGATION_FULFIL, unit),
        "baselines_href": found.href("document-baselines"),
        "crumbs": [
            (_("Văn bản"), reverse("documents")),
            (document.number, reverse("document", args=(document.pk,))),
            (_("Theo dõi thực hiện"), ""),
        ],
    }


def found_share(share: Share | None) -> tuple[int, int, str] | None:
    """Two counts and the address of their rows; of a unit that has ended, of the board of its last day."""
    if share is None:
        return None
    if share.on is not None:
        board = address("campaign", share.campaign, share.unit, ngay=share.on.isoformat())
        return share.part, share.whole, board
    name = share.indicator.numerator.name.lower()
    return share.part, share.whole, address("campaign-figure", share.campaign, share.unit, name)


def _target_words(row: TargetRow, unit: Unit) -> dict[str, Any]:
    """A target as its row shows it; what is counted in reports only has its day."""
    due = _due_state(row.target.due_on)
    if row.is_met:
        state, label = "done", _("Đạt")
    elif row.is_former:
        state, label = "exempt", _("Dừng khi sắp xếp")
    elif row.indicator is None:
        state, label = due, ""
    else:
        state = "overdue" if row.is_overdue else "missing" if row.is_met is None else "doing"
        label = _("Chưa có số") if row.is_met is None else _("Chưa đạt")
    return {
        "row": row,
        "wanted": wanted_words(row.target),
        "shares": [(share.campaign, *(found_share(share) or ())) for share in row.shares],
        "told": [(one, told(one)) for one in row.baselines],
        "state": state,
        "label": label,
        "is_own": row.target.unit_id == unit.pk,
    }


def wanted_words(target: Target) -> str:
    """What is wanted, with its measure: ``từ 98 %`` or ``20 mô hình``."""
    shown = _number(target.wanted)
    if target.indicator:
        title = INDICATORS[target.indicator].title
        return _("{title}: từ {wanted} %").format(title=title, wanted=shown)
    return f"{shown} {target.measured_in}"


def told(row: Baseline) -> str:
    """A declared figure as reports write it: ``95 % đến 97 %``, ``1.356/1.468``."""
    if row.part is not None and row.whole is not None:
        return f"{format_int(row.part)}/{format_int(row.whole)}"
    if row.low is None or row.high is None or row.low == row.high:
        return f"{_number(row.low or Decimal(0))} %"
    return _("{low} % đến {high} %").format(low=_number(row.low), high=_number(row.high))


def _number(value: Decimal) -> str:
    """Without decimals that say nothing."""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return format_decimal(value, places)


def _timeline(
    found: Following,
    by: access.Actor,
    targets: list[TargetRow],
    reviews: list[Review],
    former: frozenset[int],
) -> list[TimelineEntry]:
    """What happened and what is due, by day; of units that have ended, what they did and wanted."""
    document, unit = found.document, found.unit
    issued = _("Ban hành {number}").format(number=document.number)
    entries = [TimelineEntry(document.issued_on, issued, document.issuer_name)]
    papers = [*queries.directions_from_above(document, unit), *queries.own_directions(document, unit)]
    entries += [
        TimelineEntry(
            paper.issued_on,
            f"{paper.get_kind_display()} {paper.number}",
            ": ".join(filter(None, (_named(paper.unit, former), paper.about))),
        )
        for paper in papers
    ]
    entries += [
        TimelineEntry(
            campaign.starts_on,
            campaign.title,
            campaign.get_state_display(),
            "done" if campaign.state == campaign.State.CLOSED else "doing",
            address("campaign", campaign, unit),
        )
        for campaign in queries.campaigns_of(document, by)
    ]
    entries += [_review_entry(review, former) for review in reviews]
    entries += [
        TimelineEntry(
            row.target.due_on,
            row.target.title,
            ": ".join((_named(row.target.unit, former), wanted_words(row.target)))
            if row.is_former
            else wanted_words(row.target),
            "done" if row.is_met else "exempt" if row.is_former else _due_state(row.target.due_on),
        )
        for row in targets
    ]
    return sorted(entries, key=lambda entry: (entry.when, str(entry.title)))


def _named(unit: Unit, former: frozenset[int]) -> str:
    """The name of a unit; of one whose work another took over, that it is from before."""
    return _("{unit} (trước sắp xếp)").format(unit=unit.name) if unit.pk in former else unit.name


def _review_entry(review: Review, former: frozenset[int]) -> TimelineEntry:
    title = f"{review.get_kind_display()}: {_named(review.unit, former)}"
    if review.held_on is not None:
        return TimelineEntry(review.held_on, title, review.decision)
    if review.unit_id in former:
        return TimelineEntry(review.due_on, title, _("Chưa tổ chức khi sắp xếp"), "exempt")
    return TimelineEntry(review.due_on, title, _("Phải làm"), _due_state(review.due_on))


def _due_state(due_on: date) -> str:
    left = (due_on - timezone.localdate()).days
    return "overdue" if left < 0 else "due_soon" if left <= SOON_DAYS else "not_due"
