"""A conference in several sittings, and who comes to which."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0021_fewer_look_ups"),
        ("org", "0010_facility_requests"),
    ]

    operations = [
        migrations.AddField("conference", "shift", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "conference",
            "shift_of",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="further_shifts",
                to="conferences.conference",
            ),
        ),
        migrations.AddField(
            "site",
            "shift_of",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="in_further_shifts",
                to="conferences.site",
            ),
        ),
        migrations.AddConstraint(
            "conference",
            models.UniqueConstraint(fields=("shift_of", "shift"), name="conference_shift_once"),
        ),
        migrations.AddConstraint(
            "conference",
            models.CheckConstraint(
                condition=Q(("shift__lte", 1), ("shift_of", None))
                | Q(("shift__gte", 2), ("shift_of__isnull", False)),
                name="conference_shift_numbered",
            ),
        ),
        migrations.CreateModel(
            name="ShiftMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conferences.conference",
                    ),
                ),
                (
                    "conference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shift_members",
                        to="conferences.conference",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="org.person"
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
                "constraints": [
                    models.UniqueConstraint(fields=("first", "person"), name="shift_member_once")
                ],
            },
        ),
        policies.personal_table("conferences_shiftmember", unit="unit_id"),
        policies.own_rows("conferences_shiftmember", person="person_id"),
    ]
