"""Is the process alive, is the house ready: two questions for whoever watches it."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from quantriet.ledger import queries as ledger
from quantriet.org.doors import public


@public("a watcher asks whether the house stands; nothing of its content is told")
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """200 when the process answers and the database does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


@public("a watcher asks whether figures are fresh; nothing of their content is told")
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """200 when the fold runs as well; otherwise 503 with the lag in seconds."""
    try:
        lag = ledger.lag_seconds()
    except DatabaseError:
        return JsonResponse({"status": "database unreachable"}, status=503)
    late = lag > 60
    told = {"status": "fold is late" if late else "ok", "fold_lag_s": round(lag, 1)}
    return JsonResponse(told, status=503 if late else 200)
