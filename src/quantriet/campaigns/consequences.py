"""What acts on the tree and transfers of people do to campaigns: who owns them, what closed units still owed, and
the roll. Facts stay where they were recorded; only what is still open goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any
from uuid import uuid4

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import handovers, moves, reviews
from quantriet.campaigns.commands.handovers import Handed
from quantriet.campaigns.commands.moves import Wish
from quantriet.campaigns.models import Campaign, Declaration, Obligation, RollLine, RollMove
from quantriet.core.text import format_int
from quantriet.ledger.models import Batch
from quantriet.org.access import Actor
from quantriet.org.consequences import TRANSFER, Change, Effect, Kept, Option, Weight, register

SHOWN_NAMES = 3


def question_of(unit_id: int) -> str:
    """The question to whom the campaigns and open work of a divided unit go. Its answer is the place of the
    successor among the successors, from 0: a unit still to be founded has no number yet.
    """
    return f"campaigns.successor.{unit_id}"


def chosen(change: Change, unit_id: int, question: str) -> int | None:
    """Who takes over from a closed unit: its one successor, or the one chosen where it is divided."""
    successors = change.closed.get(unit_id, ())
    if len(successors) > 1:
        answer = change.answers.get(question, "")
        place = int(answer) if answer.isdecimal() else len(successors)
        return successors[place] if place < len(successors) else None
    return change.successor(unit_id)


def choice(change: Change, unit_id: int, question: str, subject: str, count: int) -> Effect:
    """The question which successor of a divided unit takes over."""
    return Effect(
        subject,
        count,
        _("“{unit}” chia cho nhiều đơn vị: hãy chọn đơn vị nhận tiếp.").format(unit=change.name_of(unit_id)),
        Weight.ASKS,
        unit_id,
        question=question,
        options=tuple(
            Option(str(place), change.name_of(successor))
            for place, successor in enumerate(change.closed[unit_id])
        ),
    )


def heir_of(change: Change, unit_id: int) -> int | None:
    """Who takes over the campaigns and open work of a closed unit."""
    return chosen(change, unit_id, question_of(unit_id))


def is_divided(change: Change, unit_id: int) -> bool:
    """Whether several units take over from this one."""
    return len(change.closed.get(unit_id, ())) > 1


def is_undecided(change: Change, unit_id: int) -> bool:
    """Whether a divided unit's open work waits for an answer."""
    return is_divided(change, unit_id) and heir_of(change, unit_id) is None


def reason_of(change: Change) -> str:
    """What the ledger says about a change: the decision, or the transfer of people."""
    if change.kind == TRANSFER:
        return _("Chuyển sinh hoạt")
    return _("Theo quyết định {number}").format(number=change.decision or f"#{change.act_id}")[:300]


def undone(change: Change) -> str:
    """What the ledger says about taking a change back."""
    return _("Hoàn tác: {reason}").format(reason=reason_of(change))[:300]


def key_of(change: Change, noun: str) -> str:
    """The key of a change's batches: taken once an act; a transfer is decided by the rows it still finds."""
    return f"act:{change.act_id}:{noun}" if change.act_id else f"{change.kind}:{noun}:{uuid4().hex}"


