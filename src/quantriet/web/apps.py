"""Registers the top floor with Django (commands, static files, templates)."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings, root URLs, home pages, live events, the command line, the demonstration."""

    name = "quantriet.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What this package keeps about a person is told to him."""
        import_module("quantriet.web.own_data").register_all()
