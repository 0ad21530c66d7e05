"""Attendances without look-ups of what was read a moment before, and without the index of calls: a call is looked for
among the rows of its site.
"""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0017_sent_papers"),
        ("campaigns", "0007_fewer_indexes"),
    ]

    operations = [
        migrations.RemoveIndex("attendance", "attendance_call"),
        migrations.AlterField(
            "attendance",
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
            "attendance",
            "conference",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="conferences.conference",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "line",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="attendances",
                to="campaigns.rollline",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "person",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attendances",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "site",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="conferences.site",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "unit",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="org.unit",
            ),
        ),
        policies.kept_while_referenced("ledger_batch", by="conferences_attendance", column="batch_id"),
        policies.kept_while_referenced(
            "conferences_conference", by="conferences_attendance", column="conference_id"
        ),
        policies.kept_while_referenced("campaigns_rollline", by="conferences_attendance", column="line_id"),
        policies.kept_while_referenced("org_person", by="conferences_attendance", column="person_id"),
        policies.kept_while_referenced("conferences_site", by="conferences_attendance", column="site_id"),
        policies.kept_while_referenced("org_unit", by="conferences_attendance", column="unit_id"),
    ]
