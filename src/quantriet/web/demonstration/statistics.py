"""What the planner must know of tables that have just been filled: autovacuum would tell it a minute later."""

import os

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from quantriet.web.database import read_database_settings


def refresh(*tables: str) -> None:
    """ANALYZE these tables (none named: all) as their owner; without the owner's address (a server of one's own)
    nothing happens.
    """
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
            server.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
    except psycopg.OperationalError:
        return
