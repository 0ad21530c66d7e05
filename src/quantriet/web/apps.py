"""Registers the top floor with Django (commands, static files, templates)."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Settings, root URLs, home pages, live events, the command line, the demonstration."""

    name = "quantriet.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
