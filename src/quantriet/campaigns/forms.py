"""Forms of campaigns: they read what was typed; the commands decide."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.commands.declarations import UNIT_KINDS
from quantriet.campaigns.models import CampaignDocument, Declaration, Requirement
from quantriet.campaigns.policy import PRESETS, SOURCES
from quantriet.core.text import end_of_day
from quantriet.documents.models import Document
from quantriet.ledger.measures import Form
from quantriet.org.models import PersonClass, Tree, Unit

YES_NO = [(1, _("Rồi")), (0, _("Chưa"))]
CLASSES = [(value, label) for value, label in PersonClass.choices if value]


class DayField(forms.DateField):
    """A day written dd/mm/yyyy; addresses carry it as yyyy-mm-dd."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "numeric", "placeholder": "dd/mm/yyyy", "autocomplete": "off"}
        options.setdefault("input_formats", ["%d/%m/%Y", "%Y-%m-%d"])
        options.setdefault("widget", forms.DateInput(format="%d/%m/%Y", attrs=attributes))
        super().__init__(**options)


class StartForm(forms.Form):
    """A preset and three questions."""

    preset = forms.ChoiceField(
        label=_("Mẫu"),
        widget=forms.RadioSelect,
        initial="thorough",
        choices=[(one.code, one.title) for one in PRESETS.values()],
    )
    title = forms.CharField(
        label=_("1. Đợt này tên là gì?"),
        max_length=300,
        help_text=_("Ví dụ: Học tập, quán triệt Nghị quyết Đại hội XIV của Đảng"),
    )
    starts_on = DayField(label=_("2. Làm từ ngày"))
    ends_on = DayField(label=_("Đến ngày"))
    unit = forms.ModelChoiceField(
        label=_("3. Triển khai từ đơn vị nào xuống?"), queryset=Unit.objects.none(), empty_label=None
    )


def _choices(names: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(pk, name) for pk, name in names]


class PolicyForm(forms.Form):
    """Everything of a draft besides its documents, deadlines and excluded units."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Tên đợt"), max_length=300)
    starts_on = DayField(label=_("Từ ngày"))
    ends_on = DayField(label=_("Đến ngày"))
    lead_id = forms.TypedChoiceField(label=_("Đơn vị chủ trì (chỉ một)"), coerce=int)
    partner_ids = forms.TypedMultipleChoiceField(
        label=_("Đơn vị phối hợp"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    classes = forms.TypedMultipleChoiceField(
        label=_("Đối tượng được triệu tập"), coerce=int, choices=CLASSES, widget=forms.CheckboxSelectMultiple
    )
    exempt_are_invited = forms.BooleanField(
        label=_("Đảng viên được miễn sinh hoạt: mời, không triệu tập"),
        required=False,
        help_text=SOURCES["exempt_are_invited"],
    )
    credit_from_superior = forms.BooleanField(
        label=_("Đã dự hội nghị của cấp trên thì được tính ở đơn vị mình"),
        required=False,
        help_text=SOURCES["credit_from_superior"],
    )
    late_after = forms.IntegerField(label=_("Đến sau bao nhiêu phút là muộn"), min_value=0, max_value=240)
    early_before = forms.IntegerField(
        label=_("Về trước bao nhiêu phút là về sớm"), min_value=0, max_value=240
    )
    minimum_share = forms.IntegerField(
        label=_("Phải dự ít nhất bao nhiêu phần trăm thời lượng"),
        min_value=0,
        max_value=100,
        help_text=_("0: có mặt là được tính"),
    )
    everyone_before = forms.IntegerField(
        label=_("Được ghi “có mặt cả” trước giờ họp bao nhiêu phút"), min_value=0, max_value=60
    )
    essays_of = forms.TypedMultipleChoiceField(
        label=_("Ai phải viết thu hoạch"),
        coerce=int,
        choices=CLASSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    clause = forms.CharField(
        label=_("Căn cứ"), max_length=300, required=False, help_text=_("Văn bản đặt ra các thiết lập này")
    )

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        names = _choices(units)
        for name in ("lead_id", "partner_ids"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are, above
            field.choices = names

    def policy(self) -> dict[str, Any]:
        """The settings, as ``policy.from_data`` reads them."""
        own = {"version", "title", "starts_on", "ends_on", "lead_id", "partner_ids"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class RequirementForm(forms.Form):
    """One more kind of thing owed."""

    kind = forms.ChoiceField(label=_("Việc"), choices=Requirement.Kind.choices)
    tree = forms.ChoiceField(label=_("Tổ chức"), choices=Tree.choices)


def documents_from(posted: Any, readable: Iterable[Document]) -> tuple[tuple[int, str], ...]:
    """Which documents were ticked and how each is studied: fields ``document`` and ``mode_<id>``."""
    known = {document.pk for document in readable}
    ticked = [int(value) for value in posted.getlist("document") if value.isdecimal() and int(value) in known]
    modes = CampaignDocument.Mode.values
    chosen = {pk: posted.get(f"mode_{pk}", "") for pk in ticked}
    return tuple((pk, mode if mode in modes else str(modes[0])) for pk, mode in chosen.items())


def day_of(text: str) -> date | None:
    """A day as a date field sends it, or typed; ``None`` when there is none. Raises ``ValidationError``."""
    day: date | None = DayField(required=False).clean(text)
    return day


def deadlines_from(posted: Any, cells: Iterable[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """The grid of deadlines: fields ``due_<requirement>_<level>``; an empty one owes nothing."""
    found: dict[tuple[int, int], datetime] = {}
    for requirement_id, level in cells:
        day = day_of(posted.get(f"due_{requirement_id}_{level}", ""))
        if day is not None:
            found[requirement_id, level] = end_of_day(day)
    return found


class ReasonForm(forms.Form):
    """A reason, kept with the act."""

    reason = forms.CharField(
        label=_("Lý do"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "class": "input"})
    )


class TightenForm(forms.Form):
    """A stricter deadline for one's own unit and everything below."""

    kind = forms.ChoiceField(label=_("Việc"), choices=Requirement.Kind.choices)
    due_on = DayField(label=_("Hạn mới (không muộn hơn hạn cấp trên giao)"))


