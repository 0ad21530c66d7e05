"""Forms of floor 1: what a person types, before a command judges it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.core.office.cells import column_letters
from quantriet.core.office.columns import Column
from quantriet.core.text import TextError, parse_date
from quantriet.org.models import DataRequest, FacilityRequest
from quantriet.org.models.people import PostTitle


class DayField(forms.CharField):
    """A date written dd/mm/yyyy."""

    def to_python(self, value: Any) -> Any:
        """The date, or ``None`` for the empty text."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except TextError as error:
            raise forms.ValidationError(error.sentence) from error

    def prepare_value(self, value: Any) -> Any:
        """A date is shown dd/mm/yyyy."""
        return value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else value


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The password now, and the new one twice."""

    old = forms.CharField(
        label=_("Mật khẩu hiện tại"),
        help_text=_("Lần đầu: mật khẩu dùng một lần in trên phiếu."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Mật khẩu mới"),
        help_text=_("Ít nhất 12 ký tự; một câu dài dễ nhớ là tốt nhất."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Nhập lại mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The two new ones must be equal."""
        told = super().clean() or {}
        if told.get("new") and told.get("again") and told["new"] != told["again"]:
            self.add_error("again", _("Hai lần nhập không giống nhau."))
        return told


class UnitForm(forms.Form):
    """Facts of a unit that are corrected without an act on the tree."""

    name = forms.CharField(
        label=_("Tên đơn vị"),
        max_length=200,
        help_text=_("Chỉ sửa lỗi gõ dấu, chữ hoa. Đổi tên theo quyết định: trang “Sắp xếp đơn vị”."),
    )
    short_name = forms.CharField(label=_("Tên ngắn"), max_length=80, required=False)
    admin_code = forms.CharField(label=_("Mã hành chính"), max_length=10, required=False)
    member_count = forms.IntegerField(label=_("Số thành viên"), min_value=0, max_value=10_000_000)
    phone = forms.CharField(label=_("Điện thoại"), max_length=40, required=False)
    email = forms.EmailField(label=_("Thư điện tử"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)


class PersonForm(forms.Form):
    """Facts of a person that are corrected on his page."""

    full_name = forms.CharField(label=_("Họ và tên"), max_length=120)
    birth_date = DayField(label=_("Ngày sinh"), help_text=_("ngày/tháng/năm"), required=False)
    phone = forms.CharField(label=_("Điện thoại"), max_length=40, required=False)
    email = forms.EmailField(label=_("Thư điện tử"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput)


class FacilityForm(forms.Form):
    """What is told of a hall."""

    name = forms.CharField(label=_("Tên hội trường, phòng họp"), max_length=200)
    address = forms.CharField(label=_("Địa chỉ"), max_length=300, required=False)
    seats = forms.IntegerField(label=_("Số chỗ ngồi"), min_value=0, max_value=100_000, required=False)
    has_screen = forms.BooleanField(label=_("Có màn hình, máy chiếu"), required=False)
    line = forms.CharField(
        label=_("Đường truyền"), max_length=120, required=False, help_text=_("Ví dụ: cáp quang, nhà mạng A")
    )
    line_mbits = forms.IntegerField(
        label=_("Tốc độ (Mbit/s)"), min_value=0, max_value=1_000_000, required=False
    )
    has_second_line = forms.BooleanField(label=_("Có đường truyền dự phòng"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def facts(self) -> dict[str, Any]:
        """What was told, by the names of ``FacilityFacts``."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class FacilityRequestForm(forms.Form):
    """What a unit asks for so that it can hold a conference."""

    need = forms.ChoiceField(label=_("Đề nghị về"), choices=FacilityRequest.Need.choices)
    text = forms.CharField(
        label=_("Cần gì, ở đâu"), max_length=300, help_text=_("Ví dụ: 1 màn hình cho hội trường A, 120 chỗ")
    )


class FacilityAnswerForm(forms.Form):
    """The answer of the level above to a request."""

    answer = forms.CharField(
        label=_("Trả lời"), max_length=300, required=False, help_text=_("Từ chối thì phải ghi lý do.")
    )


class PostForm(forms.Form):
    """A post a person takes: where (code or name), which, since when."""

    unit = forms.CharField(
        label=_("Đơn vị"), max_length=200, help_text=_("Mã đơn vị, hoặc tên đầy đủ như trong hệ thống")
    )
    title = forms.ChoiceField(label=_("Chức vụ"), choices=PostTitle.choices)
    label = forms.CharField(
        label=_("Ghi trên giấy tờ"),
        max_length=120,
        required=False,
        help_text=_("Ví dụ: Phó Bí thư Thường trực"),
    )
    on = DayField(label=_("Từ ngày"))


class PostEndForm(forms.Form):
    """The day a post ends."""

    on = DayField(label=_("Đến ngày"))


class TransferForm(forms.Form):
    """Where a person goes, by which decision, from when on."""

    unit = forms.CharField(
        label=_("Chuyển đến đơn vị"),
        max_length=200,
        help_text=_("Mã đơn vị, hoặc tên đầy đủ như trong hệ thống"),
    )
    decision = forms.CharField(
        label=_("Số quyết định, giấy giới thiệu"), max_length=80, help_text=_("Ví dụ: 15-QĐ/ĐU")
    )
    on = DayField(label=_("Từ ngày"))


class UploadForm(forms.Form):
    """A sheet to import."""

    file = forms.FileField(
        label=_("Tệp Excel hoặc CSV"),
        help_text=_(
            "Kéo thả tệp vào đây hoặc chọn từ máy. Chưa ghi gì cho đến khi bạn bấm “Ghi vào hệ thống”."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class ColumnsForm(forms.Form):
    """Which column of the sheet is which: recognised, and changed by picking."""

    def __init__(
        self,
        wanted: Sequence[Column],
        header: Sequence[str],
        positions: Mapping[str, int],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("– không có –"))] + [
            (str(place), f"{column_letters(place)}: {text or '…'}") for place, text in enumerate(header)
        ]
        for column in wanted:
            self.fields[column.name] = forms.ChoiceField(
                label=column.title,
                choices=choices,
                required=column.required,
                initial=str(positions[column.name]) if column.name in positions else "",
                error_messages={
                    "required": _("Thiếu cột “{title}”. Hãy chọn cột này.").format(title=column.title)
                },
            )

    def positions(self) -> dict[str, int | None]:
        """Wanted column → place in the sheet."""
        return {name: int(value) if value else None for name, value in self.cleaned_data.items()}


class AskForm(forms.Form):
    """What a person asks about his own data."""

    kind = forms.ChoiceField(
        label=_("Yêu cầu"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect, initial="correct"
    )
    text = forms.CharField(
        label=_("Nội dung"),
        help_text=_("Ghi rõ điều cần sửa, cần cung cấp hoặc cần xóa."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """The answer to a request."""

    answer = forms.CharField(label=_("Trả lời"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
