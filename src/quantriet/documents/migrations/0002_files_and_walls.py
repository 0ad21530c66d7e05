"""Further files of a document have a role; row-level policies on its files and on who received it."""

from django.db import migrations, models

from quantriet.core import policies

# Publication is seen from below: a reader stands at his roots (a member without roots at his home unit) and at
# the committees these are tied to, and reads what was published there or above.
STANDING = """
CREATE FUNCTION documents_standing() RETURNS ltree[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH own AS (
        SELECT unnest(quantriet_roots()) AS path
        UNION
        SELECT placed.path FROM org_person AS person
        JOIN org_placement AS placed
          ON placed.unit_id = person.home_unit_id AND placed.valid @> quantriet_today()
        WHERE person.id = quantriet_person()
    )
    SELECT array_agg(path) FROM (
        SELECT path FROM own
        UNION
        SELECT placed.path FROM own
        JOIN org_unit AS unit ON unit.id = ltree2text(subpath(own.path, -1))::bigint
        JOIN org_placement AS placed
          ON placed.unit_id = unit.committee_id AND placed.valid @> quantriet_today()
    ) AS standing
$$;
"""

OWNED = """(
    (SELECT quantriet_whole_house())
    OR EXISTS (
        SELECT 1 FROM documents_document AS document
        JOIN org_placement AS placed
          ON placed.unit_id = document.owner_id AND placed.valid @> (SELECT quantriet_today())
        WHERE document.id = documents_documentversion.document_id
          AND placed.path <@ ANY ((SELECT quantriet_roots())::ltree[])
    )
)"""

PUBLISHED_ABOVE = """EXISTS (
    SELECT 1 FROM documents_document AS document
    JOIN org_placement AS placed
      ON placed.unit_id = document.owner_id AND placed.valid @> (SELECT quantriet_today())
    WHERE document.id = documents_documentversion.document_id
      AND document.state = 'published'
      AND placed.path @> ANY ((SELECT documents_standing())::ltree[])
)"""

FILES = f"""
ALTER TABLE documents_documentversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents_documentversion FORCE ROW LEVEL SECURITY;
CREATE POLICY within_scope ON documents_documentversion USING {OWNED} WITH CHECK {OWNED};
CREATE POLICY published_above ON documents_documentversion FOR SELECT USING ({PUBLISHED_ABOVE});
"""

NO_FILES = """
DROP POLICY published_above ON documents_documentversion;
DROP POLICY within_scope ON documents_documentversion;
ALTER TABLE documents_documentversion NO FORCE ROW LEVEL SECURITY;
ALTER TABLE documents_documentversion DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("org", "0002_walls")]

    operations = [
        migrations.AddField(
            "documentversion",
            "role",
            models.CharField(
                choices=[("text", "Toàn văn"), ("scan", "Bản quét có chữ ký, dấu"), ("annex", "Phụ lục")],
                default="text",
                max_length=6,
            ),
        ),
        migrations.RunSQL(STANDING, "DROP FUNCTION documents_standing();"),
        migrations.RunSQL(FILES, NO_FILES),
        policies.personal_table("documents_receipt", unit="unit_id"),
    ]
