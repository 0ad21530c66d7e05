"""Forms of reports: they carry what people typed to the commands, which hold the rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quantriet.core.text import TextError, parse_int
from quantriet.documents.forms import DayField
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report


class CountField(forms.Field):
    """A count as offices write it: 1.356 or 1356."""

    def to_python(self, value: Any) -> Any:
        """A whole number, or ``None`` where nothing was typed."""
        if value in (None, ""):
            return None
        try:
            return parse_int(str(value)[:40])
        except TextError as error:
            raise forms.ValidationError(gettext("Hãy ghi một số nguyên, ví dụ 1.356.")) from error


class HeadForm(forms.Form):
    """Number, place and date, who signs, who receives."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    number = forms.CharField(
        label=_("Số, ký hiệu"),
        required=False,
        max_length=40,
        help_text=_("Ví dụ 05-BC/ĐU; để trống thì văn thư ghi sau"),
    )
    place = forms.CharField(label=_("Địa danh"), required=False, max_length=120)
    dated_on = DayField(label=_("Ngày báo cáo"), help_text=_("Ngày/tháng/năm"))
    authority = forms.CharField(
        label=_("Thay mặt"), required=False, max_length=120, help_text=_("Ví dụ BAN THƯỜNG VỤ")
    )
    signer_position = forms.CharField(label=_("Chức vụ người ký"), required=False, max_length=120)
    signer_name = forms.CharField(label=_("Họ tên người ký"), required=False, max_length=120)
    recipients = forms.CharField(
        label=_("Nơi nhận"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Mỗi dòng một nơi"),
    )

    @classmethod
    def of(cls, report: Report) -> "HeadForm":
        """The form with what is kept."""
        names = [name for name in cls.base_fields if name != "version"]
        return cls(initial={**{name: getattr(report, name) for name in names}, "version": report.version})

    def head(self) -> Head:
        """The values for the command."""
        return Head(**self.cleaned_data)


class DisputeForm(forms.Form):
    """Another figure ("số khác") beside the counted one."""

    value = CountField(label=_("Số khác"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Vì sao số trong sổ chưa đúng; cấp trên đọc cùng với số"),
    )


class ReturnForm(forms.Form):
    """Why a report goes back."""

    sending = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Lý do trả lại"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Cần sửa mục nào, số nào"),
    )


class CorrectionForm(forms.Form):
    """A correction listed beside a report that was sent."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    text = forms.CharField(
        label=_("Nội dung đúng"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(label=_("Lý do"), max_length=500)


class ExamineForm(forms.Form):
    """An old report: a file, or its text pasted."""

    file = forms.FileField(
        label=_("Tệp báo cáo"),
        required=False,
        help_text=_(".docx, .pdf có chữ, hoặc .txt; không quá 25 MB. Tệp không được lưu lại."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.txt"}),
    )
    text = forms.CharField(
        label=_("Hoặc dán nội dung"),
        required=False,
        strip=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not str(data.get("text", "")).strip():
            raise forms.ValidationError(gettext("Hãy chọn tệp hoặc dán nội dung báo cáo cần soi."))
        return data
