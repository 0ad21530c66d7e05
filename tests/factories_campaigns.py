"""Documents and campaigns for tests, made through the commands."""

import itertools
from datetime import date

from django.utils import timezone

from quantriet.campaigns.commands import campaigns, credits
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.commands.credits import Claim, Session
from quantriet.campaigns.models import Campaign
from quantriet.documents.models import Document, State
from quantriet.ledger import commands as ledger
from quantriet.ledger.measures import Form, Grade
from quantriet.org import access
from quantriet.org.models import Person, Unit
from quantriet.org.models.units import Level
from tests.factories import operator

STARTS = date(2026, 1, 28)
ENDS = date(2026, 4, 30)

_numbers = itertools.count(1)


def document(owner: Unit, *, state: str = State.PUBLISHED) -> Document:
    """A resolution of an invented issuer, published unless told otherwise."""
    serial = next(_numbers)
    with access.acting(operator()):
        return Document.objects.create(
            owner=owner,
            number=f"{serial:02d}-NQ/TU",
            serial=serial,
            kind="NQ",
            issuer_symbol="TU",
            issuer_name="Tỉnh ủy Thử Nghiệm",
            issuer_folded="tinh uy thu nghiem",
            term="2025-2030",
            abstract="về một việc để thử",
            issued_on=date(2026, 1, 20),
            folded=f"{serial:02d}-nq/tu",
            state=state,
            published_at=timezone.now() if state == State.PUBLISHED else None,
        )


def draft(
    unit: Unit, documents: list[Document], *, preset: str = "thorough", title: str = "Đợt thử"
) -> Campaign:
    """A planned campaign of ``unit`` for documents, each studied thoroughly."""
    answers = Answers(title, STARTS, ENDS, tuple((one.pk, "thorough") for one in documents))
    with access.acting(operator()):
        return campaigns.plan(unit, preset=preset, answers=answers, by=operator())


def started(unit: Unit, documents: list[Document] | None = None) -> Campaign:
    """A running campaign with its roll drawn."""
    planned = draft(unit, [document(unit)] if documents is None else documents)
    with access.acting(operator()):
        return campaigns.start(planned, by=operator())


def study(
    campaign: Campaign,
    people: list[Person],
    documents: list[Document],
    *,
    key: str,
    on: date = date(2026, 2, 7),
) -> list[int]:
    """Credit people for documents at a session; the units of the lines fulfilled by it."""
    by = operator()
    with access.acting(by):
        assert campaign.book_id is not None
        posted = ledger.begin(campaign.book_id, by=by, origin="test", key=key)
        claims = [Claim(one.pk, f"{key}:{one.pk}", "attended", Grade.ON_SPOT, on) for one in people]
        session = Session(Level.COMMUNE, Form.IN_PERSON, tuple(one.pk for one in documents))
        done = credits.credit(campaign, claims, session=session, batch_id=posted.batch_id, by=by)
    return sorted(one.unit_id for one in done)


def started_titled(unit: Unit, documents: list[Document], title: str) -> Campaign:
    """A running campaign with a title of its own."""
    planned = draft(unit, documents, title=title)
    with access.acting(operator()):
        return campaigns.start(planned, by=operator())
