"""Who was recorded at two sites, or signed what he said, reads that of himself: it is part of his own data."""

from django.db import migrations

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("conferences", "0006_intake_columns")]

    operations = [
        policies.own_rows("conferences_attendanceconflict", person="person_id"),
        policies.own_rows("conferences_remark", person="author_id"),
    ]
