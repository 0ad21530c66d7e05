"""The checklist of a site before its conference."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("conferences", "0019_stream")]

    operations = [
        migrations.AddField("site", "checked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("site", "tested_at", models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name="SiteCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("seats", "Chỗ ngồi, hội trường"),
                            ("picture", "Hình ảnh, màn hình"),
                            ("sound", "Âm thanh, micro"),
                            ("line", "Đường truyền"),
                            ("power", "Máy phát, đường truyền dự phòng"),
                            ("papers", "Tài liệu đã in"),
                            ("roll", "Danh sách đã in"),
                        ],
                        max_length=8,
                    ),
                ),
                ("good_since", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("down_kbits", models.PositiveIntegerField(blank=True, null=True)),
                ("up_kbits", models.PositiveIntegerField(blank=True, null=True)),
                ("delay_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "figures_are",
                    models.CharField(
                        blank=True,
                        choices=[("typed", "Nhập tay"), ("measured", "Đo trên trang")],
                        max_length=8,
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                ("checked_by", models.CharField(max_length=120)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="conferences.site",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("site", "item"), name="site_check_item_once"),
                    models.CheckConstraint(
                        condition=Q(
                            ("good_since", None), ("good_since__lte", F("checked_at")), _connector="OR"
                        ),
                        name="site_check_good_before_looked_at",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(
                                ("delay_ms", None),
                                ("down_kbits", None),
                                ("figures_are", ""),
                                ("up_kbits", None),
                            ),
                            Q(("item", "line"), Q(("figures_are", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="site_check_figures_of_line",
                    ),
                ],
            },
        ),
    ]
