"""The rows an act changes, as questions for ``RowChanges.write``: each gives (row, unit, before, after).

``%(on)s`` is the day of effect. ``pairs`` are closed units with their one successor. Rights are never given back in
time: roles end and begin on the day they are written.
"""

FOUND = "SELECT (told->>'id')::int8, (told->>'id')::int8, NULL::jsonb, told FROM unnest(%(rows)s::jsonb[]) AS told"

# The period that ends on the day keeps the names the unit's row has now; a second change of one day adds none.
NAMES_BEFORE = """
SELECT nextval(pg_get_serial_sequence('org_unitname', 'id')) AS id, unit.id AS unit_id,
       daterange(past.upper, %(on)s) AS valid, unit.name, unit.short_name, unit.code, unit.kind, unit.level
FROM unnest(%(units)s::int8[]) AS told(id) JOIN org_unit AS unit USING (id)
LEFT JOIN LATERAL (
    SELECT max(upper(valid)) AS upper FROM org_unitname WHERE unit_id = unit.id AND upper(valid) <= %(on)s
) AS past ON true
WHERE past.upper IS DISTINCT FROM %(on)s
"""
_TOLD_NAMES = """
unnest(%(units)s::int8[], %(names)s::text[], %(short_names)s::text[], %(codes)s::text[], %(kinds)s::text[],
       %(levels)s::int2[], %(folded)s::text[], %(sort_keys)s::text[])
    AS told(unit_id, name, short_name, code, kind, level, folded, sort_key)
"""
NAMES_AHEAD = f"""
SELECT nextval(pg_get_serial_sequence('org_unitname', 'id')) AS id, unit_id, daterange(%(on)s, NULL) AS valid,
       name, short_name, code, kind, level
FROM {_TOLD_NAMES}
"""
DATED_NAMES = """
SELECT id, unit_id, NULL::jsonb,
       to_jsonb(dated) || jsonb_build_object('created_at', statement_timestamp()) FROM ({names}) AS dated
"""
_NAME_COLUMNS = ("name", "short_name", "code", "kind", "level", "folded", "sort_key")


def _object(row: str, names: tuple[str, ...]) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{name}', {row}.{name}" for name in names) + ")"


NAMES = f"""
SELECT unit.id, unit.id, {_object("unit", _NAME_COLUMNS)}, {_object("told", _NAME_COLUMNS)}
FROM {_TOLD_NAMES} JOIN org_unit AS unit ON unit.id = told.unit_id
"""

CLOSED_ON = """
SELECT id, id, jsonb_build_object('closed_on', closed_on), jsonb_build_object('closed_on', %(closed_on)s::date)
FROM org_unit WHERE id = ANY(%(units)s)
"""
# Kept under the gate of the committee: whoever arranges committees need not see the trees beside them.
TIES = """
SELECT unit.id, committee.id, jsonb_build_object('committee_id', unit.committee_id, 'level', unit.level),
       jsonb_build_object('committee_id', committee.id, 'level',
                          CASE WHEN unit.kind = ANY(%(kinds)s) THEN unit.level ELSE committee.level END)
FROM unnest(%(units)s::int8[], %(committees)s::int8[]) AS told(unit_id, committee_id)
JOIN org_unit AS unit ON unit.id = told.unit_id JOIN org_unit AS committee ON committee.id = told.committee_id
"""
_PAIRS = "unnest(%(sources)s::int8[], %(targets)s::int8[]) AS pair(source, target)"

