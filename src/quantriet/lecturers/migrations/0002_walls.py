"""Row-level policies: who may be sent, when not, who was sent where, what he says."""

from django.db import migrations

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("lecturers", "0001_initial"), ("org", "0002_walls")]

    operations = [
        policies.personal_table("lecturers_lecturer", unit="unit_id", person="person_id"),
        policies.personal_table("lecturers_absence", unit="unit_id", person="person_id"),
        policies.personal_table("lecturers_lecture", unit="unit_id", person="person_id"),
        policies.personal_table("lecturers_outline", unit="unit_id", person="person_id"),
    ]
