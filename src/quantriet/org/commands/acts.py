"""Acts on the tree: carried out (or planned for their day), taken up on the day, undone. The dry run is
``queries.foresight.foresee``; it and the act read the same plan.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.text import clean_line, format_date
from quantriet.org import access, audit, consequences
from quantriet.org.access import Actor
from quantriet.org.commands import placements, standing
from quantriet.org.commands.act_writing import ActWriting
from quantriet.org.commands.placements import bump_tree_version
from quantriet.org.commands.row_changes import KeptChanges
from quantriet.org.consequences import Change, Crossing
from quantriet.org.models import Account, Act, ActPerson, ActRow, ActUnit, Unit
from quantriet.org.plans import Plan
from quantriet.org.proposals import AS_IT_WAS, Choices, Proposal
from quantriet.org.queries import act_hindrances, act_plans, act_refusals
from quantriet.org.queries import acts as acts_seen
from quantriet.org.queries.foresight import Foresight, change_of, foresee, foresight_of

__all__ = ["arrive", "carry_out", "carry_out_all", "change_that_was", "due", "resume", "undo"]


def carry_out(proposal: Proposal, *, by: Actor) -> Act:
    """Do what a decision says, in one transaction; on a later day of effect, plan it.

    The same proposal again is the act that stands. Needs ``UNIT_MANAGE`` at every unit it names. Refuses what
    ``foresee`` refuses, what a consequence stops, and an open question (``act.needs_choice``, the questions in the
    context). Acts follow one another: who comes second is judged by the tree the first one left.
    """
    told = proposal.cleaned()
    with transaction.atomic():
        bump_tree_version()
        same = Act.objects.filter(told_key=told.key).exclude(state=Act.State.UNDONE).first()
        if same is not None:
            _require(same, by)
            return same
        today = timezone.localdate()
        waits = told.effective_on > today
        seen = foresee(told, by=by) if waits else _held(told, judged_as=by)
        _refuse_open(seen)
        if told.decided_on > today:
            raise DomainError(
                "act.dates",
                _("Ngày quyết định {day} chưa đến. Chưa đổi gì; hãy xem lại ngày.").format(
                    day=format_date(told.decided_on)
                ),
            )
        act = _remember(told, by)
        if waits:
            _wait(act, seen)
        else:
            _do(act, seen, by)
        _audit(f"act.{act.kind}", act, seen.plan, by)
    return act


def carry_out_all(proposals: Sequence[Proposal], *, by: Actor) -> list[Act]:
    """All or none, in their order: each is judged by the tree the ones before it left."""
    with transaction.atomic():
        return [carry_out(one, by=by) for one in proposals]


def due(on: date | None = None) -> list[int]:
    """Planned acts whose day has come, in their order."""
    today = on or timezone.localdate()
    waiting = Act.objects.filter(state=Act.State.PLANNED, effective_on__lte=today)
    return list(waiting.order_by("effective_on", "id").values_list("pk", flat=True))


def resume(act: Act, *, by: Actor, choices: Choices = AS_IT_WAS) -> Act:
    """Go on with a blocked act, once what stood in its way is settled or chosen otherwise; it is now the order of
    ``by``. Raises what refuses it still: then nothing is kept of the choices. An act that is not blocked stays.
    """
    _require(act, by)
    with transaction.atomic():
        bump_tree_version()
        row = Act.objects.select_for_update().get(pk=act.pk)
        if row.state == Act.State.BLOCKED:
            row.account_id, row.acting_unit_id = by.account_id, by.unit_id
            _start(row, acts_seen.proposal(row).choosing(choices), judged_as=by, by=by)
    return row


def arrive(act_id: int, *, by: Actor) -> Act:
    """Carry out a planned act whose day has come; one that is no longer planned is left as it is.

    ``by`` is the house; the act is judged as of whoever ordered it, with the rights he has on this day. An act that
    the day refuses is blocked with the reason; the house never guesses another.
    """
    with transaction.atomic():
        bump_tree_version()
        row = Act.objects.select_for_update().get(pk=act_id)
        if row.state != Act.State.PLANNED:
            return row
        try:
            with transaction.atomic():
                _start_as_ordered(row, by)
        except DomainError as error:
            KeptChanges(row.pk).undo()  # its names ahead: nobody reads them as if they had come
            ActRow.objects.filter(act=row).delete()
            row.state, row.hindrance = Act.State.BLOCKED, error.sentence[:600]
            row.save(update_fields=("state", "hindrance"))
            audit.record(by, "act.block", row, unit=None, detail={"code": error.code})
    return row


def _start_as_ordered(act: Act, by: Actor) -> None:
    """Do a planned act if who ordered it still may; refuses ``act.orderer``."""
    try:
        _start(act, acts_seen.proposal(act), judged_as=_orderer(act), by=by)
    except ForbiddenError as error:
        raise DomainError(
            "act.orderer",
            _(
                "{name} là người ghi việc này, nay không còn quyền ở mọi đơn vị của nó. "
                "Chưa đổi gì; hãy để người có quyền xem lại rồi làm tiếp."
            ).format(name=act.actor),
        ) from error


def _orderer(act: Act) -> Actor:
    """Who ordered an act, with the roles he holds today; ``ForbiddenError`` when he holds none there any more."""
    if act.account_id == 0:
        return access.operator(act.actor)
    account = Account.objects.filter(pk=act.account_id).first() if act.account_id else None
    found = access.actor(account, unit_id=act.acting_unit_id) if account else None
    if found is None or found.unit_id != act.acting_unit_id:
        raise placements.forbidden()
    return found


def _start(act: Act, told: Proposal, *, judged_as: Actor, by: Actor) -> None:
    """A planned act on its day: its names ahead go, and it is done as if decided now."""
    KeptChanges(act.pk).undo()
    ActRow.objects.filter(act=act).delete()
    seen = _held(told, judged_as=judged_as, act_id=act.pk)
    _refuse_open(seen)
    ActUnit.objects.filter(act=act).delete()
    act.told = told.as_json()
    _give_people(act, seen)
    _do(act, seen, by)
    _audit("act.arrive", act, seen.plan, by)


def _held(told: Proposal, *, judged_as: Actor, act_id: int = 0) -> Foresight:
    """The plan (the tree is locked), its units locked, and only then what depends on who comes and goes there."""
    plan = act_plans.plan(told, by=judged_as, act_id=act_id)
    standing.hold_touched(ending=plan.closed, changing=plan.changing, bearing=plan.bearing)
    return foresight_of(plan, waits=False)


def _refuse_open(seen: Foresight) -> None:
    for stop in seen.stops:
        raise DomainError(stop.code or "act.stopped", stop.outcome, count=stop.count)
    if seen.unanswered:
        raise DomainError(
            "act.needs_choice",
            _("Còn điều phải chọn: {questions}. Chưa đổi gì; hãy chọn rồi thực hiện.").format(
                questions=", ".join(one.subject for one in seen.unanswered)
            ),
            questions=[one.question for one in seen.unanswered],
            choices=[
                {
                    "question": one.question,
                    "sentence": f"{one.subject}: {one.outcome}",
                    "options": [[option.value, option.words] for option in one.options],
                }
                for one in seen.unanswered
            ],
        )


def _remember(told: Proposal, by: Actor) -> Act:
    return Act.objects.create(
        kind=told.kind,
        state=Act.State.PLANNED,
        decision=told.decision,
        decided_on=told.decided_on,
        effective_on=told.effective_on,
        reason=told.reason,
        told=told.as_json(),
        told_key=told.key,
        actor=by.name,
        account_id=by.account_id,
        acting_unit_id=by.unit_id,
    )


def _wait(act: Act, seen: Foresight) -> None:
    """Remember the units, the names to come, who was given where and what stands in the way still; nothing else
    changes before the day.
    """
    writing = ActWriting(act, seen)
    writing.names_ahead()
    writing.changes.keep(act.pk)
    _name_units(act, seen.plan, {})
    _give_people(act, seen)
    act.hindrance = " ".join(one.outcome for one in seen.warnings)[:600]
    act.save(update_fields=("hindrance",))


def _give_people(act: Act, seen: Foresight) -> None:
    """Remember who is given to which successor, instead of what was remembered before."""
    homes = {pk: one.source for pk, one in seen.change.people.items() if one.source is not None}
    ActPerson.objects.filter(act=act).delete()
    ActPerson.objects.bulk_create(
        [
            ActPerson(act=act, person_id=pk, unit_id=homes[pk], position=place)
            for pk, place in seen.plan.proposal.people.items()
            if pk in homes
        ],
        batch_size=2000,
    )


def _do(act: Act, seen: Foresight, by: Actor) -> None:
    """Write floor 1, then let the floors above follow."""
    writing = ActWriting(act, seen)
    writing.everything()
    writing.changes.keep(act.pk)
    _name_units(act, seen.plan, writing.numbers)
    change = change_of(seen.plan, people=writing.people(), real=writing.numbers, act_id=act.pk)
    kept = consequences.carry_out(change, by=by)
    act.state, act.hindrance, act.done_at = Act.State.DONE, "", timezone.now()
    act.did = _as_json(change) | {"rows": ActRow.objects.filter(act=act).count()}
    act.kept = dict(kept)
    act.save()


def _name_units(act: Act, plan: Plan, numbers: Mapping[int, int]) -> None:
    """The units of the act by their part, for look-up and for each unit's own history."""
    parts: dict[tuple[int, str], str] = {}
    for pk in plan.proposal.units:
        if pk not in plan.successors:
            parts[pk, ActUnit.Part.UNIT] = plan.name(pk)
    for pk in plan.twins:
        parts[pk, ActUnit.Part.UNIT] = plan.name(pk)
    for pk in plan.successors:
        if pk > 0 or pk in numbers:
            parts[numbers.get(pk, pk), ActUnit.Part.SUCCESSOR] = plan.name(pk)
    above = [plan.proposal.parent_id, *(new.parent_id for new in plan.founded.values())]
    for parent_id in above:
        if parent_id is not None:
            parts[parent_id, ActUnit.Part.PARENT] = plan.name(parent_id)
    ActUnit.objects.bulk_create(
        [ActUnit(act=act, unit_id=pk, part=part, name=name) for (pk, part), name in parts.items()]
    )


