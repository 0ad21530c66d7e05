"""Forms of make-ups: the link of the recording, and on which day people watched it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.recordings import LONGEST
from quantriet.core.text import format_date
from quantriet.org.forms import DayField


class RecordingForm(forms.Form):
    """Where the session can be watched again; the command judges the link."""

    recording = forms.CharField(
        label=_("Đường dẫn bản ghi hình"),
        required=False,
        max_length=LONGEST,
        help_text=_("Bắt đầu bằng https://. Hệ thống chỉ giữ đường dẫn, không tải về. Để trống nếu muốn bỏ."),
        widget=forms.URLInput,
    )


class WatchedForm(forms.Form):
    """Who of a cell watched the recording is ticked in its list; this is the day."""

    watched_on = DayField(label=_("Ngày xem lại ghi hình"), help_text=_("Ví dụ: 23/11/2026"))
    person = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": _("Chưa chọn ai. Hãy đánh dấu người đã xem lại ghi hình.")},
    )

    def __init__(self, *args: Any, people: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["watched_on"].initial = format_date(timezone.localdate())
        field = self.fields["person"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - it is, above
        field.choices = [(person_id, person_id) for person_id in people]
