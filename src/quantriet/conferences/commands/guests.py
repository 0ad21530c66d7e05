"""Guests at a site: people of no register here, counted as lượt at the site's unit."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from quantriet.conferences import verdicts
from quantriet.conferences.commands import gate
from quantriet.conferences.commands.entries import meeting_of
from quantriet.conferences.models import Guest, Site
from quantriet.core.text import clean_line
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Grade, Measure, Slice
from quantriet.ledger.models import Entry
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

_INSERT = """
INSERT INTO conferences_guest (created_at, site_id, unit_id, name, organisation, batch_id)
SELECT statement_timestamp(), %(site)s, %(unit)s, new.name, new.organisation, %(batch)s
FROM unnest(%(names)s::text[], %(organisations)s::text[]) AS new(name, organisation)
ON CONFLICT (site_id, name, organisation) DO NOTHING
RETURNING id
"""


def add(site: Site, guests: Sequence[tuple[str, str]], *, key: str, by: Actor) -> int:
    """Add guests as (name, organisation); returns how many are new. The same guest twice is one.

    Refuses with ``conference.over`` where the conference was cancelled.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    told = [(clean_line(name)[:160], clean_line(place)[:200]) for name, place in guests]
    told = list(dict.fromkeys(one for one in told if one[0]))
    if not told:
        return 0
    conference = site.conference
    campaign = conference.campaign
    book_id = campaign.book_id if campaign is not None else None
    with transaction.atomic():
        gate.enter_uncancelled(conference)
        batch_id = None
        if book_id is not None:
            posted = ledger.begin(
                book_id, by=by, origin="guests.add", key=f"guests:{site.pk}:{key}"[:120], unit_id=site.unit_id
            )
            if not posted.is_new:
                return 0
            batch_id = posted.batch_id
        with connection.cursor() as cursor:
            cursor.execute(
                _INSERT,
                {
                    "site": site.pk,
                    "unit": site.unit_id,
                    "batch": batch_id,
                    "names": [name for name, _place in told],
                    "organisations": [place for _name, place in told],
                },
            )
            count = len(cursor.fetchall())
        if batch_id is not None and book_id is not None and count:
            grade = verdicts.grade(meeting_of(conference), at_the_moment=True, now=timezone.now())
            cut = Slice(0, conference.level + 1, site.form)
            on = access.local_day(conference.starts_at)
            ledger.append(book_id, batch_id, [Line(site.unit_id, Measure.GUESTS, grade, on, count, cut)])
    return count


def remove(site: Site, guest_id: int, *, by: Actor) -> bool:
    """Take a guest back who was written by mistake, and count him out as he was counted in. ``False``: he is no
    guest of the site (any more), a retry among others.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    with transaction.atomic():
        gate.enter([site.conference_id])
        guest = Guest.objects.select_for_update(of=("self",)).filter(pk=guest_id, site=site).first()
        if guest is None:
            return False
        if guest.batch_id is not None:
            _count_out(guest, by=by)
        guest.delete()
        audit.record(by, "guest.remove", site, unit=site.unit_id, detail={"guest": guest_id})
    return True


def _count_out(guest: Guest, *, by: Actor) -> None:
    """One of those whom the batch counted, by the very key under which they stand there."""
    counted = Entry.objects.get(batch=guest.batch_id, measure=Measure.GUESTS)
    line = Line(
        counted.unit_id,
        Measure.GUESTS,
        Grade(counted.grade),
        counted.occurred_on,
        -1,
        Slice.from_code(counted.slice),
    )
    ledger.post(
        counted.book_id,
        [line],
        by=by,
        origin="guests.remove",
        key=f"guest-removed:{guest.pk}",
        unit_id=guest.unit_id,
        reason="Ghi nhầm khách",
    )
