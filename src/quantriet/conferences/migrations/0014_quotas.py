"""What a unit decides of the yearly quota of conferences."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0013_room_stays"),
        ("org", "0008_sheets_of_acts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Quota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("province_a_year", models.PositiveSmallIntegerField()),
                ("commune_a_year", models.PositiveSmallIntegerField()),
                ("online_percent", models.PositiveSmallIntegerField()),
                ("clause", models.CharField(max_length=200)),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conference_quota",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("online_percent__lte", 100),
                            ("province_a_year__range", (1, 50)),
                            ("commune_a_year__range", (1, 50)),
                        ),
                        name="quota_makes_sense",
                    )
                ],
            },
        ),
    ]
