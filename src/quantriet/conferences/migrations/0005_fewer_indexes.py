"""Indexes of attendances that another index begins with: every check-in paid for them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0004_intake")]

    operations = [
        migrations.AlterField(
            "attendance",
            "conference",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="conferences.conference",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "site",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attendances",
                to="conferences.site",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "person",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attendances",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            "attendance",
            "batch",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.batch",
            ),
        ),
    ]
