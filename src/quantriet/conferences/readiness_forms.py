"""The form of a site's checklist: an answer and a word for each item, the figures of the line."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.commands.readiness import LineFigures, Look
from quantriet.conferences.queries.readiness import Line
from quantriet.conferences.readiness import FigureSource, Item

GOOD, BAD = "good", "bad"
ANSWERS = [("", _("Chưa xem")), (GOOD, _("Đạt")), (BAD, _("Chưa đạt"))]


class ReadinessForm(forms.Form):
    """Only items with an answer are kept: what nobody looked at stays unsaid."""

    down = forms.DecimalField(
        label=_("Tải xuống (Mbit/s)"),
        min_value=0,
        max_value=100_000,
        decimal_places=1,
        localize=True,
        required=False,
    )
    up = forms.DecimalField(
        label=_("Tải lên (Mbit/s)"),
        min_value=0,
        max_value=100_000,
        decimal_places=1,
        localize=True,
        required=False,
    )
    delay = forms.IntegerField(label=_("Độ trễ (ms)"), min_value=0, max_value=60_000, required=False)
    measured = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in lines:
            standing = line.check
            answer = "" if standing is None else BAD if standing.good_since is None else GOOD
            self.fields[f"is_{line.item}"] = forms.ChoiceField(
                label=line.item.label, choices=ANSWERS, required=False, initial=answer
            )
            self.fields[f"note_{line.item}"] = forms.CharField(
                label=_("Ghi chú"), max_length=300, required=False, initial=standing.note if standing else ""
            )
            if line.item == Item.LINE and standing is not None:
                self._show(standing.down_kbits, standing.up_kbits, standing.delay_ms, standing.figures_are)
        if Item.LINE not in {line.item for line in lines}:
            for name in ("down", "up", "delay", "measured"):
                del self.fields[name]

    def _show(self, down: int | None, up: int | None, delay: int | None, figures_are: str) -> None:
        self.initial["down"], self.initial["up"] = (
            None if kbits is None else Decimal(kbits) / 1000 for kbits in (down, up)
        )
        self.initial["delay"] = delay
        if figures_are == FigureSource.MEASURED:
            self.initial["measured"] = self.spelled(self.initial["down"], self.initial["up"], delay)

    @staticmethod
    def spelled(down: Decimal | None, up: Decimal | None, delay: int | None) -> str:
        """The figures as the page spells what it measured: if they differ later, somebody typed."""
        told = (None if one is None else f"{one:.1f}" for one in (down, up))
        return "/".join(str(one) for one in (*told, delay))

    @staticmethod
    def all_good(data: QueryDict) -> QueryDict:
        """What was sent by the button that says so: whatever was not called bad is good."""
        told = data.copy()
        for item in Item:
            told[f"is_{item}"] = BAD if data.get(f"is_{item}") == BAD else GOOD
        return told

    def rows(self) -> list[dict[str, Any]]:
        """Each item with its answer and its word."""
        return [
            {"line": line, "answer": self[f"is_{line.item}"], "note": self[f"note_{line.item}"]}
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Figures of a line come together: down and up."""
        told = super().clean() or self.cleaned_data
        given = [told.get(name) is not None for name in ("down", "up")]
        if any(given) and not all(given):
            self.add_error("up" if given[0] else "down", _("Hãy ghi cả tải xuống và tải lên."))
        return told

    def _is_looked_at(self, item: Item) -> bool:
        """Whether the sender answers for an item: he changed something of it, or said it of all."""
        own = {f"is_{item}", f"note_{item}", *(("down", "up", "delay") if item == Item.LINE else ())}
        return self.data.get("what") == "all" or bool(own & set(self.changed_data))

    def looks(self) -> list[Look]:
        """What the command takes. What somebody else found and the sender left as it was stays that one's word."""
        told = self.cleaned_data
        return [
            Look(
                line.item,
                told[f"is_{line.item}"] == GOOD,
                told[f"note_{line.item}"],
                self._figures() if line.item == Item.LINE else None,
            )
            for line in self.lines
            if told[f"is_{line.item}"] and self._is_looked_at(line.item)
        ]

    def _figures(self) -> LineFigures | None:
        told = self.cleaned_data
        down, up, delay = told["down"], told["up"], told["delay"]
        if down is None or up is None:
            return None
        is_measured = told["measured"] == self.spelled(down, up, delay)
        source = FigureSource.MEASURED if is_measured else FigureSource.TYPED
        return LineFigures(int(down * 1000), int(up * 1000), delay, source)