class Duties:
    """Campaigns of closed units get a new owner; open obligations go to the successor, done ones stay."""

    key = "campaigns.duties"

    def foresee(self, change: Change) -> Sequence[Effect]:
        """Open and done obligations, and campaigns, of every unit that ends."""
        closed = [pk for pk in change.closed if pk > 0]
        if not closed:
            return []
        owed = counted(handovers.open_of(closed))
        done = counted(
            Obligation.objects.filter(
                unit_id__in=closed, state=Obligation.State.DONE, campaign__state__in=handovers.RUNNING
            )
        )
        owned = counted(Campaign.objects.filter(unit_id__in=closed).exclude(state=Campaign.State.CLOSED))
        waiting = counted(reviews.open_of(closed))
        heirs = {unit_id: heir_of(change, unit_id) for unit_id in closed}
        waived = handovers.waived_of(
            heirs, roots={pk: heir for pk, heir in heirs.items() if heir is not None}
        )
        effects: list[Effect] = []
        for unit_id in closed:
            open_work = owed.get(unit_id, 0) + owned.get(unit_id, 0) + waiting.get(unit_id, 0)
            if open_work and is_divided(change, unit_id):
                subject = _("Việc đang mở và các đợt đã mở")
                effects.append(choice(change, unit_id, question_of(unit_id), subject, open_work))
            effects += self._handed(change, unit_id, owed.get(unit_id, 0), waived.get(unit_id, 0))
            effects += self._kept_done(change, unit_id, done.get(unit_id, 0))
            effects += self._owned(change, unit_id, owned.get(unit_id, 0))
        return effects

    def _handed(self, change: Change, unit_id: int, count: int, waived: int) -> list[Effect]:
        """``waived`` of the ``count`` find no heir in their campaign's scope."""
        if not count or is_undecided(change, unit_id):
            return []
        subject, heir = _("Việc phải làm đang mở"), heir_of(change, unit_id)
        if heir is None:
            outcome = _("Không còn đơn vị nhận: được miễn, không tính là còn nợ.")
            return [Effect(subject, count, outcome, unit_id=unit_id)]
        given = _(
            "Giao cho “{heir}”: việc đơn vị ấy đã có thì chỉ còn một, việc chưa có thì nhận với hạn cũ."
        ).format(heir=change.name_of(heir))
        outside = _("“{heir}” ngoài phạm vi của đợt: được miễn, không tính là còn nợ.").format(
            heir=change.name_of(heir)
        )
        told = ((count - waived, given), (waived, outside))
        return [Effect(subject, many, outcome, unit_id=unit_id) for many, outcome in told if many]

    def _kept_done(self, change: Change, unit_id: int, count: int) -> list[Effect]:
        if not count:
            return []
        outcome = _("Ở lại với “{unit}”, số liệu giữ nguyên.").format(unit=change.name_of(unit_id))
        return [Effect(_("Việc đã làm xong"), count, outcome, unit_id=unit_id)]

    def _owned(self, change: Change, unit_id: int, count: int) -> list[Effect]:
        heir = heir_of(change, unit_id)
        if not count or is_undecided(change, unit_id):
            return []
        if heir is None:
            return [
                Effect(
                    _("Đợt triển khai do đơn vị mở"),
                    count,
                    _("Không còn đơn vị nào nhận. Hãy kết thúc các đợt này, hoặc chọn đơn vị kế thừa."),
                    Weight.STOPS,
                    unit_id,
                    code="campaign.no_heir",
                )
            ]
        outcome = _("“{heir}” quản lý tiếp; số liệu đã ghi giữ nguyên.").format(heir=change.name_of(heir))
        return [Effect(_("Đợt triển khai do đơn vị mở"), count, outcome, unit_id=unit_id)]

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """Owners first: whoever is in scope follows from who owns a campaign."""
        heirs = {unit_id: heir_of(change, unit_id) for unit_id in change.closed}
        if not heirs:
            return {}
        owners = _reassign("unit_id", heirs)
        leads = _reassign("lead_id", heirs)
        handed, batches = handovers.hand_over(
            heirs, on=change.on, key=key_of(change, "obligations"), reason=reason_of(change), by=by
        )
        if not (owners or leads or handed):
            return {}
        return {
            "owners": owners,
            "leads": leads,
            "handed": [list(astuple(one)) for one in handed],
            "extended": [list(one) for one in handovers.extended(handed).items()],
            "batches": batches,
        }

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """What was done, extended or waived of the work taken over; what founded units began of their own."""
        handed = [Handed(*one) for one in kept.get("handed", [])]
        before = dict(kept.get("extended", []))
        since = {pk for pk, count in handovers.extended(handed).items() if count > before.get(pk, 0)}
        taken = handovers.taken_over(handed)
        touched = [one for one in taken if one.state != Obligation.State.OPEN or one.pk in since]
        sentences = [
            _("“{unit}” đã có kết quả ở việc nhận bàn giao: {kind}").format(
                unit=one.unit.name, kind=one.get_kind_display()
            )
            for one in touched
        ]
        received = {pk for pk, _owner in kept.get("owners", [])}
        begun = Campaign.objects.filter(unit_id__in=change.founded).exclude(pk__in=received)
        sentences += [
            _("“{unit}” đã mở đợt “{title}”").format(unit=one.unit.name, title=one.title)
            for one in begun.select_related("unit").order_by("pk")
        ]
        return sentences

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Former owners and debts as they were; the ledger holds the reversals."""
        handed = [Handed(*one) for one in kept.get("handed", [])]
        handovers.give_back(handed, kept.get("batches", []), reason=undone(change), by=by)
        for field, rows in (("unit_id", kept.get("owners", [])), ("lead_id", kept.get("leads", []))):
            _put(field, dict(rows))


def counted(rows: "QuerySet[Any]") -> dict[int, int]:
    """How many rows each unit has."""
    counted = rows.order_by().values_list("unit_id").annotate(how_many=Count("id"))
    return {int(unit_id): int(count) for unit_id, count in counted}


def _reassign(field: str, heirs: Mapping[int, int | None]) -> list[list[int]]:
    """Put the heir where a closed unit stands in a campaign; (campaign, who stood there) of each."""
    rows = Campaign.objects.select_for_update().filter(**{f"{field}__in": list(heirs)}).order_by("pk")
    changed = [
        (pk, unit_id, heir) for pk, unit_id in rows.values_list("pk", field) if (heir := heirs[unit_id])
    ]
    _put(field, {pk: heir for pk, _unit_id, heir in changed})
    return [[pk, unit_id] for pk, unit_id, _heir in changed]


def _put(field: str, units: Mapping[int, int]) -> None:
    """Write a unit into one column of campaigns (campaign → unit), one statement a unit."""
    campaigns: dict[int, list[int]] = {}
    for campaign_id, unit_id in units.items():
        campaigns.setdefault(unit_id, []).append(campaign_id)
    for unit_id, ids in campaigns.items():
        Campaign.objects.filter(pk__in=ids).update(**{field: unit_id})


class Roll:
    """Open lines of the roll follow their people; fulfilled ones stay with the unit where they were fulfilled."""

    key = "campaigns.roll"

    def wish(self, change: Change) -> Wish:
        """Lines of people who cross, and all other lines of units that end."""
        heirs = {unit_id: heir_of(change, unit_id) for unit_id in change.closed}
        return Wish(
            people={
                person: (crossing.source, crossing.target)
                for person, crossing in change.people.items()
                if crossing.source is not None
                and crossing.target is not None
                and crossing.source != crossing.target
            },
            heirs={unit_id: heir for unit_id, heir in heirs.items() if heir is not None},
        )

    def foresee(self, change: Change) -> Sequence[Effect]:
        """How many lines go where, stay with a declared total, or leave a campaign."""
        wish = self.wish(change)
        if not wish.people and not wish.heirs:
            return []
        effects: list[Effect] = []
        for campaign in moves.campaigns_of(wish):
            root = heir_of(change, campaign.unit_id) or campaign.unit_id
            found = moves.survey(campaign, wish, on=change.on, root_id=root)
            effects += self._going(change, campaign, found)
        return [*effects, *self._staying(change)]

    def _going(self, change: Change, campaign: Campaign, found: moves.Survey) -> list[Effect]:
        subject = _("Dòng danh sách triệu tập, đợt “{title}”").format(title=campaign.title)
        effects: list[Effect] = []
        arriving: dict[int, int] = {}
        for part in found.parts:
            if part.is_inside:
                arriving[part.target] = arriving.get(part.target, 0) + part.lines
        for target, count in sorted(arriving.items()):
            outcome = _("Chuyển sang “{unit}” vì chưa học xong.").format(unit=change.name_of(target))
            effects.append(Effect(subject, count, outcome))
        leaving = sum(part.lines for part in found.parts if not part.is_inside)
        if leaving:
            effects.append(Effect(subject, leaving, _("Đưa ra khỏi danh sách vì ra ngoài phạm vi của đợt.")))
        for unit_id, count in sorted(found.held.items()):
            outcome = _("Ở lại “{unit}”: đơn vị đã khai tổng số, không tách được ai đã học.").format(
                unit=change.name_of(unit_id)
            )
            effects.append(Effect(subject, count, outcome, unit_id=unit_id))
        return effects

    def _staying(self, change: Change) -> list[Effect]:
        fulfilled = RollLine.objects.filter(
            unit_id__in=list(change.closed),
            fulfilled_on__isnull=False,
            campaign__state__in=handovers.RUNNING,
        ).count()
        if not fulfilled:
            return []
        return [Effect(_("Người đã học xong"), fulfilled, _("Ở lại với đơn vị nơi đã học, không chuyển."))]

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """One batch a campaign."""
        wish = self.wish(change)
        if not wish.people and not wish.heirs:
            return {}
        key, reason = key_of(change, "roll"), reason_of(change)
        batches = [
            moves.move(campaign, wish, on=change.on, key=key, reason=reason, by=by)
            for campaign in moves.campaigns_of(wish)
        ]
        posted = [batch_id for batch_id in batches if batch_id is not None]
        return {"batches": posted} if posted else {}

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """People credited, excused or moved on since; totals declared with them; rows of founded units."""
        batches: Sequence[int] = kept.get("batches", [])
        sentences: list[str] = []
        touched = moves.touched_since(batches)
        if touched:
            names = ", ".join(one.person.full_name for one in touched[:SHOWN_NAMES])
            sentences.append(
                _("{count} người đã chuyển có ghi nhận mới: {names}").format(
                    count=format_int(len(touched)), names=f"{names}…" if len(touched) > SHOWN_NAMES else names
                )
            )
        for batch in Batch.objects.filter(pk__in=batches).order_by("pk"):
            campaign = Campaign.objects.get(book=batch.book_id)
            sentences += _declared_with(change, campaign, moves.arrivals(batch.pk))
        return [*sentences, *_begun_on_rolls(change.founded, batches)]

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Every line as it stood."""
        for batch_id in reversed(kept.get("batches", [])):
            moves.give_back(batch_id, reason=undone(change), by=by)