def _audit(action: str, act: Act, plan: Plan, by: Actor) -> None:
    """The audit outlives an undo, so it stands at a unit that does as well."""
    lasting = [*plan.proposal.units, *(pk for pk in plan.successors if pk > 0)]
    lasting += [new.parent_id for new in plan.founded.values() if new.parent_id]
    audit.record(
        by,
        action,
        act,
        unit=lasting[0] if lasting else None,
        detail={
            "decision": act.decision,
            "on": act.effective_on.isoformat(),
            "state": act.state,
            "units": list(plan.proposal.units)[:50],
        },
    )


def _as_json(change: Change) -> dict[str, Any]:
    """A change as plain values, without its people."""
    return {
        "closed": {str(pk): list(targets) for pk, targets in change.closed.items()},
        "moved": {str(pk): [one.source, one.target] for pk, one in change.moved.items()},
        "levels": {str(pk): list(levels) for pk, levels in change.levels.items()},
        "founded": sorted(change.founded),
        "reopened": sorted(change.reopened),
        "named": sorted(change.named),
        "answers": dict(change.answers),
    }


def change_that_was(act: Act) -> Change:
    """The change a done act was to the floors above."""
    did = act.did
    people = ActPerson.objects.filter(act=act).values_list("person_id", "unit_id", "target_id")
    return Change(
        kind=act.kind,
        on=act.effective_on,
        decision=act.decision,
        act_id=act.pk,
        closed={int(pk): tuple(targets) for pk, targets in did["closed"].items()},
        moved={int(pk): Crossing(*ends) for pk, ends in did["moved"].items()},
        levels={int(pk): (levels[0], levels[1]) for pk, levels in did["levels"].items()},
        people={person: Crossing(source, target) for person, source, target in people},
        founded=frozenset(did["founded"]),
        reopened=frozenset(did["reopened"]),
        named=frozenset(did["named"]),
        answers=did["answers"],
        names=dict(Unit.objects.filter(acts__act=act).values_list("pk", "name")),
    )


