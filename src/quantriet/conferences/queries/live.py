"""What the live page of a conference shows: to units that take part and to persons who are summoned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from quantriet.conferences.models import Conference
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries.conferences import AgendaRow
from quantriet.documents import queries as documents
from quantriet.documents.models import Document, Material
from quantriet.org.access import Actor

OVER = (Conference.State.CLOSED, Conference.State.CANCELLED)


def followed(by: Actor) -> QuerySet[Conference]:
    """Conferences the actor may follow: those that concern his units, and those he himself is summoned to."""
    concern = Q(pk__in=reads.conferences(by).order_by().values("pk"))
    if by.person_id is not None:
        concern |= Q(pk__in=[one.pk for one in reads.summoned_to(by.person_id)])
    return Conference.objects.filter(concern).select_related("unit", "campaign")


@dataclass(frozen=True)
class Point:
    """An item of the agenda with the time it should have; ``is_now``: it should run at the moment asked."""

    row: AgendaRow
    begins: datetime
    ends: datetime
    is_now: bool


def points(conference: Conference, rows: Sequence[AgendaRow], now: datetime) -> list[Point]:
    """The agenda along the clock, from when the conference was opened, or else should begin. Only the plan is known;
    of a conference that is over no item runs.
    """
    told = []
    begins = conference.opened_at or conference.starts_at
    for row in rows:
        ends = begins + timedelta(minutes=row.planned_minutes)
        told.append(Point(row, begins, ends, conference.state not in OVER and begins <= now < ends))
        begins = ends
    return told


@dataclass(frozen=True)
class Paper:
    """A document of the agenda that the reader may read, with what was prepared for him."""

    document: Document
    materials: list[Material]


def papers(rows: Sequence[AgendaRow], by: Actor) -> list[Paper]:
    """The documents of the agenda in its order, as far as the reader may know them."""
    order = [row.document_id for row in rows if row.document_id is not None]
    found = {one.pk: one for one in documents.visible_documents(by).filter(pk__in=order)}
    beside: dict[int, list[Material]] = {}
    for material in documents.materials_of(found.values(), by):
        beside.setdefault(material.document_id, []).append(material)
    return [Paper(found[pk], beside.get(pk, [])) for pk in dict.fromkeys(order) if pk in found]
