"""What a closed unit still owed goes to its successor: nothing is owed twice, nothing is lost.

A successor that has the obligation keeps its own; one that has none gets one with the strictest deadline of those
it takes over. The closed unit's is "handed over" and its due count reversed. Where no unit follows, or only one
outside the campaign's scope, it is waived.
What was done stays with the unit that did it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from quantriet.campaigns.commands import moves
from quantriet.campaigns.commands.counting import DUE_MEASURES, due_lines
from quantriet.campaigns.models import Campaign, Obligation
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.models import Batch, Entry
from quantriet.org.access import Actor

HAND_OVER = "obligations.hand_over"
RUNNING = (Campaign.State.STARTING, Campaign.State.ACTIVE)


@dataclass(frozen=True)
class Handed:
    """One obligation that changed hands, the one that stands for it since (``None``: nobody follows, it is waived)
    and the state that one had before (empty: it was made for this). Where that one stands again, what it held before:
    who stood for it, its due day and limit (ISO).
    """

    obligation_id: int
    successor_id: int | None
    before: str
    successor_before: int | None = None
    due_before: str = ""
    limit_before: str = ""


def open_of(unit_ids: Sequence[int]) -> QuerySet[Obligation]:
    """What units still owe in running campaigns."""
    return Obligation.objects.filter(
        unit_id__in=list(unit_ids), state=Obligation.State.OPEN, campaign__state__in=RUNNING
    ).order_by("campaign_id", "requirement_id", "unit_id")


def waived_of(heirs: Mapping[int, int | None], *, roots: Mapping[int, int]) -> dict[int, int]:
    """How many open obligations of each unit no heir in the campaign's scope takes over; ``roots``: who owns the
    campaigns of closed units once the act is done.
    """
    waived: dict[int, int] = defaultdict(int)
    for group in _by_campaign(open_of(list(heirs)).select_related("campaign")):
        campaign = group[0].campaign
        followed = _in_scope(campaign, heirs, root_id=roots.get(campaign.unit_id, campaign.unit_id))
        for one in group:
            waived[one.unit_id] += followed[one.unit_id] is None
    return waived


def _by_campaign(rows: QuerySet[Obligation]) -> list[list[Obligation]]:
    """Obligations of one campaign after another."""
    owed: dict[int, list[Obligation]] = defaultdict(list)
    for one in rows:
        owed[one.campaign_id].append(one)
    return list(owed.values())


def _in_scope(campaign: Campaign, heirs: Mapping[int, int | None], *, root_id: int) -> dict[int, int | None]:
    """The heirs as far as they may owe in a campaign."""
    known = moves.inside(campaign, {heir for heir in heirs.values() if heir is not None}, root_id=root_id)
    return {unit_id: heir if heir in known else None for unit_id, heir in heirs.items()}


def owed_since(obligation: Obligation) -> date:
    """From which day a unit owes what it owes: the start of the campaign, or the day it took it over."""
    came = Entry.objects.filter(
        book=obligation.campaign.book_id,
        unit=obligation.unit_id,
        measure=DUE_MEASURES[obligation.kind],
        amount__gt=0,
        batch__origin=HAND_OVER,
        batch__reversed_by=None,
    )
    day = came.order_by("-id").values_list("occurred_on", flat=True).first()
    return day or obligation.campaign.starts_on


def hand_over(
    heirs: Mapping[int, int | None], *, on: date, key: str, reason: str, by: Actor
) -> tuple[list[Handed], list[int]]:
    """Hand the open obligations of closed units to their heirs (``None``: nobody follows) from ``on``.

    Returns what changed hands and the batches that posted it, one a campaign.
    """
    handed: list[Handed] = []
    batches: list[int] = []
    with transaction.atomic():
        owed = open_of(list(heirs)).select_for_update(of=("self",)).select_related("campaign")
        for group in _by_campaign(owed):
            campaign = group[0].campaign
            assert campaign.book_id is not None  # noqa: S101 - a running campaign has a book
            posted = ledger.begin(campaign.book_id, by=by, origin=HAND_OVER, key=key, reason=reason)
            if not posted.is_new:
                continue
            batches.append(posted.batch_id)
            followed = _in_scope(campaign, heirs, root_id=campaign.unit_id)
            day = max(on, campaign.starts_on)
            done, lines = _pass_on(group, followed, day=day, batch_id=posted.batch_id)
            waived = [one.obligation_id for one in done if one.successor_id is None]
            Obligation.objects.filter(pk__in=waived, reason="").update(reason=reason[:300])
            ledger.append(campaign.book_id, posted.batch_id, lines)
            handed += done
    return handed, batches


def _pass_on(
    owed: Sequence[Obligation], heirs: Mapping[int, int | None], *, day: date, batch_id: int
) -> tuple[list[Handed], list[Line]]:
    """Pass the obligations of one campaign on; what changed hands and what the ledger gets."""
    handed: list[Handed] = []
    lines: list[Line] = []
    by_heir: dict[tuple[int, int], list[Obligation]] = defaultdict(list)
    for one in owed:
        heir = heirs[one.unit_id]
        lines += due_lines(one.kind, one.unit_id, day, -1)
        one.state = Obligation.State.WAIVED if heir is None else Obligation.State.HANDED
        if heir is None:
            handed.append(Handed(one.pk, None, ""))
        else:
            by_heir[one.requirement_id, heir].append(one)
    known = _standing(by_heir)
    for (requirement_id, heir), group in by_heir.items():
        taken = known.get((requirement_id, heir))
        before = _before(taken)
        if taken is None or taken.state == Obligation.State.HANDED:
            taken = _taken_up(taken, heir, group, batch_id)
            lines += due_lines(taken.kind, heir, day, 1)
        for one in group:
            one.successor = taken
            handed.append(Handed(one.pk, taken.pk, *before))
    Obligation.objects.bulk_update(owed, ["state", "successor"], batch_size=500)
    return handed, lines


def _before(known: Obligation | None) -> tuple[str, int | None, str, str]:
    """What an heir's obligation is before it takes over: state, who stands for it, due day and limit."""
    if known is None:
        return "", None, "", ""
    return str(known.state), known.successor_id, known.due_at.isoformat(), known.limit_at.isoformat()


