"""Registers the package with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Books, entries and tallies."""

    name = "quantriet.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
