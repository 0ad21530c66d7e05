"""Following a document up: directions, targets, reviews, declared figures of earlier times."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_lines_that_follow"),
        ("documents", "0001_initial"),
        ("org", "0006_acts_on_the_tree"),
    ]

    operations = [
        migrations.CreateModel(
            name="Baseline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("indicator", models.CharField(max_length=20)),
                ("from_year", models.PositiveSmallIntegerField()),
                ("to_year", models.PositiveSmallIntegerField()),
                ("low", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("high", models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ("part", models.PositiveBigIntegerField(blank=True, null=True)),
                ("whole", models.PositiveBigIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=300)),
                ("actor", models.CharField(max_length=120)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="baselines",
                        to="documents.document",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="baselines", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("from_year", "to_year", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "unit", "indicator", "from_year", "to_year"), name="baseline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_year__gte", models.F("from_year"))),
                        name="baseline_years_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("high__gte", models.F("low")),
                                ("high__lte", 100),
                                ("low__isnull", False),
                                ("part", None),
                                ("whole", None),
                            ),
                            models.Q(
                                ("high", None),
                                ("low", None),
                                ("part__isnull", False),
                                ("whole__gt", 0),
                                ("whole__gte", models.F("part")),
                            ),
                            _connector="OR",
                        ),
                        name="baseline_share_or_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Direction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("programme", "Chương trình hành động"),
                            ("plan", "Kế hoạch"),
                            ("resolution", "Nghị quyết"),
                            ("directive", "Chỉ thị"),
                            ("guidance", "Hướng dẫn"),
                            ("letter", "Công văn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=80)),
                ("issued_on", models.DateField()),
                ("about", models.CharField(blank=True, max_length=300)),
                ("actor", models.CharField(max_length=120)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="directions",
                        to="documents.document",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="directions", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("issued_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("document", "unit", "number"), name="direction_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(choices=[("interim", "Sơ kết"), ("final", "Tổng kết")], max_length=8),
                ),
                ("due_on", models.DateField()),
                ("held_on", models.DateField(blank=True, null=True)),
                ("decision", models.CharField(blank=True, max_length=80)),
                ("actor", models.CharField(max_length=120)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="documents.document",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("document", "unit", "kind", "due_on"), name="review_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("title", models.CharField(max_length=300)),
                ("indicator", models.CharField(blank=True, max_length=20)),
                ("wanted", models.DecimalField(decimal_places=2, max_digits=14)),
                ("measured_in", models.CharField(blank=True, max_length=40)),
                ("due_on", models.DateField()),
                ("actor", models.CharField(max_length=120)),
                (
                    "clause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="targets",
                        to="documents.clause",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="documents.document",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="org.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "unit", "title", "due_on"), name="target_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wanted__gte", 0)), name="target_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("indicator", ""), models.Q(("measured_in", ""), _negated=True)),
                            models.Q(
                                models.Q(("indicator", ""), _negated=True),
                                ("measured_in", ""),
                                ("wanted__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="target_measured",
                    ),
                ],
            },
        ),
    ]
