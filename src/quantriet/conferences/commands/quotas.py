"""What a unit decides of the yearly quota of conferences."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences.models import Quota
from quantriet.conferences.queries import quotas
from quantriet.conferences.quota import Limits
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def decide(unit: Unit, limits: Limits, *, by: Actor) -> Quota:
    """Set the limits of a unit and of those below it. Below the root they may be stricter only, never looser."""
    access.require(by, Can.CONFERENCE_MANAGE, unit)
    clause = clean_line(limits.clause)[:200]
    _check(limits, clause)
    above = quotas.limits_above(unit)
    if above is not None and limits.is_looser_than(above):
        raise DomainError(
            "quota.looser",
            _(
                "Định mức không được rộng hơn mức cấp trên: tỉnh %(province)s, xã %(commune)s hội nghị một năm, "
                "trực tuyến từ %(percent)s %%. Chưa lưu gì."
            )
            % {
                "province": above.province_a_year,
                "commune": above.commune_a_year,
                "percent": above.online_percent,
            },
        )
    told = {**asdict(limits), "clause": clause}
    with transaction.atomic():
        kept = Quota.objects.select_for_update().filter(unit=unit).first()
        if kept is not None and {name: getattr(kept, name) for name in told} == told:
            return kept
        kept, _is_new = Quota.objects.update_or_create(unit=unit, defaults=told)
        audit.record(by, "quota.decide", kept, unit=unit, detail=told)
    return kept


def _check(limits: Limits, clause: str) -> None:
    counts = (limits.province_a_year, limits.commune_a_year)
    if not (all(1 <= count <= 50 for count in counts) and 0 <= limits.online_percent <= 100):
        raise DomainError(
            "quota.out_of_range",
            _("Số hội nghị một năm từ 1 đến 50, tỷ lệ trực tuyến từ 0 đến 100. Chưa lưu gì."),
        )
    if not clause:
        raise DomainError("quota.clause", _("Hãy ghi văn bản quy định định mức. Chưa lưu gì."))
