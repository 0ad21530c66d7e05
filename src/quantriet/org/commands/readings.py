"""Who opened personal data: written by the page that shows them, read by the person."""

from collections.abc import Sequence

from django.db import connection

from quantriet.org.access import Actor

# One line a reader, person, page and hour: turning pages back and forth is one reading.
_NOTE = """
INSERT INTO org_accessevent (created_at, person_id, unit_id, reader, page)
SELECT statement_timestamp(), opened.person_id, %(unit)s, %(reader)s, %(page)s
FROM unnest(%(people)s::bigint[]) AS opened(person_id)
WHERE NOT EXISTS (
    SELECT 1 FROM org_accessevent AS noted
    WHERE noted.person_id = opened.person_id AND noted.reader = %(reader)s AND noted.page = %(page)s
      AND noted.unit_id = %(unit)s AND noted.created_at > statement_timestamp() - interval '1 hour'
)
"""


def note(person_ids: Sequence[int], *, page: str, by: Actor) -> None:
    """Write down that ``by`` opened the data of these people on a page; one's own are not noted."""
    others = [person_id for person_id in person_ids if person_id != by.person_id]
    if not others or not by.account_id:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {"unit": by.unit_id, "reader": by.name[:120], "page": page[:80], "people": others},
        )