def _standing(wanted: Mapping[tuple[int, int], object]) -> dict[tuple[int, int], Obligation]:
    """What the heirs have of the same requirements already."""
    rows = Obligation.objects.select_for_update().filter(
        requirement_id__in={requirement for requirement, _heir in wanted},
        unit_id__in={heir for _requirement, heir in wanted},
    )
    return {(row.requirement_id, row.unit_id): row for row in rows.order_by("pk")}


def _taken_up(known: Obligation | None, heir: int, group: Sequence[Obligation], batch_id: int) -> Obligation:
    """A new obligation of the heir, as strict as the strictest it takes over; or its own, which stands again after
    the heir itself had ended and handed it over, as strict as the strictest of it and them.
    """
    first = group[0]
    strictest = [*group, *([known] if known is not None else [])]
    due_at, limit_at = min(one.due_at for one in strictest), min(one.limit_at for one in strictest)
    if known is not None:
        known.state, known.successor, known.due_at, known.limit_at = (
            Obligation.State.OPEN,
            None,
            due_at,
            limit_at,
        )
        known.save(update_fields=["state", "successor", "due_at", "limit_at"])
        return known
    return Obligation.objects.create(
        campaign_id=first.campaign_id,
        requirement_id=first.requirement_id,
        kind=first.kind,
        unit_id=heir,
        due_at=due_at,
        limit_at=limit_at,
        batch_id=batch_id,
    )


def taken_over(handed: Sequence[Handed]) -> QuerySet[Obligation]:
    """The obligations that exist (or stand again) only because they were taken over."""
    since = ("", Obligation.State.HANDED)
    ids = [one.successor_id for one in handed if one.successor_id is not None and one.before in since]
    return Obligation.objects.filter(pk__in=ids).select_related("unit").order_by("pk")


def extended(handed: Sequence[Handed]) -> dict[int, int]:
    """How many decisions extended each obligation that was taken over, of those that any has: one that stands again may
    have been extended long before.
    """
    rows = taken_over(handed).filter(extensions__isnull=False).order_by()
    return {
        int(pk): int(count) for pk, count in rows.values_list("pk").annotate(how_many=Count("extensions"))
    }


def give_back(handed: Sequence[Handed], batches: Sequence[int], *, reason: str, by: Actor) -> None:
    """Undo one ``hand_over``: who owed owes again, what was made for it goes. The caller has made sure that
    nothing rests on what was taken over.
    """
    with transaction.atomic():
        for batch_id in batches:
            ledger.reverse(batch_id, by=by, reason=reason)
        given = [one.obligation_id for one in handed]
        waived = [one.obligation_id for one in handed if one.successor_id is None]
        words = Batch.objects.filter(pk__in=list(batches)).values("reason")
        Obligation.objects.filter(pk__in=waived, reason__in=words).update(reason="")
        Obligation.objects.filter(pk__in=given).update(state=Obligation.State.OPEN, successor=None)
        made = [one.successor_id for one in handed if one.successor_id is not None and not one.before]
        Obligation.objects.filter(pk__in=made).delete()
        _end_again([one for one in handed if one.before == Obligation.State.HANDED])


def _end_again(handed: Sequence[Handed]) -> None:
    """Obligations that stood again are handed over as they were."""
    before = {one.successor_id: one for one in handed if one.successor_id is not None}
    rows = list(Obligation.objects.filter(pk__in=before))
    for row in rows:
        known = before[row.pk]
        row.state, row.successor_id = Obligation.State.HANDED, known.successor_before
        row.due_at = datetime.fromisoformat(known.due_before)
        row.limit_at = datetime.fromisoformat(known.limit_before)
    Obligation.objects.bulk_update(rows, ["state", "successor", "due_at", "limit_at"], batch_size=500)
