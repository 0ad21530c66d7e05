"""The place "Sắp xếp đơn vị": choose an act, fill it in, look at the dry run, do it, take it back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.components import Action
from quantriet.core.errors import DomainError
from quantriet.org import access, audit
from quantriet.org.act_forms import ActForm, UndoForm
from quantriet.org.commands import acts as commands
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Act, ActKind, Unit
from quantriet.org.permissions import Can
from quantriet.org.proposals import AS_IT_WAS, Choices, Proposal
from quantriet.org.queries import acts as queries
from quantriet.org.queries.act_words import proposal_of
from quantriet.org.queries.foresight import Foresight, foresee

PEOPLE_AT_MOST = 200
SHOWN = 50


@page(Can.UNIT_MANAGE)
def acts(request: ActorRequest) -> HttpResponse:
    """What can be done, and what was done or waits for its day."""
    rows = queries.acts(request.actor).prefetch_related("units")
    words = {
        "kinds": _kinds(str(request.GET.get("don-vi", ""))[:200]),
        "page": Paginator(rows, SHOWN).get_page(request.GET.get("page")),
        "actions": [Action(_("Từ tệp Excel"), reverse("act-sheet"), "file-spreadsheet")],
        "crumbs": [(_("Đơn vị"), reverse("units")), (_("Sắp xếp đơn vị"), "")],
    }
    return render(request, "org/acts.html", words)


def _kinds(units: str) -> list[tuple[str, str, str]]:
    """Each kind of act: its name, one sentence, the address of its form."""
    query = QueryDict(mutable=True)
    if units:
        query["don-vi"] = units
    sentences = {
        ActKind.MERGE: _("Nhập hai hay nhiều đơn vị vào một đơn vị mới hoặc một đơn vị đang có."),
        ActKind.SPLIT: _("Chia một đơn vị cho nhiều đơn vị."),
        ActKind.MOVE: _("Đưa đơn vị cùng mọi đơn vị bên dưới về cấp trên khác."),
        ActKind.RENAME: _("Tên mới từ ngày hiệu lực; ngày trước đó vẫn hiện tên cũ."),
        ActKind.RECLASSIFY: _("Xã thành phường, chi bộ trực thuộc thành chi bộ cơ sở …"),
        ActKind.FOUND: _("Lập một đơn vị mới."),
        ActKind.CLOSE: _("Kết thúc đơn vị không còn người và đơn vị bên dưới."),
        ActKind.REOPEN: _("Cho một đơn vị đã kết thúc hoạt động lại."),
        ActKind.RENUMBER: _("Mã mới từ ngày hiệu lực."),
    }
    tail = f"?{query.urlencode()}" if units else ""
    return [
        (str(ActKind(kind).label), sentence, reverse("act-new", args=[kind]) + tail)
        for kind, sentence in sentences.items()
    ]


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_new(request: ActorRequest, act_kind: str) -> HttpResponse:
    """Fill in an act; "Xem trước" shows the dry run below the form, "Thực hiện" does it."""
    if act_kind not in ActKind.values:
        raise access.not_found()
    form = ActForm(
        act_kind, request.POST or None, initial={"units": str(request.GET.get("don-vi", ""))[:200]}
    )
    seen: Foresight | None = None
    if request.method == "POST" and form.is_valid():
        proposal: Proposal | None = None
        try:
            proposal = proposal_of(form.words(**_choices(request.POST)), by=request.actor)
            if request.POST.get("step") == "do":
                return _done(request, commands.carry_out(proposal, by=request.actor))
            seen = foresee(proposal, by=request.actor)
        except DomainError as error:
            seen = _seen_again(proposal, request)
            field = error.context.get("field")
            form.add_error(field if field in form.fields else None, error.sentence)
    title = str(ActKind(act_kind).label)
    words: dict[str, Any] = {
        "form": form,
        "title": title,
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (title, "")],
    }
    if seen is not None:
        words |= _foreseen(request, seen)
    return render(request, "org/act_new.html", words, status=422 if form.errors else 200)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= 18


def _choices(sent: QueryDict) -> dict[str, Any]:
    """The choices under the dry run: answers to questions, units and people given to successors."""
    shares: dict[int, int] = {}
    people: dict[int, int] = {}
    answers: dict[str, str] = {}
    for name, value in sent.items():
        kind, _mark, what = name.partition(":")
        if kind == "answer" and value:
            answers[what] = str(value)
        elif _is_number(what) and _is_number(str(value)):
            if kind == "share":
                shares[int(what)] = int(str(value))
            elif kind == "person":
                people[int(what)] = int(str(value))
    return {"shares": shares, "people": people, "answers": answers}


def _seen_again(proposal: Proposal | None, request: ActorRequest) -> Foresight | None:
    """After a refusal the dry run still shows what there is to choose, if it can."""
    try:
        return None if proposal is None else foresee(proposal, by=request.actor)
    except DomainError:
        return None


def _done(request: ActorRequest, act: Act) -> HttpResponse:
    if act.state == Act.State.PLANNED:
        messages.success(request, _("Đã ghi; sẽ thực hiện vào ngày hiệu lực."))
    else:
        messages.success(request, _("Đã thực hiện. Có thể hoàn tác khi chưa có việc mới dựa vào."))
    return HttpResponseRedirect(reverse("act", args=[act.pk]))


def _foreseen(request: ActorRequest, seen: Foresight) -> dict[str, Any]:
    """The dry run in words for the page."""
    told = seen.plan.proposal
    words: dict[str, Any] = {
        "seen": seen,
        "told": [one for one in seen.effects if one.weight == "tells"],
        "questions": [(one, seen.answer(one)) for one in seen.questions],
    }
    if told.kind == ActKind.SPLIT:
        share = queries.to_share(seen, most=PEOPLE_AT_MOST)
        audit.opened(request.actor, [person.pk for person in share.people], "org.act_new")
        words |= {
            "receivers": [(place, seen.plan.name(pk)) for place, pk in enumerate(seen.plan.successors)],
            "share_units": [(unit, told.shares.get(unit.pk)) for unit in share.units],
            "share_people": [(person, told.people.get(person.pk)) for person in share.people],
            "too_many": share.people_count if share.people_count > len(share.people) else 0,
        }
    return words


@page(Can.UNIT_MANAGE)
def act(request: ActorRequest, act_id: int) -> HttpResponse:
    """One act: what was decided, which units, what can still be done about it."""
    return _show(request, access.row_or_404(queries.acts(request.actor), act_id), UndoForm())


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_undo(request: ActorRequest, act_id: int) -> HttpResponse:
    """Take an act back, with the reason."""
    found = access.row_or_404(queries.acts(request.actor), act_id)
    form = UndoForm(request.POST or None)
    if not form.is_valid():
        return _show(request, found, form)
    try:
        commands.undo(found, reason=form.cleaned_data["reason"], by=request.actor)
    except DomainError as error:
        form.add_error(None, error.sentence)
        return _show(request, found, form, error.context.get("hindrances", []))
    messages.success(request, _("Đã hoàn tác; cây đơn vị như trước."))
    return HttpResponseRedirect(reverse("acts"))


@page(Can.UNIT_MANAGE, write=Can.UNIT_MANAGE)
def act_resume(request: ActorRequest, act_id: int) -> HttpResponse:
    """A blocked act once more: its dry run on the tree of today, the choices answered anew, then "Làm tiếp"."""
    found = access.row_or_404(queries.acts(request.actor), act_id)
    if found.state != Act.State.BLOCKED:
        return HttpResponseRedirect(reverse("act", args=[found.pk]))
    choices, refusal = AS_IT_WAS, ""
    if request.method == "POST":
        choices = _chosen_anew(found, request.POST)
        if request.POST.get("step") == "do":
            try:
                commands.resume(found, choices=choices, by=request.actor)
            except DomainError as error:
                refusal = error.sentence
            else:
                messages.success(request, _("Đã thực hiện."))
                return HttpResponseRedirect(reverse("act", args=[found.pk]))
    words: dict[str, Any] = {
        "act": found,
        "crumbs": [
            (_("Sắp xếp đơn vị"), reverse("acts")),
            (found.decision, reverse("act", args=[found.pk])),
            (_("Làm tiếp"), ""),
        ],
    }
    try:
        proposal = queries.proposal(found).choosing(choices)
        words |= _foreseen(request, foresee(proposal, by=request.actor, act_id=found.pk))
    except DomainError as error:
        refusal = refusal or error.sentence
    status = 422 if refusal and request.method == "POST" else 200
    return render(request, "org/act_resume.html", words | {"refusal": refusal}, status=status)


def _chosen_anew(found: Act, sent: QueryDict) -> Choices:
    """The choices of the page: of a division it shows all shares, so what is left open there is the rest's."""
    told = _choices(sent)
    if found.kind != ActKind.SPLIT or "shares-shown" not in sent:
        return Choices(answers=told["answers"])
    people = told["people"] if "people-shown" in sent else None
    return Choices(answers=told["answers"], shares=told["shares"], people=people)


