"""A sheet of acts on its way: taken in, asked about, looked at, done. The worker does the long steps."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org.access import Actor
from quantriet.org.commands import act_lists
from quantriet.org.commands.import_steps import Step, silent
from quantriet.org.models import ActSheet
from quantriet.org.queries import act_sheets as queries


def stage(content: bytes, *, file_name: str, by: Actor) -> ActSheet:
    """Keep an uploaded sheet. The same file again, while it is not done, is the sheet that is there.

    Refuses what is no sheet, is damaged, has no header (codes of ``core.intake``, ``core.office``) or too many rows.
    """
    kept = queries.keep(content)
    queries.rows(queries.read(kept), {})
    with transaction.atomic():
        sheet, _is_new = ActSheet.objects.exclude(state=ActSheet.State.DONE).get_or_create(
            account_id=by.account_id,
            sha256=kept.sha256,
            defaults={"file_name": file_name[-200:], "file_kind": kept.kind},
        )
    return sheet


def answer(sheet: ActSheet, answers: Mapping[int, Mapping[str, str]], *, by: Actor) -> ActSheet:
    """Take what was chosen for rows (row → question → answer) beside what was chosen before; it is looked at anew."""
    with transaction.atomic():
        row = queries.sheets(by).select_for_update().get(pk=sheet.pk)
        if row.state == ActSheet.State.DONE:
            raise _done_before()
        row.answers = row.answers | {
            str(number): row.answers.get(str(number), {}) | dict(told) for number, told in answers.items()
        }
        row.state, row.outcome, row.refusal = ActSheet.State.STAGED, {}, ""
        row.save()
    return row


def look(sheet: ActSheet, *, by: Actor, step: Step = silent) -> ActSheet:
    """What the sheet comes to on the tree of this moment; nothing but the outcome is written.

    Answers that came while it was looked at are not overwritten: they wait for their own look.
    """
    read = queries.of_sheet(sheet)
    rows, faults = queries.rows(read, sheet.answers)
    looked = act_lists.look(rows, by=by, step=step)
    outcome = queries.outcome_of(looked, [*faults, *queries.faults_of(read, looked)])
    same = queries.sheets(by).filter(pk=sheet.pk, answers=sheet.answers).exclude(state=ActSheet.State.DONE)
    same.update(state=ActSheet.State.LOOKED, outcome=outcome, refusal="")
    return queries.sheets(by).get(pk=sheet.pk)


def carry_out(sheet: ActSheet, *, by: Actor, step: Step = silent) -> ActSheet:
    """Do the sheet, whole or not at all; one that is done is answered as done."""
    if sheet.state == ActSheet.State.DONE:
        return sheet
    rows, faults = queries.rows(queries.of_sheet(sheet), sheet.answers)
    if faults:
        raise DomainError(
            "act.sheet_faults",
            _("Còn {count} ô không đọc được. Chưa làm gì; hãy sửa tệp rồi gửi lại.").format(
                count=len(faults)
            ),
        )
    with transaction.atomic():
        done = act_lists.carry_out(rows, by=by, step=step)
        sheet.state, sheet.done_at, sheet.refusal = ActSheet.State.DONE, timezone.now(), ""
        sheet.outcome = {"acts": len(done)}
        sheet.save(update_fields=("state", "done_at", "refusal", "outcome"))
    return sheet


def refused(sheet: ActSheet, sentence: str) -> None:
    """Remember why doing the sheet was refused, for whoever looks at it next."""
    ActSheet.objects.filter(pk=sheet.pk).update(refusal=sentence[:600])


def _done_before() -> DomainError:
    return DomainError("act.sheet_done", _("Tệp này đã thực hiện xong. Hãy gửi tệp mới nếu cần làm thêm."))