# A successor's own count grows only where every count that goes into it was told.
COUNTS = f"""
SELECT unit.id, unit.id, jsonb_build_object('member_count', unit.member_count),
       jsonb_build_object('member_count', unit.member_count + added.members)
FROM (
    SELECT pair.target, sum(source.member_count) AS members, min(source.member_count) AS least
    FROM {_PAIRS} JOIN org_unit AS source ON source.id = pair.source GROUP BY pair.target
) AS added JOIN org_unit AS unit ON unit.id = added.target
WHERE added.least > 0 AND (unit.member_count > 0 OR unit.id = ANY(%(founded)s))
"""
COUNTS_OF_MEMBERS = """
SELECT unit.id, unit.id, jsonb_build_object('member_count', unit.member_count),
       jsonb_build_object('member_count', counted.members)
FROM (
    SELECT unit_id, count(*) AS members FROM org_membership
    WHERE unit_id = ANY(%(founded)s) AND to_on IS NULL AND is_primary AND status <> 'non_member' GROUP BY unit_id
) AS counted JOIN org_unit AS unit ON unit.id = counted.unit_id WHERE unit.member_count <> counted.members
"""

CREATE_CROSSING = """
CREATE TEMPORARY TABLE IF NOT EXISTS crossing (
    person_id int8, source int8, target int8, PRIMARY KEY (person_id, source)
) ON COMMIT DROP
"""
# Everyone who belongs to a closed unit on the day or later, by any membership or by his home.
CROSS = f"""
INSERT INTO crossing (person_id, source, target)
SELECT held.person_id, held.unit_id, pair.target FROM {_PAIRS}
JOIN org_membership AS held ON held.unit_id = pair.source WHERE held.to_on IS NULL OR held.to_on > %(on)s
UNION SELECT person.id, person.home_unit_id, pair.target FROM {_PAIRS}
JOIN org_person AS person ON person.home_unit_id = pair.source
ON CONFLICT DO NOTHING
"""
CROSS_CHOSEN = """
INSERT INTO crossing (person_id, source, target)
SELECT chosen.person_id, %(source)s, chosen.target
FROM unnest(%(people)s::int8[], %(targets)s::int8[]) AS chosen(person_id, target)
WHERE EXISTS (SELECT 1 FROM org_person AS person WHERE person.id = chosen.person_id
              AND person.home_unit_id = %(source)s)
   OR EXISTS (SELECT 1 FROM org_membership AS held WHERE held.person_id = chosen.person_id
              AND held.unit_id = %(source)s AND (held.to_on IS NULL OR held.to_on > %(on)s))
ON CONFLICT DO NOTHING
"""
MEMBERS = """
WITH member AS (
    SELECT held.*, crossing.target, standing.id IS NULL AND row_number() OVER (
               PARTITION BY held.person_id, crossing.target
               ORDER BY held.is_primary DESC, held.to_on DESC NULLS FIRST, held.id
           ) = 1 AS goes_on
    FROM crossing JOIN org_membership AS held
        ON held.person_id = crossing.person_id AND held.unit_id = crossing.source
    LEFT JOIN org_membership AS standing
        ON standing.person_id = held.person_id AND standing.unit_id = crossing.target AND standing.to_on IS NULL
    WHERE held.to_on IS NULL OR held.to_on > %(on)s
), fresh AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('org_membership', 'id')) AS new_id, member.*
    FROM member WHERE goes_on AND from_on < %(on)s
)
SELECT id, unit_id, jsonb_build_object('to_on', to_on), jsonb_build_object('to_on', %(on)s::date)
FROM member WHERE from_on < %(on)s
UNION ALL
SELECT id, unit_id, jsonb_build_object('unit_id', unit_id), jsonb_build_object('unit_id', target)
FROM member WHERE from_on >= %(on)s AND goes_on
UNION ALL
SELECT id, unit_id, jsonb_build_object('to_on', to_on), jsonb_build_object('to_on', from_on + 1)
FROM member WHERE from_on >= %(on)s AND NOT goes_on
UNION ALL
SELECT new_id, target, NULL, jsonb_build_object(
           'id', new_id, 'created_at', statement_timestamp(), 'person_id', person_id, 'unit_id', target,
           'status', status, 'person_class', person_class, 'is_primary', is_primary,
           'from_on', %(on)s::date, 'to_on', to_on)
FROM fresh
"""
# Who belonged to the successor besides, and whose first membership has ended, belongs to it first now.
PRIMARY = """
SELECT DISTINCT ON (standing.person_id) standing.id, standing.unit_id,
       jsonb_build_object('is_primary', false), jsonb_build_object('is_primary', true)
FROM crossing JOIN org_membership AS standing
    ON standing.person_id = crossing.person_id AND standing.unit_id = crossing.target
WHERE standing.to_on IS NULL AND NOT standing.is_primary AND NOT EXISTS (
    SELECT 1 FROM org_membership AS first
    WHERE first.person_id = standing.person_id AND first.is_primary AND first.to_on IS NULL
)
ORDER BY standing.person_id, standing.id
"""
HOMES = """
SELECT person.id, crossing.target, jsonb_build_object('home_unit_id', crossing.source),
       jsonb_build_object('home_unit_id', crossing.target)
FROM crossing JOIN org_person AS person
    ON person.id = crossing.person_id AND person.home_unit_id = crossing.source
"""
REMEMBER_PEOPLE = """
INSERT INTO org_actperson (created_at, act_id, person_id, unit_id, target_id, position)
SELECT statement_timestamp(), %(act)s, person.id, crossing.source, crossing.target, NULL
FROM crossing JOIN org_person AS person
    ON person.id = crossing.person_id AND person.home_unit_id = crossing.source
ON CONFLICT (act_id, person_id) DO UPDATE SET target_id = excluded.target_id
"""
POSTS = """
SELECT id, unit_id, jsonb_build_object('to_on', to_on),
       jsonb_build_object('to_on', greatest(from_on, %(on)s::date))
FROM org_post WHERE unit_id = ANY(%(units)s) AND (to_on IS NULL OR to_on > %(on)s)
"""
_HELD = """
SELECT * FROM org_roleassignment
WHERE unit_id = ANY(%(units)s) AND (to_on IS NULL OR to_on > quantriet_today())
"""
_ROLES_END = """
SELECT id, unit_id, jsonb_build_object('to_on', to_on),
       jsonb_build_object('to_on', greatest(from_on, quantriet_today()))
FROM held
"""
ROLES_END = f"WITH held AS ({_HELD}) {_ROLES_END}"

