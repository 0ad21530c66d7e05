"""Registers the package with Django, and its part in acts on the tree."""

from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Boards and result reports."""

    name = "quantriet.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Consequences name models, which are there only now."""
        import_module("quantriet.reports.consequences").register_all()
        import_module("quantriet.reports.own_data").register_all()
