"""Writes of the API that a client may send again: done once, answered alike.

The first request holds its key until its transaction ends, so two at the same time do not both write: the
second waits and gets the first one's answer. A write that was refused keeps nothing and may be sent again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from ninja import Status
from pydantic import BaseModel

from quantriet.core.errors import DomainError
from quantriet.core.models import KeptAnswer

LONGEST_KEY = 200


@dataclass(frozen=True)
class Asked:
    """A write as it came: method and path, the client's key, the body."""

    route: str
    key: str
    body: bytes

    @property
    def digest(self) -> str:
        """What tells another body apart."""
        return hashlib.sha256(self.body).hexdigest()


def once(account_id: int, asked: Asked, write: Callable[[], Any]) -> Any:
    """``write()`` the first time; its kept answer afterwards. Another body under the same key is refused."""
    if len(asked.key) > LONGEST_KEY:
        raise DomainError("api.key_too_long", _("Idempotency-Key dài quá 200 ký tự. Chưa ghi gì."))
    with transaction.atomic():
        row = KeptAnswer(account_id=account_id, route=asked.route[:200], key=asked.key, asked=asked.digest)
        # A second asker waits here until the first has finished.
        KeptAnswer.objects.bulk_create([row], ignore_conflicts=True)
        kept = KeptAnswer.objects.select_for_update().get(
            account_id=account_id, route=asked.route[:200], key=asked.key
        )
        if kept.asked != asked.digest:
            raise DomainError(
                "api.key_reused",
                _("Idempotency-Key này đã dùng cho một nội dung khác. Chưa ghi gì; hãy dùng khóa mới."),
            )
        if kept.status:
            return Status(kept.status, kept.body)
        kept.status, kept.body = _plain(write())
        kept.save(update_fields=["status", "body"])
        return Status(kept.status, kept.body)


def _plain(answer: Any) -> tuple[int, Any]:
    """The answer as JSON keeps it."""
    status, value = (answer.status_code, answer.value) if isinstance(answer, Status) else (200, answer)
    if isinstance(value, BaseModel):
        return status, value.model_dump(mode="json")
    if value is None or isinstance(value, dict | list | str | int):
        return status, value
    raise TypeError(f"An operation returned {type(value).__name__}, not a Schema.")
