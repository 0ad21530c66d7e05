"""What was sent stays as it was sent: the database refuses what the commands would never ask."""

from django.db import migrations

from quantriet.core import policies

FROZEN = """
CREATE FUNCTION reports_frozen_figures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint := coalesce(NEW.report_id, OLD.report_id);
BEGIN
    IF EXISTS (SELECT 1 FROM reports_report WHERE id = touched AND state IN ('sent', 'accepted')) THEN
        RAISE EXCEPTION 'the figures of report % were sent and do not change', touched
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON reports_reportfigure
FOR EACH ROW EXECUTE FUNCTION reports_frozen_figures();

CREATE FUNCTION reports_frozen_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('sent', 'accepted') AND NEW.state IN ('sent', 'accepted') AND (
        (NEW.texts, NEW.sections, NEW.annex, NEW.freeze_id, NEW.sending, NEW.sent_at, NEW.number, NEW.dated_on,
         NEW.signer_name) IS DISTINCT FROM
        (OLD.texts, OLD.sections, OLD.annex, OLD.freeze_id, OLD.sending, OLD.sent_at, OLD.number, OLD.dated_on,
         OLD.signer_name)
    ) THEN
        RAISE EXCEPTION 'report % was sent and does not change', OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER frozen BEFORE UPDATE ON reports_report
FOR EACH ROW EXECUTE FUNCTION reports_frozen_report();
"""

THAWED = """
DROP TRIGGER frozen ON reports_report;
DROP FUNCTION reports_frozen_report();
DROP TRIGGER frozen ON reports_reportfigure;
DROP FUNCTION reports_frozen_figures();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunSQL(FROZEN, THAWED),
        policies.append_only("reports_reportevent"),
    ]
