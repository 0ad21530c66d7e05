"""What every page needs: the actor, the places he sees, the unit he acts in."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quantriet.org import notices
from quantriet.org.access import Actor
from quantriet.org.permissions import ROLES, Can


@dataclass(frozen=True)
class Place:
    """One of the places of the navigation."""

    label: str | Promise
    href: str
    icon: str
    active: bool


class Wing(NamedTuple):
    """A place and who sees it: whoever ``can``, unless he has a wider place that leads there."""

    can: Can
    label: Promise
    route: str
    icon: str
    unless: Can | None = None


PLACES = (
    Wing(Can.HOME, _("Việc hôm nay"), "today", "home"),
    Wing(Can.CAMPAIGN_READ, _("Đợt triển khai"), "campaigns", "flag"),
    Wing(Can.CONFERENCE_READ, pgettext_lazy("place", "Hội nghị"), "conferences", "users"),
    Wing(Can.CAMPAIGN_READ, pgettext_lazy("place", "Báo cáo"), "reports", "report"),
    Wing(Can.UNIT_READ, pgettext_lazy("place", "Đơn vị"), "units", "sitemap"),
    Wing(Can.DOCUMENT_READ, pgettext_lazy("place", "Văn bản"), "documents", "file-text"),
    Wing(Can.LECTURER_READ, pgettext_lazy("place", "Báo cáo viên"), "lecturers", "speakerphone"),
    Wing(Can.LECTURE_GIVE, _("Buổi tôi nói"), "my-lectures", "calendar-event"),
    Wing(Can.DOCUMENT_READ, _("Bản tin"), "bulletins", "message", unless=Can.LECTURER_READ),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame around every page."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"demo": settings.QUANTRIET.demo, "places": [], "issuer": settings.QUANTRIET.issuer}
    return {
        "demo": settings.QUANTRIET.demo,
        "actor": actor,
        "acting_in": actor.unit,
        "acting_roles": [ROLES[role].title for role in sorted(actor.roles)],
        "posts": actor.posts,
        "places": _places(request.path, actor),
        "notices_unread": notices.unread_count(actor),
        "live_url": settings.QUANTRIET.live_url,
        "has_issuer": settings.QUANTRIET.issuer is not None,
    }


def _places(path: str, actor: Actor) -> list[Place]:
    """The places a role sees; one whose wing is not built yet joins with its route."""
    found = []
    for wing in PLACES:
        try:
            href = reverse(wing.route)
        except NoReverseMatch:
            continue
        if actor.can(wing.can) and not (wing.unless is not None and actor.can(wing.unless)):
            is_here = path == href if href == "/" else path.startswith(href)
            found.append(Place(wing.label, href, wing.icon, is_here))
    return found
