"""What a device takes along: who is expected at its site, as far as its own account may see."""

from quantriet.conferences.device_rolls import Listed, Roll
from quantriet.conferences.models import Site
from quantriet.conferences.queries import roster
from quantriet.conferences.queries.devices import Enrolled, valid_until
from quantriet.core import scope
from quantriet.core.scope import Scope


def of_device(device: Enrolled) -> Roll:
    """The roll of a device's site. Opens its own scope, the account's; two queries, however many people."""
    with scope.use(Scope(device.roots, "device")):
        site = Site.objects.select_related("conference").get(pk=device.site.pk)
        conference = site.conference
        return Roll(
            site=site.name,
            conference=conference.title,
            conference_id=conference.pk,
            code_key=bytes(conference.code_key),
            starts_at=conference.starts_at,
            valid_until=valid_until(conference),
            people=[Listed(*row) for row in roster.expected_names(site)],
        )
