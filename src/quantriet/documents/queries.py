"""Reads of documents. Publication is seen from below: a unit reads what the units above it published."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.core.text.normal import fold
from quantriet.documents.choices import Circulation, State
from quantriet.documents.models import Clause, Document, DocumentVersion, Material, Receipt
from quantriet.org import access
from quantriet.org.access import HOUSE, Actor
from quantriet.org.models import Membership, PersonClass, Tree, Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can, Reach

_PUBLISHED = Q(state=State.PUBLISHED)


def standing(unit: Unit) -> list[str]:
    """The paths on which a unit stands today: its own, and that of the committee it is tied to."""
    tied = {unit.pk, unit.committee_id} - {None}
    return list(
        access.today_placements().filter(unit__in=tied).order_by("unit_id").values_list("path", flat=True)
    )


def published_for(unit: Unit) -> QuerySet[Document]:
    """What the units at and above ``unit`` published for its level and its organisation, newest first."""
    above = access.today_placements().filter(path__ancestor_of=standing(unit)).values("unit")
    found = Document.objects.filter(_PUBLISHED, owner__in=above, down_to__gte=unit.level)
    if unit.tree != Tree.PARTY:
        found = found.filter(circulation=Circulation.ALL)
    return found


def visible_documents(by: Actor) -> QuerySet[Document]:
    """Every document ``by`` may read, newest first: published from above, published below by the units he
    looks down on, and in any state where he manages documents.
    """
    if by.roots == HOUSE:
        return Document.objects.all()
    unit = Unit.objects.select_related("committee").get(pk=by.unit_id)
    from_above = published_for(unit).values("pk")
    bounds = Q(pk__in=from_above)
    if by.reach(Can.DOCUMENT_READ) is Reach.SUBTREE:
        bounds |= _PUBLISHED & Q(owner__in=access.units(by, Can.DOCUMENT_READ).values("pk"))
    if by.can(Can.DOCUMENT_MANAGE):
        bounds |= Q(owner__in=access.units(by, Can.DOCUMENT_MANAGE).values("pk"))
    return Document.objects.filter(bounds)


def managed_documents(by: Actor) -> QuerySet[Document]:
    """The documents ``by`` may change, in any state."""
    return Document.objects.filter(owner__in=access.units(by, Can.DOCUMENT_MANAGE).values("pk"))


def published_twin(by: Actor, number: str, issuer_name: str, term: str) -> Document | None:
    """The same paper, already published by a unit whose documents ``by`` reads."""
    return (
        visible_documents(by)
        .filter(_PUBLISHED, number=number, issuer_folded=fold(issuer_name)[:200], term=term)
        .exclude(owner__in=access.units(by, Can.DOCUMENT_MANAGE).values("pk"))
        .select_related("owner")
        .first()
    )


def search(documents: QuerySet[Document], text: str) -> QuerySet[Document]:
    """Documents whose head holds every word, or one of whose clauses does. Marks and case do not count."""
    words = re.sub(r"\s*([-–/])\s*", r"\1", fold(text)).replace("–", "-").split()[:12]
    if not words:
        return documents
    in_head, in_clause = Q(), Q(document=OuterRef("pk"))
    for word in words:
        in_head &= Q(folded__contains=word)
        in_clause &= Q(folded__contains=word)
    return documents.filter(in_head | Exists(Clause.objects.filter(in_clause)))


def listed(documents: QuerySet[Document]) -> QuerySet[Document]:
    """With what a row of the list shows: the owner and how many clauses."""
    return (
        documents.select_related("owner")
        .annotate(clause_count=Count("clauses"))
        .order_by("-issued_on", "-pk")
    )


def opened(documents: QuerySet[Document]) -> QuerySet[Document]:
    """With what the page of one document shows; the number of queries does not grow with its clauses."""
    return documents.select_related("owner").prefetch_related(
        Prefetch("clauses", Clause.objects.order_by("position")),
        Prefetch("versions", DocumentVersion.objects.defer("text").order_by("-ordinal")),
        "relations",
    )


# ---- materials ----------------------------------------------------------------------------------------


def person_class(by: Actor) -> PersonClass:
    """The class of people the actor himself belongs to today; UNKNOWN without a membership."""
    found = (
        Membership.objects.filter(person_id=by.person_id, is_primary=True, to_on=None)
        .order_by("-from_on")
        .values_list("person_class", flat=True)
        .first()
        if by.person_id
        else None
    )
    return PersonClass(found) if found is not None else PersonClass.UNKNOWN


def materials(document: Document, by: Actor) -> QuerySet[Material]:
    """The materials of a readable document, see ``materials_of``."""
    return materials_of([document], by)


def materials_of(documents: Iterable[Document], by: Actor) -> QuerySet[Material]:
    """The materials of readable documents: of the units at and above the actor's, for his class of people.

    Whoever looks down on units sees those of every class, for he hands them out.
    """
    found = (
        Material.objects.filter(document__in=[document.pk for document in documents])
        .select_related("unit")
        .order_by("kind", "title", "pk")
    )
    if by.roots == HOUSE:
        return found
    unit = Unit.objects.get(pk=by.unit_id)
    above = access.today_placements().filter(path__ancestor_of=standing(unit)).values("unit")
    if by.reach(Can.DOCUMENT_READ) is Reach.SUBTREE:
        below = access.units(by, Can.DOCUMENT_READ).values("pk")
        return found.filter(Q(unit__in=above) | Q(unit__in=below))
    found = found.filter(unit__in=above)
    if by.reach(Can.DOCUMENT_READ) is Reach.UNIT:
        return found
    return for_class(found, person_class(by))


def for_class(found: QuerySet[Material], wanted: PersonClass) -> QuerySet[Material]:
    """Those for everyone and those that name the class."""
    return found.filter(Q(audiences=[]) | Q(audiences__contains=[wanted.value]))


# ---- receipts -----------------------------------------------------------------------------------------


def receivers(document: Document) -> QuerySet[Unit]:
    """The units that are to say that they received the document."""
    return receivers_below(
        document.owner, down_to=Level(document.down_to), circulation=Circulation(document.circulation)
    )


def receivers_below(owner: Unit, *, down_to: Level, circulation: Circulation) -> QuerySet[Unit]:
    """Who is to say that something published by ``owner`` arrived: all below it today, down to a level and within
    a circulation; boards and offices answer with their committee.
    """
    tied = Q(unit=owner) | (Q(unit__committee=owner) & ~Q(unit__tree=owner.tree))
    roots = list(access.today_placements().filter(tied).order_by("unit_id").values_list("path", flat=True))
    inside = access.today_placements().filter(path__descendant_of=roots, former=False)
    found = Unit.objects.filter(Q(pk__in=inside.values("unit")), level__lte=down_to, closed_on=None).exclude(
        kind__in=(UnitKind.BODY, UnitKind.PRESS)
    )
    if circulation == Circulation.PARTY:
        found = found.filter(tree=Tree.PARTY)
    return found.exclude(pk=owner.pk)


def units_directly_below(document: Document) -> QuerySet[Unit]:
    """The receivers directly below the owner: they are told when it is published."""
    children = access.today_placements().filter(parent_id=document.owner_id).values("unit")
    return receivers(document).filter(pk__in=children)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a document has come at one level: units that are to have it, and those that said so."""

    level: Level
    due: int
    received: int

    @property
    def missing(self) -> int:
        """Units that have not said so yet."""
        return self.due - self.received


