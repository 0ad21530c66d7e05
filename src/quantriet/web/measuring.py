"""What is measured of each request, in this process; imports nothing of the tables."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "quantriet_requests_total", "Answers by route, method and status.", ("route", "method", "status")
)
SECONDS = Histogram(
    "quantriet_request_seconds",
    "Server time of answers by route.",
    ("route",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def saw(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    REQUESTS.labels(route, method if method in _METHODS else "other", str(status)).inc()
    SECONDS.labels(route).observe(seconds)
