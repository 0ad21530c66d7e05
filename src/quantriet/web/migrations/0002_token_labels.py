"""A label names one key of an account in a unit. Keys that have expired give theirs free; of those in use that share
one, made at the same moment, all but the first are told apart by their number and go on working.
"""

from django.db import migrations, models
from django.db.models import Q

APART = """
UPDATE web_apitoken SET revoked_at = expires_at WHERE revoked_at IS NULL AND expires_at <= now();

UPDATE web_apitoken AS token SET label = left(token.label, 100) || ' #' || token.id
FROM web_apitoken AS first
WHERE first.account_id = token.account_id AND first.unit_id = token.unit_id AND first.label = token.label
  AND first.id < token.id AND first.revoked_at IS NULL AND token.revoked_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.RunSQL(APART, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "apitoken",
            models.UniqueConstraint(
                fields=("account", "unit", "label"),
                condition=Q(revoked_at=None),
                name="api_token_label_once",
            ),
        ),
    ]
