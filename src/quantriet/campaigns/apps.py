"""Registers the package with Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns, obligations and the roll."""

    name = "quantriet.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"
