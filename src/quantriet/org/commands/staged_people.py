"""The statements that carry a list of people into the tables, one a step whatever its length.

Two working tables of the connection: ``listed_person`` holds the whole list as it was told, and the questions
about it are asked there; ``chunk_person`` holds the part of it that is being written, with the ids.
"""

# What a row of a list says. ``row`` is its number in the list, ``is_faulty``: it is there only so that what
# another row repeats of it is told.
COLUMNS = {
    "row": "int4",
    "is_faulty": "bool",
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
_NAMES = ", ".join(COLUMNS)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
DROP_LIST = "DROP TABLE IF EXISTS listed_person"
CREATE_LIST = f"CREATE TEMPORARY TABLE listed_person ({_TYPED}, known_id int8)"
COPY = f"COPY listed_person ({_NAMES}) FROM STDIN (FORMAT binary)"
# Only what the questions compare: counting values of wide columns takes longer than the questions.
ANALYZE_LIST = "ANALYZE listed_person (unit_id, known_id, code_index, folded, same_as)"

DROP_CHUNK = "DROP TABLE IF EXISTS chunk_person"
CREATE_CHUNK = f"""
CREATE TEMPORARY TABLE chunk_person ({_TYPED}, known_id int8, id int8, known boolean) ON COMMIT DROP
"""
_TAKE = f"""
INSERT INTO chunk_person ({_NAMES}, known_id, id, known)
SELECT {_NAMES}, known_id,
       coalesce(known_id, nextval('org_person_id_seq')), known_id IS NOT NULL
FROM (SELECT * FROM listed_person WHERE %s) AS ordered
"""
TAKE_ALL = _TAKE % "true ORDER BY row"
TAKE_KNOWN = _TAKE % "known_id IS NOT NULL ORDER BY row"
# In the order of the lists of a unit: what is read together lies together.
TAKE_UNITS = _TAKE % "unit_id > %(after)s AND unit_id <= %(to)s ORDER BY unit_id, sort_key, row"
ANALYZE_CHUNK = "ANALYZE chunk_person (id, known, unit_id)"

INDEX_LIST = "CREATE INDEX ON listed_person (unit_id)"
COUNT_UNITS = "SELECT unit_id, count(*) FROM listed_person GROUP BY unit_id ORDER BY unit_id"
COUNT_LIST = "SELECT count(*), count(known_id) FROM listed_person"
FORGET_FAULTY = "DELETE FROM listed_person WHERE is_faulty"
_ENDED = """
SELECT told.row, unit.name, unit.closed_on
FROM listed_person AS told JOIN org_unit AS unit ON unit.id = told.unit_id
WHERE unit.closed_on IS NOT NULL%s ORDER BY told.row
"""
IN_ENDED_UNITS = _ENDED % ""
ENDED_SINCE = _ENDED % " AND told.unit_id > %(after)s AND told.unit_id <= %(to)s"
# Every unit a part of the list touches: where its people come, and where the known ones of them are at home now.
LISTED_TOUCHES = """
SELECT unit_id FROM listed_person WHERE unit_id > %(after)s AND unit_id <= %(to)s
UNION
SELECT person.home_unit_id FROM listed_person AS told JOIN org_person AS person ON person.id = told.known_id
WHERE told.unit_id > %(after)s AND told.unit_id <= %(to)s
"""
FORGET_WRITTEN = "DELETE FROM listed_person WHERE unit_id <= %s"

KNOWN_BY_CODE = """
UPDATE listed_person AS told SET known_id = person.id
FROM org_person AS person WHERE person.code_index = told.code_index
"""
KNOWN_BY_ANSWER = """
UPDATE listed_person AS told SET known_id = person.id
FROM org_person AS person
WHERE told.known_id IS NULL AND person.id = told.same_as
  AND (told.code_index IS NULL OR person.code_index IS NULL OR person.code_index = told.code_index)
"""
# Somebody of that name in that unit, unless a birth date or a code tells them apart. The people of the list's units
# are read first, once: looked up row by row, by unit and by name, they took longer than all the rest of a list.
MAYBE_KNOWN = """
WITH doubtful AS MATERIALIZED (
    SELECT row, full_name, folded, unit_id, code_index, birth_date,
           coalesce(birth_year, extract(year FROM birth_date)) AS birth_year
    FROM listed_person WHERE known_id IS NULL AND same_as IS NULL
), here AS MATERIALIZED (
    SELECT person.id, person.home_unit_id AS unit_id, person.folded, person.code_index, person.birth_date,
           person.birth_year
    FROM (SELECT DISTINCT unit_id FROM doubtful) AS listed
    JOIN org_person AS person ON person.home_unit_id = listed.unit_id
)
SELECT told.row, told.full_name, array_agg(here.id ORDER BY here.id) FROM doubtful AS told
JOIN here ON here.unit_id = told.unit_id AND here.folded = told.folded
WHERE (told.code_index IS NULL OR here.code_index IS NULL)
  AND (told.birth_date IS NULL OR here.birth_date IS NULL OR told.birth_date = here.birth_date)
  AND (told.birth_year IS NULL OR here.birth_year IS NULL OR told.birth_year = here.birth_year)
GROUP BY told.row, told.full_name ORDER BY told.row
"""
# One known person, or one code nobody has yet, in two rows. Most lists repeat nobody, so the whole list is only
# counted, and rows are looked for where something was counted twice.
TWICE = """
WITH person AS (
    SELECT known_id, min(row) AS first FROM listed_person WHERE known_id IS NOT NULL
    GROUP BY known_id HAVING count(*) > 1
), code AS (
    SELECT code_index, min(row) AS first FROM listed_person WHERE known_id IS NULL AND code_index IS NOT NULL
    GROUP BY code_index HAVING count(*) > 1
)
SELECT told.row, person.first FROM listed_person AS told JOIN person USING (known_id)
WHERE told.row > person.first
UNION ALL
SELECT told.row, code.first FROM listed_person AS told JOIN code USING (code_index)
WHERE told.known_id IS NULL AND told.row > code.first
ORDER BY row
"""
# Without codes, two rows of one name and birth in one unit are one person.
NAMED_TWICE = """
SELECT row, first FROM (
    SELECT row, min(row) OVER (
        PARTITION BY unit_id, folded, coalesce(birth_date::text, birth_year::text)
    ) AS first
    FROM listed_person WHERE code_index IS NULL AND full_name <> ''
) AS numbered WHERE row > first ORDER BY row
"""
ANSWERED_WRONG = "SELECT row, same_as FROM listed_person WHERE same_as > 0 AND known_id IS NULL ORDER BY row"
# Asked with the whole house open, since the code of a person elsewhere is not the actor's to see: only that
# it is taken is told.
TAKEN_ELSEWHERE = """
SELECT told.row, person.id FROM listed_person AS told
JOIN org_person AS person ON person.code_index = told.code_index
WHERE told.known_id IS NULL ORDER BY told.row
"""
# Who was not inserted has a code that somebody took since the question was asked.
NOT_INSERTED = """
SELECT told.row, told.id FROM chunk_person AS told WHERE NOT told.known AND NOT EXISTS
    (SELECT 1 FROM org_person AS person WHERE person.id = told.id) ORDER BY told.row
"""
CHUNK_ROWS = "SELECT row, id, known FROM chunk_person ORDER BY row"
CHUNK_COUNTS = "SELECT count(*), count(known_id) FROM chunk_person"
CHUNK_UNITS = "SELECT array_agg(DISTINCT unit_id ORDER BY unit_id) FROM chunk_person"
CHUNK_TOUCHES = """
SELECT unit_id FROM chunk_person
UNION
SELECT person.home_unit_id FROM chunk_person AS told JOIN org_person AS person ON person.id = told.id WHERE told.known
"""
# Known people of the chunk whose home will be another: what they bring about above is told the old one.
CROSSING = """
SELECT told.from_on, person.id, person.home_unit_id, told.unit_id
FROM chunk_person AS told JOIN org_person AS person ON person.id = told.id
WHERE told.known AND person.home_unit_id <> told.unit_id ORDER BY told.from_on, person.id
"""
INSERT_PEOPLE = """
INSERT INTO org_person (id, created_at, full_name, folded, sort_key, birth_date, birth_year, home_unit_id,
                        code_sealed, code_index, phone, email)
SELECT id, statement_timestamp(), full_name, folded, sort_key, birth_date, birth_year, unit_id,
       code_sealed, code_index, phone, email
FROM chunk_person WHERE NOT known
"""
# Twice the price of the plain statement, so it is asked for when that one met a code taken since.
INSERT_PEOPLE_LEFT = INSERT_PEOPLE + "ON CONFLICT (code_index) WHERE code_index IS NOT NULL DO NOTHING"
# An empty cell says nothing, so it takes nothing away.
UPDATE_PEOPLE = """
UPDATE org_person AS person
SET full_name = told.full_name, folded = told.folded, sort_key = told.sort_key,
    birth_date = coalesce(told.birth_date, person.birth_date),
    birth_year = coalesce(told.birth_year, person.birth_year),
    home_unit_id = told.unit_id,
    code_sealed = coalesce(person.code_sealed, told.code_sealed),
    code_index = coalesce(person.code_index, told.code_index),
    phone = coalesce(nullif(told.phone, ''), person.phone),
    email = coalesce(nullif(told.email, ''), person.email)
FROM chunk_person AS told
WHERE told.known AND person.id = told.id AND (
    person.full_name <> told.full_name
    OR person.birth_date IS DISTINCT FROM coalesce(told.birth_date, person.birth_date)
    OR person.birth_year IS DISTINCT FROM coalesce(told.birth_year, person.birth_year)
    OR person.home_unit_id <> told.unit_id
    OR person.code_index IS DISTINCT FROM coalesce(person.code_index, told.code_index)
    OR person.phone <> coalesce(nullif(told.phone, ''), person.phone)
    OR person.email <> coalesce(nullif(told.email, ''), person.email)
)
RETURNING person.id
"""
# The primary membership of who moved ends on the day the new one begins; a membership of the same day moves.
END_MEMBERSHIPS = """
UPDATE org_membership AS held SET to_on = told.from_on
FROM chunk_person AS told
WHERE told.known AND held.person_id = told.id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> told.unit_id AND held.from_on < told.from_on
RETURNING held.person_id
"""
SHIFT_MEMBERSHIPS = """
UPDATE org_membership AS held SET unit_id = told.unit_id
FROM chunk_person AS told
WHERE told.known AND held.person_id = told.id AND held.to_on IS NULL AND held.is_primary
  AND held.unit_id <> told.unit_id AND held.from_on >= told.from_on
RETURNING held.person_id
"""
CHANGE_STATUS = """
UPDATE org_membership AS held SET status = told.status, person_class = told.person_class, is_primary = true
FROM chunk_person AS told
WHERE told.known AND held.person_id = told.id AND held.unit_id = told.unit_id AND held.to_on IS NULL
  AND (held.status, held.person_class, held.is_primary) IS DISTINCT FROM
      (told.status, told.person_class, true)
RETURNING held.person_id
"""
# Who is new has no membership yet; who is known may have none left.
INSERT_MEMBERSHIPS = """
INSERT INTO org_membership (created_at, person_id, unit_id, status, person_class, is_primary, from_on)
SELECT statement_timestamp(), id, unit_id, status, person_class, true, from_on FROM chunk_person
WHERE NOT known
"""
RENEW_MEMBERSHIPS = """
INSERT INTO org_membership (created_at, person_id, unit_id, status, person_class, is_primary, from_on)
SELECT statement_timestamp(), id, unit_id, status, person_class, true, from_on FROM chunk_person AS told
WHERE known AND NOT EXISTS (
    SELECT 1 FROM org_membership AS held WHERE held.person_id = told.id AND held.to_on IS NULL
      AND held.is_primary
)
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
_INSERT_POSTS = """
INSERT INTO org_post (created_at, person_id, unit_id, title, label, from_on)
SELECT statement_timestamp(), id, unit_id, post, post_label, from_on FROM chunk_person
WHERE post <> '' AND %s
ON CONFLICT (person_id, unit_id, title) WHERE to_on IS NULL DO NOTHING
"""
INSERT_POSTS = _INSERT_POSTS % "NOT known"
RENEW_POSTS = _INSERT_POSTS % "known" + "RETURNING person_id"
