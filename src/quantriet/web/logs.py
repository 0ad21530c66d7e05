"""Logs: one JSON object a line, on standard error. No names, no texts of people, no bodies, no addresses.

A request is told by its id, its route's name, status, time and the number of the account: who that is stands
in the database alone. A log of Django or a library passes through the same printer, reduced to its message.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from quantriet.web import measuring

REQUEST_ID = "X-Request-ID"
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = {"healthz", "readyz", "metrics", "pulse"}

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Our own line of a request says it all; these would print addresses with their search words.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}


def configure() -> None:
    """Our loggers go the way of everybody's."""
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class RequestLog:
    """One line a request, and the request's number in every line written meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._log = structlog.get_logger("request")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and tell how it went."""
        given = request.headers.get(REQUEST_ID, "")
        number = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=number):
            response = self.get_response(request)
            ms = (time.perf_counter() - begun) * 1000
            route = request.resolver_match.view_name if request.resolver_match else "none"
            measuring.saw(request.method or "", route, response.status_code, ms / 1000)
            level = logging.ERROR if response.status_code >= 500 else logging.INFO
            if route not in _QUIET or level == logging.ERROR:
                actor = getattr(request, "actor", None)
                self._log.log(
                    level,
                    "request",
                    method=request.method,
                    route=route,
                    status=response.status_code,
                    ms=round(ms, 1),
                    account=actor.account_id if actor else None,
                    unit=actor.unit_id if actor else None,
                )
        response[REQUEST_ID] = number
        return response
