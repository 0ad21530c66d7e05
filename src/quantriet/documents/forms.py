"""Forms of documents: they carry what people typed to the commands, which hold the rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from quantriet.core.text.dates import format_date, parse_date
from quantriet.core.text.document_number import PARTY_KINDS
from quantriet.core.text.errors import TextError
from quantriet.documents.choices import (
    Circulation,
    ClauseKind,
    FileRole,
    MaterialKind,
    RelationKind,
    Secrecy,
    State,
)
from quantriet.documents.commands.clauses import ClauseText
from quantriet.documents.commands.papers import SECRET, Entry
from quantriet.documents.models import Clause, Document
from quantriet.documents.reading.paper import Reading
from quantriet.org.models import PersonClass
from quantriet.org.models.units import Level


class DayField(forms.Field):
    """A day as offices write it; the Vietnamese sentence of the reader stands beside the field."""

    def to_python(self, value: Any) -> Any:
        """A date, or ``None`` where nothing was typed."""
        if not value:
            return None
        try:
            return parse_date(str(value)[:60])
        except TextError as error:
            raise forms.ValidationError(_t(error.sentence)) from error

    def prepare_value(self, value: Any) -> Any:
        """The day as it is shown in the field."""
        return format_date(value) if hasattr(value, "year") else value


class DropForm(forms.Form):
    """A file, or the whole text pasted."""

    file = forms.FileField(
        label=_("Tệp văn bản"),
        required=False,
        help_text=_(".docx hoặc .pdf có chữ, không quá 25 MB. Không gửi văn bản từ MẬT trở lên."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf"}),
    )
    text = forms.CharField(
        label=_("Hoặc dán toàn văn"),
        required=False,
        strip=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class EntryForm(forms.Form):
    """What is said of a document."""

    number = forms.CharField(
        label=_("Số, ký hiệu"), max_length=80, help_text=_("Ví dụ 226-KL/TW, 123/UBND-VP")
    )
    issuer_name = forms.CharField(label=_("Cơ quan ban hành"), max_length=200)
    issued_on = DayField(label=_("Ngày ban hành"), help_text=_("Ngày/tháng/năm"))
    abstract = forms.CharField(label=_("Trích yếu"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))
    term = forms.CharField(
        label=_("Nhiệm kỳ hoặc năm"),
        max_length=12,
        required=False,
        help_text=_("Số chạy theo nhiệm kỳ (văn bản Đảng) hoặc năm; bỏ trống thì tính theo ngày ban hành"),
    )
    secrecy = forms.ChoiceField(
        label=_("Độ mật"), choices=[*Secrecy.choices, (SECRET, _("Mật trở lên"))], initial=Secrecy.OPEN
    )
    circulation = forms.ChoiceField(
        label=_("Phạm vi lưu hành"), choices=Circulation.choices, initial=Circulation.ALL
    )
    down_to = forms.TypedChoiceField(
        label=_("Phổ biến đến"), choices=Level.choices, coerce=int, initial=Level.CELL.value
    )

    def entry(self) -> Entry:
        """The cleaned entry for the commands."""
        return Entry(**{name: self.cleaned_data[name] for name in Entry.__dataclass_fields__})


def entry_of_reading(reading: Reading) -> dict[str, Any]:
    """The first values of an ``EntryForm`` from what was recognised."""
    internal = reading.secrecy == Secrecy.INTERNAL
    return {
        "number": reading.number,
        "issuer_name": reading.issuer_name,
        "issued_on": reading.issued_on,
        "abstract": reading.abstract,
        "term": reading.term,
        "secrecy": reading.secrecy,
        "circulation": Circulation.PARTY if internal else Circulation.ALL,
        "down_to": Level.CELL.value,
    }


def entry_of_document(document: Document) -> dict[str, Any]:
    """The first values of an ``EntryForm`` from a document."""
    return {name: getattr(document, name) for name in Entry.__dataclass_fields__}


class FilterForm(forms.Form):
    """The list's search and filters; all of them stand in the address."""

    q = forms.CharField(label=_("Tìm"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Loại"),
        required=False,
        choices=[("", _("Mọi loại")), *((code, _(name)) for code, name in PARTY_KINDS.items())],
    )
    state = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[("", _("Mọi trạng thái")), *State.choices]
    )


class ClauseForm(forms.Form):
    """One clause."""

    path = forms.CharField(label=_("Địa chỉ"), max_length=60, help_text=_("Ví dụ II.3.a"))
    label = forms.CharField(label=_("Số in"), max_length=40, required=False)
    heading = forms.CharField(label=_("Tiêu đề"), max_length=600, required=False)
    text = forms.CharField(
        label=_("Nội dung"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def said(self) -> ClauseText:
        """The clause for the commands."""
        data = self.cleaned_data
        return ClauseText(data["path"], data["label"], data["heading"], data["text"])


class NewClauseForm(ClauseForm):
    """A clause to put in."""

    kind = forms.ChoiceField(label=_("Loại mục"), choices=ClauseKind.choices, initial=ClauseKind.POINT)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)


def values_of_clause(clause: Clause) -> dict[str, str]:
    """The first values of a ``ClauseForm``."""
    return {"path": clause.path, "label": clause.label, "heading": clause.heading, "text": clause.text}


class MaterialForm(forms.Form):
    """A material: a file or a link, for some classes of people."""

    kind = forms.ChoiceField(label=_("Loại"), choices=MaterialKind.choices)
    title = forms.CharField(label=_("Tên tài liệu"), max_length=200)
    audiences = forms.TypedMultipleChoiceField(
        label=_("Dành cho"),
        required=False,
        coerce=int,
        choices=[choice for choice in PersonClass.choices if choice[0]],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn đối tượng nào nghĩa là cho mọi người"),
    )
    file = forms.FileField(
        label=_("Tệp"), required=False, help_text=_(".docx, .pdf, .xlsx, .png, .jpg, không quá 25 MB")
    )
    link = forms.CharField(label=_("Hoặc liên kết"), required=False, max_length=500)


class FurtherFileForm(forms.Form):
    """One more file of a document."""

    role = forms.ChoiceField(label=_("Tệp này là"), choices=FileRole.choices, initial=FileRole.SCAN)
    file = forms.FileField(label=_("Tệp"), help_text=_(".docx hoặc .pdf, không quá 25 MB"))


class RelationForm(forms.Form):
    """What the document does to another one."""

    kind = forms.ChoiceField(label=_("Văn bản này"), choices=RelationKind.choices)
    number = forms.CharField(
        label=_("Số, ký hiệu văn bản kia"), max_length=60, help_text=_("Ví dụ: 226-KL/TW")
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Lý do"), max_length=300)
