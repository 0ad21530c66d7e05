"""An incident keeps who told of it and who told that it works again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0010_questions")]

    operations = [
        migrations.AddField("incident", "reported_by", models.CharField(blank=True, max_length=120)),
        migrations.AddField("incident", "ended_by", models.CharField(blank=True, max_length=120)),
    ]
