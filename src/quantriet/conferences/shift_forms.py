"""Forms of shifts: when and where a further one sits, and who comes to which."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quantriet.conferences.forms import TimeInput, offer
from quantriet.conferences.models import Site
from quantriet.conferences.queries.shifts import Comer
from quantriet.core.text import VIETNAM
from quantriet.org.forms import DayField


class ShiftForm(forms.Form):
    """Hours of a further shift, and its sites; where there are too many or only one there is no field for them."""

    day = DayField(label=_("Ngày"), help_text=_("Ví dụ: 23/11/2026"))
    begins = forms.TimeField(label=_("Bắt đầu"), widget=TimeInput(format="%H:%M"))
    ends = forms.TimeField(label=_("Kết thúc"), widget=TimeInput(format="%H:%M"))
    site = forms.TypedMultipleChoiceField(
        label=_("Điểm cầu họp ca này"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn điểm cầu nào. Hãy đánh dấu ít nhất một điểm cầu.")},
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(one.pk, one.name) for one in sites])
        self.fields["site"].initial = [one.pk for one in sites]
        if len(sites) < 2:
            del self.fields["site"]

    def hours(self) -> tuple[datetime, datetime]:
        """When the shift begins and ends."""
        told = self.cleaned_data
        begins, ends = (
            datetime.combine(told["day"], told[name], tzinfo=VIETNAM) for name in ("begins", "ends")
        )
        return begins, ends


class MembersForm(forms.Form):
    """The people ticked, and the shift they are to come to (by its site)."""

    to = forms.TypedChoiceField(label=_("Chuyển sang"), coerce=int)
    person = forms.TypedMultipleChoiceField(
        label=_("Người"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chưa chọn ai. Hãy đánh dấu ít nhất một người.")},
    )

    def __init__(self, *args: Any, sites: Sequence[Site], people: Sequence[Comer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", [(one.pk, words(one)) for one in sites])
        offer(self, "person", [(one.person_id, one.full_name) for one in people])


def words(site: Site) -> str:
    """`Ca 2`: the shift of a site."""
    return str(_("Ca %(number)s")) % {"number": site.conference.shift or 1}
