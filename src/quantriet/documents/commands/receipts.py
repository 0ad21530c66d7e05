"""Units below say that they have a document."""

from collections.abc import Sequence

from django.db import transaction

from quantriet.documents import queries
from quantriet.documents.models import Document, Receipt
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def acknowledge(documents: Sequence[Document], *, unit: Unit, by: Actor) -> int:
    """Say for ``unit`` that the documents have arrived; gives how many had not been acknowledged before.

    Documents that ``unit`` is not to read answer like those that do not exist.
    """
    access.require(by, Can.OBLIGATION_FULFIL, unit)
    wanted = {document.pk for document in documents}
    readable = queries.published_for(unit).filter(pk__in=wanted)
    found = list(readable)
    if len(found) != len(wanted):
        raise access.not_found()
    with transaction.atomic():
        known = set(
            Receipt.objects.filter(unit=unit, document__in=found).values_list("document_id", flat=True)
        )
        Receipt.objects.bulk_create(
            [
                Receipt(document=one, unit=unit, received_by_id=by.account_id or None, receiver=by.name)
                for one in found
            ],
            ignore_conflicts=True,
        )
        fresh = [one for one in found if one.pk not in known]
        for one in fresh:
            audit.record(by, "document.acknowledge", one, unit=unit, detail={"number": one.number})
    return len(fresh)