def delivery(document: Document, by: Actor) -> list[Delivery]:
    """Delivery by level, top first, among the units ``by`` looks down on."""
    got = Exists(Receipt.objects.filter(document=document, unit=OuterRef("pk")))
    rows = (
        _own_receivers(document, by)
        .order_by()
        .values("level")
        .annotate(due=Count("pk"), received=Count("pk", filter=Q(got)))
        .order_by("level")
    )
    return [Delivery(Level(row["level"]), row["due"], row["received"]) for row in rows]


def missing(document: Document, by: Actor) -> QuerySet[Unit]:
    """The units below ``by`` that have not said that they received the document, by level and name."""
    got = Receipt.objects.filter(document=document).values("unit")
    return _own_receivers(document, by).exclude(pk__in=got).order_by("level", "sort_key", "pk")


def _own_receivers(document: Document, by: Actor) -> QuerySet[Unit]:
    return receivers(document).filter(pk__in=access.units(by, Can.UNIT_READ).values("pk"))


def unread_by(unit: Unit) -> QuerySet[Document]:
    """Published documents that ``unit`` has not acknowledged yet: its own line in "Việc hôm nay"."""
    got = Receipt.objects.filter(unit=unit).values("document")
    return published_for(unit).exclude(owner=unit).exclude(pk__in=got)


def clause_or_404(by: Actor, clause_id: int) -> Clause:
    """A clause of a document the actor manages."""
    bounded = Clause.objects.filter(document__in=managed_documents(by).values("pk"))
    return access.row_or_404(bounded.select_related("document", "document__owner"), clause_id)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a document does to another: the kind in words, the number, and the other where it may be read."""

    kind: str
    number: str
    document_id: int | None


def readable_relations(document: Document, by: Actor) -> list[Relation]:
    """The relations of a document; another document is linked only where the actor may read it."""
    relations = list(document.relations.all())
    others = [relation.other_id for relation in relations if relation.other_id]
    known = set(visible_documents(by).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    return [
        Relation(
            relation.get_kind_display(),
            relation.other_number,
            relation.other_id if relation.other_id in known else None,
        )
        for relation in relations
    ]


# ---- "Việc hôm nay" -----------------------------------------------------------------------------------

TASKS = 5


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay": documents from above that the actor's unit has not acknowledged, newest first."""
    unit = Unit.objects.filter(pk=actor.unit_id).exclude(kind__in=(UnitKind.BODY, UnitKind.PRESS)).first()
    if unit is None or not access.may(actor, Can.OBLIGATION_FULFIL, unit):
        return []
    return [
        core_tasks.waiting(
            text=_("Văn bản {number}: {abstract}").format(number=document.number, abstract=document.abstract),
            when=_("Mới"),
            href=reverse("document", args=(document.pk,)),
            act=_("Xem, xác nhận"),
        )
        for document in unread_by(unit)[:TASKS]
    ]
