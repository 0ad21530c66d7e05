"""Registers the package with Django."""

from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Books, entries and tallies."""

    name = "quantriet.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledger keeps what was ever posted, also for a unit whose founding is undone; it names nobody."""
        registry = import_module("quantriet.org.consequences")  # needs the models, which stand by now
        registry.register_lasting("ledger_batch", "ledger_entry", "ledger_tally", "ledger_tally_day")
        import_module("quantriet.org.holdings").leave_out(
            {"ledger.Batch.account": "entries count people and name nobody; who posted is told by the audit"}
        )
