"""Import of units and people: stage a file, choose columns, answer, look at what would happen, do it.

Looking is doing in a transaction that is taken back: the counts shown are those of the act itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office.cells import Fault
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.commands import people, units
from quantriet.org.commands.people import Sifted
from quantriet.org.imports import Parsed, UnitRow, read_people, read_units
from quantriet.org.models import Account, Import, Person, PersonClass, Post, Tree, Unit
from quantriet.org.models.people import MembershipStatus, PostTitle
from quantriet.org.permissions import Can
from quantriet.org.queries.imports import (
    NEEDS,
    Outcome,
    Question,
    ReadFile,
    read,
    read_sheet,
    recognise,
    store,
)
from quantriet.org.specs import PersonSpec, UnitSpec

Step = Callable[[str], None]
"""Told what is being done now; may raise to stop."""


class Rows(Enum):
    """Which rows an import writes."""

    ALL = "all"
    FAULTLESS = "faultless"


class _TakeBackError(Exception):
    """Ends a trial: everything it wrote is taken back."""


def stage(content: bytes | Path, *, file_name: str, kind: str, unit: Unit, by: Actor) -> Import:
    """Keep an uploaded sheet and recognise its columns; nothing is imported yet.

    The same file for the same unit again, while it is not done, is the import that is there. Refuses what is
    no sheet, is damaged or has no header (codes of ``core.intake`` and ``core.office``).
    """
    access.require(by, NEEDS[kind], unit)
    checked = check_upload(content, kind={FileKind.XLSX, FileKind.CSV})
    kept = store().put(content if isinstance(content, bytes) else content.read_bytes())
    sheet = read_sheet(kept, checked.kind, "")
    recognise(sheet, kind)
    with transaction.atomic():
        about, _is_new = Import.objects.exclude(state=Import.State.DONE).get_or_create(
            unit=unit,
            kind=kind,
            sha256=kept,
            account=Account.objects.filter(pk=by.account_id).first(),
            defaults={"file_name": file_name[-200:], "file_kind": checked.kind, "sheet": sheet.name[:80]},
        )
    return about


def choose_columns(about: Import, columns: Mapping[str, int | None], *, sheet: str, by: Actor) -> Import:
    """Take the columns a person picked (wanted column → place from 0), and the sheet of the workbook."""
    return _set(about, by, columns=dict(columns), sheet=sheet)


def answer(about: Import, answers: Mapping[int, int], *, by: Actor) -> Import:
    """Take what a person said of doubtful rows: row number → id of the known person, or ``ANOTHER``."""
    kept = about.answers | {str(row): person for row, person in answers.items()}
    return _set(about, by, answers=kept)


def _set(about: Import, by: Actor, **values: object) -> Import:
    access.require(by, NEEDS[about.kind], about.unit_id)
    with transaction.atomic():
        row = _locked(about)
        for name, value in values.items():
            setattr(row, name, value)
        row.state, row.outcome = Import.State.STAGED, {}
        row.save()
    return row


def _locked(about: Import) -> Import:
    row = Import.objects.select_for_update().get(pk=about.pk)
    if row.state == Import.State.DONE:
        raise DomainError("import.done", _("Tệp này đã nhập xong. Hãy tải tệp mới lên nếu cần nhập thêm."))
    return row


def check(about: Import, *, by: Actor, step: Step | None = None) -> Outcome:
    """What the file would do to the data of this moment; nothing but the outcome is written."""
    access.require(by, NEEDS[about.kind], about.unit_id)
    with transaction.atomic():
        row = _locked(about)
        outcome = _try(row, read_file(row, step), by, step)
        row.outcome, row.state = outcome.as_json(), Import.State.CHECKED
        row.save(update_fields=("outcome", "state"))
    return outcome


def carry_out(about: Import, *, rows: Rows = Rows.ALL, by: Actor, step: Step | None = None) -> Import:
    """Write the file, whole or not at all. An import already done is answered as done.

    With ``Rows.ALL`` a single fault or open question refuses (``import.faults``); ``Rows.FAULTLESS`` leaves
    those rows out, as the user chose, and the workbook of faults holds them.
    """
    access.require(by, NEEDS[about.kind], about.unit_id)
    with transaction.atomic():
        standing = Import.objects.select_for_update().get(pk=about.pk)
        if standing.state == Import.State.DONE:
            return standing
        outcome = _try(
            standing, read_file(standing, step), by, step, keep=lambda seen: _may_write(seen, rows)
        )
        standing.outcome, standing.state = outcome.as_json(), Import.State.DONE
        standing.answers, standing.done_at = {}, timezone.now()
        standing.save()
        counts = {name: standing.outcome[name] for name in ("new", "changed", "same", "faulty", "asked")}
        audit.record(
            by, "import.do", standing, unit=standing.unit_id, detail={"kind": standing.kind} | counts
        )
    return standing


def _may_write(outcome: Outcome, rows: Rows) -> bool:
    if rows is Rows.ALL and not outcome.is_clean:
        raise DomainError(
            "import.faults",
            _("Còn {count} dòng có lỗi hoặc chưa trả lời. Chưa ghi dòng nào; hãy sửa tệp, "
              "hoặc chọn “Bỏ các dòng lỗi”.").format(count=outcome.faulty + len(outcome.questions)),
        )  # fmt: skip
    return True


def read_file(about: Import, step: Step | None = None) -> ReadFile:
    """Read the file (in the cage), telling that this is done now."""
    _tell(step, _("Đang đọc tệp"))
    return read(about)


def _try(
    about: Import, file: ReadFile, by: Actor, step: Step | None, keep: Callable[[Outcome], bool] | None = None
) -> Outcome:
    """Parse and write inside a savepoint that stays only when ``keep`` says so of the outcome."""
    if file.columns.faults:
        outcome = Outcome(0, 0, 0, (), file.columns.faults, file.sheet.notices)
        if keep is not None:
            _may_write(outcome, Rows.ALL)
        return outcome
    work = _write_units if about.kind == Import.Kind.UNITS else _write_people
    found: list[Outcome] = []
    try:
        with transaction.atomic():
            found.append(work(about, file, by, step))
            if keep is None or not keep(found[0]):
                raise _TakeBackError  # noqa: TRY301 - takes the savepoint back with what was tried
    except _TakeBackError:
        pass
    return found[0]


def _tell(step: Step | None, words: str) -> None:
    if step is not None:
        step(words)


# --- people -------------------------------------------------------------------------------------------------


def _write_people(about: Import, file: ReadFile, by: Actor, step: Step | None) -> Outcome:
    codes = dict(access.units(by, Can.PERSON_MANAGE).values_list("code", "pk"))
    _tell(step, _("Đang kiểm tra từng dòng"))
    parsed = read_people(file.sheet.rows, file.columns, codes, home=about.unit_id)
    faults = list(parsed.faults)
    _tell(step, _("Đang ghi {count} người").format(count=len(parsed.specs)))
    done, questions = _register(_answered(parsed.specs, about), faults, file, by)
    people.count_members(sorted({spec.unit_id for spec in parsed.specs.values()}), by=by)
    notices = (*file.sheet.notices, *parsed.notices)
    return Outcome(done.new, done.changed, done.same, questions, tuple(_by_place(faults)), notices)


def _answered(specs: Mapping[int, PersonSpec], about: Import) -> dict[int, PersonSpec]:
    answers = {int(row): int(person) for row, person in about.answers.items()}
    return {
        number: replace(spec, same_as=answers[number]) if number in answers else spec
        for number, spec in specs.items()
    }


def _register(
    specs: Mapping[int, PersonSpec], faults: list[Fault], file: ReadFile, by: Actor
) -> tuple[Sifted, tuple[Question, ...]]:
    """Register what is certain; what is not becomes a question or a fault of its row."""
    numbers = list(specs)
    done = people.register_certain(list(specs.values()), by=by)
    at = file.columns.positions
    for later, first in done.twice.items():
        sentence = _("Cùng một người với dòng {row}. Hãy bỏ một dòng.").format(row=numbers[first])
        faults.append(Fault(numbers[later], at.get("code"), "import.twice", sentence))
    for row in done.elsewhere:
        sentence = _("Mã này dùng cho người ngoài phạm vi của bạn. Hãy xem lại mã hoặc nhờ cấp trên chuyển.")
        faults.append(Fault(numbers[row], at.get("code"), "person.code_elsewhere", sentence))
    for row in done.wrong_answers:
        sentence = _("Người đã chọn cho dòng này có mã khác hoặc không còn. Hãy chọn lại.")
        faults.append(Fault(numbers[row], at.get("full_name"), "person.answer_wrong", sentence))
    words = _who({person_id for ids in done.maybe.values() for person_id in ids})
    questions = tuple(
        Question(
            row=numbers[row],
            name=specs[numbers[row]].full_name,
            candidates=tuple((person_id, words[person_id]) for person_id in ids),
        )
        for row, ids in done.maybe.items()
    )
    return done, questions


def _who(person_ids: set[int]) -> dict[int, str]:
    """Words that tell known people of one name apart."""
    found = Person.objects.filter(pk__in=person_ids).select_related("home_unit")
    return {
        person.pk: ", ".join(
            filter(
                None,
                (
                    person.full_name,
                    f"{person.birth_date:%d/%m/%Y}" if person.birth_date else str(person.birth_year or ""),
                    person.home_unit.name,
                ),
            )
        )
        for person in found
    }


# --- units --------------------------------------------------------------------------------------------------


def _write_units(about: Import, file: ReadFile, by: Actor, step: Step | None) -> Outcome:
    mine = dict(access.units(by, Can.UNIT_MANAGE).values_list("code", "tree"))
    _tell(step, _("Đang kiểm tra từng dòng"))
    parsed = read_units(file.sheet.rows, file.columns, mine)
    faults = list(parsed.faults)
    _refuse_taken_codes(parsed, faults, mine, file)
    _refuse_new_roots(parsed, faults, mine, file, by)
    new = [told.unit for told in parsed.specs.values() if told.unit.code not in mine]
    standing = _filled_in([told.unit for told in parsed.specs.values() if told.unit.code in mine])
    _tell(step, _("Đang ghi {count} đơn vị").format(count=len(new) + len(standing)))
    made = units.found(new, by=by)
    changed = units.amend(standing, by=by)
    _heads_done, questions = _register(_heads(parsed, about), faults, file, by)
    return Outcome(
        len(made),
        len(changed),
        len(standing) - len(changed),
        questions,
        tuple(_by_place(faults)),
        (*file.sheet.notices, *parsed.notices),
    )


def _filled_in(specs: list[UnitSpec]) -> list[UnitSpec]:
    """Specs of units that are there: an empty cell says nothing, so it takes nothing away."""
    rows = access.today_placements().filter(unit__code__in=[spec.code for spec in specs])
    there = {
        placed.unit.code: placed for placed in rows.select_related("unit__committee", "parent").order_by("pk")
    }
    filled = []
    for spec in specs:
        placed = there[spec.code]
        unit = placed.unit
        filled.append(
            replace(
                spec,
                parent_code=spec.parent_code or (placed.parent.code if placed.parent else ""),
                committee_code=spec.committee_code or (unit.committee.code if unit.committee else ""),
                admin_code=spec.admin_code or unit.admin_code,
                short_name=spec.short_name or unit.short_name,
                member_count=spec.member_count or unit.member_count,
                phone=spec.phone or unit.phone,
                email=spec.email or unit.email,
                founded_on=spec.founded_on or unit.founded_on,
            )
        )
    return filled


def _refuse_taken_codes(
    parsed: Parsed[UnitRow], faults: list[Fault], mine: Mapping[str, str], file: ReadFile
) -> None:
    """A new code must be free in the whole house, but whose it is stays untold."""
    wanted = {told.unit.code for told in parsed.specs.values()} - set(mine)
    taken = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True))
    sentence = _("Mã này đã dùng cho đơn vị khác. Hãy dùng mã khác.")
    _drop(parsed, faults, taken, Fault(0, file.columns.positions["code"], "import.code_taken", sentence))


def _refuse_new_roots(
    parsed: Parsed[UnitRow], faults: list[Fault], mine: Mapping[str, str], file: ReadFile, by: Actor
) -> None:
    if by.roots == access.HOUSE:
        return
    roots = {
        told.unit.code
        for told in parsed.specs.values()
        if told.unit.tree == Tree.PARTY and not told.unit.parent_code and told.unit.code not in mine
    }
    place = file.columns.positions.get("parent", file.columns.positions["code"])
    sentence = _("Thiếu mã cấp trên: đơn vị mới phải trực thuộc một đơn vị của bạn.")
    _drop(parsed, faults, roots, Fault(0, place, "import.no_parent", sentence))


def _drop(parsed: Parsed[UnitRow], faults: list[Fault], codes: set[str], why: Fault) -> None:
    """Take rows of these codes out, and with them whatever hangs below them."""
    gone = set(codes)
    above = _("Đơn vị cấp trên hoặc cấp ủy của dòng này có lỗi. Hãy sửa dòng đó trước.")
    while True:
        hit = {
            number: told.unit
            for number, told in parsed.specs.items()
            if {told.unit.code, told.unit.parent_code, told.unit.committee_code} & gone
        }
        if not hit:
            return
        for number, unit in hit.items():
            del parsed.specs[number]
            own = unit.code in codes
            code, sentence = (why.code, why.sentence) if own else ("import.above_faulty", above)
            faults.append(Fault(number, why.column, code, sentence))
            gone.add(unit.code)


def _heads(parsed: Parsed[UnitRow], about: Import) -> dict[int, PersonSpec]:
    """Heads named in the sheet that do not hold the post yet, as people of their unit."""
    told = {number: row for number, row in parsed.specs.items() if row.head}
    ids = dict(
        Unit.objects.filter(code__in=[row.unit.code for row in told.values()]).values_list("code", "pk")
    )
    holding = set(
        Post.objects.filter(unit__in=ids.values(), title=PostTitle.HEAD, to_on=None).values_list(
            "unit_id", "person__full_name"
        )
    )
    specs = {
        number: _head(row.unit, ids[row.unit.code], row.head)
        for number, row in told.items()
        if (ids[row.unit.code], row.head) not in holding
    }
    return _answered(specs, about)


def _head(unit: UnitSpec, unit_id: int, name: str) -> PersonSpec:
    in_party = unit.tree == Tree.PARTY
    return PersonSpec(
        full_name=name,
        unit_id=unit_id,
        phone=unit.phone,
        status=MembershipStatus.FULL if in_party else MembershipStatus.NON_MEMBER,
        person_class=PersonClass.KEY_CADRE if in_party else PersonClass.ASSOCIATION,
        post=PostTitle.HEAD,
    )


def _by_place(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.row, fault.column if fault.column is not None else -1))
