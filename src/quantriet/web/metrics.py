"""``/metrics`` for Prometheus: requests of this process, the state of fold, queue and outbox from the database.

Open to this machine; from elsewhere with ``Authorization: Bearer $QUANTRIET_METRICS_TOKEN`` alone. Behind a
proxy on this machine everybody seems near: then the token is asked of everybody.
"""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from quantriet.core import jobs
from quantriet.ledger import queries as ledger
from quantriet.org.doors import public

NEAR = {"127.0.0.1", "::1", ""}


@public("watched from this machine or with the token of the metrics; holds counts only")
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as text; 404 for who may not ask."""
    if not _may_ask(request):
        raise Http404
    lines = [f"# TYPE {name} gauge\n{name} {value}" for name, value in _gauges().items()]
    return HttpResponse(
        generate_latest() + ("\n".join(lines) + "\n").encode(), content_type=CONTENT_TYPE_LATEST
    )


def _may_ask(request: HttpRequest) -> bool:
    token = settings.QUANTRIET.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and request.META.get("REMOTE_ADDR", "") in NEAR


def _gauges() -> dict[str, float]:
    """State of the house; ``quantriet_database_up`` alone when the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'running'), "
                "count(*) FILTER (WHERE state = 'failed') FROM core_work"
            )
            queued, running, failed = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FILTER (WHERE failed = ''), count(*) FILTER (WHERE failed <> '') "
                "FROM org_notice WHERE channel = 'email' AND sent_at IS NULL"
            )
            waiting, refused = cursor.fetchone()
        return {
            "quantriet_database_up": 1,
            "quantriet_fold_lag_seconds": ledger.lag_seconds(),
            "quantriet_queue_age_seconds": jobs.queue_age_seconds(),
            "quantriet_works_queued": queued,
            "quantriet_works_running": running,
            "quantriet_works_failed": failed,
            "quantriet_mails_waiting": waiting,
            "quantriet_mails_refused": refused,
        }
    except DatabaseError:
        return {"quantriet_database_up": 0}
