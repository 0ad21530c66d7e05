"""Registers the package with Django, its part in acts on the tree and in late summonses."""

from importlib import import_module

from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    """Conferences, sites and attendance."""

    name = "quantriet.conferences"
    label = "conferences"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What registers names models, which are there only now."""
        import_module("quantriet.conferences.consequences").register_all()
        import_module("quantriet.conferences.own_data").register_all()
        import_module("quantriet.conferences.commands.late_summons").register()
