"""Forms of conferences: what a person types, before a command judges it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from quantriet.campaigns.models import Campaign
from quantriet.conferences import streams
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.commands.sites import SiteDetails
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.quota import Limits
from quantriet.core.errors import DomainError
from quantriet.core.text import VIETNAM
from quantriet.ledger.measures import Form
from quantriet.org.forms import DayField
from quantriet.org.models import Facility, PersonClass, Unit

FORMS = [(value, label) for value, label in Form.choices if value]
CLASSES = [(value, label) for value, label in PersonClass.choices if value]
AGENDA_LINES = 200
"""Rows of an agenda at most: a request holds no more fields than about as many."""
DISCUSSION = "thao-luan"
"""What stands in the place of a document where the point is the discussion."""


class TimeInput(forms.TimeInput):
    """An hour and minute; phones show their own clock."""

    input_type = "time"


class ListForm(forms.Form):
    """The filters of the list; all of them stand in the address. ``usual_kind`` holds while none is chosen."""

    ALL = "all"
    TIMES = (("today", _("Hôm nay")), ("week", _("Tuần này")), ("month", _("Tháng này")))

    kind = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[*Conference.Kind.choices, (ALL, _("Mọi loại"))]
    )
    unit = forms.ChoiceField(label=_("Đơn vị"), required=False)
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", _("Mọi trạng thái")), *Conference.State.choices],
    )
    when = forms.ChoiceField(label=_("Khi nào"), required=False, choices=[("", _("Mọi lúc")), *TIMES])

    def __init__(self, given: Any, *, units: list[Unit], usual_kind: str) -> None:
        super().__init__({**given.dict(), "kind": given.get("kind") or usual_kind})
        self.usual_kind = usual_kind
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is, above
        choice.choices = [("", _("Mọi đơn vị")), *((str(unit.pk), unit.name) for unit in units)]
        if not units:
            del self.fields["unit"]

    def chosen(self) -> dict[str, str]:
        """What was chosen; a value that is none of the offered ones is as if nothing was chosen."""
        self.is_valid()
        usual = {"kind": self.usual_kind, "unit": "", "state": "", "when": ""}
        return {name: self.cleaned_data.get(name) or default for name, default in usual.items()}

    @property
    def is_filtered(self) -> bool:
        """Whether the list shows less than it does by itself."""
        return self.chosen() != {"kind": self.usual_kind, "unit": "", "state": "", "when": ""}


class CallForm(forms.Form):
    """Calling or changing a conference. The agenda stands in numbered fields, one row a point: a row for each
    document or known point, and an empty one.
    """

    title = forms.CharField(label=_("Tên hội nghị"), max_length=300)
    day = DayField(label=_("Ngày họp"), help_text=_("Ví dụ: 23/11/2026"))
    begins = forms.TimeField(label=_("Bắt đầu"), widget=TimeInput(format="%H:%M"))
    ends = forms.TimeField(label=_("Kết thúc"), widget=TimeInput(format="%H:%M"))
    form = forms.TypedChoiceField(label=_("Hình thức"), choices=FORMS, coerce=int, initial=Form.IN_PERSON)
    classes = forms.TypedMultipleChoiceField(
        label=_("Đối tượng triệu tập"),
        choices=CLASSES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn: mọi người trong danh sách triệu tập của đợt."),
    )
    chair = forms.CharField(label=_("Chủ trì"), max_length=160, required=False)
    head_chaired = forms.BooleanField(
        label=_("Người đứng đầu trực tiếp chủ trì"), required=False, initial=True
    )
    head_taught = forms.BooleanField(label=_("Người đứng đầu trực tiếp truyền đạt"), required=False)
    deputy_reason = forms.CharField(
        label=_("Lý do cấp phó làm thay"),
        max_length=300,
        required=False,
        help_text=_("Cần ghi khi người khác chủ trì, hoặc trình bày văn bản, thay người đứng đầu."),
    )
    hub_facility = forms.ChoiceField(label=_("Họp ở hội trường"), required=False)
    hub_place = forms.CharField(label=_("Hội trường, địa chỉ"), max_length=300, required=False)
    hub_capacity = forms.IntegerField(label=_("Số chỗ"), min_value=1, max_value=100_000, required=False)
    join_link = forms.URLField(label=_("Đường dẫn họp trực tuyến"), required=False, assume_scheme="https")
    stream = forms.URLField(
        label=_("Luồng phát của hội trường (HLS)"), required=False, assume_scheme="https", max_length=500
    )

    def __init__(
        self,
        *args: Any,
        documents: list[tuple[int, str]],
        points: int = 0,
        halls: Sequence[Facility] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.halls = _offer_halls(self, "hub_facility", halls)
        self._offer_stream(settings.QUANTRIET.streams)
        posted = sum(name.startswith("point_") for name in self.data)
        self.lines = min(AGENDA_LINES, max(3, len(documents) + 1, points + 1, posted))
        choices = [
            ("", _("Không gắn văn bản")),
            (DISCUSSION, _("Thảo luận")),
            *((str(pk), number) for pk, number in documents),
        ]
        for at in range(self.lines):
            self.fields[f"point_{at}"] = forms.CharField(label=_("Nội dung"), max_length=300, required=False)
            self.fields[f"document_{at}"] = forms.ChoiceField(
                label=_("Văn bản"), choices=choices, required=False
            )
            self.fields[f"minutes_{at}"] = forms.IntegerField(
                label=_("Số phút"), min_value=0, max_value=600, required=False
            )
            self.fields[f"presenter_{at}"] = forms.CharField(
                label=_("Người trình bày"), max_length=160, required=False
            )

    def _offer_stream(self, allowed: Sequence[str]) -> None:
        """Ask for a stream where the operator named servers for it, or where one stands already."""
        if allowed:
            self.fields["stream"].help_text = _("Địa chỉ .m3u8 trên %(hosts)s. Để trống nếu không phát.") % {
                "hosts": ", ".join(allowed)
            }
        elif not self.initial.get("stream"):
            del self.fields["stream"]

    def clean_stream(self) -> str:
        """Where the command would refuse it, the words stand beside the field."""
        address: str = self.cleaned_data["stream"]
        try:
            streams.check(address, settings.QUANTRIET.streams)
        except DomainError as error:
            raise forms.ValidationError(error.sentence) from error
        return address

    def refuse(self, error: DomainError) -> None:
        """Say why the command refused, beside the field it is about."""
        self.add_error("deputy_reason" if error.code == "conference.deputy_reason" else None, error.sentence)

    def points(self) -> list[list[Any]]:
        """The rows of the agenda, each with its four fields."""
        names = ("point", "document", "minutes", "presenter")
        return [[self[f"{name}_{at}"] for name in names] for at in range(self.lines)]

    def plain_fields(self) -> list[Any]:
        """Every field that is no part of the agenda."""
        return [self[name] for name in self.fields if not name.rsplit("_", 1)[-1].isdigit()]

    def _agenda(self) -> tuple[AgendaLine, ...]:
        told = self.cleaned_data
        return tuple(
            AgendaLine(
                told[f"point_{at}"],
                int(told[f"document_{at}"]) if told[f"document_{at}"] not in ("", DISCUSSION) else None,
                told[f"minutes_{at}"] or 0,
                presenter=told[f"presenter_{at}"],
                is_discussion=told[f"document_{at}"] == DISCUSSION,
            )
            for at in range(self.lines)
            if told[f"point_{at}"]
        )

    def plan(self, campaign: Campaign | None) -> Plan:
        """What the command takes."""
        told = self.cleaned_data
        return Plan(
            title=told["title"],
            starts_at=_moment(told["day"], told["begins"]),
            ends_at=_moment(told["day"], told["ends"]),
            campaign=campaign,
            form=told["form"],
            classes=tuple(told["classes"]),
            chair=told["chair"],
            head_chaired=told["head_chaired"],
            head_taught=told["head_taught"],
            deputy_reason=told["deputy_reason"],
            join_link=told["join_link"],
            stream=told.get("stream", ""),
            agenda=self._agenda(),
            **self._hub(),
        )

    def _hub(self) -> dict[str, Any]:
        """Where the unit itself sits: the chosen hall says its address and seats where nothing else is told."""
        told = self.cleaned_data
        hall = self.halls.get(told.get("hub_facility", ""))
        place, seats = (hall_words(hall), hall.seats) if hall else ("", None)
        return {
            "hub_place": told.get("hub_place") or place,
            "hub_capacity": told.get("hub_capacity") or seats or None,
        }


class ChangeForm(CallForm):
    """Changing a conference. Its own hall is changed on the page of that site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("hub_place", "hub_capacity"):
            del self.fields[name]


