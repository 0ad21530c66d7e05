"""A file of people: what it would do, and doing it, unit by unit.

The whole list is read and sifted before the first person is written; then it is written in chunks of whole
units, each with how far the import is, in one short transaction. Whoever begins again after a break goes on
behind the last unit that is whole. Within an outer transaction the chunks are parts of that one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.office.cells import Fault
from quantriet.core.office.tables_in import TableEnd, TableHead, TablePart
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.commands import people, people_lists
from quantriet.org.commands.import_steps import Rows, Step, by_place, may_write, questions_of
from quantriet.org.commands.people_lists import Doubts
from quantriet.org.commands.standing import ended_sentence
from quantriet.org.models import Import
from quantriet.org.people_columns import FAULTS_KEPT, PeopleReader
from quantriet.org.permissions import Can
from quantriet.org.queries import imports as queries
from quantriet.org.queries.imports import Outcome

CHUNK = 20_000


@dataclass(frozen=True)
class _Sifted:
    """A list that waits in its table: what is wrong with the rest, where its columns are, what was noticed."""

    positions: dict[str, int]
    faults: tuple[Fault, ...]
    notices: tuple[Fault, ...]
    faulty: int
    doubts: Doubts

    def outcome(self, new: int, changed: int, same: int) -> Outcome:
        """The counts given, with everything that stays out."""
        return Outcome(
            new=new,
            changed=changed,
            same=same,
            faulty=self.faulty,
            asked=len(self.doubts.maybe),
            questions=questions_of(self.doubts.names, self.doubts.maybe),
            faults=self.faults,
            notices=self.notices,
        )


def look(about: Import, *, by: Actor, step: Step) -> Outcome:
    """What the file would do. Known people are brought up to date and that is taken back; new ones are counted."""
    with people_lists.told():
        sifted = _sift(about, by, step)
        rows, known = people_lists.counts()
        changed = _trial(by) if known else 0
        return sifted.outcome(rows - known, changed, known - changed)


class _TakeBackError(Exception):
    """Ends a trial: everything it wrote is taken back."""


def _trial(by: Actor) -> int:
    """How many known people of the list would change."""
    changed: list[int] = []
    try:
        with transaction.atomic():
            changed.append(len(people_lists.write_known(by=by).changed))
            raise _TakeBackError  # noqa: TRY301 - takes the savepoint back with what was tried
    except _TakeBackError:
        return changed[0]


def carry_out(about: Import, *, rows: Rows, by: Actor, step: Step) -> Import:
    """Write the file; see the module. Refuses ``import.faults`` before anything new is written."""
    with people_lists.told():
        with access.acting(by):
            plan = _begin(about, rows, by, step)
        done = 0
        for chunk in plan.chunks:
            step(done, plan.rows, _("Đang ghi {count} người").format(count=plan.rows))
            with access.acting(by):
                _write(about, chunk, plan, by)
            done += chunk.rows
        with access.acting(by):
            return _finish(about, by)


@dataclass(frozen=True)
class _Chunk:
    """Units that are written together, in the order of their ids, and how many people they have."""

    units: tuple[int, ...]
    rows: int


@dataclass(frozen=True)
class _Plan:
    """What is left to write, and where the columns stand in the sheet."""

    chunks: tuple[_Chunk, ...] = ()
    positions: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many people that is."""
        return sum(chunk.rows for chunk in self.chunks)


def _begin(about: Import, rows: Rows, by: Actor, step: Step) -> _Plan:
    """Sift the whole list and note that writing begins; or that it goes on, with what is left."""
    standing = Import.objects.select_for_update().get(pk=about.pk)
    if standing.state == Import.State.DONE:
        return _Plan()
    sifted = _sift(standing, by, step)
    going_on = standing.state == Import.State.WRITING
    counts = {name: standing.outcome[name] if going_on else 0 for name in ("new", "changed", "same")}
    outcome = sifted.outcome(**counts)
    if going_on:
        _may_go_on(outcome, rows)
    else:
        may_write(outcome, rows)
    standing.state, standing.rows = Import.State.WRITING, rows.value
    standing.outcome = outcome.as_json() | {"fault_rows": queries.fault_rows(standing, outcome)}
    standing.save(update_fields=("state", "rows", "outcome"))
    return _Plan(tuple(_chunks(people_lists.by_unit())), sifted.positions)


def _may_go_on(outcome: Outcome, rows: Rows) -> None:
    """As ``may_write`` for a list that is partly written: something came up since it began."""
    if rows is Rows.ALL and not outcome.is_clean:
        raise DomainError(
            "import.faults_since",
            _("Đã ghi {done} người. Phần còn lại có {count} dòng mới phát sinh lỗi hoặc phải hỏi; hãy chọn "
              "“Bỏ các dòng lỗi” để ghi nốt các dòng khác.").format(
                  done=outcome.new + outcome.changed + outcome.same, count=outcome.faulty + outcome.asked
              ),
        )  # fmt: skip


