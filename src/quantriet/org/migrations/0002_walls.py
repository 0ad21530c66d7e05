"""Row-level policies on personal tables, the append-only audit, and the one row of the tree's version."""

from django.db import migrations

from quantriet.core import policies


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.RunSQL(policies.FUNCTIONS, policies.DROP_FUNCTIONS),
        policies.personal_table("org_person", unit="home_unit_id", person="id"),
        policies.personal_table("org_membership", unit="unit_id", person="person_id"),
        policies.personal_table("org_post", unit="unit_id", person="person_id"),
        policies.personal_table("org_accessevent", unit="unit_id", person="person_id"),
        policies.personal_table("org_datarequest", unit="unit_id", person="person_id"),
        policies.append_only("org_auditevent"),
        # A sequence does not roll back: a version that was never committed is never seen twice by a cache.
        migrations.RunSQL("CREATE SEQUENCE org_tree_change START 2", "DROP SEQUENCE org_tree_change"),
        migrations.RunSQL("INSERT INTO org_treeversion (id, number) VALUES (1, 1)", migrations.RunSQL.noop),
    ]
