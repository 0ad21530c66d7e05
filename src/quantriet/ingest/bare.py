"""The measuring stick: the same server, the same proofs, the same group commit, and no rule at all.

``quantriet bench`` makes its table, runs it beside the intake and drops the table; nothing else uses it.
"""

import os
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
django.setup()

from django.db import connection  # noqa: E402 - Django must be set up before its parts are used

from quantriet.conferences.commands.scans import Told  # noqa: E402
from quantriet.conferences.scanning import Answer  # noqa: E402
from quantriet.ingest.application import Application  # noqa: E402

_WRITE = """
INSERT INTO bare_scan (client_id, device_id, at, code)
SELECT new.client_id, new.device_id, statement_timestamp(), new.code
FROM unnest(%(ids)s::uuid[], %(devices)s::bigint[], %(codes)s::text[]) AS new(client_id, device_id, code)
ON CONFLICT DO NOTHING RETURNING client_id
"""


def record(told: Sequence[Told]) -> list[list[Answer]]:
    """Keep every event that was not kept before, in one statement."""
    events = [(one.device_id, event) for one in told for event in one.call.events]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "ids": [event.id for _device, event in events],
                "devices": [device for device, _event in events],
                "codes": [event.code for _device, event in events],
            },
        )
        new = {row[0] for row in cursor.fetchall()}
    codes = {True: "attendance.recorded", False: "attendance.already"}
    return [[Answer(event.id, codes[event.id in new]) for event in one.call.events] for one in told]


application = Application(record)
