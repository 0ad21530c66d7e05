"""Where recording and ending meet: a gate for each conference, a lock of the database held until the commit.

Whoever records, by a device or on a page, enters: any number of them side by side. Whoever closes, cancels or changes a
conference, closes a site of it or stops a device shuts it: that is done either before it is read what may be
recorded, or after what was recorded is committed, never between. Entering comes before any row is locked.

An advisory lock and not one of the conference's row: an act on the tree gives conferences to other units while it
holds these, and attendance needs these units; foreign keys of what pages record need not wait for a closing; and who
waits to shut is not passed by those who come later.
"""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference
from quantriet.core.errors import DomainError

_GATE = 7_141_900
"""The first of the two numbers of the lock; the second is the conference."""

WHAT_MAY_END = ("state", "starts_at", "ends_at")
"""What a page read of a conference before it entered, and reads again then."""

_ENTER = "SELECT pg_advisory_xact_lock_shared(%s, id::int) FROM unnest(%s::bigint[]) AS entered(id)"
_ENTER_BY_DEVICES = """
SELECT pg_advisory_xact_lock_shared(%s, entered.id::int)
FROM (
    SELECT DISTINCT site.conference_id AS id
    FROM conferences_device AS device JOIN conferences_site AS site ON site.id = device.site_id
    WHERE device.id = ANY(%s::bigint[]) ORDER BY 1
) AS entered
"""
_SHUT = "SELECT pg_advisory_xact_lock(%s, %s)"


def enter(conference_ids: Iterable[int]) -> None:
    """Until this transaction ends, none of these conferences, their sites and devices is ended."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [_GATE, sorted(set(conference_ids))])


def enter_uncancelled(conference: Conference) -> None:
    """``enter`` one conference and read anew how it stands: to one that was cancelled nothing more is written."""
    enter([conference.pk])
    conference.refresh_from_db(fields=WHAT_MAY_END)
    if conference.state == Conference.State.CANCELLED:
        raise DomainError("conference.over", _("Hội nghị đã hủy. Chưa ghi gì."))


def enter_by_devices(device_ids: Iterable[int]) -> None:
    """``enter`` for the conferences of these devices; a device never changes its site."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER_BY_DEVICES, [_GATE, sorted(set(device_ids))])


def shut(conference_id: int) -> None:
    """Wait for whoever is recording for this conference; nobody begins until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_SHUT, [_GATE, conference_id])
