"""Row-level policies on the roll and the credits."""

from django.db import migrations

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("org", "0002_walls")]

    operations = [
        policies.personal_table("campaigns_rollline", unit="unit_id", person="person_id"),
        policies.personal_table("campaigns_credit", unit="unit_id", person="person_id"),
    ]
