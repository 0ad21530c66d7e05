"""Registers floor 0 with Django (template tags and the path column's look-ups)."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Text, files, office papers, components."""

    name = "quantriet.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
