"""Entries partitioned by book, tallies, the clock: tables the framework cannot describe."""

from django.db import migrations

TABLES = """
CREATE SEQUENCE ledger_entry_number;
CREATE TABLE ledger_entry (
    book_id bigint NOT NULL,
    id bigint NOT NULL DEFAULT nextval('ledger_entry_number'),
    batch_id bigint NOT NULL,
    part smallint NOT NULL,
    unit_id bigint NOT NULL REFERENCES org_unit (id),
    measure smallint NOT NULL,
    slice smallint NOT NULL,
    grade smallint NOT NULL CHECK (grade BETWEEN 1 AND 4),
    occurred_on date NOT NULL,
    known_on date NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    epoch integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (book_id, id),
    UNIQUE (book_id, batch_id, part, unit_id, measure, slice, grade, occurred_on)
) PARTITION BY LIST (book_id);
CREATE INDEX ledger_entry_unfolded ON ledger_entry (epoch, xid);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION quantriet_append_only();

CREATE TABLE ledger_tally (
    book_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    measure smallint NOT NULL,
    slice smallint NOT NULL,
    grade smallint NOT NULL,
    amount bigint NOT NULL,
    fold bigint NOT NULL,
    PRIMARY KEY (book_id, unit_id, measure, slice, grade)
);
CREATE INDEX ledger_tally_fold ON ledger_tally (book_id, fold);

CREATE TABLE ledger_tally_day (
    book_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    measure smallint NOT NULL,
    slice smallint NOT NULL,
    grade smallint NOT NULL,
    occurred_on date NOT NULL,
    known_on date NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (book_id, unit_id, measure, slice, grade, occurred_on, known_on)
);

CREATE TABLE ledger_clock (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    epoch integer NOT NULL,
    horizon xid8 NOT NULL,
    fold bigint NOT NULL,
    folded_at timestamptz NOT NULL
);
INSERT INTO ledger_clock (epoch, horizon, fold, folded_at)
VALUES (1, pg_snapshot_xmin(pg_current_snapshot()), 0, now());

-- A book's partition is made beside the table and attached, so that writers of other books do not wait.
-- It runs with the owner's rights: the application may append entries but may not make tables.
CREATE FUNCTION ledger_open_partition(book bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := format('ledger_entry_%s', book);
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT only_its_book CHECK (book_id = %s)', part, book);
    EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION %I FOR VALUES IN (%s)', part, book);
    EXECUTE format('REVOKE ALL ON %I FROM quantriet_app, quantriet_worker', part);
END
$$;

-- A rebuild holds writers back until its end; the application itself may not lock what it may not change.
CREATE FUNCTION ledger_hold_writers() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE ledger_entry IN SHARE ROW EXCLUSIVE MODE;
END
$$;
"""

# The application appends and reads; nobody but the owner could change an entry even without the trigger.
GRANTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM quantriet_app, quantriet_worker;
REVOKE ALL ON FUNCTION ledger_open_partition(bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_hold_writers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_open_partition(bigint), ledger_hold_writers() TO quantriet_app, quantriet_worker;
"""

DROP = """
DROP FUNCTION ledger_hold_writers();
DROP FUNCTION ledger_open_partition(bigint);
DROP TABLE ledger_clock, ledger_tally_day, ledger_tally, ledger_entry;
DROP SEQUENCE ledger_entry_number;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("org", "0002_walls")]

    operations = [migrations.RunSQL(TABLES, DROP), migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
