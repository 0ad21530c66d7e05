"""The form of papers that are sent ahead: which materials, to which sites."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.forms import offer
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
        offer(self, "material", words)
        offer(self, "site", [(one.pk, one.name) for one in sites])
        self.fields["site"].initial = [one.pk for one in sites]
        if not sites:
            del self.fields["site"]
