"""Registers the checks that hold the gate."""

from django.apps import AppConfig
from django.core.checks import register

from quantriet.org import checks


class OrgConfig(AppConfig):
    """Units, people, accounts and the gate."""

    name = "quantriet.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Default deny is checked at every start."""
        register(checks.every_route_has_a_door)
        register(checks.every_personal_field_has_a_fate)
