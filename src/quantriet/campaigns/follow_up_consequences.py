"""What acts on the tree do to following documents up: reviews still due go on, everything else stays with the unit
that did it and is seen with whoever took over (``queries.former``).
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from quantriet.campaigns.commands import reviews
from quantriet.campaigns.consequences import counted, heir_of, is_undecided
from quantriet.campaigns.models import Baseline, Direction, Review, Target
from quantriet.org.access import Actor
from quantriet.org.consequences import Change, Effect, Kept, register


class FollowUp:
    """Reviews, and the papers, targets and declared figures of closed units."""

    key = "campaigns.follow_up"

    def foresee(self, change: Change) -> Sequence[Effect]:
        """How many reviews go on with whom, and what stays."""
        closed = [pk for pk in change.closed if pk > 0]
        if not closed:
            return []
        waiting = counted(reviews.open_of(closed))
        facts = _facts(closed)
        effects: list[Effect] = []
        for unit_id in closed:
            effects += self._going(change, unit_id, waiting.get(unit_id, 0))
            effects += self._staying(change, unit_id, facts.get(unit_id, 0))
        return effects

    def _going(self, change: Change, unit_id: int, count: int) -> list[Effect]:
        if not count or is_undecided(change, unit_id):
            return []
        heir = heir_of(change, unit_id)
        if heir is None:
            outcome = _("Không còn đơn vị nhận: không phải làm nữa.")
        else:
            outcome = _("“{heir}” tổ chức tiếp theo hạn cũ; cuộc đơn vị ấy đã định thì chỉ còn một.").format(
                heir=change.name_of(heir)
            )
        return [Effect(_("Sơ kết, tổng kết chưa tổ chức"), count, outcome, unit_id=unit_id)]

    def _staying(self, change: Change, unit_id: int, count: int) -> list[Effect]:
        if not count:
            return []
        outcome = _("Ở lại với “{unit}”, xem ở trang theo dõi của đơn vị nhận.").format(
            unit=change.name_of(unit_id)
        )
        subject = _("Văn bản triển khai, mục tiêu, kết quả sơ kết, số liệu kỳ trước")
        return [Effect(subject, count, outcome, unit_id=unit_id)]

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """Give the open reviews to the heirs."""
        del by
        given = reviews.hand_on({unit_id: heir_of(change, unit_id) for unit_id in change.closed})
        return {"reviews": given} if given else {}

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """Reviews taken over that were held since."""
        del change
        ids = [pk for pk, _unit in kept.get("reviews", [])]
        held = Review.objects.filter(pk__in=ids, held_on__isnull=False).select_related("unit", "document")
        return [
            _("“{unit}” đã {review} “{document}” nhận từ đơn vị cũ").format(
                unit=one.unit.name, review=one.get_kind_display().lower(), document=one.document.number
            )
            for one in held.order_by("pk")
        ]

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Reviews due where they were."""
        del change, by
        reviews.give_back(kept.get("reviews", []))


def _facts(unit_ids: Sequence[int]) -> dict[int, int]:
    """How many papers, targets, held reviews and declared figures each unit has."""
    found: dict[int, int] = {}
    held = Review.objects.filter(held_on__isnull=False)
    for rows in (Direction.objects.all(), Target.objects.all(), held, Baseline.objects.all()):
        for unit_id, count in counted(rows.filter(unit_id__in=unit_ids)).items():
            found[unit_id] = found.get(unit_id, 0) + count
    return found


def register_all() -> None:
    """Called once, when the package is ready."""
    register(FollowUp())
