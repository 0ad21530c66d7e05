"""Guests at a site: people of no register here, counted as lượt at the site's unit."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from quantriet.conferences import verdicts
from quantriet.conferences.commands.entries import meeting_of
from quantriet.conferences.models import Site
from quantriet.core.text import clean_line
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Measure, Slice
from quantriet.org import access
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
    """Add guests as (name, organisation); returns how many are new. The same guest twice is one."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    told = [(clean_line(name)[:160], clean_line(place)[:200]) for name, place in guests]
    told = list(dict.fromkeys(one for one in told if one[0]))
    if not told:
        return 0
    conference = site.conference
    campaign = conference.campaign
    book_id = campaign.book_id if campaign is not None else None
    with transaction.atomic():
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
