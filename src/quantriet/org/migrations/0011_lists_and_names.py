"""Long lists of people: their keys are asked once a statement. Search: the names of the house, each once.

A foreign key asks row by row: a third of what the database did for an import. A search read the name of every person,
because the policy of the table is asked first; now it reads every *name*, and the people who bear those found by the
index of names, which the policy allows (equality of texts cannot leak).
"""

import django.db.models.deletion
from django.db import migrations, models

from quantriet.core import policies

# Whose a name is does not stand here, and nobody but the functions reads it. A name that nobody bears any longer stays
# and finds nobody; people are never erased (``core.retention``, "membership").
_NAMES = """
CREATE TABLE org_personname (folded varchar(120) PRIMARY KEY);
REVOKE ALL ON org_personname FROM quantriet_app, quantriet_worker;
SELECT set_config('quantriet.scope', '{*}', true);
INSERT INTO org_personname SELECT DISTINCT folded FROM org_person;
SELECT set_config('quantriet.scope', '', true);
CREATE FUNCTION org_keep_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    -- In one order, so that two lists that bring the same new names never wait for each other in a ring.
    INSERT INTO org_personname SELECT DISTINCT folded FROM written ORDER BY folded ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_new_names AFTER INSERT ON org_person REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION org_keep_names();
CREATE TRIGGER keep_changed_names AFTER UPDATE ON org_person REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION org_keep_names();
-- The right of the owner opens the names only: people are still read through the policy, in the caller's scope.
CREATE FUNCTION org_people_named(patterns text[]) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    names text[] := ARRAY(SELECT folded FROM org_personname WHERE ' ' || folded LIKE ALL (patterns));
BEGIN
    RETURN QUERY SELECT person.id FROM org_person AS person WHERE person.folded = ANY (names);
END
$$;
"""
_FORGET_NAMES = """
DROP FUNCTION org_people_named(text[]);
DROP TRIGGER keep_changed_names ON org_person;
DROP TRIGGER keep_new_names ON org_person;
DROP FUNCTION org_keep_names();
DROP TABLE org_personname;
"""


def _key(to: str, named: str, on_delete: object) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name=named, to=to
    )


class Migration(migrations.Migration):
    dependencies = [("org", "0010_facility_requests")]

    operations = [
        migrations.AlterField(
            "person", "home_unit", _key("org.unit", "home_people", django.db.models.deletion.PROTECT)
        ),
        migrations.AlterField(
            "membership", "person", _key("org.person", "memberships", django.db.models.deletion.CASCADE)
        ),
        migrations.AlterField(
            "membership", "unit", _key("org.unit", "memberships", django.db.models.deletion.PROTECT)
        ),
        migrations.RunSQL(policies.REFERENCES, policies.DROP_REFERENCES),
        policies.reference("org_person", "home_unit_id", to="org_unit"),
        policies.reference("org_membership", "person_id", to="org_person"),
        policies.reference("org_membership", "unit_id", to="org_unit"),
        migrations.RunSQL(_NAMES, _FORGET_NAMES),
    ]
