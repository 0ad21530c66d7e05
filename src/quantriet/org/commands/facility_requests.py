"""Writes of what units ask for: asked once until it is answered, granted or refused by the level above."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit, notices
from quantriet.org.access import Actor
from quantriet.org.models import FacilityRequest, Unit
from quantriet.org.notices import NoticeText
from quantriet.org.permissions import Can


def ask(unit: Unit, need: str, *, text: str, by: Actor) -> FacilityRequest:
    """Ask the level above for something. While it waits, the same need again only tells it anew."""
    access.require(by, Can.CONFERENCE_MANAGE, unit)
    told = clean_line(text)[:300]
    if need not in FacilityRequest.Need.values or not told:
        raise DomainError("facility_request.what", _("Hãy chọn việc và ghi cần gì, ở đâu. Chưa gửi gì."))
    parent = access.today_placements().filter(unit=unit).values_list("parent", flat=True).first()
    above = parent or unit.committee_id
    if above is None:
        raise DomainError(
            "facility_request.nobody_above",
            _("Đơn vị không có cấp trên trong hệ thống nên chưa gửi đề nghị."),
        )
    with transaction.atomic():
        request, is_new = FacilityRequest.objects.get_or_create(
            unit=unit, need=need, state=FacilityRequest.State.ASKED, defaults={"text": told}
        )
        if not is_new and request.text == told:
            return request
        FacilityRequest.objects.filter(pk=request.pk).update(text=told)
        request.text = told
        notices.notify([above], _asked(request))
        audit.record(by, "facility_request.ask", request, unit=unit, detail={"need": need})
    return request


def _asked(request: FacilityRequest) -> NoticeText:
    return NoticeText(
        title=_("Đề nghị về cơ sở vật chất"),
        text=f"{request.unit.name}: {request.text}",
        link=f"/hoi-truong/de-nghi/{request.pk}/",
        key=f"facility-request:{request.pk}",
    )


def grant(request: FacilityRequest, *, answer: str, by: Actor) -> FacilityRequest:
    """Say yes to what was asked; the answer may say when and how."""
    return _settle(request, FacilityRequest.State.GRANTED, clean_line(answer)[:300], by=by)


def refuse(request: FacilityRequest, *, reason: str, by: Actor) -> FacilityRequest:
    """Say no, and why."""
    told = clean_line(reason)[:300]
    if not told:
        raise DomainError("facility_request.reason", _("Hãy ghi lý do từ chối. Chưa lưu gì."))
    return _settle(request, FacilityRequest.State.REFUSED, told, by=by)


def _settle(
    request: FacilityRequest, state: FacilityRequest.State, answer: str, *, by: Actor
) -> FacilityRequest:
    """Answer once: the same answer again changes nothing, another one is refused."""
    access.require(by, Can.CONFERENCE_MANAGE, request.unit_id)
    home = access.home(by)
    if home is not None and home.pk == request.unit_id:
        raise DomainError(
            "facility_request.own", _("Đề nghị của đơn vị mình do cấp trên trả lời. Chưa lưu gì.")
        )
    with transaction.atomic():
        row = (
            FacilityRequest.objects.select_for_update(of=("self",)).select_related("unit").get(pk=request.pk)
        )
        if row.state != FacilityRequest.State.ASKED:
            if (row.state, row.answer) == (state, answer):
                return row
            raise DomainError(
                "facility_request.answered",
                _("Đề nghị này đã được trả lời: {state}. Câu trả lời của bạn chưa lưu.").format(
                    state=row.get_state_display()
                ),
            )
        row.state, row.answer, row.answered_at = state, answer, timezone.now()
        row.save(update_fields=["state", "answer", "answered_at"])
        words = f"{row.get_need_display()}: {row.get_state_display()}"
        notices.notify(
            [row.unit_id],
            NoticeText(
                title=words,
                text=answer or row.text,
                link=f"/hoi-truong/de-nghi/{row.pk}/",
                key=f"facility-answer:{row.pk}",
            ),
        )
        audit.record(by, f"facility_request.{state}", row, unit=row.unit_id, detail={"need": row.need})
    return row
