"""Lines that follow their people, with the moves kept behind the same wall as the roll; handed-over obligations."""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_walls"),
        ("ledger", "0002_entries"),
        ("org", "0005_import_columns_and_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="successor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed",
                to="campaigns.obligation",
            ),
        ),
        migrations.AddField(
            model_name="rollline",
            name="moved_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="obligation",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Chưa làm"),
                    ("done", "Đã làm"),
                    ("waived", "Được miễn"),
                    ("handed", "Đã bàn giao"),
                ],
                default="open",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="RollMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("moved_on", models.DateField()),
                ("moved_on_before", models.DateField(null=True)),
                ("excuse_before", models.CharField(blank=True, max_length=200)),
                ("reason_before", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.batch",
                    ),
                ),
                (
                    "batch_before",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.batch",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="campaigns.rollline",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.person"
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["batch"], name="roll_move_batch")],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "batch"), name="roll_move_once_a_batch")
                ],
            },
        ),
        policies.personal_table("campaigns_rollmove", unit="unit_id", person="person_id"),
    ]
