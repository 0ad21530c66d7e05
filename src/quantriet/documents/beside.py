"""Pages about a document that stand on floors above: each floor names its own, and they show as tabs."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from quantriet.core.components import Tab
from quantriet.org.access import Actor
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class PageBeside:
    """A page whose route takes ``document_id``; shown to who holds the permission."""

    route: str
    label: Promise
    can: Can


_pages: dict[str, PageBeside] = {}


def register(page: PageBeside) -> None:
    """Name a page; a route is named once however often its package is loaded."""
    _pages[page.route] = page


def tabs(document_id: int, by: Actor, *, active: str) -> list[Tab]:
    """The document itself and the pages beside it; nothing when there is no page beside it for this actor."""
    beside = [page for page in _pages.values() if by.can(page.can)]
    if not beside:
        return []
    shown = [("document", _("Văn bản")), *((page.route, str(page.label)) for page in beside)]
    return [Tab(label, reverse(route, args=(document_id,)), active=route == active) for route, label in shown]
