"""A line of the access log is written from the people shown; the database does not look each up a second time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0008_sheets_of_acts")]

    operations = [
        migrations.AlterField(
            "accessevent",
            "person",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="accesses",
                to="org.person",
            ),
        ),
        migrations.AlterField(
            "accessevent",
            "unit",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.unit",
            ),
        ),
    ]
