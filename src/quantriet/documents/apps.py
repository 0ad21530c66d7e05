"""Registers the package with Django."""

from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Documents and their publication."""

    name = "quantriet.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What this package keeps about a person is told to him."""
        import_module("quantriet.documents.own_data").register_all()