class ExtendForm(forms.Form):
    """One decision that extends many units."""

    kind = forms.ChoiceField(label=_("Việc"), choices=Requirement.Kind.choices)
    decision = forms.CharField(label=_("Số văn bản gia hạn"), max_length=80)
    reason = forms.CharField(label=_("Lý do"), max_length=300)
    due_on = DayField(label=_("Hạn mới"))
    whom = forms.ChoiceField(
        label=_("Cho đơn vị nào"),
        widget=forms.RadioSelect,
        initial="open",
        choices=[("open", _("Mọi đơn vị chưa xong")), ("late", _("Chỉ đơn vị đã quá hạn"))],
    )


class DeclareForm(forms.Form):
    """Totals of one kind; the figures are added by kind (``FIGURE_LABELS``)."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    happened_on = DayField(label=_("Ngày"))
    paper = forms.CharField(
        label=_("Văn bản chứng minh"),
        max_length=120,
        required=False,
        help_text=_("Số văn bản. Để trống thì số liệu ghi là tự khai."),
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        own = {name: self.fields.pop(name) for name in ("happened_on", "paper")}
        for name, label in FIGURE_LABELS[kind].items():
            if kind in UNIT_KINDS:
                self.fields[name] = forms.TypedChoiceField(
                    label=label, coerce=int, choices=YES_NO, widget=forms.RadioSelect, initial=1
                )
                continue
            attributes = {"inputmode": "numeric"}
            self.fields[name] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=100_000_000,
                required=name not in NONE_IF_EMPTY,
                widget=forms.NumberInput(attrs=attributes),
                error_messages={"required": _("Hãy ghi số; không có thì ghi 0.")},
            )
        if kind == Declaration.Kind.PRESENCE:
            self.fields["form"] = forms.TypedChoiceField(
                label=_("Hình thức"), coerce=int, choices=Form.choices[1:]
            )
        self.fields.update(own)

    def figures(self, kind: str) -> dict[str, int]:
        """The totals by their names."""
        return {name: self.cleaned_data[name] or 0 for name in FIGURE_LABELS[kind]}


NONE_IF_EMPTY = frozenset({"excused", "guests"})
"""Most units have none of these; the others must be said, be it 0."""

FIGURE_LABELS: dict[str, dict[str, Any]] = {
    Declaration.Kind.PRESENCE: {
        "present": _("Số người trong danh sách đã dự"),
        "excused": _("Số người vắng có lý do"),
        "guests": _("Khách ngoài danh sách"),
    },
    Declaration.Kind.MATERIALS: {"supplied": _("Đã cấp đủ tài liệu chưa?")},
    Declaration.Kind.ESSAYS: {
        "handed_in": _("Số bài thu hoạch đã nộp"),
        "accepted": _("Trong đó đạt"),
    },
    Declaration.Kind.PROGRAMME: {"issued": _("Đã ban hành chương trình hành động chưa?")},
    Declaration.Kind.OUTREACH: {
        "due": _("Số người dân cần tuyên truyền"),
        "reached": _("Số người dân đã được tuyên truyền"),
    },
}


class RollAddForm(forms.Form):
    """Someone to be summoned who was not drawn."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    person_class = forms.TypedChoiceField(
        label=_("Đối tượng"), coerce=int, choices=CLASSES, initial=PersonClass.MEMBER
    )
    reason = forms.CharField(label=_("Lý do"), max_length=300)


class FreezeForm(forms.Form):
    """What a frozen period is called, and its last day."""

    label = forms.CharField(label=_("Tên kỳ số liệu"), max_length=200, help_text=_("Ví dụ: Sơ kết tháng 11"))
    on = DayField(
        label=_("Đến hết ngày"),
        required=False,
        help_text=_(
            "Để trống là hôm nay. Kỳ đã qua được chốt theo số đã biết đến lúc này, cây đơn vị của ngày ấy."
        ),
    )


class LensForm(forms.Form):
    """How a board is looked at; everything of it stands in the address."""

    ngay = DayField(label=_("Ngày"), required=False)
    cach = forms.ChoiceField(
        label=_("Cây đơn vị"),
        required=False,
        widget=forms.RadioSelect(attrs={"data-sends-form": True}),
        initial="nay",
        choices=[("nay", _("bây giờ")), ("khi-do", _("lúc đó"))],
    )
    biet = DayField(label=_("Biết đến ngày"), required=False)
    doi_tuong = forms.TypedChoiceField(
        label=_("Đối tượng"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", _("Mọi đối tượng")), *CLASSES],
    )
