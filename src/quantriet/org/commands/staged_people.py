"""The statements that carry a staged list of people into the tables, one a step whatever its length."""

# One row of the working table is one spec; everything after is set-wise. ``id`` is the known person's or, for
# a new one, the number drawn for the row.
STAGE_COLUMNS = {
    "row": "int4",
    "new_id": "int8",
    "unit_id": "int8",
    "full_name": "text",
    "folded": "text",
    "sort_key": "text",
    "birth_date": "date",
    "birth_year": "int4",
    "code_sealed": "bytea",
    "code_index": "bytea",
    "phone": "text",
    "email": "text",
    "status": "text",
    "person_class": "int4",
    "post": "text",
    "post_label": "text",
    "from_on": "date",
    "same_as": "int8",
}
CREATE_STAGE = (
    "CREATE TEMPORARY TABLE staged_person ("
    + ", ".join(f"{name} {kind}" for name, kind in STAGE_COLUMNS.items())
    + ", known_id int8, known boolean GENERATED ALWAYS AS (known_id IS NOT NULL) STORED"
    + ", id int8 GENERATED ALWAYS AS (coalesce(known_id, new_id)) STORED) ON COMMIT DROP"
)
COPY = f"COPY staged_person ({', '.join(STAGE_COLUMNS)}) FROM STDIN"

KNOWN_BY_CODE = """
UPDATE staged_person AS staged SET known_id = person.id
FROM org_person AS person WHERE person.code_index = staged.code_index
"""
KNOWN_BY_ANSWER = """
UPDATE staged_person AS staged SET known_id = person.id
FROM org_person AS person
WHERE staged.known_id IS NULL AND person.id = staged.same_as
  AND (staged.code_index IS NULL OR person.code_index IS NULL OR person.code_index = staged.code_index)
"""
# Somebody of that name in that unit, unless a birth date or a code tells them apart.
MAYBE_KNOWN = """
SELECT staged.row, array_agg(person.id ORDER BY person.id) FROM staged_person AS staged
JOIN org_person AS person ON person.home_unit_id = staged.unit_id AND person.folded = staged.folded
WHERE staged.known_id IS NULL AND staged.same_as IS NULL
  AND (staged.code_index IS NULL OR person.code_index IS NULL)
  AND (staged.birth_date IS NULL OR person.birth_date IS NULL OR staged.birth_date = person.birth_date)
  AND (coalesce(staged.birth_year, extract(year FROM staged.birth_date)) IS NULL OR person.birth_year IS NULL
       OR coalesce(staged.birth_year, extract(year FROM staged.birth_date)) = person.birth_year)
GROUP BY staged.row ORDER BY staged.row
"""
TWICE = """
SELECT row, first FROM (
    SELECT row, min(row) OVER (PARTITION BY coalesce(known_id::text, code_index::text)) AS first
    FROM staged_person WHERE code_index IS NOT NULL OR known_id IS NOT NULL
) AS numbered WHERE row > first ORDER BY row
"""
ANSWERED_WRONG = "SELECT row, same_as FROM staged_person WHERE same_as > 0 AND known_id IS NULL ORDER BY row"
NOT_INSERTED = """
SELECT staged.row, staged.id FROM staged_person AS staged WHERE NOT known AND NOT EXISTS
    (SELECT 1 FROM org_person AS person WHERE person.id = staged.id) ORDER BY staged.row
"""
INSERT_PEOPLE = """
INSERT INTO org_person (id, created_at, full_name, folded, sort_key, birth_date, birth_year, home_unit_id,
                        code_sealed, code_index, phone, email)
SELECT id, statement_timestamp(), full_name, folded, sort_key, birth_date, birth_year, unit_id,
       code_sealed, code_index, phone, email
FROM staged_person WHERE NOT known ORDER BY row
ON CONFLICT (code_index) WHERE code_index IS NOT NULL DO NOTHING
"""
# An empty cell says nothing, so it takes nothing away.
UPDATE_PEOPLE = """
UPDATE org_person AS person
SET full_name = staged.full_name, folded = staged.folded, sort_key = staged.sort_key,
    birth_date = coalesce(staged.birth_date, person.birth_date),
    birth_year = coalesce(staged.birth_year, person.birth_year),
    home_unit_id = staged.unit_id,
    code_sealed = coalesce(person.code_sealed, staged.code_sealed),
    code_index = coalesce(person.code_index, staged.code_index),
    phone = coalesce(nullif(staged.phone, ''), person.phone),
    email = coalesce(nullif(staged.email, ''), person.email)
FROM staged_person AS staged
WHERE staged.known AND person.id = staged.id AND (
    person.full_name <> staged.full_name
    OR person.birth_date IS DISTINCT FROM coalesce(staged.birth_date, person.birth_date)
    OR person.birth_year IS DISTINCT FROM coalesce(staged.birth_year, person.birth_year)
    OR person.home_unit_id <> staged.unit_id
    OR person.code_index IS DISTINCT FROM coalesce(person.code_index, staged.code_index)
    OR person.phone <> coalesce(nullif(staged.phone, ''), person.phone)
    OR person.email <> coalesce(nullif(staged.email, ''), person.email)
)
RETURNING person.id
"""
# The primary membership of who moved ends on the day the new one begins; a membership of the same day moves.
END_MEMBERSHIPS = """
UPDATE org_membership AS held SET to_on = staged.from_on
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> staged.unit_id AND held.from_on < staged.from_on
RETURNING held.person_id
"""
SHIFT_MEMBERSHIPS = """
UPDATE org_membership AS held SET unit_id = staged.unit_id
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> staged.unit_id AND held.from_on >= staged.from_on
RETURNING held.person_id
"""
CHANGE_STATUS = """
UPDATE org_membership AS held SET status = staged.status, person_class = staged.person_class, is_primary = true
FROM staged_person AS staged
WHERE staged.known AND held.person_id = staged.id AND held.unit_id = staged.unit_id AND held.to_on IS NULL
  AND (held.status, held.person_class, held.is_primary) IS DISTINCT FROM
      (staged.status, staged.person_class, true)
RETURNING held.person_id
"""
INSERT_MEMBERSHIPS = """
INSERT INTO org_membership (created_at, person_id, unit_id, status, person_class, is_primary, from_on)
SELECT statement_timestamp(), id, unit_id, status, person_class, true, from_on FROM staged_person AS staged
WHERE NOT EXISTS (
    SELECT 1 FROM org_membership AS held WHERE held.person_id = staged.id AND held.to_on IS NULL
      AND held.is_primary
) ORDER BY row
RETURNING person_id
"""
COUNT_MEMBERS = """
UPDATE org_unit AS unit SET member_count = counted.members
FROM (
    SELECT unit_id, count(*) AS members FROM org_membership
    WHERE unit_id = ANY(%s) AND to_on IS NULL AND is_primary AND status <> 'non_member' GROUP BY unit_id
) AS counted
WHERE counted.unit_id = unit.id AND unit.tree = 'party' AND unit.member_count <> counted.members
"""
INSERT_POSTS = """
INSERT INTO org_post (created_at, person_id, unit_id, title, label, from_on)
SELECT statement_timestamp(), id, unit_id, post, post_label, from_on FROM staged_person
WHERE post <> '' ORDER BY row
ON CONFLICT (person_id, unit_id, title) WHERE to_on IS NULL DO NOTHING
RETURNING person_id
"""
