"""The intake's role changes of attendances and of lines of the roll the columns it writes, and no other: not who it
is, where and when it was held, nor how the person counts.
"""

from django.db import migrations

NARROW = """
REVOKE UPDATE ON conferences_attendance, campaigns_rollline FROM quantriet_ingest;
GRANT UPDATE (
    site_id, state, in_at, out_at, left_early, excuse, form, grade, source, client_id, actor, call, batch_id, version
) ON conferences_attendance TO quantriet_ingest;
GRANT UPDATE (
    unit_id, state, reason, excuse, excused_on, moved_on, fulfilled_on, means, level, form, grade, batch_id
) ON campaigns_rollline TO quantriet_ingest;
"""
WIDEN = """
REVOKE UPDATE ON conferences_attendance, campaigns_rollline FROM quantriet_ingest;
GRANT UPDATE ON conferences_attendance, campaigns_rollline TO quantriet_ingest;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0005_fewer_indexes"),
        ("campaigns", "0005_excuses_say_since"),
    ]

    operations = [migrations.RunSQL(NARROW, WIDEN)]
