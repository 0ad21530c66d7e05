"""What a video server tells of sites in its rooms."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0012_discussion")]

    operations = [
        migrations.CreateModel(
            name="RoomStay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("occupant", models.CharField(max_length=64)),
                ("joined_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="room_stays",
                        to="conferences.site",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("site", "occupant"), name="room_stay_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joined_at", None),
                            ("left_at", None),
                            ("left_at__gte", models.F("joined_at")),
                            _connector="OR",
                        ),
                        name="room_stay_ends_after_start",
                    ),
                ],
            },
        ),
    ]
