"""After any sequence of marks, corrections, undos and declared totals the ledger says what the rows say."""

import itertools

from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Declaration, RollLine
from quantriet.conferences.commands import attendance, makeups, sites
from quantriet.conferences.models import Attendance
from quantriet.conferences.verdicts import Act
from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries as ledger_queries
from quantriet.ledger.measures import Measure
from quantriet.org import access
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.factories import operator

people = st.integers(0, 2)
sessions = st.integers(0, 1)
calls = itertools.count(1)


class RollCall(RuleBasedStateMachine):
    """Two sessions, three people, anybody doing anything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()
        self.sites = [self.town.site, made.hub(made.called(self.town.commune, self.town.campaign))]
        self.last = ["", ""]

    @rule(session=sessions, who=st.sets(people, min_size=1), act=st.sampled_from(Act))
    def mark(self, session: int, who: set[int], act: Act) -> None:
        key = f"call-{next(calls)}"
        made.mark(self.sites[session], [self.town.people[at] for at in sorted(who)], act, key=key)
        self.last[session] = key

    @rule(session=sessions)
    def undo(self, session: int) -> None:
        by = operator()
        with access.acting(by):
            attendance.undo(self.sites[session], self.last[session], by=by)

    @rule(session=sessions, who=people)
    def make_up(self, session: int, who: int) -> None:
        by = operator()
        with access.acting(by):
            chosen = [self.town.people[who].pk]
            makeups.make_up(self.sites[session], chosen, note="Xem lại", key=f"make-up-{next(calls)}", by=by)

    @rule(session=sessions, present=st.integers(0, 2), excused=st.just(0))
    def declare(self, session: int, present: int, excused: int) -> None:
        by = operator()
        unit = self.town.cell.pk
        known = Declaration.objects.filter(campaign=self.town.campaign, unit_id=unit).first()
        told = Totals(
            {"present": present, "excused": excused},
            timezone.localdate(),
            version=known.version if known else 0,
        )
        with access.acting(by):
            try:
                sites.declare_totals(self.sites[session], {unit: told}, by=by)
            except DomainError as refused:
                assert refused.code in ("declaration.above_summoned", "site.totals_beyond_names")  # noqa: PT017

    @invariant()
    def the_ledger_says_what_the_rows_say(self) -> None:
        with access.acting(operator()):
            lines = RollLine.objects.filter(campaign=self.town.campaign)
            named = lines.filter(fulfilled_on__isnull=False).count()
            excused = lines.filter(fulfilled_on=None).exclude(excuse="").count()
            rows = Attendance.objects.filter(conference__campaign=self.town.campaign)
            turns = rows.filter(state__in=("present", "late")).count()
            late = rows.filter(state="late").count()
        declared = sum(
            row.posted.get("present", 0) for row in Declaration.objects.filter(campaign=self.town.campaign)
        )
        wanted = (Measure.PRESENT, Measure.EXCUSED, Measure.ATTENDANCES, Measure.LATE)
        assert self.town.counts(*wanted) == [named + declared, excused, turns, late]

    def teardown(self) -> None:
        ledger.fold()
        assert ledger_queries.verify().equal


class TestRollCall(HypothesisTestCase, RollCall.TestCase):  # type: ignore[misc, valid-type]
    """The machine; the database is rolled back after each sequence."""

    settings = settings(  # type: ignore[assignment]
        max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
    )
