"""Registers the package with Django, and its part in acts on the tree."""

from importlib import import_module

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, obligations and the roll."""

    name = "quantriet.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Consequences name models, which are there only now."""
        import_module("quantriet.campaigns.consequences").register_all()
