"""What every page of a campaign needs first: the campaign, the unit looked at, the way to it, the tabs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns import queries
from quantriet.campaigns.forms import LensForm
from quantriet.campaigns.models import Campaign
from quantriet.campaigns.queries import Lens
from quantriet.core.components import Crumb, Tab, Words
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import ActorRequest
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

SAY_WHO_LEADS = frozenset({"campaign", "campaign-unit"})
"""Pages whose head says who leads the campaign and who works with it."""


@dataclass(frozen=True)
class Looking:
    """A campaign and the unit at which it is looked at. ``highest``: the unit this actor's view begins at."""

    actor: Actor
    campaign: Campaign
    unit: Unit
    highest: Unit

    def href(self, name: str, *args: object, **query: object) -> str:
        """The address of a page of this campaign for this unit; empty values are left out."""
        return address(name, self.campaign, self.unit, *args, **query)

    def crumbs(self) -> list[Crumb]:
        """The way down the tree to the unit, as far as the actor may look up."""
        path = access.today_placements().filter(unit=self.unit).values_list("path", flat=True).first() or ""
        labels = [int(label) for label in str(path).split(".") if label]
        seen = access.units(self.actor, Can.CAMPAIGN_READ).filter(pk__in=labels).in_bulk()
        steps = [seen[label] for label in labels if label in seen]
        if self.highest in steps:
            steps = steps[steps.index(self.highest) :]
        return [
            Crumb(_("Đợt triển khai"), reverse("campaigns")),
            *(
                Crumb(step.short_name or step.name, address("campaign", self.campaign, step))
                for step in steps
            ),
        ]

    def tabs(self, active: str) -> list[Tab]:
        """The views of a running campaign for this unit."""
        views = (
            ("campaign", _("Bảng"), Can.CAMPAIGN_READ),
            ("campaign-trends", _("Diễn biến"), Can.CAMPAIGN_READ),
            ("campaign-freezes", _("Số đã chốt"), Can.CAMPAIGN_READ),
            ("campaign-unit", _("Việc phải làm"), Can.CAMPAIGN_READ),
            ("campaign-missing", _("Còn thiếu"), Can.CAMPAIGN_READ),
            ("campaign-roll", _("Danh sách triệu tập"), Can.ATTENDANCE_READ),
            ("campaign-deadlines", _("Thời hạn"), Can.CAMPAIGN_READ),
            ("campaign-reminders", _("Đã nhắc"), Can.REMINDER_SEND),
            *self._of_the_end(),
        )
        return [
            Tab(label, self.href(name), active=name == active)
            for name, label, can in views
            if self.actor.can(can)
        ]

    def _of_the_end(self) -> list[tuple[str, Words, Can]]:
        """What a finished campaign taught and left to put right."""
        if self.campaign.state != Campaign.State.CLOSED:
            return []
        return [("campaign-lessons", _("Bài học"), Can.CAMPAIGN_READ)]

    def _partners(self) -> list[str]:
        """Who works with the unit that leads."""
        return list(self.campaign.partners.order_by("sort_key", "id").values_list("name", flat=True))

    def context(self, active: str, **more: Any) -> dict[str, Any]:
        """What the frame of the page shows."""
        manages = access.may(self.actor, Can.CAMPAIGN_MANAGE, self.campaign.unit_id)
        return {
            "campaign": self.campaign,
            "unit": self.unit,
            "crumbs": self.crumbs(),
            "tabs": self.tabs(active),
            "manages": manages,
            "partners": self._partners() if active in SAY_WHO_LEADS else None,
            **more,
        }


def address(name: str, campaign: Campaign, unit: Unit | int | None, *args: object, **query: object) -> str:
    """The address of a page of a campaign, the unit and the filters in it."""
    chosen = {"don_vi": unit.pk if isinstance(unit, Unit) else unit, **query}
    kept = "&".join(
        f"{key}={value if isinstance(value, int) else quote_plus(str(value))}"
        for key, value in chosen.items()
        if value not in (None, "", 0)
    )
    base = _base(name, (campaign.pk, *args))
    return f"{base}?{kept}" if kept else base


@lru_cache(maxsize=2048)
def _base(name: str, args: tuple[object, ...]) -> str:
    """The address without its query: a board of a province has thousands of links to a few pages."""
    return reverse(name, args=args)


def look(request: ActorRequest, campaign_id: int) -> Looking:
    """The campaign and the unit of the address; 404 for a campaign or unit that is not the actor's to see."""
    campaign = access.row_or_404(queries.campaigns(request.actor), campaign_id)
    highest = queries.visible_unit(campaign, request.actor)
    wanted = request.GET.get("don_vi", "")
    unit = highest
    if wanted:
        unit = access.unit_or_404(request.actor, Can.CAMPAIGN_READ, number(wanted))
    return Looking(request.actor, campaign, unit, highest)


def lens_of(asked: QueryDict) -> tuple[Lens, LensForm]:
    """How an address asks to look. A filter that makes no sense is left out, and the form says so; a day that has not
    passed is now.
    """
    given = asked.copy()
    given.setdefault("cach", "nay")
    form = LensForm(given)
    form.is_valid()
    clean = getattr(form, "cleaned_data", {})
    on, known, today = clean.get("ngay"), clean.get("biet"), timezone.localdate()
    lens = Lens(
        on=on if on and on < today else None,
        as_then=clean.get("cach") == "khi-do",
        person_class=clean.get("doi_tuong") or 0,
        known=known if known and known < today else None,
    )
    return lens, form


def lens_query(lens: Lens) -> dict[str, object]:
    """How one looks through time, as it stands in an address; what is now is empty."""
    return {
        "ngay": lens.on.isoformat() if lens.on else "",
        "cach": "khi-do" if lens.on and lens.as_then else "",
        "biet": lens.known.isoformat() if lens.known else "",
    }


def number(text: str) -> int:
    """A row's number from the address; what is none is like a row that does not exist."""
    if not text.isdecimal() or len(text) > 18:
        raise access.not_found()
    return int(text)
