"""What every page needs: the actor, the places he sees, the unit he acts in."""

from dataclasses import dataclass
from typing import Any

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


PLACES = (
    (Can.HOME, _("Việc hôm nay"), "today", "home"),
    (Can.CAMPAIGN_READ, _("Đợt triển khai"), "campaigns", "flag"),
    (Can.CONFERENCE_READ, pgettext_lazy("place", "Hội nghị"), "conferences", "users"),
    (Can.CAMPAIGN_READ, pgettext_lazy("place", "Báo cáo"), "reports", "report"),
    (Can.UNIT_READ, pgettext_lazy("place", "Đơn vị"), "units", "sitemap"),
    (Can.DOCUMENT_READ, pgettext_lazy("place", "Văn bản"), "documents", "file-text"),
    (Can.LECTURER_READ, pgettext_lazy("place", "Báo cáo viên"), "lecturers", "speakerphone"),
    (Can.LECTURE_GIVE, _("Buổi tôi nói"), "my-lectures", "calendar-event"),
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
    for can, label, name, icon in PLACES:
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        if actor.can(can):
            found.append(Place(label, href, icon, path == href if href == "/" else path.startswith(href)))
    return found
