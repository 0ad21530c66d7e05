"""The form of papers that are sent ahead: which materials, to which sites."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.models import Site
from quantriet.documents.models import Material


class SentPapersForm(forms.Form):
    """Materials and sites to tick; where there are too many sites to tick there is no field for them."""

    material = forms.TypedMultipleChoiceField(
        label=_("Tài liệu"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn tài liệu nào. Hãy đánh dấu ít nhất một tài liệu.")},
    )
    site = forms.TypedMultipleChoiceField(
        label=_("Điểm cầu nhận"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn điểm cầu nào. Hãy đánh dấu ít nhất một điểm cầu.")},
    )

    def __init__(
        self, *args: Any, materials: Sequence[Material], sites: Sequence[Site], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = [(one.pk, f"{one.title} ({one.document.number})") for one in materials]
        self._offer("material", words)
        self._offer("site", [(one.pk, one.name) for one in sites])
        self.fields["site"].initial = [one.pk for one in sites]
        if not sites:
            del self.fields["site"]

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are, above
        field.choices = choices
