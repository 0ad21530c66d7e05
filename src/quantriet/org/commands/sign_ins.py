"""Wrong passwords are counted in the database: every web process sees the same count."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from quantriet.org.models import SignInFailure

MOST = 10
MINUTES = 15

# A pause of a quarter of an hour begins the count anew.
_FAIL = """
INSERT INTO org_signinfailure AS known (name, address, failures, last_at)
VALUES (%(name)s, %(address)s, 1, %(now)s)
ON CONFLICT (name, address) DO UPDATE SET
    failures = CASE WHEN known.last_at < %(now)s - %(pause)s * interval '1 minute' THEN 1
                    ELSE least(known.failures + 1, 1000) END,
    locked_until = CASE WHEN known.last_at >= %(now)s - %(pause)s * interval '1 minute'
                         AND known.failures + 1 >= %(most)s
                        THEN %(now)s + %(pause)s * interval '1 minute' END,
    last_at = %(now)s
RETURNING locked_until
"""


def fail(name: str, address: str) -> datetime | None:
    """Count a wrong password for a typed name from an address; tells until when the pair is now closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FAIL,
            {
                "name": _plain(name),
                "address": address[:45],
                "now": timezone.now(),
                "most": MOST,
                "pause": MINUTES,
            },
        )
        locked: datetime | None = cursor.fetchone()[0]
    return locked


def forget(name: str, address: str) -> None:
    """A right password ends the count."""
    SignInFailure.objects.filter(name=_plain(name), address=address[:45]).delete()


def locked_until(name: str, address: str) -> datetime | None:
    """Until when this name may not be tried from this address; ``None`` when it may."""
    found = SignInFailure.objects.filter(
        name=_plain(name), address=address[:45], locked_until__gt=timezone.now()
    ).first()
    return found.locked_until if found else None


def _plain(name: str) -> str:
    return name.strip().casefold()[:60]
