"""Halls tell the speed of their line and a second one; units ask for what they lack and are answered."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("org", "0009_readings_without_look_ups")]

    operations = [
        migrations.AddField("facility", "line_mbits", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("facility", "has_second_line", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="FacilityRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "need",
                    models.CharField(
                        choices=[
                            ("room", "Hội trường, phòng họp"),
                            ("seats", "Chỗ ngồi"),
                            ("screen", "Màn hình, máy chiếu"),
                            ("sound", "Âm thanh"),
                            ("line", "Đường truyền"),
                            ("second_line", "Đường truyền dự phòng"),
                            ("power", "Nguồn điện dự phòng"),
                            ("other", "Việc khác"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Chờ trả lời"), ("granted", "Đồng ý"), ("refused", "Từ chối")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facility_requests",
                        to="org.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("state", "asked")),
                        fields=("unit", "need"),
                        name="facility_request_open_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("state", "refused"), _negated=True),
                            Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="facility_request_refused_says_why",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("answered_at", None), ("state", "asked")),
                            Q(Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="facility_request_answered_when",
                    ),
                ],
            },
        ),
    ]