def _show(
    request: ActorRequest, found: Act, form: UndoForm, hindrances: list[str] | None = None
) -> HttpResponse:
    parts = queries.units_by_part(found)
    words = {
        "act": found,
        "form": form,
        "hindrances": hindrances or [],
        "units": parts["unit"],
        "successors": parts["successor"],
        "parents": parts["parent"],
        "counts": _counts(found.did),
        "told": _facts(Proposal.from_json(found.told)),
        "crumbs": [(_("Sắp xếp đơn vị"), reverse("acts")), (found.decision, "")],
    }
    return render(request, "org/act.html", words, status=422 if form.errors else 200)


def _facts(told: Proposal) -> list[tuple[str, str]]:
    """The new facts a proposal tells."""
    facts = [(_("Tên mới"), told.name), (_("Tên ngắn"), told.short_name), (_("Mã mới"), told.code)]
    return [(label, value) for label, value in facts if value]


def _counts(did: Mapping[str, Any]) -> list[tuple[str, int]]:
    """How much a done act changed."""
    if not did:
        return []
    names = {
        "closed": _("Đơn vị kết thúc"),
        "founded": _("Đơn vị thành lập"),
        "moved": _("Đơn vị chuyển cấp trên"),
        "reopened": _("Đơn vị lập lại"),
        "named": _("Đơn vị đổi tên, mã, loại"),
    }
    found = [(label, len(did.get(name, ()))) for name, label in names.items()]
    return [(label, count) for label, count in found if count]


def unit_words(unit: Unit) -> dict[str, Any]:
    """What a unit's own page says of its acts, its former parts and its former names."""
    return {
        "unit_acts": list(queries.of_unit(unit)[:30]),
        "former_parts": list(queries.former_parts(unit, timezone.localdate())[:200]),
        "former_names": list(queries.former_names(unit)[:30]),
    }
