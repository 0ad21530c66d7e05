"""Roll lines say from which day their person is excused, and moves what stood before.

Of excuses noted earlier the ledger knows the days, person by person nobody does. People of one class at one unit
count alike, so each gets one of the days that are still counted there, the latest: taken back from them, no figure
of any day falls below nothing. Who has studied meanwhile is excused until that day; who moved, until he moved.
"""

from django.db import migrations, models
from django.db.models import Q

SINCE = """
SELECT set_config('quantriet.scope', '{*}', true);

WITH days AS (
    SELECT campaign.id AS campaign_id, entry.unit_id, entry.slice / 100 AS person_class, entry.occurred_on,
           sum(entry.amount) AS amount
    FROM campaigns_campaign AS campaign JOIN ledger_entry AS entry ON entry.book_id = campaign.book_id
    WHERE entry.measure = 3 AND entry.slice >= 100
    GROUP BY 1, 2, 3, 4 HAVING sum(entry.amount) > 0
), counted AS (
    SELECT campaign_id, unit_id, person_class, occurred_on,
           row_number() OVER (
               PARTITION BY campaign_id, unit_id, person_class ORDER BY occurred_on DESC, one
           ) AS place
    FROM days CROSS JOIN LATERAL generate_series(1, amount) AS one
), excused AS (
    SELECT id, campaign_id, unit_id, person_class,
           row_number() OVER (PARTITION BY campaign_id, unit_id, person_class ORDER BY id DESC) AS place
    FROM campaigns_rollline WHERE excuse <> '' AND state = 'summoned' AND fulfilled_on IS NULL
)
UPDATE campaigns_rollline AS line SET excused_on = counted.occurred_on
FROM excused JOIN counted USING (campaign_id, unit_id, person_class, place)
WHERE line.id = excused.id;

UPDATE campaigns_rollline AS line
SET excused_on = coalesce(line.fulfilled_on, greatest(line.moved_on, campaign.starts_on))
FROM campaigns_campaign AS campaign
WHERE campaign.id = line.campaign_id AND line.excuse <> '' AND line.excused_on IS NULL;

UPDATE campaigns_rollmove SET excused_on_before = moved_on WHERE excuse_before <> '';

SELECT set_config('quantriet.scope', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_follow_up")]

    operations = [
        migrations.AddField("rollline", "excused_on", models.DateField(blank=True, null=True)),
        migrations.AddField("rollmove", "excused_on_before", models.DateField(null=True)),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "rollline",
            models.CheckConstraint(
                condition=Q(excuse="", excused_on=None) | ~Q(excuse="") & Q(excused_on__isnull=False),
                name="roll_excused_says_since",
            ),
        ),
        migrations.AddConstraint(
            "rollmove",
            models.CheckConstraint(
                condition=Q(excuse_before="", excused_on_before=None)
                | ~Q(excuse_before="") & Q(excused_on_before__isnull=False),
                name="roll_move_excused_says_since",
            ),
        ),
    ]
