"""Sessions in the database, each with its account in a column, so that they can be listed and ended."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.http import HttpRequest
from django.utils import timezone

SEEN = "seen"
NOTED_EVERY_SECONDS = 600


class SessionStore(DatabaseStore):
    """Django's store over ``org.SignedInSession``."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """The table of sessions."""
        return apps.get_model("org", "SignedInSession")

    def create_model_instance(self, data: Mapping[str, Any]) -> AbstractBaseSession:
        """The row for these values, with the account that is signed in."""
        row = super().create_model_instance(dict(data))
        row.account_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]
        return row


def note(request: HttpRequest) -> None:
    """Remember where and by what kind of browser the session is used; written every ten minutes at most."""
    now = timezone.now().timestamp()
    seen = request.session.get(SEEN)
    if not isinstance(seen, dict) or now - seen["at"] > NOTED_EVERY_SECONDS:
        since = seen["since"] if isinstance(seen, dict) else now
        request.session[SEEN] = {
            "since": since,
            "at": now,
            "agent": request.headers.get("User-Agent", "")[:300],
            "address": request.META.get("REMOTE_ADDR", ""),
        }
