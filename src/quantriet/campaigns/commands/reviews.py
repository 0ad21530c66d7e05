"""Reviews that are due at units that end: whoever takes over holds them. Facts of following up never move."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from quantriet.campaigns.models import Review


def open_of(unit_ids: Sequence[int]) -> QuerySet[Review]:
    """Reviews these units planned and have not held."""
    return Review.objects.filter(unit_id__in=list(unit_ids), held_on=None).order_by("id")


def hand_on(heirs: Mapping[int, int | None]) -> list[list[int]]:
    """Give the open reviews of closed units to their heirs (``None``: nobody follows); (review, who had it) of each.

    What an heir has planned itself, or gets from another unit already, stays where it is: nothing is due twice.
    Called in the transaction of the act.
    """
    waiting = list(open_of(list(heirs)).select_for_update())
    planned = Review.objects.filter(
        unit_id__in={heir for heir in heirs.values() if heir is not None},
        document_id__in={row.document_id for row in waiting},
    )
    taken = set(planned.values_list("document_id", "unit_id", "kind", "due_on"))
    given: list[list[int]] = []
    going: list[Review] = []
    for row in waiting:
        heir = heirs[row.unit_id]
        if heir is None or (row.document_id, heir, row.kind, row.due_on) in taken:
            continue
        taken.add((row.document_id, heir, row.kind, row.due_on))
        given.append([row.pk, row.unit_id])
        row.unit_id = heir
        going.append(row)
    Review.objects.bulk_update(going, ["unit"], batch_size=500)
    return given


def give_back(given: Sequence[Sequence[int]]) -> None:
    """Undo one ``hand_on``. The caller has made sure that none of them was held since."""
    owners = {given_on[0]: given_on[1] for given_on in given}
    rows = list(Review.objects.filter(pk__in=owners))
    for row in rows:
        row.unit_id = owners[row.pk]
    Review.objects.bulk_update(rows, ["unit"], batch_size=500)
