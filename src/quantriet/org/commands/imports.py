"""Import of units and people: stage a file, choose columns, answer, look at what would happen, do it."""

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import imported_people, imported_units
from quantriet.org.commands.import_steps import Rows, Step, locked, silent
from quantriet.org.models import Account, Import, Unit
from quantriet.org.queries import imports as queries
from quantriet.org.queries.imports import NEEDS, Outcome

__all__ = ["Rows", "Step", "answer", "carry_out", "check", "choose_columns", "stage"]

# By the kind of file: look at what it would do, and do it.
_LOOK = {Import.Kind.UNITS: imported_units.look, Import.Kind.PEOPLE: imported_people.look}
_CARRY_OUT = {Import.Kind.UNITS: imported_units.carry_out, Import.Kind.PEOPLE: imported_people.carry_out}


def stage(content: bytes | Path, *, file_name: str, kind: str, unit: Unit, by: Actor) -> Import:
    """Keep an uploaded sheet and recognise its columns; nothing is imported yet.

    The same file for the same unit again, while it is not done, is the import that is there. Refuses what is
    no sheet, is damaged or has no header (codes of ``core.intake`` and ``core.office``).
    """
    access.require(by, NEEDS[kind], unit)
    checked = check_upload(content, kind={FileKind.XLSX, FileKind.CSV}, limits=queries.FILES[kind])
    kept = _keep(content)
    head = queries.head(queries.store().path(kept), checked.kind, kind)
    with transaction.atomic():
        about, _is_new = Import.objects.exclude(state=Import.State.DONE).get_or_create(
            unit=unit,
            kind=kind,
            sha256=kept,
            account=Account.objects.filter(pk=by.account_id).first(),
            defaults={
                "file_name": file_name[-200:],
                "file_kind": checked.kind,
                "sheet": head.sheet[:80],
                "preview": queries.preview_of(head),
            },
        )
    return about


def _keep(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return queries.store().put(content)
    with content.open("rb") as stream:
        return queries.store().put(stream)


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
        row = locked(about)
        for name, value in values.items():
            setattr(row, name, value)
        row.state, row.outcome = Import.State.STAGED, {}
        row.save()
    return row


def check(about: Import, *, by: Actor, step: Step = silent) -> Outcome:
    """What the file would do to the data of this moment; nothing but the outcome is written."""
    access.require(by, NEEDS[about.kind], about.unit_id)
    with transaction.atomic():
        row = locked(about)
        outcome = _LOOK[Import.Kind(row.kind)](row, by=by, step=step)
        row.outcome = outcome.as_json() | {"fault_rows": queries.fault_rows(row, outcome)}
        row.state = Import.State.CHECKED
        row.save(update_fields=("outcome", "state"))
    return outcome


def carry_out(about: Import, *, rows: Rows = Rows.ALL, by: Actor, step: Step = silent) -> Import:
    """Write the file. An import already done is answered as done; one that was broken off goes on.

    With ``Rows.ALL`` a single fault or open question refuses (``import.faults``) before anything is written;
    ``Rows.FAULTLESS`` leaves those rows out, as the user chose, and the workbook of faults holds them. Opens
    its own scope: called outside a transaction, people are written in many short ones, whole units each.
    """
    with access.acting(by):
        access.require(by, NEEDS[about.kind], about.unit_id)
    return _CARRY_OUT[Import.Kind(about.kind)](about, rows=rows, by=by, step=step)
