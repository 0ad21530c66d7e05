"""A period may have ended before it is frozen: what happened after it is kept beside its figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_units_of_a_freeze")]

    operations = [migrations.AddField("freeze", "beyond", models.JSONField(null=True))]
