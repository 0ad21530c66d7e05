"""Forms of lecturers: what a person types, before a command judges it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.core.text import VIETNAM
from quantriet.lecturers.choices import Corps, Language, Mark, Question, Subject, Weekday
from quantriet.lecturers.commands.corps import Decision, Skills
from quantriet.lecturers.commands.lectures import Wanted
from quantriet.lecturers.models import Lecturer
from quantriet.lecturers.models.corps import MOST_LOAD, USUAL_LOAD
from quantriet.org.forms import DayField
from quantriet.org.models import Unit


class TimeInput(forms.TimeInput):
    """An hour and minute; phones show their own clock."""

    input_type = "time"


def choices_of(rows: Iterable[Unit]) -> list[tuple[str, str]]:
    """Units for a list of choices."""
    return [(str(unit.pk), unit.name) for unit in rows]


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Let a field of a form choose among these."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - named by the forms below
    field.choices = list(choices)


class CorpsFilterForm(forms.Form):
    """The filters of the list; all of them stand in the address."""

    q = forms.CharField(label=_("Tìm theo tên"), max_length=100, required=False)
    corps = forms.ChoiceField(
        label=_("Lực lượng"), required=False, choices=[("", _("Cả hai")), *Corps.choices]
    )
    subject = forms.ChoiceField(
        label=_("Lĩnh vực"), required=False, choices=[("", _("Mọi lĩnh vực")), *Subject.choices]
    )
    language = forms.ChoiceField(
        label=_("Ngôn ngữ"), required=False, choices=[("", _("Mọi ngôn ngữ")), *Language.choices]
    )
    unit = forms.ChoiceField(label=_("Đơn vị"), required=False)
    serves = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Đang làm")), ("no", _("Đã thôi"))]
    )

    def __init__(self, given: Any, *, units: Iterable[Unit]) -> None:
        super().__init__(given)
        offer(self, "unit", [("", _("Mọi đơn vị")), *choices_of(units)])

    def chosen(self) -> dict[str, str]:
        """What was chosen; a value that is none of the offered ones is as if nothing was chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class DecisionForm(forms.Form):
    """The paper by which people are appointed or dismissed."""

    decision_number = forms.CharField(
        label=_("Số quyết định"), max_length=80, help_text=_("Ví dụ: 15-QĐ/BTGDV")
    )
    decided_on = DayField(label=_("Từ ngày"), help_text=_("ngày/tháng/năm"))

    def decision(self) -> Decision:
        """What was typed, as the command takes it."""
        return Decision(self.cleaned_data["decision_number"], self.cleaned_data["decided_on"])


class SkillsForm(forms.Form):
    """What somebody is good at and how far he can be used."""

    subjects = forms.MultipleChoiceField(
        label=_("Lĩnh vực"), choices=Subject.choices, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Ngôn ngữ nói được, ngoài tiếng Việt"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    area = forms.ChoiceField(
        label=_("Địa bàn"), required=False, help_text=_("Nơi nên cử đến trước; bỏ trống là mọi nơi.")
    )
    most_a_month = forms.IntegerField(
        label=_("Nhiều nhất mấy buổi một tháng"), min_value=0, max_value=MOST_LOAD, initial=USUAL_LOAD
    )

    def __init__(self, *args: Any, areas: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "area", [("", _("Mọi nơi")), *choices_of(areas)])

    def skills(self) -> Skills:
        """What was typed, as the command takes it."""
        told = self.cleaned_data
        return Skills(
            tuple(told["subjects"]),
            tuple(told["languages"]),
            int(told["area"]) if told["area"] else None,
            told["most_a_month"],
        )


class AppointForm(DecisionForm, SkillsForm):
    """One person into the corps."""

    corps = forms.ChoiceField(label=_("Lực lượng"), choices=Corps.choices, initial=Corps.LECTURER)

    field_order = ("corps", "decision_number", "decided_on", "subjects", "languages", "area", "most_a_month")


class DismissForm(DecisionForm):
    """One person out of the corps."""

    why = forms.CharField(label=_("Lý do ghi trong quyết định"), max_length=200, required=False)


