"""A freeze keeps the units it added up: late facts are told by the tree as it was known then.

Freezes made before this get the units that stand below theirs on their day as the trees are told today; what an act
dated back has changed since they were made cannot be known any more.
"""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies

FROZEN_BEFORE = """
INSERT INTO ledger_freezeunit (freeze_id, unit_id)
SELECT frozen.id, below.unit_id FROM ledger_freeze AS frozen
JOIN org_placement AS top ON top.unit_id = frozen.unit_id AND top.valid @> frozen."on"
JOIN org_placement AS below ON below.path <@ top.path AND below.valid @> frozen."on"
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_large_folds_and_frozen_figures"), ("org", "0006_acts_on_the_tree")]

    operations = [
        migrations.CreateModel(
            name="FreezeUnit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "freeze_id", "unit_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "freeze",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="ledger.freeze",
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FROZEN_BEFORE, migrations.RunSQL.noop),
        policies.append_only("ledger_freezeunit"),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON ledger_freezeunit FROM quantriet_app, quantriet_worker",
            "GRANT UPDATE, DELETE ON ledger_freezeunit TO quantriet_app, quantriet_worker",
        ),
    ]
