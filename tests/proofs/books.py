"""The machine: anybody does anything in any order to a province, its campaign and its tree; after every step the
figures are what the rows say, at every level, now and on earlier days.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connections, transaction
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

_DUMP = "SELECT " + ", ".join(
    f"(SELECT coalesce(json_agg(one), '[]') FROM ({question}) AS one)" for question in KEPT.values()
)

PATIENCE_S = 60

pick = st.integers(0, 11)


@dataclass
class Kept:
    """A freeze as it was made: never to be seen changed."""

    pk: int
    figures: dict[str, Any]


Earlier = dict[int, dict[Measure, Any]]
"""The figures of some units on a day."""


class Books(RuleBasedStateMachine):
    """Rules do; the invariants look. A refusal is an outcome like any other, and must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.by = operator()
        self.world: World = build()
        self.step = 0
        self.taken = -1
        self.sources: list[str] = []
        self.calls: list[tuple[int, str]] = []
        self.done: list[Act] = []
        self.frozen: list[Kept] = []
        self.refusals: list[str] = []
        self.earlier: list[tuple[date, Earlier]] = []
        self.seen = self.look()

    # ---- looking ---------------------------------------------------------------------------------------

    def key(self) -> str:
        self.step += 1
        return f"step-{self.step}"

    def look(self) -> recount.Seen:
        """Everything there is to see now."""
        with access.acting(self.by):
            return recount.look(self.world.campaign.pk, self.world.book_id, self.world.top.code)

    def standing(self, kind: str) -> list[int]:
        """The live units of a kind, oldest first, as the last look showed them: nothing was done since."""
        former = recount.Tree(self.seen, timezone.localdate()).former
        live = (pk for pk, its_kind, closed_on in self.seen.units if its_kind == kind and closed_on is None)
        return sorted(pk for pk in live if pk not in former)

    def cell_id(self, at: int) -> int:
        found = self.standing(UnitKind.CELL)
        return found[at % len(found)]

    def commune_id(self, at: int) -> int:
        found = self.standing(UnitKind.COMMUNE)
        return found[at % len(found)]

    def cell(self, at: int) -> Unit:
        return Unit.objects.get(pk=self.cell_id(at))

    def commune(self, at: int) -> Unit:
        return Unit.objects.get(pk=self.commune_id(at))

    def person_id(self, at: int) -> int:
        return self.world.people[at % len(self.world.people)].pk

    def person(self, at: int) -> Person:
        return Person.objects.get(pk=self.person_id(at))

    def hall(self, at: int) -> Site:
        return Site.objects.select_related("conference__campaign").get(pk=self.world.halls[at].pk)

    def dump(self) -> dict[str, Any]:
        """Everything an undo must restore."""
        with access.acting(self.by):
            seen = self.look()
            rows = recount.asked(
                _DUMP,
                campaign=self.world.campaign.pk,
                people=[one.pk for one in self.world.people],
                units=[pk for pk, *_rest in self.seen.units],
            )
        return {"cells": recount.posted(seen), **dict(zip(KEPT, rows, strict=True))}

    def as_it_was(self, day: date, seen: recount.Seen) -> Earlier:
        """The figures of every unit on an earlier day over the tree of that day, with what is known today."""
        read = figures.as_of(self.world.book_id, on=day, known=timezone.localdate(), tree_on=day)
        return read.table(recount.Tree(seen, day).below(self.world.top.pk))

    def hold_on_to_an_earlier_day(self) -> None:
        """Whatever this step does: no figure of an earlier day moves. The look after the step compares."""
        day = EARLIER[self.step % len(EARLIER)]
        self.earlier.append((day, self.as_it_was(day, self.seen)))

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
        found = sorted(pk for pk, _unit, _kind, its_state, *_rest in self.seen.owed if its_state == state)
        return Obligation.objects.get(pk=found[at * 7 % len(found)]) if found else None

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
        self.hold_on_to_an_earlier_day()
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
        told = self.proposal(ActKind.MOVE, units=(self.cell_id(at),), parent_id=self.commune_id(to))
        self.carry_out(told)

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge(self, kind: str, at: int, to: int) -> None:
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        self.carry_out(self.proposal(ActKind.MERGE, units=(one,), into=(other,)))

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge_into_new(self, kind: str, at: int, to: int) -> None:
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        code = f"{self.world.top.code}-{self.key()}"
        new = NewUnit(code=code, name=f"Đơn vị {code}", parent_id=self.world.top.pk)
        self.carry_out(self.proposal(ActKind.MERGE, units=(one, other), into=(new,)))

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, rest=st.integers(0, 1))
    def split(self, kind: str, at: int, rest: int) -> None:
        found = self.standing(kind)
        unit_id = found[at % len(found)]
        code = f"{self.world.top.code}-{self.key()}"
        halves = tuple(NewUnit(code=f"{code}-{half}", name=f"Nửa {code}-{half}") for half in (0, 1))
        answers = {
            REST: str(rest),
            f"campaigns.successor.{unit_id}": str(rest),
            f"conferences.successor.{unit_id}": "0",
        }
        self.carry_out(self.proposal(ActKind.SPLIT, units=(unit_id,), into=halves, answers=answers))

    @rule(at=pick)
    def close(self, at: int) -> None:
        self.carry_out(self.proposal(ActKind.CLOSE, units=(self.cell_id(at),)))

    @rule(at=pick)
    def reopen(self, at: int) -> None:
        closed = sorted(pk for pk, _kind, closed_on in self.seen.units if closed_on is not None)
        if closed:
            unit_id = closed[at % len(closed)]
            self.carry_out(self.proposal(ActKind.REOPEN, units=(unit_id,), parent_id=self.commune_id(at)))

    @precondition(lambda self: self.done)
    @rule(at=pick)
    def undo(self, at: int) -> None:
        """Some act of before, after whatever came since: refused when something rests on it."""
        act = self.done[at % len(self.done)]
        self.hold_on_to_an_earlier_day()
        if self.tried(lambda: acts.undo(act, reason="Nhập nhầm", by=self.by)) is not None:
            self.done.remove(act)

    @rule(kind=st.sampled_from([UnitKind.CELL, UnitKind.COMMUNE]), at=pick, to=pick)
    def merge_and_think_again(self, kind: str, at: int, to: int) -> None:
        """An act at once undone leaves no trace but the ledger's own."""
        found = self.standing(kind)
        one, other = found[at % len(found)], found[to % len(found)]
        before = self.dump()
        act = self.carry_out(self.proposal(ActKind.MERGE, units=(one,), into=(other,)))
        if act is None:
            return
        self.everything_holds()
        with access.acting(self.by):
            acts.undo(act, reason="Nhập nhầm", by=self.by)
        self.done.remove(act)
        after = self.dump()
        assert {name for name in before if before[name] != after[name]} == set(), "undo restores everything"

    @rule(at=pick, to=pick)
    def transfer(self, at: int, to: int) -> None:
        unit, today = self.cell(to), timezone.localdate()
        self.hold_on_to_an_earlier_day()
        self.tried(lambda: people.transfer([self.person(at)], to=unit, on=today, by=self.by))

    # ---- the ledger --------------------------------------------------------------------------------------

    @rule()
    def fold(self) -> None:
        ledger.fold()

    @rule(at=pick, other=pick)
    def commit_late(self, at: int, other: int) -> None:
        """Somebody's report takes an early number and is committed only after a later one was folded."""
        early, quick = self.cell(at), self.cell(other)
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
        merge = self.proposal(ActKind.MERGE, units=(first,), into=(second,))
        witness = Unit.objects.get(pk=third)
        told = {"present": 1, "excused": 0, "guests": 2}
        both: list[Callable[[], Any]] = [
            lambda: acts.carry_out(merge, by=self.by),
            lambda: self._declare(witness, "presence", told),
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
            found = recount.posted(self.look())
            transaction.set_rollback(True)
        return found, sorted(refused)

    # ---- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def after_every_step(self) -> None:
        """At the beginning, too; that is no step."""
        self.taken += 1
        self.everything_holds()

    def everything_holds(self) -> None:
        """One look, and all that must hold of it."""
        with access.acting(self.by):
            self.seen = self.look()
            self.figures_are_what_the_rows_say()
            self.each_day_counts_who_was_excused_on_it()
            self.on_no_earlier_day_were_more_present_than_summoned()
            self.what_is_frozen_stays()
            self.earlier_days_are_as_they_were()

    def figures_are_what_the_rows_say(self) -> None:
        told = recount.cells(self.seen, essays=True)
        assert recount.posted(self.seen) == told, "the ledger says what the rows say"
        self._agree(told)
        nobody_is_present_who_was_not_summoned(told)

    def each_day_counts_who_was_excused_on_it(self) -> None:
        told = recount.excused(self.seen)
        assert recount.posted_excused(self.seen) == told, "every day counts who was excused on it"

    def _agree(self, told: dict[recount.Cell, int]) -> None:
        """Memory, SQL and our own sums give the same at every level; own and children make the total."""
        today, top = timezone.localdate(), self.world.top.pk
        tree, each = recount.Tree(self.seen, today), recount.own(told)
        wanted = recount.totals(each, tree, top)
        units_ = sorted(wanted)
        read = figures.read(self.world.book_id, on=today)
        table, alone = read.table(units_), read.own_table(units_)
        for unit in units_:
            assert plain(table[unit]) == wanted[unit], (
                "figures in memory are own and children, from the rows up"
            )
            assert plain(alone[unit]) == nonzero(each.get(unit, {})), "what is a unit's own is its rows"
        for unit in {top, units_[self.step % len(units_)]}:
            asked = queries.slices_below(self.world.book_id, unit, on=today)
            assert flat(asked) == sliced(told, tree.below(unit)), "SQL gives every slice alike"

    def on_no_earlier_day_were_more_present_than_summoned(self) -> None:
        day = EARLIER[self.step % len(EARLIER)]
        nobody_is_present_who_was_not_summoned(recount.posted(self.seen, on=day))

    def what_is_frozen_stays(self) -> None:
        rows = Freeze.objects.in_bulk([kept.pk for kept in self.frozen])
        for kept in self.frozen:
            assert rows[kept.pk].figures == kept.figures, "a frozen figure changed"

    def earlier_days_are_as_they_were(self) -> None:
        for day, before in self.earlier:
            assert self.as_it_was(day, self.seen) == before, f"the figures of {day} changed"
        self.earlier.clear()

    def teardown(self) -> None:
        """At the end of a sequence: folded, verified, and on every earlier day the parts make the whole."""
        ledger.fold()
        self.everything_holds()
        assert queries.verify().equal
        for day in (*EARLIER, timezone.localdate()):
            posted = recount.posted(self.seen, on=day)
            read = figures.as_of(self.world.book_id, on=day, known=timezone.localdate(), tree_on=day)
            wanted = recount.totals(recount.own(posted), recount.Tree(self.seen, day), self.world.top.pk)
            assert {unit: plain(read.below(unit)) for unit in wanted} == wanted
            nobody_is_present_who_was_not_summoned(posted)


def nobody_is_present_who_was_not_summoned(told: dict[recount.Cell, int]) -> None:
    for unit, sums in recount.own(told).items():
        present = sum(amount for (measure, _grade), amount in sums.items() if measure == Measure.PRESENT)
        summoned = sum(amount for (measure, _), amount in sums.items() if measure == Measure.SUMMONED)
        assert 0 <= present <= summoned, f"unit {unit}: {present} present of {summoned} summoned"


def plain(counts: dict[Measure, Any]) -> recount.Sums:
    """Counts of the product as ours."""
    return {
        (int(measure), grade): amount
        for measure, told in counts.items()
        for grade, amount in enumerate(told.by_grade, start=1)
        if amount
    }


def nonzero(sums: recount.Sums) -> recount.Sums:
    """Without what adds up to nothing."""
    return {key: amount for key, amount in sums.items() if amount}


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
