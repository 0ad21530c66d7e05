"""Forms of the year's work: programme, sessions of a unit's own, bulletins, training."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.documents.choices import Circulation
from quantriet.lecturers.choices import BulletinKind, Rhythm, Subject
from quantriet.lecturers.commands.bulletins import LONGEST, Plan, Text
from quantriet.lecturers.commands.programme import MOST_SESSIONS, Month
from quantriet.lecturers.commands.results import MOST, Listeners
from quantriet.lecturers.commands.talks import Talk
from quantriet.lecturers.commands.trainings import Course
from quantriet.lecturers.forms import offer
from quantriet.lecturers.models import Lecturer
from quantriet.lecturers.models.trainings import MOST_DAYS
from quantriet.org.forms import DayField
from quantriet.org.models.units import Level

MONTHS = range(1, 13)


class ProgrammeForm(forms.Form):
    """Twelve months, each with its theme and the sessions planned."""

    paper = forms.CharField(label=_("Số văn bản"), max_length=80, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for month in MONTHS:
            self.fields[f"theme_{month}"] = forms.CharField(
                label=_("Chủ đề tháng %(month)s") % {"month": month}, max_length=500, required=False
            )
            self.fields[f"sessions_{month}"] = forms.IntegerField(
                label=_("Số buổi dự kiến tháng %(month)s") % {"month": month},
                min_value=0,
                max_value=MOST_SESSIONS,
                required=False,
            )

    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """The months with their two fields."""
        return [(month, self[f"theme_{month}"], self[f"sessions_{month}"]) for month in MONTHS]

    def months(self) -> list[Month]:
        """What was typed, as the command takes it."""
        told = self.cleaned_data
        return [Month(month, told[f"theme_{month}"], told[f"sessions_{month}"] or 0) for month in MONTHS]


class TalkForm(forms.Form):
    """A session that a unit held of itself."""

    title = forms.CharField(label=_("Nội dung"), max_length=300)
    subject = forms.ChoiceField(label=_("Lĩnh vực"), choices=Subject.choices)
    held_on = DayField(label=_("Ngày nói"), help_text=_("ngày/tháng/năm"))
    place = forms.CharField(label=_("Nơi nói"), max_length=300, required=False)
    lecturer = forms.ChoiceField(
        label=_("Người nói"), required=False, help_text=_("Trong lực lượng báo cáo viên của đơn vị.")
    )
    speaker = forms.CharField(
        label=_("Hoặc ghi tên người nói"), max_length=120, required=False, help_text=_("Khi là người khác.")
    )
    members = forms.IntegerField(label=_("Đảng viên nghe"), min_value=0, max_value=MOST, initial=0)
    others = forms.IntegerField(label=_("Người ngoài Đảng nghe"), min_value=0, max_value=MOST, initial=0)
    paper = forms.CharField(
        label=_("Số biên bản"),
        max_length=80,
        required=False,
        help_text=_("Có biên bản thì số được ghi là có văn bản; không có thì là tự khai."),
    )

    def __init__(self, *args: Any, people: Iterable[Lecturer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), f"{one.person.full_name} ({one.get_corps_display()})") for one in people]
        offer(self, "lecturer", [("", _("– không có trong danh sách –")), *named])

    def talk(self) -> Talk:
        """What was typed, as the command takes it."""
        told = self.cleaned_data
        return Talk(
            title=told["title"],
            subject=told["subject"],
            held_on=told["held_on"],
            listeners=Listeners(told["members"], told["others"], told["paper"]),
            speaker=told["speaker"],
            lecturer_id=int(told["lecturer"]) if told["lecturer"] else None,
            place=told["place"],
        )


class CorrectTalkForm(TalkForm):
    """The same, with why it is corrected."""

    reason = forms.CharField(label=_("Lý do đính chính"), max_length=300, required=False)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Lý do"), max_length=300)


class BulletinForm(forms.Form):
    """What a bulletin is."""

    kind = forms.ChoiceField(label=_("Loại"), choices=BulletinKind.choices)
    title = forms.CharField(
        label=_("Tên bản tin"),
        max_length=200,
        help_text=_("Ví dụ: Thông báo nội bộ phục vụ sinh hoạt chi bộ"),
    )
    rhythm = forms.ChoiceField(label=_("Nhịp phát hành"), choices=Rhythm.choices, initial=Rhythm.MONTHLY)
    starts_on = DayField(
        label=_("Bắt đầu từ"), help_text=_("Từ kỳ có ngày này, chưa phát hành thì được nhắc.")
    )
    down_to = forms.TypedChoiceField(
        label=_("Đến cấp"), choices=Level.choices, coerce=int, initial=Level.CELL
    )
    circulation = forms.ChoiceField(
        label=_("Phạm vi"), choices=Circulation.choices, initial=Circulation.PARTY
    )

    def plan(self) -> Plan:
        """What was typed, as the command takes it."""
        return Plan(**self.cleaned_data)


class IssueForm(forms.Form):
    """One issue as it is written."""

    on = DayField(label=_("Ngày trong kỳ"), help_text=_("Kỳ chứa ngày này: tuần, tháng hoặc quý."))
    title = forms.CharField(label=_("Tiêu đề"), max_length=300)
    text = forms.CharField(
        label=_("Nội dung"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 14})
    )
    document = forms.ChoiceField(
        label=_("Văn bản kèm"),
        required=False,
        help_text=_("Tệp và tài liệu đi theo văn bản; nhập và công bố ở trang Văn bản."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, documents: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "document", [("", _("Không kèm")), *((str(pk), words) for pk, words in documents)])

    def told(self) -> Text:
        """What was typed, as the command takes it."""
        kept = self.cleaned_data
        document = int(kept["document"]) if kept["document"] else None
        return Text(kept["on"], kept["title"], kept["text"], document)


class TrainingForm(forms.Form):
    """What is known of a course."""

    title = forms.CharField(label=_("Tên lớp"), max_length=300)
    content = forms.CharField(
        label=_("Nội dung tập huấn"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    begins_on = DayField(label=_("Ngày đầu"))
    ends_on = DayField(label=_("Ngày cuối"))
    days = forms.IntegerField(label=_("Số ngày học"), min_value=1, max_value=MOST_DAYS)
    place = forms.CharField(label=_("Nơi học"), max_length=300, required=False)
    paper = forms.CharField(label=_("Số văn bản"), max_length=80, required=False)

    def course(self) -> Course:
        """What was typed, as the command takes it."""
        return Course(**self.cleaned_data)
