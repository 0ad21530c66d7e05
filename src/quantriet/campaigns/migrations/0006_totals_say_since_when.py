"""Declared totals say from which day they count. Those that stand were counted on the day they tell of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_excuses_say_since")]

    operations = [
        migrations.AddField("declaration", "counted_on", models.DateField(null=True)),
        migrations.RunSQL(
            "UPDATE campaigns_declaration SET counted_on = happened_on", migrations.RunSQL.noop
        ),
        migrations.AlterField("declaration", "counted_on", models.DateField()),
    ]
