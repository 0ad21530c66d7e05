"""What every page of this place shares: its tabs, its crumbs, the unit whose corps is meant."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.components import Crumb, Tab
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def tabs(by: Actor, active: str) -> list[Tab]:
    """The views of this place that the actor may open."""
    views = (
        ("lecturers", pgettext("tab", "Lực lượng"), Can.LECTURER_READ),
        ("lectures", _("Đề nghị"), Can.LECTURER_READ),
        ("lecture-board", _("Cử người"), Can.LECTURER_MANAGE),
        ("oral-work", _("Kết quả năm"), Can.LECTURER_READ),
        ("my-lectures", _("Buổi tôi nói"), Can.LECTURE_GIVE),
    )
    return [Tab(label, reverse(name), active=name == active) for name, label, can in views if by.can(can)]


def crumbs(by: Actor, *steps: Crumb) -> list[Crumb]:
    """The way from the front of this place."""
    front = "lecturers" if by.can(Can.LECTURER_READ) else "my-lectures"
    return [Crumb(pgettext("place", "Báo cáo viên"), reverse(front)), *steps]


def own_unit(by: Actor) -> Unit:
    """The unit the actor looks down from; 404 for who has none."""
    unit = access.home(by)
    if unit is None:
        raise access.not_found()
    return unit


def number(text: str) -> int:
    """A row's number from the address or a form; what is none is like a row that does not exist."""
    if not text.isdecimal() or len(text) > 18:
        raise access.not_found()
    return int(text)
