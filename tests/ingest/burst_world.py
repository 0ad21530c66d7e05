"""A commune with people, a running campaign, a session and phones, in a database of its own; told as JSON.

Run as a program: a proof that kills its database must not share it. ``python -m tests.ingest.burst_world 9 2``
"""

import json
import sys
from datetime import date

import django

django.setup()

from quantriet.conferences import codes  # noqa: E402 - tables are known after the set-up
from quantriet.org import access  # noqa: E402
from quantriet.org.commands import people  # noqa: E402
from quantriet.org.commands.people import ANOTHER, PersonSpec  # noqa: E402
from tests import factories  # noqa: E402
from tests import factories_campaigns as campaigns_made  # noqa: E402
from tests import factories_conferences as made  # noqa: E402
from tests.factories_devices import reader  # noqa: E402


def main(count: int, phones: int) -> None:
    """Make it and tell what a burst needs."""
    province = factories.province()
    commune = factories.commune(province)
    cell = factories.cell(commune)
    specs = [
        PersonSpec(full_name=f"Người Thứ {at}", unit_id=cell.pk, from_on=date(2020, 1, 1), same_as=ANOTHER)
        for at in range(count)
    ]
    with access.acting(factories.operator()):
        ids = people.register(specs, by=factories.operator()).ids
    campaign = campaigns_made.started(province)
    conference = made.called(commune, campaign)
    site = made.hub(conference)
    clerk = factories.account("clerk", commune)
    readers = [reader(site, clerk) for _phone in range(phones)]
    key = bytes(conference.code_key)
    told = {
        "phones": [[one.device.pk, one.key.hex()] for one in readers],
        "cards": [codes.personal(key, conference.pk, person_id) for person_id in ids],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
