"""What has been made so far. The audit is the logbook: a step is written down in the step's own transaction, so a
generation that was killed goes on exactly where it stood.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org import audit
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Unit
from quantriet.web.generation.scales import Wanted

BEGUN = "generate.begin"
STEP = "generate.step"


def begun() -> Wanted | None:
    """What is being made in this database, if anything."""
    event = AuditEvent.objects.filter(action=BEGUN).order_by("pk").first()
    if event is None:
        return None
    told = event.detail
    return Wanted(told["scale"], int(told["seed"]), date.fromisoformat(told["today"]))


def begin(wanted: Wanted, top: Unit, *, by: Actor) -> None:
    """Write down what is being made."""
    audit.record(by, BEGUN, top, unit=top, detail={**asdict(wanted), "today": wanted.today.isoformat()})


def refuse_other(wanted: Wanted) -> Wanted:
    """What to go on with: the same as begun, whatever the day; refuses another house or another wish."""
    standing = begun()
    if standing is None:
        if Unit.objects.exists():
            raise DomainError(
                "generate.not_empty",
                _(
                    "Hệ thống đã có đơn vị nên không sinh dữ liệu vào đây. Chưa ghi gì; hãy dùng một nơi khác."
                ),
            )
        return wanted
    if (standing.scale, standing.seed) != (wanted.scale, wanted.seed):
        raise DomainError(
            "generate.other",
            _(
                "Ở đây đang sinh cỡ “{scale}”, số gieo {seed}. Chưa ghi gì; hãy chạy tiếp với hai giá trị đó."
            ).format(scale=standing.scale, seed=standing.seed),
        )
    return standing


def done() -> dict[str, Mapping[str, Any]]:
    """The steps that are done, with what each says of itself."""
    events = AuditEvent.objects.filter(action=STEP).order_by("pk").values_list("detail", flat=True)
    return {str(detail["step"]): detail for detail in events}


def is_done(step: str) -> bool:
    """Whether a step is done; waits for whoever is at it now, and holds it until the transaction ends."""
    lock = int.from_bytes(hashlib.sha256(step.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    return AuditEvent.objects.filter(action=STEP, detail__step=step).exists()


def write_down(step: str, rows: int, seconds: float, *, by: Actor) -> None:
    """A step is done."""
    top = Unit.objects.order_by("pk").first()
    if top is None:
        raise ValueError("a step without a tree")
    audit.record(by, STEP, top, unit=top, detail={"step": step, "rows": rows, "seconds": round(seconds, 2)})
