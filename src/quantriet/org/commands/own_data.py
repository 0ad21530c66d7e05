"""Requests of people about their own data, and their answers, by the legal clock.

Source: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP: answer and explain within two working days.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_text, end_of_day
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Account, DataRequest, Person
from quantriet.org.permissions import Can

WORKING_DAYS = 2
SATURDAY = 5


def due_day(asked_on: date, working_days: int = WORKING_DAYS) -> date:
    """The last day for an answer: so many working days after the day of asking (Monday to Friday).

    Public holidays are counted as working days, so an answer is never due too late.
    """
    day, left = asked_on, working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def ask(person: Person, *, kind: str, text: str, by: Actor) -> DataRequest:
    """The person himself asks. The same open request again is the one that stands."""
    if by.person_id != person.pk:
        raise access.not_found()
    told = clean_text(text)
    if kind not in DataRequest.Kind.values or not told:
        raise DomainError("data_request.empty", _("Hãy chọn loại yêu cầu và ghi nội dung. Chưa gửi."))
    with transaction.atomic():
        request, is_new = DataRequest.objects.get_or_create(
            person=person,
            kind=kind,
            text=told,
            answered_at=None,
            defaults={"unit": person.home_unit, "due_at": end_of_day(due_day(timezone.localdate()))},
        )
        if is_new:
            audit.record(by, "data_request.ask", request, unit=request.unit_id, detail={"kind": kind})
    return request


def answer(request: DataRequest, *, text: str, by: Actor) -> DataRequest:
    """Answer once, with words the person can read; the same answer again is answered as done."""
    access.require(by, Can.PERSON_MANAGE, request.unit_id)
    told = clean_text(text)
    if not told:
        raise DomainError("data_request.no_answer", _("Hãy ghi câu trả lời. Chưa lưu."))
    with transaction.atomic():
        row = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if row.answered_at is not None:
            if row.answer == told:
                return row
            raise DomainError(
                "data_request.answered", _("Yêu cầu này đã được trả lời. Câu trả lời của bạn chưa ghi.")
            )
        row.answer, row.answered_at = told, timezone.now()
        row.answered_by = Account.objects.filter(pk=by.account_id).first()
        row.save(update_fields=("answer", "answered_at", "answered_by"))
        audit.record(by, "data_request.answer", row, unit=row.unit_id, detail={"kind": row.kind})
    return row
