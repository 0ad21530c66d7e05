"""Registers the package with Django, and its part in acts on the tree."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from quantriet.org.permissions import Can


class CampaignsConfig(AppConfig):
    """Campaigns, obligations and the roll."""

    name = "quantriet.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Consequences and pages name models, which are there only now."""
        import_module("quantriet.campaigns.consequences").register_all()
        import_module("quantriet.campaigns.own_data").register_all()
        import_module("quantriet.campaigns.follow_up_consequences").register_all()
        beside = import_module("quantriet.documents.beside")
        label = gettext_lazy("Theo dõi thực hiện")
        beside.register(beside.PageBeside("document-follow-up", label, Can.CAMPAIGN_READ))
