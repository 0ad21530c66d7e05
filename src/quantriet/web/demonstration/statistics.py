"""What the planner must know of tables that have just been filled: autovacuum would tell it a minute later."""

import os

import psycopg
from django.conf import settings
from django.db import connection

from quantriet.web.database import read_database_settings


def refresh() -> None:
    """ANALYZE every table as its owner; without the owner's address (a server of one's own) nothing happens."""
    owner = read_database_settings(settings.QUANTRIET.home, {**os.environ, "QUANTRIET_DB_ROLE": "owner"})
    try:
        with psycopg.connect(
            host=owner["HOST"],
            port=owner["PORT"],
            user=owner["USER"],
            password=owner["PASSWORD"],
            dbname=connection.settings_dict["NAME"],
            autocommit=True,
        ) as server:
            server.execute("ANALYZE")
    except psycopg.OperationalError:
        return