def hall_words(hall: Facility) -> str:
    """A hall as an address: `Hội trường A, 12 Trần Phú`."""
    return ", ".join(filter(None, (hall.name, hall.address)))


def _offer_halls(form: forms.Form, name: str, halls: Sequence[Facility]) -> dict[str, Facility]:
    """Let a field choose among the halls of a unit; without any there is nothing to choose."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is, in both forms
    if not halls:
        del form.fields[name]
        return {}
    seats = {hall.pk: f" ({hall.seats})" if hall.seats else "" for hall in halls}
    field.choices = [
        ("", _("– không chọn –")),
        *((str(hall.pk), f"{hall_words(hall)}{seats[hall.pk]}") for hall in halls),
    ]
    return {str(hall.pk): hall for hall in halls}


def _moment(day: Any, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=VIETNAM)


class QuotaForm(forms.Form):
    """The yearly quota that a unit sets for itself and the units below it."""

    province_a_year = forms.IntegerField(
        label=_("Số hội nghị toàn tỉnh mỗi năm, tối đa"), min_value=1, max_value=50
    )
    commune_a_year = forms.IntegerField(
        label=_("Số hội nghị toàn xã mỗi năm, tối đa"), min_value=1, max_value=50
    )
    online_percent = forms.IntegerField(
        label=_("Tỷ lệ hội nghị trực tuyến, ít nhất (%)"), min_value=0, max_value=100
    )
    clause = forms.CharField(label=_("Văn bản quy định"), max_length=200)

    def limits(self) -> Limits:
        """What the command takes."""
        return Limits(**self.cleaned_data)


class SitesForm(forms.Form):
    """For which units below a site is made."""

    units = forms.TypedMultipleChoiceField(
        label=_("Điểm cầu của các đơn vị"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    site_form = forms.TypedChoiceField(
        label=_("Hình thức ở điểm cầu"), choices=FORMS, coerce=int, initial=Form.ONLINE
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(unit.pk, unit.name) for unit in units]
            field.initial = [unit.pk for unit in units]
        self.fields["site_form"].required = bool(units)  # without units below the page does not ask it


def offer(form: forms.Form, name: str, choices: Sequence[tuple[int, str]]) -> None:
    """Let a field of a form choose among these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - whoever calls it names one
    field.choices = list(choices)