def undo(act: Act, *, reason: str, by: Actor) -> Act:
    """Take an act back: every row as it was. Undoing it again changes nothing.

    Refuses (``act.depended_on``, the sentences in the context) when something new rests on it: a later act, a unit
    founded below, people who moved on, facts of the floors above.
    """
    _require(act, by)
    if not clean_line(reason):
        raise DomainError("act.undo_reason", _("Hoàn tác cần lý do. Chưa đổi gì; hãy ghi lý do."))
    with transaction.atomic():
        bump_tree_version()
        row = Act.objects.select_for_update().get(pk=act.pk)
        if row.state == Act.State.UNDONE:
            return row
        was_done = row.state == Act.State.DONE
        if was_done:
            _take_back(row, by)
        else:
            KeptChanges(row.pk).undo()
        ActRow.objects.filter(act=row).delete()
        row.state, row.undone_at, row.undone_by = Act.State.UNDONE, timezone.now(), by.name
        row.undo_reason = clean_line(reason)[:300]
        row.save()
        units = list(ActUnit.objects.filter(act=row).values_list("unit_id", flat=True)[:50])
        detail = {"decision": row.decision, "reason": row.undo_reason, "was_done": was_done}
        audit.record(by, "act.undo", row, unit=units[0] if units else None, detail=detail)
    return row