# A role passes on to the one successor, in a division to the successor of the account's own person.
ROLES_PASS_ON = f"""
WITH held AS ({_HELD}), passing AS (
    SELECT DISTINCT ON (held.account_id, held.role, coalesce(crossing.target, pair.target))
           held.account_id, held.role, coalesce(crossing.target, pair.target) AS target
    FROM held JOIN org_account AS account ON account.id = held.account_id
    LEFT JOIN {_PAIRS} ON pair.source = held.unit_id
    LEFT JOIN crossing ON crossing.person_id = account.person_id AND crossing.source = held.unit_id
    WHERE held.to_on IS NULL AND coalesce(crossing.target, pair.target) IS NOT NULL
), fresh AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('org_roleassignment', 'id')) AS id, passing.* FROM passing
    WHERE NOT EXISTS (
        SELECT 1 FROM org_roleassignment AS there WHERE there.account_id = passing.account_id
          AND there.role = passing.role AND there.unit_id = passing.target AND there.to_on IS NULL
    )
)
{_ROLES_END}
UNION ALL
SELECT id, target, NULL, jsonb_build_object(
           'id', id, 'created_at', statement_timestamp(), 'account_id', account_id, 'role', role,
           'unit_id', target, 'from_on', quantriet_today(), 'to_on', NULL)
FROM fresh
"""
FACILITIES = f"""
SELECT DISTINCT ON (pair.target, hall.name) hall.id, pair.target, jsonb_build_object('unit_id', hall.unit_id),
       jsonb_build_object('unit_id', pair.target)
FROM {_PAIRS} JOIN org_facility AS hall ON hall.unit_id = pair.source
WHERE NOT EXISTS (SELECT 1 FROM org_facility AS there WHERE there.unit_id = pair.target AND there.name = hall.name)
ORDER BY pair.target, hall.name, hall.id
"""