def _declared_with(change: Change, campaign: Campaign, arrived: Mapping[int, int]) -> list[str]:
    """Units whose declared totals need the people that came to them."""
    units = moves.without_room(campaign, arrived, on=change.on)
    rows = Declaration.objects.filter(campaign=campaign, unit_id__in=units, kind__in=("presence", "essays"))
    return [
        _("“{unit}” đã khai số liệu tính cả người chuyển đến (đợt “{title}”)").format(
            unit=name, title=campaign.title
        )
        for name in rows.order_by("unit__sort_key").values_list("unit__name", flat=True).distinct()
    ]


def _begun_on_rolls(founded: frozenset[int], batches: Sequence[int]) -> list[str]:
    """People summoned at founded units, and totals they declared, that the act itself did not bring."""
    brought = RollMove.objects.filter(batch_id__in=batches).values("line")
    added = RollLine.objects.filter(unit_id__in=founded).exclude(pk__in=brought).count()
    declared = Declaration.objects.filter(unit_id__in=founded).select_related("unit").order_by("pk")
    sentences = [
        _("“{unit}” đã khai số liệu: {kind}").format(unit=one.unit.name, kind=one.get_kind_display())
        for one in declared
    ]
    if added:
        sentences.append(_("đơn vị mới đã triệu tập thêm {count} người").format(count=format_int(added)))
    return sentences


def register_all() -> None:
    """Called once, when the package is ready."""
    register(Duties())
    register(Roll())
