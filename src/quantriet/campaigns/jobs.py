"""Long work of campaigns, done by the worker: giving a campaign down to every unit."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.campaigns import queries
from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.models import Campaign
from quantriet.core.jobs import Running
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import job
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@job(Can.CAMPAIGN_MANAGE)
def start_campaign(actor: Actor, running: Running, *, campaign: int) -> Mapping[str, Any]:
    """Give a campaign down: obligations first, then the roll one subtree after another.

    Each subtree is its own transaction; stopped or broken off, it goes on where it was when ordered again.
    """
    with access.acting(actor):
        found = access.row_or_404(queries.campaigns(actor), campaign)
        running.progress(0, 0, _("Đang giao việc cho các đơn vị"))
        started = campaigns.begin_start(found, by=actor)
        chunks = campaigns.roll_chunks(started)
        names = dict(Unit.objects.filter(pk__in=chunks).values_list("pk", "name"))
    if started.state == Campaign.State.STARTING:
        for done, top_id in enumerate(chunks):
            running.stop_if_asked()
            running.progress(done, len(chunks) + 1, _("Lập danh sách: %(unit)s") % {"unit": names[top_id]})
            with access.acting(actor):
                campaigns.draw_roll(started, top_id, by=actor)
        with access.acting(actor):
            campaigns.finish_start(started, by=actor)
    running.progress(len(chunks) + 1, len(chunks) + 1)
    return {"href": reverse("campaign", args=[campaign])}
