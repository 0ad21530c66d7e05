"""The counts of sites, kept by triggers and the fold: whatever writes an attendance, none is forgotten, and no
statement more travels to the server.
"""

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = """
CREATE SEQUENCE conferences_news;

-- With the owner's rights: whoever may record an attendance may have it counted, and write nothing else here.
CREATE FUNCTION conferences_count_attendances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away, recorded_at)
        SELECT site_id, conference_id,
               count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NOT NULL),
               count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NULL),
               count(*) FILTER (WHERE state IN ('excused', 'absent')), statement_timestamp()
        FROM added GROUP BY site_id, conference_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away)
        SELECT site_id, conference_id,
               -count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NOT NULL),
               -count(*) FILTER (WHERE state IN ('present', 'late') AND line_id IS NULL),
               -count(*) FILTER (WHERE state IN ('excused', 'absent'))
        FROM removed GROUP BY site_id, conference_id;
    ELSE
        INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away, recorded_at)
        SELECT site_id, conference_id,
               coalesce(sum(sign) FILTER (WHERE state IN ('present', 'late') AND line_id IS NOT NULL), 0),
               coalesce(sum(sign) FILTER (WHERE state IN ('present', 'late') AND line_id IS NULL), 0),
               coalesce(sum(sign) FILTER (WHERE state IN ('excused', 'absent')), 0),
               -- A row that the site itself corrected has a new version; one that only lost its line has not.
               CASE WHEN sum(sign * version) <> 0 THEN statement_timestamp() END
        FROM (
            SELECT 1 AS sign, site_id, conference_id, state, line_id, version FROM added
            UNION ALL
            SELECT -1, site_id, conference_id, state, line_id, version FROM removed
        ) AS moved GROUP BY site_id, conference_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER count_added AFTER INSERT ON conferences_attendance REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_count_attendances();
CREATE TRIGGER count_changed AFTER UPDATE ON conferences_attendance
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_count_attendances();
CREATE TRIGGER count_removed AFTER DELETE ON conferences_attendance REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION conferences_count_attendances();

-- Of sites, their units and their incidents only that something is new.
CREATE FUNCTION conferences_tell_sites() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away)
    SELECT id, conference_id, 0, 0, 0 FROM added;
    RETURN NULL;
END
$$;
CREATE FUNCTION conferences_tell_seats() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away)
        SELECT DISTINCT site_id, conference_id, 0, 0, 0 FROM added;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away)
        SELECT DISTINCT site_id, conference_id, 0, 0, 0 FROM removed;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION conferences_tell_incidents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO conferences_sitechange (site_id, conference_id, on_roll, beside, away)
    SELECT DISTINCT site.id, site.conference_id, 0, 0, 0
    FROM added JOIN conferences_site AS site ON site.id = added.site_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_added AFTER INSERT ON conferences_site REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_sites();
CREATE TRIGGER tell_changed AFTER UPDATE ON conferences_site REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_sites();
CREATE TRIGGER tell_added AFTER INSERT ON conferences_siteunit REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_seats();
CREATE TRIGGER tell_changed AFTER UPDATE ON conferences_siteunit
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_seats();
CREATE TRIGGER tell_removed AFTER DELETE ON conferences_siteunit REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_seats();
CREATE TRIGGER tell_added AFTER INSERT ON conferences_incident REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_incidents();
CREATE TRIGGER tell_changed AFTER UPDATE ON conferences_incident REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION conferences_tell_incidents();

-- Rows come and go by thousands a second: what is dead is cleared away by their number, not by a share.
ALTER TABLE conferences_sitechange SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
REVOKE INSERT, UPDATE, TRUNCATE ON conferences_sitechange FROM quantriet_app, quantriet_worker;

-- What was recorded before.
SELECT set_config('quantriet.scope', '{*}', true);
INSERT INTO conferences_sitecount (site_id, conference_id, on_roll, beside, away, recorded_at, news)
SELECT site.id, site.conference_id,
       count(*) FILTER (WHERE row.state IN ('present', 'late') AND row.line_id IS NOT NULL),
       count(*) FILTER (WHERE row.state IN ('present', 'late') AND row.line_id IS NULL),
       count(*) FILTER (WHERE row.state IN ('excused', 'absent')), max(row.created_at), 0
FROM conferences_site AS site LEFT JOIN conferences_attendance AS row ON row.site_id = site.id
GROUP BY site.id, site.conference_id;
SELECT set_config('quantriet.scope', '', true);
"""

DROP = """
DROP TRIGGER count_added ON conferences_attendance;
DROP TRIGGER count_changed ON conferences_attendance;
DROP TRIGGER count_removed ON conferences_attendance;
DROP TRIGGER tell_added ON conferences_site;
DROP TRIGGER tell_changed ON conferences_site;
DROP TRIGGER tell_added ON conferences_siteunit;
DROP TRIGGER tell_changed ON conferences_siteunit;
DROP TRIGGER tell_removed ON conferences_siteunit;
DROP TRIGGER tell_added ON conferences_incident;
DROP TRIGGER tell_changed ON conferences_incident;
DROP FUNCTION conferences_count_attendances();
DROP FUNCTION conferences_tell_sites();
DROP FUNCTION conferences_tell_seats();
DROP FUNCTION conferences_tell_incidents();
DROP SEQUENCE conferences_news;
"""


class Migration(migrations.Migration):
    dependencies = [("conferences", "0008_claims_with_evidence")]

    operations = [
        migrations.CreateModel(
            name="SiteChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("site_id", models.BigIntegerField()),
                ("conference_id", models.BigIntegerField()),
                ("on_roll", models.IntegerField(default=0)),
                ("beside", models.IntegerField(default=0)),
                ("away", models.IntegerField(default=0)),
                ("recorded_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SiteCount",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="count",
                        serialize=False,
                        to="conferences.site",
                    ),
                ),
                ("on_roll", models.IntegerField(default=0)),
                ("beside", models.IntegerField(default=0)),
                ("away", models.IntegerField(default=0)),
                ("recorded_at", models.DateTimeField(null=True)),
                ("news", models.BigIntegerField()),
                (
                    "conference",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conferences.conference",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["conference", "news"], name="site_count_news")]},
        ),
        migrations.RunSQL(TRIGGERS, DROP),
    ]
