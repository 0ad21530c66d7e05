"""Where a session can be watched again, and photographs of signed paper rolls."""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("conferences", "0023_people_of_sites")]

    operations = [
        migrations.AddField(
            "conference", "recording", models.URLField(blank=True, default="", max_length=500), False
        ),
        migrations.CreateModel(
            name="RollPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sha256", models.CharField(max_length=64)),
                ("media_type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("actor", models.CharField(max_length=120)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roll_photos",
                        to="conferences.site",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [models.UniqueConstraint(fields=("site", "sha256"), name="roll_photo_once")],
            },
        ),
        policies.personal_table("conferences_rollphoto", unit="unit_id"),
    ]