def _require(act: Act, by: Actor) -> None:
    """Whoever takes an act up or back must stand above its units as whoever orders it."""
    named = ActUnit.objects.filter(act=act)
    act_refusals.mine(named.values_list("unit_id", flat=True), by=by)
    parts = (ActUnit.Part.UNIT, ActUnit.Part.SUCCESSOR)
    act_refusals.superiors(named.filter(part__in=parts).values_list("unit_id", flat=True), by=by)


def _take_back(act: Act, by: Actor) -> None:
    change = change_that_was(act)
    ending = change.founded
    standing.hold_touched(ending=ending, changing=change.touched - ending, bearing=())
    written = KeptChanges(act.pk)
    if written.count != act.did["rows"]:
        act_refusals.mine([0], by=by)  # some of the act's rows are no longer his to see
    found = act_hindrances.since_changed(act, written.changed_since())
    found += act_hindrances.grown_below()
    found += act_hindrances.naming(sorted(change.founded), but=act)
    found += consequences.hindrances(change, act.kept)
    founded = sorted(change.founded)
    if not found:
        consequences.take_back(change, act.kept, by=by)
        found = _restore(act, written, founded)
    if found:
        raise DomainError(
            "act.depended_on",
            _(
                "Không hoàn tác được vì sau đó: {facts}. Cây đơn vị giữ nguyên; hãy xử lý các việc đó trước."
            ).format(facts="; ".join(found[:5])),
            hindrances=found,
        )


def _restore(act: Act, written: KeptChanges, founded: list[int]) -> list[str]:
    """Write floor 1 back; what could not be is told, and the transaction then ends without a trace."""
    pointing = act_hindrances.references(founded, lasting=False)
    if pointing:
        told = ", ".join(dict.fromkeys(map(act_hindrances.holding, pointing)))
        return [_("đơn vị lập theo quyết định này đã có dữ liệu ({tables})").format(tables=told)]
    ActPerson.objects.filter(act=act).delete()
    outlives = act_hindrances.is_remembered(founded, but=act)
    if outlives or act_hindrances.references(founded, lasting=True):
        written.withdraw(founded, on=act.effective_on, mark=f"~{act.pk}")
    else:
        ActUnit.objects.filter(act=act, unit__in=founded).delete()
    written.undo()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return act_hindrances.unsound()
