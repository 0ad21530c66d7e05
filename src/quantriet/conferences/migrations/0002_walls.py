"""Row-level policies on everything that says who was where and who said what."""

from django.db import migrations

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("conferences", "0001_initial"), ("org", "0002_walls")]

    operations = [
        policies.personal_table("conferences_attendance", unit="unit_id", person="person_id"),
        policies.personal_table("conferences_attendancechange", unit="unit_id", person="person_id"),
        policies.personal_table("conferences_attendanceconflict", unit="unit_id"),
        policies.personal_table("conferences_guest", unit="unit_id"),
        policies.personal_table("conferences_remark", unit="unit_id"),
    ]