class SeatingForm(forms.Form):
    """Units that move, and the site that receives them."""

    site = forms.TypedChoiceField(label=_("Chuyển đến điểm cầu"), coerce=int)
    unit = forms.TypedMultipleChoiceField(
        label=_("Đơn vị"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn đơn vị nào. Hãy đánh dấu ít nhất một đơn vị.")},
    )

    def __init__(self, *args: Any, sites: list[Site], units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(row.pk, row.name) for row in sites])
        offer(self, "unit", [(row.pk, row.name) for row in units])


class MeetingForm(forms.Form):
    """A cell meeting: the light kind."""

    title = forms.CharField(
        label=_("Nội dung chính"), max_length=300, initial=_("Sinh hoạt chi bộ thường kỳ")
    )
    day = DayField(label=_("Ngày họp"), help_text=_("Ví dụ: 23/11/2026"))
    begins = forms.TimeField(label=_("Bắt đầu"), widget=TimeInput(format="%H:%M"))
    ends = forms.TimeField(label=_("Kết thúc"), widget=TimeInput(format="%H:%M"))
    place = forms.CharField(label=_("Địa điểm"), max_length=300, required=False)
    chair = forms.CharField(label=_("Chủ trì"), max_length=160, required=False)
    campaign = forms.ChoiceField(
        label=_("Thuộc đợt"),
        required=False,
        help_text=_("Có chọn đợt thì buổi này tính vào số liệu của đợt."),
    )

    def __init__(self, *args: Any, campaigns: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Không thuộc đợt nào")), *((str(one.pk), one.title) for one in campaigns)]

    def plan(self, campaign: Campaign | None) -> Plan:
        """What the command takes; in a campaign all its documents stand on the agenda."""
        told = self.cleaned_data
        documents = campaign.documents.select_related("document") if campaign is not None else ()
        return Plan(
            title=told["title"],
            starts_at=_moment(told["day"], told["begins"]),
            ends_at=_moment(told["day"], told["ends"]),
            campaign=campaign,
            kind=Conference.Kind.CELL_MEETING,
            chair=told["chair"],
            hub_place=told["place"],
            agenda=tuple(AgendaLine(one.document.abstract[:300], one.document_id) for one in documents),
        )


class MinutesForm(forms.Form):
    """Content and minutes; ``version`` is the one the writer saw."""

    content = forms.CharField(
        label=_("Nội dung buổi họp"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    minutes = forms.CharField(label=_("Biên bản"), required=False, widget=forms.Textarea(attrs={"rows": 10}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class RemarkForm(forms.Form):
    """A remark of the discussion."""

    text = forms.CharField(label=_("Ý kiến"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000)
    author = forms.ChoiceField(label=_("Người nêu"), required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["author"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Không ghi tên")), *((str(pk), name) for pk, name in people)]


class QuestionForm(forms.Form):
    """What a site asks the hub."""

    text = forms.CharField(
        label=_("Câu hỏi, kiến nghị"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    speaker = forms.CharField(
        label=_("Người xin phát biểu"),
        help_text=_("Để trống nếu chỉ hỏi bằng văn bản."),
        required=False,
        max_length=160,
    )


class SiteForm(forms.Form):
    """What is told of a site."""

    name = forms.CharField(label=_("Tên điểm cầu"), max_length=200)
    facility = forms.ChoiceField(label=_("Hội trường"), required=False)
    place = forms.CharField(label=_("Địa chỉ"), max_length=300, required=False)
    capacity = forms.IntegerField(label=_("Số chỗ"), min_value=1, max_value=100_000, required=False)
    clerk = forms.CharField(label=_("Thư ký điểm cầu"), max_length=160, required=False)
    phone = forms.CharField(label=_("Điện thoại"), max_length=40, required=False)
    chair = forms.CharField(label=_("Chủ trì tại điểm cầu"), max_length=160, required=False)
    technician = forms.CharField(label=_("Cán bộ kỹ thuật"), max_length=160, required=False)
    technician_phone = forms.CharField(label=_("Điện thoại kỹ thuật"), max_length=40, required=False)
    monitor = forms.CharField(label=_("Người theo dõi lớp"), max_length=160, required=False)
    form = forms.TypedChoiceField(label=_("Hình thức"), choices=FORMS, coerce=int)
    join_link = forms.URLField(label=_("Đường dẫn họp trực tuyến"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, halls: Sequence[Facility] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.halls = _offer_halls(self, "facility", halls)

    def details(self) -> SiteDetails:
        """What the command takes; the chosen hall says its address and seats where nothing else is told."""
        told = dict(self.cleaned_data)
        hall = self.halls.get(told.pop("facility", ""))
        if hall is not None:
            told["place"] = told["place"] or hall_words(hall)
            told["capacity"] = told["capacity"] or hall.seats or None
        return SiteDetails(**told, facility_id=hall.pk if hall is not None else None)
