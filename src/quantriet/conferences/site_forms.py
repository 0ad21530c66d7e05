"""Forms of further sites: for whom, how they join, and a further hall of one unit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.forms import FORMS, offer
from quantriet.core.text import format_int
from quantriet.ledger.measures import Form
from quantriet.org.models import Unit
from quantriet.org.models.units import Level


class FurtherSitesForm(forms.Form):
    """Whole levels of units, and single units that were found by name."""

    level = forms.TypedMultipleChoiceField(
        label=_("Cả cấp"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    unit = forms.TypedMultipleChoiceField(
        label=_("Từng đơn vị"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    site_form = forms.TypedChoiceField(
        label=_("Hình thức ở điểm cầu"), choices=FORMS, coerce=int, initial=Form.ONLINE
    )

    def __init__(
        self, *args: Any, levels: Sequence[tuple[Level, int]], units: Sequence[Unit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        words = str(_("%(level)s: %(count)s đơn vị chưa có điểm cầu"))
        _offer_any(
            self,
            "level",
            [
                (level.value, words % {"level": level.label, "count": format_int(count)})
                for level, count in levels
            ],
        )
        _offer_any(self, "unit", [(unit.pk, unit.name) for unit in units])

    def clean(self) -> dict[str, Any]:
        """At least one level or unit."""
        told: dict[str, Any] = super().clean() or {}
        if not self.errors and not (told.get("level") or told.get("unit")):
            raise forms.ValidationError(_("Chưa chọn cấp hay đơn vị nào. Chưa thêm điểm cầu nào."))
        return told


class HallForm(forms.Form):
    """A further hall of a unit that has a site."""

    hall_unit = forms.TypedChoiceField(label=_("Của đơn vị"), coerce=int)
    name = forms.CharField(label=_("Tên điểm cầu"), max_length=200)
    hall_form = forms.TypedChoiceField(
        label=_("Hình thức ở điểm cầu"), choices=FORMS, coerce=int, initial=Form.ONLINE
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_any(self, "hall_unit", [(unit.pk, unit.name) for unit in units])


def _offer_any(form: forms.Form, name: str, choices: Sequence[tuple[int, str]]) -> None:
    """Let a field choose among these; without any there is nothing to choose."""
    offer(form, name, choices)
    if not choices:
        del form.fields[name]