class WishForm(forms.Form):
    """What a lecturer would rather."""

    most_a_month = forms.IntegerField(
        label=_("Nhiều nhất mấy buổi một tháng"), min_value=0, max_value=MOST_LOAD
    )
    days_off = forms.TypedMultipleChoiceField(
        label=_("Ngày trong tuần nên tránh"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class AbsenceForm(forms.Form):
    """Days on which a lecturer cannot be sent."""

    from_on = DayField(label=_("Bận từ ngày"))
    to_on = DayField(label=_("Đến ngày"))


class AskForm(forms.Form):
    """A request for a lecturer."""

    to_unit = forms.ChoiceField(label=_("Gửi đến"))
    title = forms.CharField(label=_("Nội dung cần nói"), max_length=300)
    subject = forms.ChoiceField(label=_("Lĩnh vực"), choices=Subject.choices)
    document = forms.ChoiceField(label=_("Văn bản"), required=False)
    day = DayField(label=_("Ngày"), help_text=_("Ví dụ: 23/11/2026"))
    begins = forms.TimeField(label=_("Bắt đầu"), widget=TimeInput(format="%H:%M"))
    ends = forms.TimeField(label=_("Kết thúc"), widget=TimeInput(format="%H:%M"))
    place = forms.CharField(label=_("Nơi nói"), max_length=300, help_text=_("Hội trường, địa chỉ"))
    audience = forms.CharField(label=_("Người nghe"), max_length=200, required=False)
    expected = forms.IntegerField(label=_("Số người dự kiến"), min_value=1, max_value=100_000, required=False)
    language = forms.ChoiceField(
        label=_("Ngôn ngữ"), required=False, choices=[("", _("Tiếng Việt")), *Language.choices]
    )
    wished_name = forms.CharField(
        label=_("Muốn mời ai"), max_length=120, required=False, help_text=_("Họ và tên, nếu có")
    )
    contact = forms.CharField(
        label=_("Người liên hệ"), max_length=160, required=False, help_text=_("Họ tên, điện thoại")
    )

    def __init__(
        self, *args: Any, asked: Iterable[Unit], documents: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to_unit", choices_of(asked))
        offer(
            self, "document", [("", _("Không gắn văn bản")), *((str(pk), words) for pk, words in documents)]
        )

    def wanted(self) -> Wanted:
        """What was typed, as the command takes it."""
        told = self.cleaned_data
        plain = {
            name: told[name]
            for name in (
                "title",
                "subject",
                "place",
                "audience",
                "expected",
                "language",
                "wished_name",
                "contact",
            )
        }
        return Wanted(
            starts_at=datetime.combine(told["day"], told["begins"], tzinfo=VIETNAM),
            ends_at=datetime.combine(told["day"], told["ends"], tzinfo=VIETNAM),
            document_id=int(told["document"]) if told["document"] else None,
            **plain,
        )


class PersonChoiceForm(forms.Form):
    """Who is to go, chosen by hand: the corps by name, with what is known against each."""

    lecturer = forms.ChoiceField(label=_("Người được cử"), required=False)
    outline_due_on = DayField(
        label=_("Hạn gửi đề cương"), required=False, help_text=_("Bỏ trống: trước buổi nói 5 ngày.")
    )

    def __init__(self, *args: Any, people: Sequence[tuple[Lecturer, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), f"{one.person.full_name}: {words}") for one, words in people]
        offer(self, "lecturer", [("", _("– chưa chọn –")), *named])


class RefuseForm(forms.Form):
    """Why nobody can be sent."""

    reason = forms.CharField(label=_("Lý do không cử được"), max_length=300)


class OutlineForm(forms.Form):
    """What a lecturer will say, and what he says of the place itself."""

    text = forms.CharField(label=_("Đề cương"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 16}))
    local_examples = forms.CharField(
        label=_("Ví dụ ở địa phương"),
        required=False,
        max_length=50_000,
        help_text=_("Việc thật, số liệu, gương tốt ở nơi đến nói. Lưu thì chưa cần, gửi duyệt thì phải có."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """What is to be better."""

    comment = forms.CharField(label=_("Điều cần sửa"), max_length=500)


class ResultForm(forms.Form):
    """How many listened to a lecture."""

    members = forms.IntegerField(label=_("Đảng viên nghe"), min_value=0, max_value=100_000, initial=0)
    others = forms.IntegerField(label=_("Người ngoài Đảng nghe"), min_value=0, max_value=100_000, initial=0)
    paper = forms.CharField(
        label=_("Số biên bản"),
        max_length=80,
        required=False,
        help_text=_("Có biên bản thì số được ghi là có văn bản; không có thì là tự khai."),
    )
    reason = forms.CharField(
        label=_("Lý do đính chính"),
        max_length=300,
        required=False,
        help_text=_("Chỉ khi sửa số đã ghi."),
    )


class SheetForm(forms.Form):
    """One anonymous sheet: a mark for each question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in Question:
            self.fields[f"q{question.value}"] = forms.TypedChoiceField(
                label=question.label, choices=Mark.choices, coerce=int, widget=forms.RadioSelect
            )