def _chunks(units: Sequence[tuple[int, int]]) -> Iterator[_Chunk]:
    """Whole units, as many as make about ``CHUNK`` people."""
    ids: list[int] = []
    rows = 0
    for unit_id, count in units:
        ids.append(unit_id)
        rows += count
        if rows >= CHUNK:
            yield _Chunk(tuple(ids), rows)
            ids, rows = [], 0
    if ids:
        yield _Chunk(tuple(ids), rows)


def _write(about: Import, chunk: _Chunk, plan: _Plan, by: Actor) -> None:
    """One chunk with how far the import is, unless another worker wrote it already."""
    standing = Import.objects.select_for_update().get(pk=about.pk)
    after = standing.written_to or 0
    if standing.state != Import.State.WRITING or chunk.units[-1] <= after:
        return
    written = people_lists.write_units(after=after, to=chunk.units[-1], by=by)
    people.count_members(chunk.units, by=by)
    outcome = standing.outcome
    outcome["new"] += written.new
    outcome["changed"] += len(written.changed)
    outcome["same"] += written.rows - written.new - len(written.changed)
    since = [_elsewhere(row, plan.positions.get("code")) for row in written.elsewhere]
    since += _ended(written.ended, plan.positions)
    outcome["faulty"] += len(since)
    outcome["faults"] += [queries.told(fault) for fault in since]
    standing.written_to = chunk.units[-1]
    standing.save(update_fields=("outcome", "written_to"))


def _finish(about: Import, by: Actor) -> Import:
    standing = Import.objects.select_for_update().get(pk=about.pk)
    if standing.state == Import.State.DONE:
        return standing
    standing.state, standing.done_at = Import.State.DONE, timezone.now()
    standing.answers = {}
    standing.save()
    counts = {name: standing.outcome[name] for name in ("new", "changed", "same", "faulty", "asked")}
    audit.record(by, "import.do", standing, unit=standing.unit_id, detail={"kind": standing.kind} | counts)
    return standing


# --- reading and sifting ------------------------------------------------------------------------------------


def _sift(about: Import, by: Actor, step: Step) -> _Sifted:
    """Fill the list from the file and take out whatever cannot be written, each row with its reason."""
    step(0, 0, _("Đang đọc tệp"))
    parts = queries.table(about)
    head = next(parts)
    if not isinstance(head, TableHead):
        raise TypeError("a table begins with its head")
    positions = dict(head.columns.positions)
    if head.columns.faults:
        return _Sifted(positions, head.columns.faults, (), 1, Doubts())
    units = dict(access.units(by, Can.PERSON_MANAGE).values_list("code", "pk"))
    reader = PeopleReader(positions, units, home=about.unit_id)
    end: list[TableEnd] = []
    people_lists.fill(_rows(about, parts, reader, end, step))
    step(0, 0, _("Đang kiểm tra từng dòng"))
    doubts = people_lists.sift_file(written_to=about.written_to)
    faults = [*reader.faults, *_faults(doubts, positions)]
    return _Sifted(
        positions,
        tuple(by_place(faults[:FAULTS_KEPT])),
        (*(end[0].notices if end else ()), *reader.notices),
        doubts.faulty,
        doubts,
    )


def _rows(
    about: Import,
    parts: Iterator[TableHead | TablePart | TableEnd],
    reader: PeopleReader,
    end: list[TableEnd],
    step: Step,
) -> Iterator[Iterator[people_lists.Row]]:
    """The rows of each part as it comes; the last word of the file goes to ``end``."""
    answers = {int(row): int(person) for row, person in about.answers.items()}
    today = timezone.localdate()
    for part in parts:
        if isinstance(part, TablePart):
            step(0, 0, _("Đang đọc tệp, đến dòng {row}").format(row=part.numbers[-1]))
            yield people_lists.rows_of(reader.read(part), answers, today)
        elif isinstance(part, TableEnd):
            end.append(part)


def _faults(doubts: Doubts, positions: dict[str, int]) -> Iterator[Fault]:
    """What the whole list told of its rows."""
    code, name = positions.get("code"), positions.get("full_name")
    for later, first in doubts.twice.items():
        yield Fault(later, code if code is not None else name, "import.twice", _twice(first))
    for later, first in doubts.named_twice.items():
        yield Fault(later, name, "import.twice", _twice(first))
    for row in doubts.elsewhere:
        yield _elsewhere(row, code)
    yield from _ended(doubts.ended, positions)
    for row in doubts.wrong_answers:
        sentence = _("Người đã chọn cho dòng này có mã khác hoặc không còn. Hãy chọn lại.")
        yield Fault(row, name, "person.answer_wrong", sentence)


def _twice(first: int) -> str:
    return _("Trùng với dòng {row}. Hãy bỏ một dòng.").format(row=first)


def _ended(rows: Mapping[int, tuple[str, date]], positions: Mapping[str, int]) -> Iterator[Fault]:
    place = positions.get("unit", positions.get("full_name"))
    for row, (name, closed_on) in rows.items():
        yield Fault(row, place, "import.unit_ended", ended_sentence(name, closed_on))


def _elsewhere(row: int, place: int | None) -> Fault:
    sentence = _("Mã này dùng cho người ngoài phạm vi của bạn. Hãy xem lại mã hoặc nhờ cấp trên chuyển.")
    return Fault(row, place, "person.code_elsewhere", sentence)
