"""Where the hall's picture and sound are streamed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0014_quotas"),
    ]

    operations = [
        migrations.AddField(
            model_name="conference",
            name="stream",
            field=models.URLField(blank=True, max_length=500),
        ),
    ]
