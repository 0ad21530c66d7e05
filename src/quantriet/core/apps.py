"""Registers floor 0 with Django (template tags and the path column's look-ups)."""

from django.apps import AppConfig
from django.forms import DateField, Field, FileField
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Text, files, office papers, components."""

    name = "quantriet.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An empty field, an unread day and an empty file say what to do, in every form; Django's sentences do not."""
        Field.default_error_messages["required"] = _("Ô này còn trống. Hãy ghi rồi gửi lại.")
        DateField.default_error_messages["invalid"] = _(
            "Không đọc được ngày này; hãy viết ngày/tháng/năm, ví dụ 05/02/2026."
        )
        FileField.default_error_messages["empty"] = _("Tệp này rỗng, không có gì để đọc. Hãy chọn tệp khác.")
