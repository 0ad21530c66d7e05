"""Many acts of one list, in its order: looked at as a whole, then done as a whole.

Looking is doing in a transaction that is taken back: a later row is judged by the tree the rows before it leave.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org.access import Actor
from quantriet.org.act_words import ActWords, Asked, Looked, Refused
from quantriet.org.commands import acts
from quantriet.org.commands.import_steps import Step, silent
from quantriet.org.models import Act
from quantriet.org.queries.act_words import proposal_of


def look(rows: Mapping[int, ActWords], *, by: Actor, step: Step = silent) -> Looked:
    """What the list comes to; nothing is written. A row that is refused or must be asked about is left out, the rows
    after it are still judged.
    """
    done: dict[int, str] = {}
    refused: list[Refused] = []
    asked: list[Asked] = []
    with transaction.atomic():
        for place, (row, words) in enumerate(rows.items()):
            step(place, len(rows), _("Xem dòng {row}").format(row=row))
            try:
                with transaction.atomic():
                    done[row] = _sentence(acts.carry_out(proposal_of(words, by=by), by=by))
            except DomainError as error:
                questions = _asked(row, error)
                asked += questions
                if not questions:
                    field = str(error.context.get("field", ""))
                    refused.append(Refused(row, field, error.code, error.sentence))
        transaction.set_rollback(True)
    return Looked(done, tuple(refused), tuple(asked))


def _asked(row: int, error: DomainError) -> list[Asked]:
    """The questions whose answers would settle a refusal; none when there is nothing to choose from."""
    return [
        Asked(row, one["question"], one["sentence"], tuple((value, words) for value, words in one["options"]))
        for one in error.context.get("choices", [])
    ]


def carry_out(rows: Mapping[int, ActWords], *, by: Actor, step: Step = silent) -> list[Act]:
    """Do the list, whole or not at all; the first refusal names its row. The same list again changes nothing."""
    found: list[Act] = []
    with transaction.atomic():
        for place, (row, words) in enumerate(rows.items()):
            step(place, len(rows), _("Thực hiện dòng {row}").format(row=row))
            try:
                found.append(acts.carry_out(proposal_of(words, by=by), by=by))
            except DomainError as error:
                raise DomainError(
                    error.code,
                    _("Dòng {row}: {sentence} Cả danh sách chưa ghi.").format(
                        row=row, sentence=error.sentence
                    ),
                    row=row,
                ) from error
    return found


def _sentence(act: Act) -> str:
    """A row's outcome in words."""
    words = {"kind": act.get_kind_display(), "decision": act.decision, "why": act.hindrance}
    if act.state == Act.State.PLANNED and act.hindrance:
        return _("{kind} theo {decision}: chờ ngày hiệu lực; hôm nay còn vướng: {why}").format(**words)
    if act.state == Act.State.PLANNED:
        return _("{kind} theo {decision}: chờ ngày hiệu lực").format(**words)
    return _("{kind} theo {decision}: làm được").format(**words)
