"""Forms of following a document up: they read what was typed; the commands decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.commands.follow_up import Paper, Wish
from quantriet.campaigns.forms import DayField
from quantriet.campaigns.models import Direction, Review
from quantriet.core.text import TextError, parse_decimal
from quantriet.documents.models import Clause, Document
from quantriet.ledger.indicators import INDICATORS


class NumberField(forms.CharField):
    """A number as an office writes it: 1.250 or 97,5."""

    def to_python(self, value: Any) -> Any:
        """The number, or nothing for the empty text."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_decimal(str(text).rstrip("% ")).quantize(Decimal("0.01"))
        except TextError as error:
            raise forms.ValidationError(error.sentence) from error


class DirectionForm(forms.Form):
    """A paper with which the unit carries the document on."""

    kind = forms.ChoiceField(label=_("Loại văn bản"), choices=Direction.Kind.choices)
    number = forms.CharField(label=_("Số, ký hiệu"), max_length=80)
    issued_on = DayField(label=_("Ngày ban hành"))
    about = forms.CharField(label=_("Trích yếu"), max_length=300, required=False)

    def paper(self) -> Paper:
        """What was typed, as the command takes it."""
        return Paper(**self.cleaned_data)


class TargetForm(forms.Form):
    """What is to be reached, by when, and the clause that sets it."""

    title = forms.CharField(label=_("Mục tiêu"), max_length=300)
    indicator = forms.ChoiceField(
        label=_("Chỉ tiêu của hệ thống"),
        choices=[
            ("", _("– đo bằng số lượng –")),
            *((code, one.title) for code, one in INDICATORS.items()),
        ],
        required=False,
        help_text=_("Chọn để lấy số thật từ các đợt; bỏ trống nếu đo bằng số lượng."),
    )
    wanted = NumberField(label=_("Cần đạt"), help_text=_("Tỉ lệ % khi chọn chỉ tiêu, hoặc số lượng."))
    measured_in = forms.CharField(
        label=_("Đơn vị tính (khi đo bằng số lượng)"), max_length=40, required=False
    )
    due_on = DayField(label=_("Đến ngày"))
    clause: "forms.ModelChoiceField[Clause]" = forms.ModelChoiceField(
        label=_("Mục đặt ra mục tiêu"),
        queryset=None,  # named when there is a document
        required=False,
        empty_label=_("– chưa rõ –"),
    )

    def __init__(self, *args: Any, document: Document, **options: Any) -> None:
        super().__init__(*args, **options)
        clauses = self.fields["clause"]
        clauses.queryset = Clause.objects.filter(document=document).order_by("position")  # type: ignore[attr-defined]
        clauses.label_from_instance = clause_words  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        """What was typed, as the command takes it."""
        told = dict(self.cleaned_data)
        clause = told.pop("clause")
        return Wish(**told, clause_id=clause.pk if clause else None)


def clause_words(clause: Clause) -> str:
    """A clause in a list of choices: its number and how it begins."""
    return " ".join(filter(None, (clause.label or clause.path, (clause.heading or clause.text)[:80])))


class ReviewForm(forms.Form):
    """A sơ kết or tổng kết to come."""

    kind = forms.ChoiceField(label=_("Loại"), choices=Review.Kind.choices)
    due_on = DayField(label=_("Ngày phải làm"))


class HeldForm(forms.Form):
    """A review that was held."""

    held_on = DayField(label=_("Đã tổ chức ngày"))
    decision = forms.CharField(label=_("Số báo cáo, kết luận"), max_length=80, required=False)
