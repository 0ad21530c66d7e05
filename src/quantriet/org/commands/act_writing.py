"""Writes the plan of an act on floor 1: units, names, places, memberships, posts, roles. Set-based throughout."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import fold, sort_key
from quantriet.org.commands import act_statements as sql
from quantriet.org.commands import placements
from quantriet.org.commands.row_changes import RowChanges
from quantriet.org.consequences import Crossing
from quantriet.org.models import (
    Act,
    ActKind,
    ActPerson,
    Membership,
    Person,
    Post,
    RoleAssignment,
    Tree,
    Unit,
    UnitName,
)
from quantriet.org.models.units import LEVELS, Facility
from quantriet.org.plans import Move, Plan
from quantriet.org.proposals import ROLES, NewUnit
from quantriet.org.queries.foresight import Foresight, rest_of


class ActWriting:
    """One act being written: the rows it changes, and the numbers its new units got."""

    def __init__(self, act: Act, foresight: Foresight) -> None:
        self.act = act
        self.foresight = foresight
        self.plan: Plan = foresight.plan
        self.changes = RowChanges()
        self.numbers: dict[int, int] = {}

    def real(self, unit_id: int) -> int:
        """The number of a unit of the plan, founded or not."""
        return self.numbers.get(unit_id, unit_id)

    def names_ahead(self) -> None:
        """A planned act: only what units will be called is written before its day."""
        dated = sql.DATED_NAMES.format(names=sql.NAMES_AHEAD)
        if self.plan.namings:
            self.changes.write(UnitName, dated, self._told_names())

    def everything(self) -> None:
        """The day has come; the caller holds the units (``standing.hold_touched``)."""
        self._found()
        self._name()
        for one in self.plan.rounds:
            moves = [
                Move(
                    move.unit_id,
                    None if move.parent_id is None else self.real(move.parent_id),
                    move.former,
                    move.leaves,
                )
                for move in one
            ]
            placements.move(moves, on=self.plan.on, decision=self.act.decision, changes=self.changes)
        self._tie()
        if self.plan.reopened:
            self._write(Unit, sql.CLOSED_ON, units=list(self.plan.reopened), closed_on=None)
        if self.plan.closed:
            self._write(Unit, sql.CLOSED_ON, units=list(self.plan.closed), closed_on=self.plan.on)
            self._cross()
            self._pass_on()

    def people(self) -> dict[int, Crossing]:
        """Who changed his home by the act."""
        rows = ActPerson.objects.filter(act=self.act).values_list("person_id", "unit_id", "target_id")
        return {person: Crossing(source, target) for person, source, target in rows}

    def _write(self, model: type[Model], question: str, **values: Any) -> None:
        self.changes.write(model, question, values | {"on": self.plan.on})

    def _found(self) -> None:
        if not self.plan.founded:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('org_unit', 'id')) FROM generate_series(1, %s)",
                [len(self.plan.founded)],
            )
            drawn = [int(row[0]) for row in cursor.fetchall()]
        self.numbers = dict(zip(self.plan.founded, drawn, strict=True))
        rows = [self._row(number, new) for number, new in self.plan.founded.items()]
        self._write(Unit, sql.FOUND, rows=rows)
        parents = {self.numbers[number]: new.parent_id for number, new in self.plan.founded.items()}
        placements.stand(parents, on=self.plan.on, decision=self.act.decision, changes=self.changes)

    def _row(self, number: int, new: NewUnit) -> str:
        """A new unit as the JSON of its row."""
        above = self.plan.units.get(new.parent_id or 0)
        like = next((self.plan.units[pk] for pk in self.plan.proposal.units), None)
        committee = self._committee(new.committee_id)
        unit = Unit(
            pk=self.numbers[number],
            code=new.code,
            tree=like.tree if like else (above.tree if above else Tree.PARTY),
            kind=new.kind,
            level=_level(new.kind, committee or above or like),
            name=new.name,
            short_name=new.short_name,
            folded=fold(new.name),
            sort_key=sort_key(new.name),
            admin_code=new.admin_code,
            committee=committee,
            founded_on=self.plan.on,
            created_at=timezone.now(),
        )
        columns = {
            field.column: getattr(unit, field.attname)
            for field in Unit._meta.concrete_fields  # noqa: SLF001 - Django's public-by-habit API
        }
        return json.dumps(columns, cls=DjangoJSONEncoder)

    def _committee(self, committee_id: int | None) -> Unit | None:
        if committee_id is None:
            return None
        return self.plan.units.get(committee_id) or Unit.objects.get(pk=committee_id)

    def _name(self) -> None:
        if self.plan.namings:
            before = sql.DATED_NAMES.format(names=sql.NAMES_BEFORE)
            self._write(UnitName, before, units=list(self.plan.namings))
            self.changes.write(Unit, sql.NAMES, self._told_names())

    def _told_names(self) -> Mapping[str, Any]:
        told = self.plan.namings.values()
        return {
            "on": self.plan.on,
            "units": list(self.plan.namings),
            "names": [one.name for one in told],
            "short_names": [one.short_name for one in told],
            "codes": [one.code for one in told],
            "kinds": [one.kind for one in told],
            "levels": [one.level for one in told],
            "folded": [one.folded for one in told],
            "sort_keys": [one.sort_key for one in told],
        }

    def _tie(self) -> None:
        if self.plan.ties:
            committees = [self.real(pk) for pk in self.plan.ties.values()]
            kinds = [str(kind) for kind in LEVELS]
            self._write(Unit, sql.TIES, units=list(self.plan.ties), committees=committees, kinds=kinds)

    def _pairs(self) -> dict[str, list[int]]:
        """Closed units with their one successor."""
        whole = {pk: targets[0] for pk, targets in self.plan.closed.items() if len(targets) == 1}
        return {"sources": list(whole), "targets": [self.real(pk) for pk in whole.values()]}

    def _cross(self) -> None:
        """Memberships and homes; the crossing of each person stays known for posts and roles."""
        with connection.cursor() as cursor:
            cursor.execute(sql.CREATE_CROSSING)
            cursor.execute("TRUNCATE crossing")
            if self.plan.proposal.kind == ActKind.SPLIT:
                self._choose(cursor)
            cursor.execute(sql.CROSS, self._pairs() | {"on": self.plan.on})
        self._write(Membership, sql.MEMBERS)
        self._write(Membership, sql.PRIMARY)
        with connection.cursor() as cursor:
            cursor.execute(sql.REMEMBER_PEOPLE, {"act": self.act.pk})
        self._write(Person, sql.HOMES)

    def _choose(self, cursor: Any) -> None:
        """In a division each goes where he was given, the rest where the rest goes; nobody is left over."""
        (source,) = self.plan.proposal.units
        targets = [self.real(pk) for pk in self.plan.successors]
        places = {p: at for p, at in self.plan.proposal.people.items() if 0 <= at < len(targets)}
        chosen = {
            "source": source,
            "people": list(places),
            "targets": [targets[at] for at in places.values()],
            "on": self.plan.on,
        }
        cursor.execute(sql.CROSS_CHOSEN, chosen)
        rest = rest_of(self.plan)
        if rest is not None:
            values = {"sources": [source], "targets": [self.real(rest)], "on": self.plan.on}
            cursor.execute(sql.CROSS, values)
        homes = Person.objects.filter(home_unit=source).count()
        cursor.execute(
            "SELECT count(*) FROM crossing JOIN org_person ON id = person_id AND home_unit_id = source"
        )
        if homes > int(cursor.fetchone()[0]):
            raise DomainError(
                "act.needs_choice",
                _("Còn người chưa được giao cho đơn vị nào. Chưa đổi gì; hãy chọn đơn vị nhận phần còn lại."),
            )

    def _pass_on(self) -> None:
        """Posts end, roles pass on or end, halls and counts go along."""
        pairs, units = self._pairs(), list(self.plan.closed)
        self._write(Post, sql.POSTS, units=units)
        passes = any(
            self.foresight.answer(one) == "move" for one in self.foresight.questions if one.question == ROLES
        )
        self._write(RoleAssignment, sql.ROLES_PASS_ON if passes else sql.ROLES_END, units=units, **pairs)
        self._write(Facility, sql.FACILITIES, **pairs)
        founded = list(self.numbers.values())
        if self.plan.proposal.kind == ActKind.SPLIT:
            self._write(Unit, sql.COUNTS_OF_MEMBERS, founded=founded)
        else:
            self._write(Unit, sql.COUNTS, founded=founded, **pairs)


def _level(kind: str, beside: Unit | None) -> int:
    """The level of a kind; of a body or association, that of what it is tied to."""
    level = LEVELS.get(kind)
    if level is not None:
        return int(level)
    return beside.level if beside is not None else 0
