"""Registers floor 0 with Django (template tags and the path column's look-ups)."""

from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Text, files, office papers, components."""

    name = "quantriet.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An empty field says what to do, in every form; Django's own sentence does not."""
        Field.default_error_messages["required"] = _("Ô này còn trống. Hãy ghi rồi gửi lại.")
