"""The rule "one place at a time" over an expression, so that units are looked up in the B-tree (ADR 0021)."""

import django.contrib.postgres.constraints
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = (("org", "0011_lists_and_names"),)

    operations = (
        migrations.RemoveConstraint("placement", "placement_one_at_a_time"),
        migrations.AddConstraint(
            "placement",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="placement_one_at_a_time",
                expressions=((F("unit") + 0, RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)),
            ),
        ),
    )
