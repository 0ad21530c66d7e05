"""What a check-in pays for: no index of credits and lines that another one begins with or that nothing asks, no look-up
of what was read a moment before, and room on the pages of the roll, so that fulfilling a line touches no index at all.
"""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies

ROOM = "ALTER TABLE campaigns_rollline SET (fillfactor = 80)"
NO_ROOM = "ALTER TABLE campaigns_rollline RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_totals_say_since_when"),
        ("documents", "0002_files_and_walls"),
        ("ledger", "0003_large_folds_and_frozen_figures"),
        ("org", "0009_readings_without_look_ups"),
    ]

    operations = [
        migrations.AlterField(
            "credit",
            "batch",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.batch",
            ),
        ),
        migrations.AlterField(
            "credit",
            "campaign",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="campaigns.campaign",
            ),
        ),
        migrations.AlterField(
            "credit",
            "document",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.document",
            ),
        ),
        migrations.AlterField(
            "credit",
            "line",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="credits",
                to="campaigns.rollline",
            ),
        ),
        migrations.AlterField(
            "credit",
            "person",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="credits",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            "credit",
            "unit",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="org.unit",
            ),
        ),
        migrations.AlterField(
            "rollline",
            "batch",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.batch",
            ),
        ),
        migrations.AlterField(
            "rollline",
            "campaign",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="roll",
                to="campaigns.campaign",
            ),
        ),
        migrations.AlterField(
            "rollline",
            "person",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="roll_lines",
                to="org.person",
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RunSQL(policies.STILL_REFERENCED, policies.DROP_STILL_REFERENCED),
        policies.kept_while_referenced("ledger_batch", by="campaigns_credit", column="batch_id"),
        policies.kept_while_referenced("campaigns_campaign", by="campaigns_credit", column="campaign_id"),
        policies.kept_while_referenced("documents_document", by="campaigns_credit", column="document_id"),
        policies.kept_while_referenced("campaigns_rollline", by="campaigns_credit", column="line_id"),
        policies.kept_while_referenced("org_person", by="campaigns_credit", column="person_id"),
        policies.kept_while_referenced("org_unit", by="campaigns_credit", column="unit_id"),
        policies.kept_while_referenced("ledger_batch", by="campaigns_rollline", column="batch_id"),
    ]
