"""Registers the package with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Boards and result reports."""

    name = "quantriet.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
