"""Row-level policy on scans; what the intake's role of the database may touch, and nothing else."""

from django.db import migrations

from quantriet.core import policies

# Whole tables where a statement of the intake reads them; of accounts only who they are and whether they work.
GRANTS = """
GRANT SELECT ON
    org_unit, org_placement, org_roleassignment, org_membership,
    ledger_book, ledger_batch, ledger_entry, ledger_clock,
    documents_document,
    campaigns_campaign, campaigns_campaigndocument, campaigns_rollline, campaigns_credit, campaigns_declaration,
    campaigns_scopeexception, campaigns_requirement, campaigns_deadline, campaigns_rollmove,
    conferences_conference, conferences_site, conferences_siteunit, conferences_agendaitem, conferences_device,
    conferences_attendance, conferences_attendancechange, conferences_attendanceconflict, conferences_scan
TO quantriet_ingest;
GRANT SELECT (id, display_name, is_active) ON org_account TO quantriet_ingest;
GRANT SELECT (id, full_name, sort_key, home_unit_id) ON org_person TO quantriet_ingest;
GRANT INSERT ON
    ledger_batch, ledger_entry, campaigns_credit, campaigns_rollmove,
    conferences_attendance, conferences_attendancechange, conferences_attendanceconflict, conferences_scan
TO quantriet_ingest;
GRANT UPDATE ON conferences_attendance, campaigns_rollline TO quantriet_ingest;
GRANT UPDATE (posted) ON campaigns_declaration TO quantriet_ingest;
GRANT UPDATE (code, waits) ON conferences_scan TO quantriet_ingest;
GRANT UPDATE (batch_id, unit_id), DELETE ON campaigns_credit TO quantriet_ingest;
GRANT UPDATE (created_at) ON org_unit TO quantriet_ingest;  -- without one column no lock; this one decides nothing
GRANT USAGE ON SEQUENCE ledger_entry_number TO quantriet_ingest;
GRANT EXECUTE ON FUNCTION quantriet_roots(), quantriet_whole_house(), quantriet_person(), quantriet_today()
TO quantriet_ingest;
"""
REVOKES = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM quantriet_ingest;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM quantriet_ingest;
REVOKE EXECUTE ON FUNCTION quantriet_roots(), quantriet_whole_house(), quantriet_person(), quantriet_today()
FROM quantriet_ingest;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conferences", "0003_devices"),
        ("campaigns", "0003_lines_that_follow"),
        ("documents", "0001_initial"),
        ("ledger", "0002_entries"),
        ("org", "0002_walls"),
    ]

    operations = [
        policies.personal_table("conferences_scan", unit="unit_id", person="person_id"),
        migrations.RunSQL(GRANTS, REVOKES),
    ]
