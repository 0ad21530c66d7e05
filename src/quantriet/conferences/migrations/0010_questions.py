"""Questions from sites to the hub; a change of one is news of its site, as every other."""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies

TRIGGERS = """
CREATE TRIGGER tell_added AFTER INSERT ON conferences_question REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_incidents();
CREATE TRIGGER tell_changed AFTER UPDATE ON conferences_question REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_incidents();
"""
DROP = """
DROP TRIGGER tell_added ON conferences_question;
DROP TRIGGER tell_changed ON conferences_question;
"""
STATES = [
    ("waiting", "Chờ điểm chính"),
    ("set_aside", "Không đưa ra"),
    ("answered", "Đã trả lời"),
    ("listed", "Chờ phát biểu"),
    ("called", "Đang phát biểu"),
    ("done", "Đã phát biểu"),
]


class Migration(migrations.Migration):
    dependencies = [("conferences", "0009_site_counts"), ("org", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("text", models.TextField()),
                ("speaker", models.CharField(blank=True, max_length=160)),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=9)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("answer", models.TextField(blank=True)),
                ("place", models.PositiveIntegerField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("moderator", models.CharField(blank=True, max_length=120)),
                ("key", models.CharField(max_length=80)),
                (
                    "conference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="conferences.conference",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged",
                        to="conferences.question",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
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
                "indexes": [models.Index(fields=["conference", "changed_at"], name="question_news")],
                "constraints": [
                    models.UniqueConstraint(fields=("site", "key"), name="question_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("merged_into", None), ("state", "called")),
                        fields=("conference",),
                        name="question_one_speaks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "set_aside"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="question_set_aside_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="question_answered_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "listed"), _negated=True),
                            ("place__isnull", False),
                            ("merged_into__isnull", False),
                            _connector="OR",
                        ),
                        name="question_listed_has_a_place",
                    ),
                ],
            },
        ),
        policies.personal_table("conferences_question", unit="unit_id"),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
