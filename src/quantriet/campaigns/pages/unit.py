"""A unit's own view of a campaign, phone first: what we owe, by when, and the one act that settles each."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import forms, queries
from quantriet.campaigns.commands import declarations, obligations
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Declaration, Obligation
from quantriet.campaigns.pages.board_cells import state_of
from quantriet.campaigns.pages.looking import Looking, look
from quantriet.campaigns.queries.tasks import DECLARED_BY, act_of
from quantriet.core import tasks as core_tasks
from quantriet.core.components import Words
from quantriet.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from quantriet.core.text import format_date
from quantriet.ledger.measures import Form
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class Owed:
    """One line: what is owed, its state, the act."""

    obligation: Obligation
    title: Words
    state: str
    when: Words
    href: str
    act: Words
    detail: str


@page(Can.CAMPAIGN_READ)
def unit_view(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """What the unit owes in this campaign. Without ``don_vi`` it is the unit the actor acts in."""
    looking = look(request, campaign_id)
    own = queries.obligation_states(looking.campaign, [looking.unit.pk]).get(looking.unit.pk, {})
    now = timezone.now()
    lines = [_owed(one, now) for one in sorted(own.values(), key=lambda one: one.due_at)]
    may_act = access.may(request.actor, Can.OBLIGATION_FULFIL, looking.unit)
    words = looking.context(
        "campaign-unit",
        lines=lines,
        may_act=may_act,
        declare=_declare_links(looking) if looking.campaign.book_id else [],
    )
    return render(request, "campaigns/unit.html", words)


def _owed(one: Obligation, now: Any) -> Owed:
    state, label = state_of(one, now)
    if one.state == Obligation.State.OPEN:
        when: Words = core_tasks.words_of(one.due_at, now)
        detail = _("Hạn %(day)s") % {"day": format_date(access.local_day(one.due_at))}
    else:
        when = label
        day = one.done_on
        detail = format_date(day) if day else one.reason
    href, act = act_of(one)
    return Owed(one, one.get_kind_display(), state, when, href, act, detail)


def _declare_links(looking: Looking) -> list[tuple[Words, str]]:
    labels = dict(Declaration.Kind.choices)
    owed = set(
        Obligation.objects.filter(campaign=looking.campaign, unit=looking.unit).values_list("kind", flat=True)
    )
    kinds = [Declaration.Kind.PRESENCE, *(kind for kind in DECLARED_BY.values() if kind != "presence")]
    needed = {kind: owing for owing, kind in DECLARED_BY.items()}
    return [
        (labels[Declaration.Kind(kind)], looking.href("campaign-declare", kind))
        for kind in kinds
        if kind in ("presence", "essays") or needed[kind] in owed
    ]


@page(Can.ATTENDANCE_RECORD, write=Can.ATTENDANCE_RECORD)
def declare(request: ActorRequest, campaign_id: int, kind: str) -> HttpResponse:
    """Nhập nhanh: one screen, one kind of totals. Who saw an older version is shown both."""
    looking = look(request, campaign_id)
    if kind not in Declaration.Kind.values:
        raise access.not_found()
    access.require(request.actor, Can.ATTENDANCE_RECORD, looking.unit)
    row = Declaration.objects.filter(campaign=looking.campaign, unit=looking.unit, kind=kind).first()
    form = forms.DeclareForm(request.POST or None, kind=kind, initial=_initial(row))
    conflict: ConflictError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _declared(request, looking, kind, form)
        except ConflictError as error:
            conflict = error
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Đã lưu số khai."))
            return HttpResponseRedirect(looking.href("campaign-unit"))
    words = looking.context(
        "campaign-unit",
        form=form,
        row=row,
        kind_label=dict(Declaration.Kind.choices)[Declaration.Kind(kind)],
        conflict=conflict,
        both=_both(kind, conflict),
        summoned=queries.roll(looking.campaign, looking.unit)
        .filter(unit=looking.unit, state="summoned")
        .count(),
        back_href=looking.href("campaign-unit"),
    )
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "campaigns/declare.html", words, status=status)


def _initial(row: Declaration | None) -> dict[str, Any]:
    if row is None:
        return {"happened_on": timezone.localdate(), "version": 0, "form": int(Form.IN_PERSON)}
    return {
        **row.figures,
        "happened_on": row.happened_on,
        "paper": row.paper,
        "version": row.version,
        "form": row.form,
    }


def _declared(request: ActorRequest, looking: Looking, kind: str, form: forms.DeclareForm) -> None:
    data = form.cleaned_data
    if data["happened_on"] > timezone.localdate():
        raise DomainError("declaration.future", _("Ngày khai ở sau hôm nay. Chưa lưu gì; hãy sửa lại ngày."))
    totals = Totals(
        figures=form.figures(kind),
        happened_on=data["happened_on"],
        paper=data["paper"].strip(),
        version=data["version"],
        form=data.get("form", Form.NONE),
    )
    declarations.declare(looking.campaign, looking.unit, kind=kind, totals=totals, by=request.actor)


def _both(kind: str, conflict: ConflictError | None) -> list[tuple[Words, int, int]]:
    """Both texts of a conflict, figure by figure: theirs and yours."""
    if conflict is None:
        return []
    theirs, yours = conflict.context["theirs"], conflict.context["yours"]
    return [
        (label, int(theirs.get(name, 0)), int(yours.get(name, 0)))
        for name, label in forms.FIGURE_LABELS[kind].items()
    ]


# ---- one obligation --------------------------------------------------------------------------------------


@page(Can.CAMPAIGN_READ, write=Can.OBLIGATION_FULFIL)
def obligation(request: ActorRequest, campaign_id: int, obligation_id: int) -> HttpResponse:
    """One obligation with its story: waived by who manages campaigns, opened again, each with a reason."""
    looking = look(request, campaign_id)
    seen = access.units(request.actor, Can.CAMPAIGN_READ)
    rows = Obligation.objects.filter(campaign=looking.campaign, unit__in=seen).select_related(
        "unit", "campaign", "batch", "successor__unit"
    )
    found = access.row_or_404(rows, obligation_id)
    looking = Looking(request.actor, looking.campaign, found.unit, looking.highest)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act, reason = request.POST.get("act", ""), form.cleaned_data["reason"]
        if act == "waive":
            obligations.waive(found, reason=reason, by=request.actor)
        elif act == "reopen":
            access.require(request.actor, Can.OBLIGATION_FULFIL, found.unit)
            obligations.reopen(found, reason=reason, by=request.actor)
        return HttpResponseRedirect(looking.href("campaign-obligation", found.pk))
    state, label = state_of(found, timezone.now())
    words = looking.context(
        "campaign-unit",
        found=found,
        state=state,
        state_label=label,
        form=form,
        may_waive=found.state == Obligation.State.OPEN
        and access.may(request.actor, Can.CAMPAIGN_MANAGE, looking.campaign.unit_id),
        may_reopen=found.state == Obligation.State.DONE
        and access.may(request.actor, Can.OBLIGATION_FULFIL, found.unit),
        extensions=found.extensions.order_by("-id"),
    )
    return render(request, "campaigns/obligation.html", words, status=422 if form.errors else 200)
