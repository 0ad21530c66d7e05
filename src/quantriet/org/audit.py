"""One row per act, written in the transaction of the act itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent, Unit

_OPENED = """
INSERT INTO org_accessevent (created_at, person_id, unit_id, reader, page)
SELECT statement_timestamp(), person_id, %(at)s, %(reader)s, %(page)s
FROM unnest(%(people)s::bigint[]) AS person_id
"""


def record(
    by: Actor,
    action: str,
    subject: Model,
    *,
    unit: Unit | int | None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Remember that ``by`` did ``action`` (``campaign.start``) to ``subject`` at ``unit``.

    ``detail`` holds plain JSON values: what changed and the reason given; no essays, no personal texts.
    """
    return AuditEvent.objects.create(
        account_id=by.account_id or None,
        actor=by.name,
        role=", ".join(sorted(by.roles)) if by.account_id else "operator",
        unit_id=unit.pk if isinstance(unit, Unit) else unit,
        action=action,
        subject=f"{subject._meta.db_table}:{subject.pk}",  # noqa: SLF001 - Django's public-by-habit API
        detail=dict(detail or {}),
    )


def opened(by: Actor, person_ids: Iterable[int], page: str) -> None:
    """Remember that ``by`` was shown these people on ``page``, one row a person: each can read who did.

    One's own record and the work of the server itself are nobody else's reading.
    """
    if not by.account_id:
        return
    seen = sorted(set(person_ids) - {by.person_id})
    if seen:
        with connection.cursor() as cursor:
            cursor.execute(_OPENED, {"people": seen, "at": by.unit_id, "reader": by.name, "page": page[:80]})
