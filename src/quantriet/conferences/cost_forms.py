"""The form of a list of costs: numbered rows, amounts in whole đồng as people write them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.commands.costs import AT_MOST, LINES, Cost
from quantriet.conferences.models import CostLine
from quantriet.core.components import number_style
from quantriet.core.text import TextError, format_int, parse_int

SPARE = 3
"""So many empty rows follow those that stand."""
USUAL = {"money": CostLine.Money.UNIT}
"""What an empty row offers."""


class AmountField(forms.Field):
    """Whole đồng: `1.500.000`, `1 500 000` or `1500000`."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def prepare_value(self, value: Any) -> Any:
        """A number as the page writes numbers; what was typed as it was typed."""
        return format_int(value, number_style()) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """The number that was meant, ``None`` for nothing."""
        if value in self.empty_values:
            return None
        try:
            amount = parse_int(str(value)[:40], number_style())
        except TextError as error:
            raise ValidationError(_now("Hãy ghi số tiền bằng chữ số, ví dụ 1.500.000.")) from error
        if not 0 <= amount <= AT_MOST:
            raise ValidationError(_now("Số tiền không hợp lệ. Hãy xem lại."))
        return amount


class CostsForm(forms.Form):
    """All lines of a conference or a site. A row without an item is no line."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, costs: Sequence[Cost], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = min(LINES, len(costs) + SPARE)
        items = [("", _("– không chọn –")), *CostLine.Item.choices]
        for at in range(self.lines):
            cost = costs[at] if at < len(costs) else None
            told = {
                "item": forms.ChoiceField(label=_("Khoản"), choices=items, required=False),
                "title": forms.CharField(label=_("Nội dung"), max_length=200, required=False),
                "money": forms.ChoiceField(label=_("Nguồn"), choices=CostLine.Money.choices, required=False),
                "planned": AmountField(label=_("Dự kiến (đồng)"), required=False),
                "actual": AmountField(label=_("Thực chi (đồng)"), required=False),
            }
            for name, field in told.items():
                field.initial = getattr(cost, name) if cost is not None else USUAL.get(name)
                self.fields[f"{name}_{at}"] = field

    def rows(self) -> list[list[Any]]:
        """The rows, each with its five fields."""
        names = ("item", "title", "money", "planned", "actual")
        return [[self[f"{name}_{at}"] for name in names] for at in range(self.lines)]

    def clean(self) -> dict[str, Any]:
        """Amounts without an item are not lost silently."""
        told = super().clean() or self.cleaned_data
        for at in range(self.lines):
            is_told = any(told.get(f"{name}_{at}") for name in ("title", "planned", "actual"))
            if is_told and not told.get(f"item_{at}"):
                self.add_error(f"item_{at}", _("Hãy chọn khoản chi cho dòng này."))
        return told

    def costs(self) -> list[Cost]:
        """What the command takes."""
        told = self.cleaned_data
        return [
            Cost(
                told[f"item_{at}"],
                told[f"title_{at}"],
                told[f"money_{at}"] or USUAL["money"],
                told[f"planned_{at}"] or 0,
                told[f"actual_{at}"],
            )
            for at in range(self.lines)
            if told[f"item_{at}"]
        ]
