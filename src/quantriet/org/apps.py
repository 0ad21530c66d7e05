"""Registers the checks that hold the gate."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register

from quantriet.org import checks


class OrgConfig(AppConfig):
    """Units, people, accounts and the gate."""

    name = "quantriet.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Default deny is checked at every start; what this floor keeps about a person is told to him."""
        register(checks.every_route_has_a_door)
        register(checks.every_personal_field_has_a_fate)
        import_module("quantriet.org.queries.own_account").register_all()
