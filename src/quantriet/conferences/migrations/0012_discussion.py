"""A point of the agenda may be the discussion: its minutes are told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0011_incidents_say_who")]

    operations = [
        migrations.AddField("agendaitem", "is_discussion", models.BooleanField(default=False)),
    ]
