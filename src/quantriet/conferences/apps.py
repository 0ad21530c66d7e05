"""Registers the package with Django."""

from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    """Conferences, sites and attendance."""

    name = "quantriet.conferences"
    label = "conferences"
    default_auto_field = "django.db.models.BigAutoField"
