"""SQL for the second wall: row-level policies and append-only tables, as migration operations."""

from django.db.migrations import RunSQL

FUNCTIONS = """
CREATE FUNCTION quantriet_roots() RETURNS ltree[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN setting IS NULL OR setting IN ('', '{}', '{*}') THEN NULL
        ELSE setting::ltree[]
    END FROM (SELECT current_setting('quantriet.scope', true) AS setting) AS given
$$;
CREATE FUNCTION quantriet_whole_house() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('quantriet.scope', true) = '{*}', false)
$$;
CREATE FUNCTION quantriet_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(nullif(current_setting('quantriet.person', true), ''), '0')::bigint
$$;
CREATE FUNCTION quantriet_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
$$;
CREATE FUNCTION quantriet_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION quantriet_append_only();
DROP FUNCTION quantriet_today();
DROP FUNCTION quantriet_person();
DROP FUNCTION quantriet_whole_house();
DROP FUNCTION quantriet_roots();
"""

STILL_REFERENCED = """
-- Whoever takes rows away waits for who is writing rows that may name them, and then sees those. It asks for all rows,
-- whatever scope is open: as the look-ups of a foreign key do.
CREATE FUNCTION quantriet_still_referenced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    kept bigint;
    open_scope text := coalesce(current_setting('quantriet.scope', true), '');
BEGIN
    IF NOT EXISTS (SELECT 1 FROM removed) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', TG_ARGV[0]);
    PERFORM set_config('quantriet.scope', '{*}', true);
    EXECUTE format('SELECT removed.id FROM removed JOIN %I AS child ON child.%I = removed.id LIMIT 1',
                   TG_ARGV[0], TG_ARGV[1]) INTO kept;
    PERFORM set_config('quantriet.scope', open_scope, true);
    IF kept IS NOT NULL THEN
        RAISE EXCEPTION 'row % of % is still named by %.%', kept, TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
"""

DROP_STILL_REFERENCED = "DROP FUNCTION quantriet_still_referenced();"


def kept_while_referenced(parent: str, *, by: str, column: str) -> RunSQL:
    """Half a foreign key: rows of ``parent`` stay while ``by.column`` names them, and writing a row there looks nothing
    up. For tables that take thousands of rows a second from ids read in the same transaction; a whole foreign key asks
    for, and locks, a row of the parent for each of them.
    """
    trigger = f"kept_for_{by}_{column}"
    return RunSQL(
        f"""
        CREATE TRIGGER {trigger} AFTER DELETE ON {parent} REFERENCING OLD TABLE AS removed
        FOR EACH STATEMENT EXECUTE FUNCTION quantriet_still_referenced('{by}', '{column}');
        """,
        f"DROP TRIGGER {trigger} ON {parent};",
    )


REFERENCES = """
-- What a statement wrote may name only rows that are there: asked once for all its rows, as a foreign key asks row by
-- row. Whoever takes a named row away meanwhile waits for us (quantriet_row_not_named), and what he took is gone here.
CREATE FUNCTION quantriet_named_rows_stand() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    missing bigint;
    open_scope text := coalesce(current_setting('quantriet.scope', true), '');
    named text := format('SELECT DISTINCT %1$I AS id FROM written WHERE %1$I IS NOT NULL', TG_ARGV[1]);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        named := named || format(' EXCEPT SELECT %I FROM before', TG_ARGV[1]);
    END IF;
    PERFORM set_config('quantriet.scope', '{*}', true);
    EXECUTE format('SELECT named.id FROM (%s) AS named WHERE NOT EXISTS
                    (SELECT 1 FROM %I AS parent WHERE parent.id = named.id) LIMIT 1', named, TG_ARGV[0])
        INTO missing;
    PERFORM set_config('quantriet.scope', open_scope, true);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'row % of % is not there, but %.% names it', missing, TG_ARGV[0], TG_TABLE_NAME, TG_ARGV[1]
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION quantriet_row_not_named() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    is_named boolean;
    open_scope text := coalesce(current_setting('quantriet.scope', true), '');
BEGIN
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', TG_ARGV[0]);
    PERFORM set_config('quantriet.scope', '{*}', true);
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I = $1)', TG_ARGV[0], TG_ARGV[1])
        INTO is_named USING OLD.id;
    PERFORM set_config('quantriet.scope', open_scope, true);
    IF is_named THEN
        RAISE EXCEPTION 'row % of % is still named by %.%', OLD.id, TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
"""

DROP_REFERENCES = "DROP FUNCTION quantriet_row_not_named(); DROP FUNCTION quantriet_named_rows_stand();"


def reference(child: str, column: str, *, to: str) -> RunSQL:
    """A whole foreign key for tables that are filled by long lists: what is written is looked up once a statement, not
    once a row, and a row that is named cannot go (looked at when its transaction ends, as Django's keys are).
    """
    written = f"named_{column}_stands"
    changed = f"changed_{column}_stands"
    gone = f"not_named_by_{child}_{column}"
    return RunSQL(
        f"""
        CREATE TRIGGER {written} AFTER INSERT ON {child} REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION quantriet_named_rows_stand('{to}', '{column}');
        CREATE TRIGGER {changed} AFTER UPDATE ON {child} REFERENCING OLD TABLE AS before NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION quantriet_named_rows_stand('{to}', '{column}');
        CREATE CONSTRAINT TRIGGER {gone} AFTER DELETE ON {to} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION quantriet_row_not_named('{child}', '{column}');
        """,
        f"""
        DROP TRIGGER {gone} ON {to};
        DROP TRIGGER {changed} ON {child};
        DROP TRIGGER {written} ON {child};
        """,
    )


def personal_table(table: str, *, unit: str, person: str = "") -> RunSQL:
    """Show and take rows of ``table`` only below the roots of the open scope, or of the reader himself.

    ``unit`` is the column that places a row; ``person`` the column of the person it is about, when he may
    read it without any role. The sub-selects without a row are computed once a query; PostgreSQL chooses
    between a hash of the visible units and one probe a row.
    """
    own = f"OR {table}.{person} = (SELECT quantriet_person())" if person else ""
    rule = f"""(
        (SELECT quantriet_whole_house())
        OR EXISTS (
            SELECT 1 FROM org_placement AS placed
            WHERE placed.unit_id = {table}.{unit}
              AND placed.path <@ ANY ((SELECT quantriet_roots())::ltree[])
              AND placed.valid @> (SELECT quantriet_today())
        )
        {own}
    )"""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY within_scope ON {table} USING {rule} WITH CHECK {rule};
        """,
        f"""
        DROP POLICY within_scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def own_rows(table: str, *, person: str) -> RunSQL:
    """Show a reader besides the rows of ``table`` that are about himself, whatever his roles: read only."""
    return RunSQL(
        f"""
        CREATE POLICY own_rows ON {table} FOR SELECT
        USING ({table}.{person} = (SELECT quantriet_person()));
        """,
        f"DROP POLICY own_rows ON {table};",
    )


def append_only(table: str) -> RunSQL:
    """Refuse every update and delete of ``table``, whoever asks."""
    return RunSQL(
        f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION quantriet_append_only();
        """,
        f"DROP TRIGGER append_only ON {table};",
    )
