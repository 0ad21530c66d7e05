"""What every page of this place shares: its tabs, its crumbs, the unit whose corps is meant."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quantriet.core.components import Crumb, Tab
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

FIRST_YEAR = 2020


def tabs(by: Actor, active: str) -> list[Tab]:
    """The views of this place that the actor may open."""
    views = (
        ("lecturers", pgettext("tab", "Lực lượng"), Can.LECTURER_READ),
        ("lectures", _("Đề nghị"), Can.LECTURER_READ),
        ("lecture-board", _("Cử người"), Can.LECTURER_MANAGE),
        ("trainings", _("Tập huấn"), Can.LECTURER_READ),
        ("oral-programme", _("Chương trình năm"), Can.DOCUMENT_READ),
        ("bulletins", _("Bản tin"), Can.DOCUMENT_READ),
        ("oral-work", _("Kết quả năm"), Can.LECTURER_READ),
        ("my-lectures", _("Buổi tôi nói"), Can.LECTURE_GIVE),
    )
    return [Tab(label, reverse(name), active=name == active) for name, label, can in views if by.can(can)]


def crumbs(by: Actor, *steps: Crumb) -> list[Crumb]:
    """The way from the front of this place."""
    front = "my-lectures" if by.can(Can.LECTURE_GIVE) else "bulletins"
    front = "lecturers" if by.can(Can.LECTURER_READ) else front
    return [Crumb(pgettext("place", "Báo cáo viên"), reverse(front)), *steps]


def own_unit(by: Actor) -> Unit:
    """The unit the actor looks down from; 404 for who has none."""
    unit = access.home(by)
    if unit is None:
        raise access.not_found()
    return unit


def asked_unit(request: ActorRequest, can: Can) -> Unit:
    """The unit the address names (``don_vi``), where the actor may do ``can``; without one the actor's own."""
    wanted = request.GET.get("don_vi", "")
    return access.unit_or_404(request.actor, can, number(wanted)) if wanted else own_unit(request.actor)


def years(*, ahead: int = 0) -> range:
    """The years one may look at, the latest on top."""
    return range(timezone.localdate().year + ahead, FIRST_YEAR - 1, -1)


def asked_year(request: ActorRequest, *, ahead: int = 0) -> int:
    """The year the address names (``nam``); what is none of those offered is the one that runs."""
    text = request.GET.get("nam", "")
    is_year = text.isdecimal() and len(text) == 4 and int(text) in years(ahead=ahead)
    return int(text) if is_year else timezone.localdate().year


def number(text: str) -> int:
    """A row's number from the address or a form; what is none is like a row that does not exist."""
    if not text.isdecimal() or len(text) > 18:
        raise access.not_found()
    return int(text)
