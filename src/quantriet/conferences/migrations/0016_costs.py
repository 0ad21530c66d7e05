"""What a conference costs, planned and actual."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("conferences", "0015_readiness")]

    operations = [
        migrations.CreateModel(
            name="CostLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("hall", "Hội trường, trang trí"),
                            ("line", "Đường truyền, kỹ thuật"),
                            ("papers", "In tài liệu"),
                            ("lecturer", "Thù lao báo cáo viên"),
                            ("service", "Phục vụ, nước uống"),
                            ("travel", "Đi lại, ăn ở"),
                            ("other", "Khoản khác"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "money",
                    models.CharField(
                        choices=[
                            ("party", "Ngân sách Đảng"),
                            ("state", "Ngân sách nhà nước"),
                            ("unit", "Kinh phí của đơn vị"),
                            ("other", "Nguồn khác"),
                        ],
                        max_length=5,
                    ),
                ),
                ("planned", models.PositiveBigIntegerField(default=0)),
                ("actual", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "conference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="conferences.conference",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="conferences.site",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conference", "site", "position"),
                        name="cost_line_position_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("planned__lte", 10**15),
                            Q(("actual", None), ("actual__lte", 10**15), _connector="OR"),
                        ),
                        name="cost_line_makes_sense",
                    ),
                ],
            },
        ),
    ]
