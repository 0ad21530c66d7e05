"""Who presides over a site, keeps its line and watches how the session goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conferences", "0022_shifts")]

    operations = [
        migrations.AddField("site", "chair", models.CharField(blank=True, default="", max_length=160), False),
        migrations.AddField(
            "site", "technician", models.CharField(blank=True, default="", max_length=160), False
        ),
        migrations.AddField(
            "site", "technician_phone", models.CharField(blank=True, default="", max_length=40), False
        ),
        migrations.AddField(
            "site", "monitor", models.CharField(blank=True, default="", max_length=160), False
        ),
    ]
