"""Claims keep their evidence, wait once in each way, and are decided by verdicts of their own; an attendance knows
the last coming in. The intake's role of the database may write what it keeps for a person.
"""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies

# What was decided so far becomes verdicts; the policies of both tables ask for an open scope.
VERDICTS = """
SELECT set_config('quantriet.scope', '{*}', true);
INSERT INTO conferences_attendanceverdict
    (created_at, conflict_id, person_id, unit_id, decision, note, actor, call)
SELECT coalesce(decided_at, created_at), id, person_id, unit_id, decision, '', decided_by, 'settle:' || id
FROM conferences_attendanceconflict WHERE decision <> 'open' ORDER BY id;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_config('quantriet.scope', '', true);
"""
GRANTS = """
GRANT INSERT (back_at), UPDATE (back_at) ON conferences_attendance TO quantriet_ingest;
GRANT UPDATE (
    at, back_at, out_at, device_id, told_at, grade, source, client_id, actor, state, decision
) ON conferences_attendanceconflict TO quantriet_ingest;
"""
REVOKES = """
REVOKE INSERT (back_at), UPDATE (back_at) ON conferences_attendance FROM quantriet_ingest;
REVOKE UPDATE (
    at, back_at, out_at, device_id, told_at, grade, source, client_id, actor, state, decision
) ON conferences_attendanceconflict FROM quantriet_ingest;
"""
KINDS = [
    ("two_sites", "Ghi ở điểm không đúng danh sách"),
    ("two_devices", "Hai máy cùng ghi vào"),
    ("out_first", "Ra mà chưa vào"),
    ("after_close", "Đến sau khi kết thúc"),
    ("forged", "Mã hoặc dấu không đúng"),
]
DECISIONS = [
    ("open", "Chờ quyết định"),
    ("here", "Ghi theo lượt này"),
    ("elsewhere", "Giữ như đang ghi"),
    ("away", "Không dự"),
    ("matched", "Đã khớp với lượt đến sau"),
]
GRADES = [(1, "ghi tại chỗ"), (2, "nhập sau"), (3, "có văn bản"), (4, "tự khai")]


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0007_own_rows"),
        ("org", "0002_walls"),
    ]

    operations = [
        migrations.AddField("attendance", "back_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "attendanceconflict",
            "kind",
            models.CharField(choices=KINDS, default="two_sites", max_length=12),
        ),
        migrations.AddField("attendanceconflict", "back_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("attendanceconflict", "out_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("attendanceconflict", "told_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "attendanceconflict",
            "device",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conferences.device",
            ),
        ),
        migrations.AddField(
            "attendanceconflict", "grade", models.SmallIntegerField(choices=GRADES, default=2)
        ),
        migrations.AlterField(
            "attendanceconflict",
            "person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            "attendanceconflict",
            "decision",
            models.CharField(choices=DECISIONS, default="open", max_length=10),
        ),
        migrations.CreateModel(
            "AttendanceVerdict",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("decision", models.CharField(choices=DECISIONS, max_length=10)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("actor", models.CharField(max_length=120)),
                ("call", models.CharField(max_length=120)),
                (
                    "conflict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verdicts",
                        to="conferences.attendanceconflict",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.person",
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
                    models.UniqueConstraint(fields=("conflict",), name="attendance_verdict_once")
                ],
            },
        ),
        migrations.RunSQL(VERDICTS, migrations.RunSQL.noop),
        migrations.RemoveConstraint("attendanceconflict", "attendance_conflict_once"),
        migrations.RemoveField("attendanceconflict", "decided_by"),
        migrations.RemoveField("attendanceconflict", "decided_at"),
        migrations.AddConstraint(
            "attendanceconflict",
            models.UniqueConstraint(
                condition=models.Q(decision="open", person__isnull=False),
                fields=("site", "person", "kind"),
                name="attendance_claim_once",
            ),
        ),
        migrations.AddConstraint(
            "attendanceconflict",
            models.UniqueConstraint(
                condition=models.Q(decision="open", person__isnull=True),
                fields=("site", "device", "kind"),
                name="attendance_claim_of_nobody_once",
                nulls_distinct=False,
            ),
        ),
        policies.personal_table("conferences_attendanceverdict", unit="unit_id"),
        policies.own_rows("conferences_attendanceverdict", person="person_id"),
        migrations.RunSQL(GRANTS, REVOKES),
    ]
