"""A file of units: what it would do, and doing it, whole.

Looking is doing in a transaction that is taken back: the counts shown are those of the act itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.office.cells import Fault
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.commands import people, units
from quantriet.org.commands.import_steps import Rows, Step, by_place, may_write, questions_of
from quantriet.org.commands.standing import ended_sentence
from quantriet.org.imports import Parsed, UnitRow, read_units
from quantriet.org.models import Import, PersonClass, Post, Tree, Unit
from quantriet.org.models.people import MembershipStatus, PostTitle
from quantriet.org.permissions import Can
from quantriet.org.queries import corrections
from quantriet.org.queries import imports as queries
from quantriet.org.queries.imports import Outcome, ReadFile
from quantriet.org.specs import PersonSpec, UnitSpec


class _TakeBackError(Exception):
    """Ends a trial: everything it wrote is taken back."""


def look(about: Import, *, by: Actor, step: Step) -> Outcome:
    """What the file would do."""
    return _try(about, by, step, keep=lambda _outcome: False)


def carry_out(about: Import, *, rows: Rows, by: Actor, step: Step) -> Import:
    """Write the file in one transaction; an import already done is answered as done."""
    with access.acting(by):
        standing = Import.objects.select_for_update().get(pk=about.pk)
        if standing.state == Import.State.DONE:
            return standing

        def keep(outcome: Outcome) -> bool:
            may_write(outcome, rows)
            return True

        outcome = _try(standing, by, step, keep)
        standing.outcome = outcome.as_json() | {"fault_rows": queries.fault_rows(standing, outcome)}
        standing.state, standing.rows = Import.State.DONE, rows.value
        standing.answers, standing.done_at = {}, timezone.now()
        standing.save()
        counts = {name: standing.outcome[name] for name in ("new", "changed", "same", "faulty", "asked")}
        detail = {"kind": standing.kind} | counts
        audit.record(by, "import.do", standing, unit=standing.unit_id, detail=detail)
    return standing


def _try(about: Import, by: Actor, step: Step, keep: Callable[[Outcome], bool]) -> Outcome:
    """Parse and write inside a savepoint that stays only when ``keep`` says so of the outcome."""
    step(0, 0, _("Đang đọc tệp"))
    file = queries.read(about)
    if file.columns.faults:
        outcome = Outcome(0, 0, 0, 1, 0, (), file.columns.faults, file.sheet.notices)
        keep(outcome)
        return outcome
    found: list[Outcome] = []
    try:
        with transaction.atomic():
            found.append(_write(about, file, by, step))
            if not keep(found[0]):
                raise _TakeBackError  # noqa: TRY301 - takes the savepoint back with what was tried
    except _TakeBackError:
        pass
    return found[0]


def _write(about: Import, file: ReadFile, by: Actor, step: Step) -> Outcome:
    mine = dict(access.units(by, Can.UNIT_MANAGE).values_list("code", "tree"))
    step(0, 0, _("Đang kiểm tra từng dòng"))
    parsed = read_units(file.sheet.rows, file.columns, mine)
    faults = list(parsed.faults)
    _refuse_taken_codes(parsed, faults, mine, file)
    _refuse_ended(parsed, faults, file)
    _refuse_new_roots(parsed, faults, mine, file, by)
    filled = _filled_in([told.unit for told in parsed.specs.values() if told.unit.code in mine])
    _refuse_acts(parsed, faults, filled, file, by)
    left = [told.unit for told in parsed.specs.values()]
    new = [spec for spec in left if spec.code not in mine]
    standing = [filled[spec.code] for spec in left if spec.code in mine]
    step(0, 0, _("Đang ghi {count} đơn vị").format(count=len(new) + len(standing)))
    made = units.found(new, by=by)
    changed = units.amend(standing, by=by)
    maybe, names = _register_heads(_heads(parsed, about), faults, file, by)
    return Outcome(
        new=len(made),
        changed=len(changed),
        same=len(standing) - len(changed),
        faulty=len({fault.row for fault in faults}),
        asked=len(maybe),
        questions=questions_of(names, maybe),
        faults=tuple(by_place(faults)),
        notices=(*file.sheet.notices, *parsed.notices),
    )


def _register_heads(
    specs: Mapping[int, PersonSpec], faults: list[Fault], file: ReadFile, by: Actor
) -> tuple[dict[int, tuple[int, ...]], dict[int, str]]:
    """Register heads that are certain; whom the others may be, and their names, by row."""
    numbers = list(specs)
    done = people.register_certain(list(specs.values()), by=by)
    for row in done.wrong_answers:
        sentence = _("Người đã chọn cho dòng này có mã khác hoặc không còn. Hãy chọn lại.")
        place = file.columns.positions.get("head")
        faults.append(Fault(numbers[row], place, "person.answer_wrong", sentence))
    maybe = {numbers[row]: ids for row, ids in done.maybe.items()}
    return maybe, {row: specs[row].full_name for row in maybe}


def _filled_in(specs: list[UnitSpec]) -> dict[str, UnitSpec]:
    """Specs of units that are there, by code: an empty cell says nothing, so it takes nothing away."""
    rows = access.today_placements().filter(unit__code__in=[spec.code for spec in specs])
    there = {
        placed.unit.code: placed for placed in rows.select_related("unit__committee", "parent").order_by("pk")
    }
    filled = {}
    for spec in specs:
        placed = there[spec.code]
        unit = placed.unit
        filled[spec.code] = replace(
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
    return filled


def _refuse_taken_codes(
    parsed: Parsed[UnitRow], faults: list[Fault], mine: Mapping[str, str], file: ReadFile
) -> None:
    """A new code must be free in the whole house, but whose it is stays untold."""
    wanted = {told.unit.code for told in parsed.specs.values()} - set(mine)
    taken = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True))
    sentence = _("Mã này đã dùng cho đơn vị khác. Hãy dùng mã khác.")
    _drop(parsed, faults, taken, Fault(0, file.columns.positions["code"], "import.code_taken", sentence))


def _refuse_ended(parsed: Parsed[UnitRow], faults: list[Fault], file: ReadFile) -> None:
    """An old list does not bring a unit back to life, nor hang anything below one that ended."""
    named = {
        code
        for told in parsed.specs.values()
        for code in (told.unit.code, told.unit.parent_code, told.unit.committee_code)
    }
    rows = Unit.objects.filter(code__in=named, closed_on__isnull=False)
    ended = {code: (name, day) for code, name, day in rows.values_list("code", "name", "closed_on") if day}
    dropped: set[str] = set()
    for number, told in list(parsed.specs.items()):
        places = {
            "code": told.unit.code,
            "parent": told.unit.parent_code,
            "committee": told.unit.committee_code,
        }
        column = next((name for name, code in places.items() if code in ended), None)
        if column is not None:
            place = file.columns.positions.get(column, file.columns.positions["code"])
            sentence = ended_sentence(*ended[places[column]])
            faults.append(Fault(number, place, "import.unit_ended", sentence))
            del parsed.specs[number]
            dropped.add(told.unit.code)
    _drop(parsed, faults, dropped, Fault(0, file.columns.positions["code"], "import.unit_ended", ""))


def _refuse_acts(
    parsed: Parsed[UnitRow],
    faults: list[Fault],
    filled: Mapping[str, UnitSpec],
    file: ReadFile,
    by: Actor,
) -> None:
    """What only an act changes stays as it is, and its row says the way; so does a name that is another's."""
    whole = [filled.get(told.unit.code, told.unit) for told in parsed.specs.values()]
    refused = corrections.refused(whole, by=by)
    for number, told in list(parsed.specs.items()):
        error = refused.get(told.unit.code)
        if error is None:
            continue
        fault = Fault(number, _place_of(error.context["fact"], file), error.code, error.sentence)
        if error.context["fact"] == "tree" or told.unit.code not in filled:
            _drop(parsed, faults, {told.unit.code}, fault)  # nothing can hang below it
        elif number in parsed.specs:
            faults.append(fault)
            del parsed.specs[number]


def _place_of(fact: str, file: ReadFile) -> int:
    """The column that says a fact; a body's superior is its committee."""
    columns = {"parent": ("parent", "committee", "code")}.get(fact, (fact, "code"))
    return next(file.columns.positions[name] for name in columns if name in file.columns.positions)


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
    answers = {int(row): int(person) for row, person in about.answers.items()}
    return {
        number: replace(spec, same_as=answers[number]) if number in answers else spec
        for number, spec in specs.items()
    }


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
