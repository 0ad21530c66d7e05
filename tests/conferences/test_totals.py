"""Nhập nhanh beside the roll-call by name: the two cannot tell different figures of the same people."""

from io import BytesIO

import docx
import pytest
from django.urls import reverse

from quantriet.campaigns.commands.declarations import Totals
from quantriet.conferences.commands import sites
from quantriet.conferences.verdicts import Act
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Form, Measure
from quantriet.org import access
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def declare(town: Town, present: int, *, version: int = 0) -> None:
    day = access.local_day(town.conference.starts_at)
    told = Totals({"present": present}, day, "", version, town.conference.level, Form.IN_PERSON)
    by = operator()
    with access.acting(by):
        sites.declare_totals(town.site, {town.cell.pk: told}, by=by)


@pytest.mark.parametrize("away", [Act.ABSENT, Act.EXCUSED])
def test_who_is_recorded_absent_here_is_not_declared_present(town: Town, away: Act) -> None:
    made.mark(town.site, [town.binh], away)

    with pytest.raises(DomainError) as refused:
        declare(town, 2)
    declare(town, 1)

    assert (refused.value.code, refused.value.context["unit"]) == ("site.totals_beyond_names", town.cell.pk)
    assert town.counts(Measure.PRESENT) == [1]


def test_who_was_absent_and_came_after_all_is_declared_once_that_is_corrected(town: Town) -> None:
    made.mark(town.site, [town.binh], Act.ABSENT)
    made.mark(town.site, [town.binh], Act.IN, key="he came")

    declare(town, 2)

    assert town.counts(Measure.PRESENT) == [2]


def test_absence_at_one_session_says_nothing_of_the_totals_of_another(town: Town) -> None:
    made.mark(town.site, [town.binh], Act.ABSENT)
    town.conference = made.called(town.commune, town.campaign)
    town.site = made.hub(town.conference)

    declare(town, 2)

    assert town.counts(Measure.PRESENT) == [2]


def test_the_figures_of_the_minutes_add_up(town: Town) -> None:
    made.mark(town.site, [town.an])
    made.mark(town.site, [town.binh], Act.ABSENT, key="away")
    client = factories.signed_in(factories.account("officer", town.commune))

    paper = client.get(reverse("site-minutes-paper", args=[town.site.pk]))
    lines = [
        one.text.replace("\N{NO-BREAK SPACE}", " ")
        for one in docx.Document(BytesIO(paper.getvalue())).paragraphs
    ]

    assert "Triệu tập 3, có mặt 33,3 % (1/3), vắng có lý do 0, vắng không lý do 1, chưa điểm danh 1." in lines
