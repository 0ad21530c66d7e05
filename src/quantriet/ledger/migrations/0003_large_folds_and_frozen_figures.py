"""Folds of millions of entries; what is frozen is told apart from what came after it, and never changes.

The index of tallies by fold goes: processes advance by entries, and every change of a tally paid for it.
"""

from django.db import migrations, models

from quantriet.core import policies

LARGE_FOLDS = """
DROP INDEX ledger_tally_fold;
ALTER TABLE ledger_tally SET (fillfactor = 85);
ALTER TABLE ledger_tally_day SET (fillfactor = 85);
"""
AS_BEFORE = """
ALTER TABLE ledger_tally RESET (fillfactor);
ALTER TABLE ledger_tally_day RESET (fillfactor);
CREATE INDEX ledger_tally_fold ON ledger_tally (book_id, fold);
"""

# Who froze stood in the last brackets of the label.
ACTOR = r"coalesce(left(substring(label FROM '\(([^()]*)\)$'), 120), '')"

# Figures frozen before this stood at the horizon of their fold; the transactions of their day are all that is
# known, so an empty snapshot of the oldest transaction that came later stands for it.
FROZEN_BEFORE = f"""
UPDATE ledger_freeze SET
    "on" = (created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    last_entry = coalesce((
        SELECT max(entry.id) FROM ledger_entry AS entry JOIN ledger_batch AS batch ON batch.id = entry.batch_id
        WHERE entry.book_id = ledger_freeze.book_id AND batch.created_at < ledger_freeze.created_at
    ), 0),
    snapshot = coalesce((
        SELECT format('%s:%s:', min(entry.xid), min(entry.xid))
        FROM ledger_entry AS entry JOIN ledger_batch AS batch ON batch.id = entry.batch_id
        WHERE entry.book_id = ledger_freeze.book_id AND entry.epoch = ledger_freeze.epoch
          AND batch.created_at >= ledger_freeze.created_at
    ), pg_current_snapshot()::text),
    actor = {ACTOR}
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_entries")]

    operations = [
        migrations.RunSQL(LARGE_FOLDS, AS_BEFORE),
        migrations.AddField("freeze", "on", models.DateField(null=True)),
        migrations.AddField("freeze", "snapshot", models.TextField(default=""), preserve_default=False),
        migrations.AddField("freeze", "writer", models.BigIntegerField(null=True)),
        migrations.AddField(
            "freeze", "last_entry", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "freeze", "actor", models.CharField(default="", max_length=120), preserve_default=False
        ),
        migrations.RunSQL(FROZEN_BEFORE, migrations.RunSQL.noop),
        migrations.AlterField("freeze", "on", models.DateField()),
        policies.append_only("ledger_freeze"),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_freeze FROM quantriet_app, quantriet_worker",
            "GRANT UPDATE, DELETE ON ledger_freeze TO quantriet_app, quantriet_worker",
        ),
    ]
