"""Registers the package with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents and their publication."""

    name = "quantriet.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
