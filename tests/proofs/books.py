"""The machine: anybody does anything in any order to a province, its campaign and its tree; after every step the
figures are what the rows say, at every level, now and on earlier days.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from quantriet.campaigns.commands import credits, declarations, obligations, roll
from quantriet.campaigns.commands.credits import Claim, Session
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.commands.obligations import Decision, Done
from quantriet.campaigns.models import Declaration, Obligation, RollLine
from quantriet.conferences.commands import attendance
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.models import Site
from quantriet.conferences.verdicts import Act as Marked
from quantriet.conferences.verdicts import Ask
from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger import figures, queries
from quantriet.ledger.measures import Form, Grade, Measure
from quantriet.ledger.models import Freeze
from quantriet.org import access
from quantriet.org.commands import acts, people, units
from quantriet.org.models import Act, ActKind, Person, Unit, UnitKind
from quantriet.org.models.units import Level
from quantriet.org.proposals import REST, NewUnit, Proposal
from quantriet.org.specs import UnitSpec
from tests.factories import operator
from tests.proofs import recount
from tests.proofs.world import World, build

EARLIER = (date(2026, 2, 1), date(2026, 2, 15), date(2026, 3, 1))
SESSIONS = (date(2026, 2, 7), date(2026, 2, 20))
FIRST_EVER = date(2026, 1, 28)

# What undoing must restore besides the figures: rows of the floors above org, and where people belong.
KEPT = {
    "roll": "SELECT id, unit_id, state, reason, excuse, excused_on, moved_on, fulfilled_on, means, level, form, grade, "
    "batch_id FROM campaigns_rollline WHERE campaign_id = %(campaign)s ORDER BY id",
    "moves": "SELECT move.id FROM campaigns_rollmove AS move JOIN campaigns_rollline AS line "
    "ON line.id = move.line_id WHERE line.campaign_id = %(campaign)s ORDER BY 1",
    "credits": "SELECT id, unit_id FROM campaigns_credit WHERE campaign_id = %(campaign)s ORDER BY id",
    "duties": "SELECT id, unit_id, kind, state, due_at, limit_at, done_on, grade, reason, successor_id "
    "FROM campaigns_obligation WHERE campaign_id = %(campaign)s ORDER BY id",
    "declared": "SELECT id, unit_id, figures::text, posted::text, counted_on FROM campaigns_declaration "
    "WHERE campaign_id = %(campaign)s ORDER BY id",
    "campaign": "SELECT unit_id, lead_id FROM campaigns_campaign WHERE id = %(campaign)s",
    "sessions": "SELECT id, unit_id FROM conferences_conference WHERE campaign_id = %(campaign)s ORDER BY id",
    "sites": "SELECT site.id, site.unit_id FROM conferences_site AS site JOIN conferences_conference AS held "
    "ON held.id = site.conference_id WHERE held.campaign_id = %(campaign)s ORDER BY 1",
    "seats": "SELECT seat.id, seat.unit_id, seat.site_id FROM conferences_siteunit AS seat "
    "JOIN conferences_conference AS held ON held.id = seat.conference_id "
    "WHERE held.campaign_id = %(campaign)s ORDER BY 1",
    "homes": "SELECT id, home_unit_id FROM org_person WHERE id = ANY(%(people)s) ORDER BY id",
    "tree": "SELECT unit_id, parent_id, path::text, valid::text, former FROM org_placement "
    "WHERE unit_id = ANY(%(units)s) ORDER BY unit_id, valid",
}

PATIENCE_S = 60

pick = st.integers(0, 11)


@dataclass
class Kept:
    """A freeze as it was made: never to be seen changed."""

    pk: int
    figures: dict[str, Any]


class Books(RuleBasedStateMachine):
    """Rules do; the invariants look. A refusal is an outcome like any other, and must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.by = operator()
        self.world: World = build()
        self.step = 0
        self.sources: list[str] = []
        self.calls: list[tuple[int, str]] = []
        self.done: list[Act] = []
        self.frozen: list[Kept] = []
        self.refusals: list[str] = []

    # ---- looking ---------------------------------------------------------------------------------------

    def key(self) -> str:
        self.step += 1
        return f"step-{self.step}"

    def standing(self, kind: str) -> list[Unit]:
        """The live units of a kind, oldest first."""
        inside = access.today_placements().filter(path__descendant_of=[str(self.world.top.pk)], former=False)
        return list(
            Unit.objects.filter(pk__in=inside.values("unit"), kind=kind, closed_on=None).order_by("pk")
        )

    def cell(self, at: int) -> Unit:
        found = self.standing(UnitKind.CELL)
        return found[at % len(found)]

    def commune(self, at: int) -> Unit:
        found = self.standing(UnitKind.COMMUNE)
        return found[at % len(found)]

    def person_id(self, at: int) -> int:
        return self.world.people[at % len(self.world.people)].pk

    def person(self, at: int) -> Person:
        return Person.objects.get(pk=self.person_id(at))

    def hall(self, at: int) -> Site:
        return Site.objects.select_related("conference__campaign").get(pk=self.world.halls[at].pk)

    def dump(self) -> dict[str, Any]:
        """Everything an undo must restore."""
        words: dict[str, int | list[int]] = {
            "campaign": self.world.campaign.pk,
            "people": [one.pk for one in self.world.people],
            "units": list(recount.Tree(timezone.localdate()).below(self.world.top.pk)),
        }
        found: dict[str, Any] = {"cells": recount.posted(self.world.book_id)}
        with connection.cursor() as cursor:
            for name, question in KEPT.items():
                cursor.execute(question, words)
                found[name] = cursor.fetchall()
        return found

    def as_it_was(self, day: date) -> dict[int, dict[Measure, Any]]:
        """The figures of every unit on an earlier day over the tree of that day, with what is known today."""
        read = figures.as_of(self.world.book_id, on=day, known=timezone.localdate(), tree_on=day)
        return read.table(recount.Tree(day).below(self.world.top.pk))

    @contextmanager
    def earlier_days_stay(self) -> Iterator[None]:
        """Whatever is done within: no figure of an earlier day moves."""
        day = EARLIER[self.step % len(EARLIER)]
        before = self.as_it_was(day)
        yield
        assert self.as_it_was(day) == before, f"the figures of {day} changed"

    def tried(self, act: Callable[[], Any]) -> Any:
        """Do it as the operator; a refusal leaves everything as it was."""
        with access.acting(self.by):
            try:
                return act()
            except DomainError as refused:
                self.refusals.append(refused.code)
                return None

    # ---- work --------------------------------------------------------------------------------------------

    def _declare(self, unit: Unit, kind: str, told: dict[str, int], paper: str = "") -> None:
        known = Declaration.objects.filter(campaign=self.world.campaign, unit=unit, kind=kind).first()
        totals = Totals(told, SESSIONS[0], paper=paper, version=known.version if known else 0)
        declarations.declare(self.world.campaign, unit, kind=kind, totals=totals, by=self.by)

    @rule(at=pick, present=st.integers(0, 3), excused=st.integers(0, 1), paper=st.sampled_from(["", "BB 3"]))
    def report_presence(self, at: int, present: int, excused: int, paper: str) -> None:
        told = {"present": present, "excused": excused, "guests": 1}
        self.tried(lambda: self._declare(self.cell(at), "presence", told, paper))

    @rule(at=pick, handed_in=st.integers(0, 2))
    def report_essays(self, at: int, handed_in: int) -> None:
        told = {"handed_in": handed_in, "accepted": 0}
        self.tried(lambda: self._declare(self.cell(at), "essays", told))

    @rule(at=pick, kind=st.sampled_from([("materials", "supplied"), ("programme", "issued")]))
    def report_done(self, at: int, kind: tuple[str, str]) -> None:
        self.tried(lambda: self._declare(self.commune(at), kind[0], {kind[1]: 1}))

    @rule(at=pick, both=st.booleans(), day=st.sampled_from(SESSIONS))
    def study(self, at: int, both: bool, day: date) -> None:  # noqa: FBT001 - drawn by the machine
        self.tried(lambda: self._study(self.person(at), both=both, day=day, key=self.key()))

    def _study(self, person: Person, *, both: bool, day: date, key: str) -> None:
        documents = self.world.documents if both else self.world.documents[:1]
        source = f"{key}:{person.pk}"
        with transaction.atomic():
            posted = ledger.begin(self.world.book_id, by=self.by, origin="test", key=key)
            claim = Claim(person.pk, source, "attended", Grade.ON_SPOT, day)
            session = Session(Level.COMMUNE, Form.IN_PERSON, tuple(one.pk for one in documents))
            credits.credit(
                self.world.campaign, [claim], session=session, batch_id=posted.batch_id, by=self.by
            )
        self.sources.append(source)

    @precondition(lambda self: self.sources)
    @rule(at=pick)
    def correct(self, at: int) -> None:
        source = self.sources[at % len(self.sources)]
        key = self.key()
        self.tried(
            lambda: credits.withdraw(self.world.campaign, [source], reason="Ghi nhầm", key=key, by=self.by)
        )

    @rule(hall=st.integers(0, 1), who=st.sets(pick, min_size=1, max_size=3), act=st.sampled_from(Marked))
    def attend(self, hall: int, who: set[int], act: Marked) -> None:
        key = self.key()
        marks = [Mark(Ask(act), person_id=self.person_id(at)) for at in sorted(who)]
        for _ in range(2):  # the same list comes in twice
            self.tried(lambda: attendance.record(self.hall(hall), marks, by=self.by, key=key))
        self.calls.append((hall, key))

    @precondition(lambda self: self.calls)
    @rule(at=pick)
    def retract(self, at: int) -> None:
        hall, key = self.calls[at % len(self.calls)]
        self.tried(lambda: attendance.undo(self.hall(hall), key, by=self.by))

    @rule(at=pick, reason=st.sampled_from(["Ốm", ""]))
    def excuse(self, at: int, reason: str) -> None:
        key = self.key()
        people_, day = {self.person_id(at): reason}, SESSIONS[self.step % len(SESSIONS)]
        self.tried(lambda: roll.excuse(self.world.campaign, people_, key=key, on=day, by=self.by))

    @rule(at=pick)
    def take_off_or_put_back(self, at: int) -> None:
        self.tried(lambda: self._take_off_or_put_back(self.person(at)))

    def _take_off_or_put_back(self, person: Person) -> None:
        line = RollLine.objects.get(campaign=self.world.campaign, person=person)
        if line.state == RollLine.State.SUMMONED:
            roll.remove(line, reason="Điều chỉnh", by=self.by)
        else:
            roll.add(
                self.world.campaign,
                person,
                person.home_unit,
                person_class=line.person_class,
                reason="Bổ sung",
                by=self.by,
            )

    @rule(at=pick, to=pick)
    def correct_roll(self, at: int, to: int) -> None:
        self.tried(lambda: self._correct_roll(self.person(at), self.cell(to)))

    def _correct_roll(self, person: Person, unit: Unit) -> None:
        line = RollLine.objects.get(campaign=self.world.campaign, person=person)
        roll.transfer(line, unit, reason="Sinh hoạt tạm", by=self.by)

    # ---- duties ------------------------------------------------------------------------------------------

    @rule(at=pick, of_commune=st.booleans())
    def fulfil(self, at: int, of_commune: bool) -> None:  # noqa: FBT001 - drawn by the machine
        unit = self.commune(at) if of_commune else self.cell(at)
        done = Done(SESSIONS[1], Grade.AFTERWARDS, f"test:{self.key()}")
        kind = "report" if of_commune else "conference"
        self.tried(
            lambda: obligations.fulfil(self.world.campaign, [unit.pk], kind=kind, done=done, by=self.by)
        )

    def _duty(self, at: int, state: str) -> Obligation | None:
        rows = Obligation.objects.filter(campaign=self.world.campaign, state=state).order_by("pk")
        count = rows.count()
        return rows[at * 7 % count] if count else None

    @rule(at=pick)
    def waive(self, at: int) -> None:
        found = self._duty(at, "open")
        if found is not None:
            self.tried(lambda: obligations.waive(found, reason="Không có đảng viên", by=self.by))

    @rule(at=pick)
    def reopen_duty(self, at: int) -> None:
        found = self._duty(at, "done")
        if found is not None:
            self.tried(lambda: obligations.reopen(found, reason="Chưa xong", by=self.by))

    @rule(at=pick, days=st.integers(-3, 3))
    def set_deadline(self, at: int, days: int) -> None:
        found = self._duty(at, "open")
        if found is None:
            return
        due = found.due_at + timedelta(days=days)
        if days < 0:
            self.tried(
                lambda: obligations.tighten(
                    self.world.campaign, found.unit, kind=found.kind, due_at=due, by=self.by
                )
            )
            return
        decision = Decision(f"QĐ-{self.key()}", "Bão lụt", due)
        self.tried(
            lambda: obligations.extend(
                self.world.campaign, [found.unit_id], kind=found.kind, decision=decision, by=self.by
            )
        )

    # ---- the tree ----------------------------------------------------------------------------------------

    def proposal(self, kind: str, **told: Any) -> Proposal:
        day = timezone.localdate()
        return Proposal(
            kind=kind, decision=f"{self.key()}-QĐ/TU", decided_on=FIRST_EVER, effective_on=day, **told
        )

    def carry_out(self, proposal: Proposal) -> Act | None:
        """An act, with what must hold of every act: no figure of an earlier day moves."""
        with self.earlier_days_stay():
            done: Act | None = self.tried(lambda: acts.carry_out(proposal, by=self.by))
        if done is not None:
            self.done.append(done)
        return done

    @rule(at=pick)
    def add_unit(self, at: int) -> None:
        code = f"{self.world.top.code}-{self.key()}"
        parent = self.commune(at)
        spec = UnitSpec(code=code, name=f"Chi bộ {code}", kind=UnitKind.CELL, parent_code=parent.code)
        self.tried(lambda: units.found([spec], by=self.by))

    @rule(at=pick, to=pick)
    def move(self, at: int, to: int) -> None:
        told = self.proposal(ActKind.MOVE, units=(self.cell(at).pk,), parent_id=self.commune(to).pk)
        self.carry_out(told)

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge(self, kind: str, at: int, to: int) -> None:
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        self.carry_out(self.proposal(ActKind.MERGE, units=(one.pk,), into=(other.pk,)))

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge_into_new(self, kind: str, at: int, to: int) -> None:
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        code = f"{self.world.top.code}-{self.key()}"
        new = NewUnit(code=code, name=f"Đơn vị {code}", parent_id=self.world.top.pk)
        self.carry_out(self.proposal(ActKind.MERGE, units=(one.pk, other.pk), into=(new,)))

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, rest=st.integers(0, 1))
    def split(self, kind: str, at: int, rest: int) -> None:
        found = self.standing(kind)
        unit = found[at % len(found)]
        code = f"{self.world.top.code}-{self.key()}"
        halves = tuple(NewUnit(code=f"{code}-{half}", name=f"Nửa {code}-{half}") for half in (0, 1))
        answers = {
            REST: str(rest),
            f"campaigns.successor.{unit.pk}": str(rest),
            f"conferences.successor.{unit.pk}": "0",
        }
        self.carry_out(self.proposal(ActKind.SPLIT, units=(unit.pk,), into=halves, answers=answers))

    @rule(at=pick)
    def close(self, at: int) -> None:
        self.carry_out(self.proposal(ActKind.CLOSE, units=(self.cell(at).pk,)))

    @rule(at=pick)
    def reopen(self, at: int) -> None:
        closed = list(Unit.objects.filter(code__startswith=self.world.top.code).exclude(closed_on=None))
        if closed:
            unit = sorted(closed, key=lambda one: one.pk)[at % len(closed)]
            self.carry_out(self.proposal(ActKind.REOPEN, units=(unit.pk,), parent_id=self.commune(at).pk))

    @precondition(lambda self: self.done)
    @rule(at=pick)
    def undo(self, at: int) -> None:
        """Some act of before, after whatever came since: refused when something rests on it."""
        act = self.done[at % len(self.done)]
        with self.earlier_days_stay():
            if self.tried(lambda: acts.undo(act, reason="Nhập nhầm", by=self.by)) is not None:
                self.done.remove(act)

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge_and_think_again(self, kind: str, at: int, to: int) -> None:
        """An act at once undone leaves no trace but the ledger's own."""
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        before = self.dump()
        act = self.carry_out(self.proposal(ActKind.MERGE, units=(one.pk,), into=(other.pk,)))
        if act is None:
            return
        with access.acting(self.by):
            acts.undo(act, reason="Nhập nhầm", by=self.by)
        self.done.remove(act)
        after = self.dump()
        assert {name for name in before if before[name] != after[name]} == set(), "undo restores everything"

    @rule(at=pick, to=pick)
    def transfer(self, at: int, to: int) -> None:
        unit, today = self.cell(to), timezone.localdate()
        with self.earlier_days_stay():
            self.tried(lambda: people.transfer([self.person(at)], to=unit, on=today, by=self.by))

    # ---- the ledger --------------------------------------------------------------------------------------

    @rule()
    def fold(self) -> None:
        ledger.fold()

    @rule(at=pick, other=pick)
    def commit_late(self, at: int, other: int) -> None:
        """Somebody's report takes an early number and is committed only after a later one was folded."""
        cells = self.standing(UnitKind.CELL)
        early, quick = cells[at % len(cells)], cells[other % len(cells)]
        if early == quick:
            return
        self.step += 1
        posted, may_end = threading.Event(), threading.Event()

        def report_slowly() -> None:
            try:
                with access.acting(self.by):
                    self._declare(early, "presence", {"present": 0, "excused": 0, "guests": self.step})
                    posted.set()
                    may_end.wait(PATIENCE_S)
            except DomainError as refused:
                self.refusals.append(refused.code)
            finally:
                posted.set()
                connections.close_all()

        slow = threading.Thread(target=report_slowly)
        slow.start()
        posted.wait(PATIENCE_S)
        self.step += 1
        told = {"present": 0, "excused": 0, "guests": self.step}
        self.tried(lambda: self._declare(quick, "presence", told))
        ledger.fold()
        may_end.set()
        slow.join(PATIENCE_S)
        ledger.fold()

    @rule(at=pick)
    def freeze(self, at: int) -> None:
        unit = self.commune(at)
        told = queries.slices_below(self.world.book_id, unit.pk, on=timezone.localdate())
        assert self.world.campaign.book is not None
        row = ledger.freeze(self.world.campaign.book, unit, label=self.key(), figures=told, by=self.by)
        self.frozen.append(Kept(row.pk, told))

    @rule(at=pick, to=pick, other=pick)
    def in_either_order(self, at: int, to: int, other: int) -> None:
        """Two acts that have nothing to do with each other: whichever comes first, the figures are the same."""
        cells = self.standing(UnitKind.CELL)
        first, second = cells[at % len(cells)], cells[to % len(cells)]
        third = next((one for one in cells[other % len(cells) :] if one not in (first, second)), None)
        if third is None or first == second:
            return
        merge = self.proposal(ActKind.MERGE, units=(first.pk,), into=(second.pk,))
        told = {"present": 1, "excused": 0, "guests": 2}
        both: list[Callable[[], Any]] = [
            lambda: acts.carry_out(merge, by=self.by),
            lambda: self._declare(third, "presence", told),
        ]
        assert self._after(both) == self._after(both[::-1]), "the order of independent acts matters"

    def _after(self, doings: list[Callable[[], Any]]) -> tuple[dict[recount.Cell, int], list[str]]:
        """The counts after these, and what was refused; then all is taken back."""
        refused: list[str] = []
        with access.acting(self.by), transaction.atomic():
            for doing in doings:
                try:
                    doing()
                except DomainError as error:
                    refused.append(error.code)
            found = recount.posted(self.world.book_id)
            transaction.set_rollback(True)
        return found, sorted(refused)

    # ---- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def figures_are_what_the_rows_say(self) -> None:
        with access.acting(self.by):
            told = recount.cells(self.world.campaign.pk, essays=True)
        assert recount.posted(self.world.book_id) == told, "the ledger says what the rows say"
        self._agree(told)
        self._nobody_is_present_who_was_not_summoned(told)

    @invariant()
    def each_day_counts_who_was_excused_on_it(self) -> None:
        with access.acting(self.by):
            told = recount.excused(self.world.campaign.pk)
        assert recount.posted_excused(self.world.book_id) == told, "every day counts who was excused on it"

    def _agree(self, told: dict[recount.Cell, int]) -> None:
        """Memory, SQL and our own sums give the same at every level; own and children make the total."""
        today = timezone.localdate()
        tree = recount.Tree(today)
        units_ = sorted(tree.below(self.world.top.pk))
        wanted = recount.totals(told, tree, units_)
        read = figures.read(self.world.book_id, on=today)
        each = recount.own(told)
        table = {unit: plain(counts) for unit, counts in read.table(units_).items()}
        for unit, below in table.items():
            assert below == wanted[unit], "figures in memory are the sum of the rows below"
            alone = plain(read.own(unit))
            parts = [alone, *(table[child] for child in tree.children[unit])]
            assert added(parts) == below, "own and children make the total"
            assert alone == {key: amount for key, amount in each[unit].items() if amount}
        for unit in {self.world.top.pk, units_[self.step % len(units_)]}:
            asked = queries.slices_below(self.world.book_id, unit, on=today)
            inside = tree.below(unit)
            assert flat(asked) == sliced(told, inside), "SQL gives every slice alike"

    def _nobody_is_present_who_was_not_summoned(self, told: dict[recount.Cell, int]) -> None:
        for unit, sums in recount.own(told).items():
            present = sum(amount for (measure, _grade), amount in sums.items() if measure == Measure.PRESENT)
            summoned = sum(amount for (measure, _), amount in sums.items() if measure == Measure.SUMMONED)
            assert 0 <= present <= summoned, f"unit {unit}: {present} present of {summoned} summoned"

    @invariant()
    def on_no_earlier_day_were_more_present_than_summoned(self) -> None:
        day = EARLIER[self.step % len(EARLIER)]
        self._nobody_is_present_who_was_not_summoned(recount.posted(self.world.book_id, on=day))

    @invariant()
    def what_is_frozen_stays(self) -> None:
        for kept in self.frozen:
            assert Freeze.objects.get(pk=kept.pk).figures == kept.figures, "a frozen figure changed"

    def teardown(self) -> None:
        """At the end of a sequence: folded, verified, and on every earlier day the parts make the whole."""
        ledger.fold()
        self.figures_are_what_the_rows_say()
        assert queries.verify().equal
        for day in (*EARLIER, timezone.localdate()):
            tree = recount.Tree(day)
            posted = recount.posted(self.world.book_id, on=day)
            read = figures.as_of(self.world.book_id, on=day, known=timezone.localdate(), tree_on=day)
            units_ = sorted(tree.below(self.world.top.pk))
            wanted = recount.totals(posted, tree, units_)
            assert {unit: plain(read.below(unit)) for unit in units_} == wanted
            self._nobody_is_present_who_was_not_summoned(posted)


def plain(counts: dict[Measure, Any]) -> recount.Sums:
    """Counts of the product as ours."""
    return {
        (int(measure), grade): amount
        for measure, told in counts.items()
        for grade, amount in enumerate(told.by_grade, start=1)
        if amount
    }


def added(parts: list[recount.Sums]) -> recount.Sums:
    """Parts added up."""
    found: recount.Sums = {}
    for part in parts:
        for key, amount in part.items():
            found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}


def flat(asked: dict[str, dict[str, dict[str, int]]]) -> dict[tuple[int, int, int], int]:
    """What ``slices_below`` gives, by (measure, slice, grade)."""
    return {
        (int(measure), int(cut), int(grade)): amount
        for measure, cuts in asked.items()
        for cut, grades in cuts.items()
        for grade, amount in grades.items()
    }


def sliced(told: dict[recount.Cell, int], inside: set[int]) -> dict[tuple[int, int, int], int]:
    """Our cells of some units, by (measure, slice, grade)."""
    found: dict[tuple[int, int, int], int] = {}
    for (unit, measure, cut, grade), amount in told.items():
        if unit in inside:
            key = (int(measure), cut, grade)
            found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}
