"""The fold of sites: what the triggers wrote down is added to the count of each site, once a second."""

from django.db import connection, transaction

FOLD_LOCK = 7_141_803

# Whatever this statement sees of the changes it takes away and adds; what it does not see waits for the next one.
# Readers add the changes themselves, so a count is exact before and after.
_FOLD = """
WITH taken AS (
    DELETE FROM conferences_sitechange RETURNING site_id, on_roll, beside, away, recorded_at
), summed AS (
    SELECT taken.site_id, site.conference_id, sum(taken.on_roll) AS on_roll, sum(taken.beside) AS beside,
           sum(taken.away) AS away, max(taken.recorded_at) AS recorded_at
    FROM taken JOIN conferences_site AS site ON site.id = taken.site_id
    GROUP BY taken.site_id, site.conference_id
), numbered AS (
    SELECT nextval('conferences_news') AS news WHERE EXISTS (SELECT FROM taken)
), written AS (
    INSERT INTO conferences_sitecount AS kept
        (site_id, conference_id, on_roll, beside, away, recorded_at, news)
    SELECT summed.site_id, summed.conference_id, summed.on_roll, summed.beside, summed.away, summed.recorded_at,
           numbered.news
    FROM summed CROSS JOIN numbered
    ON CONFLICT (site_id) DO UPDATE SET
        on_roll = kept.on_roll + excluded.on_roll, beside = kept.beside + excluded.beside,
        away = kept.away + excluded.away,
        recorded_at = greatest(kept.recorded_at, excluded.recorded_at), news = excluded.news
)
SELECT count(*) FROM taken
"""


def fold() -> int:
    """Add what changed at sites to their counts; returns how many changes there were.

    One folder at a time: numbers of news must become visible in their order. Who writes attendances never waits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute(_FOLD)
        return int(cursor.fetchone()[0])
