"""Registers the package with Django, and what it keeps about a person."""

from importlib import import_module

from django.apps import AppConfig


class LecturersConfig(AppConfig):
    """Lecturers, requests for one, outlines."""

    name = "quantriet.lecturers"
    label = "lecturers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What registers names models, which are there only now."""
        import_module("quantriet.lecturers.own_data").register_all()
