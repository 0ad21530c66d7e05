"""Devices: who waits to be enrolled, who is, and what decides whether each may record at this moment."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import connection
from django.db.models import Model, QuerySet

from quantriet.campaigns.models import Campaign
from quantriet.conferences.models import Conference, Device, Site
from quantriet.conferences.scanning import Standing
from quantriet.org import sealing
from quantriet.org.permissions import Can
from quantriet.org.queries import holders
from quantriet.org.queries.holders import Holder

_KEY_OF = b"conferences_device.key"
AFTER_THE_END = timedelta(hours=48)
"""How long after a conference its devices may still bring in what they heard without a line."""


def valid_until(conference: Conference) -> datetime:
    """Until when the devices of a conference may record: by its end as it is now, put off or brought forward."""
    return conference.ends_at + AFTER_THE_END


def of_site(site: Site) -> QuerySet[Device]:
    """The devices of a site, newest first."""
    return Device.objects.filter(site=site).select_related("account")


def keys_of(device_ids: Iterable[int]) -> dict[int, bytes]:
    """The keys of enrolled devices, whatever became of them since; all others are left out, and those of an
    installation whose data key is another since: such a device is enrolled anew.
    """
    rows = Device.objects.filter(pk__in=list(device_ids), enrolled_at__isnull=False).only("sealed_key")
    keys = {}
    for device in rows.order_by("pk"):
        with suppress(InvalidTag):
            keys[device.pk] = key_in(device)
    return keys


def key_of(device_id: int) -> bytes | None:
    """The key of one enrolled device, as ``keys_of`` has it."""
    return keys_of([device_id]).get(device_id)


def about_key(device_id: int) -> bytes:
    """What a device's key is sealed for, the column and the row: copied to another row it does not open."""
    return b"%s:%d" % (_KEY_OF, device_id)


def key_in(device: Device) -> bytes:
    """The key as the device holds it. Raises ``InvalidTag`` where it was sealed for another device or under another
    data key. Keys of earlier versions were sealed for the column only; they go on being good.
    """
    about = about_key(device.pk) if is_bound(device) else _KEY_OF
    return bytes.fromhex(sealing.unseal(bytes(device.sealed_key or b""), about=about))


def is_bound(device: Device) -> bool:
    """Whether the key of a device is sealed for its row, not only for the column."""
    try:
        sealing.unseal(bytes(device.sealed_key or b""), about=about_key(device.pk))
    except InvalidTag:
        return False
    return True


@dataclass(frozen=True)
class Enrolled:
    """A device as a flush reads it: its site (with conference and campaign), in whose name and below which roots
    it records.
    """

    device_id: int
    site: Site
    enrolled_at: datetime
    name: str
    roots: tuple[str, ...]
    standing: Standing


def _some(model: type[Model], *names: str) -> list[str]:
    """Columns in the order in which a model takes them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]  # noqa: SLF001 - Django's public-by-habit API


# What check-in reads of them; anything else is fetched when it is asked for.
_OF_SITE = _some(Site, "id", "conference_id", "unit_id", "form", "state")
_OF_CONFERENCE = _some(
    Conference, "id", "campaign_id", "unit_id", "level", "starts_at", "ends_at", "state", "code_key"
)
_OF_CAMPAIGN = _some(Campaign, "id", "unit_id", "book_id", "state", "policy")


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


_DEVICES = f"""
WITH device AS MATERIALIZED (
    SELECT id, account_id, unit_id, site_id, enrolled_at, revoked_at IS NOT NULL AS is_revoked
    FROM conferences_device WHERE id = ANY(%(devices)b::bigint[]) AND enrolled_at IS NOT NULL
)
SELECT device.id, device.account_id, device.unit_id, device.enrolled_at, device.is_revoked, placed.path::text,
       holder.display_name, holder.roots, {_columns("site", _OF_SITE)},
       {_columns("conference", _OF_CONFERENCE)}, {_columns("campaign", _OF_CAMPAIGN)}
FROM device
JOIN conferences_site AS site ON site.id = device.site_id
JOIN conferences_conference AS conference ON conference.id = site.conference_id
LEFT JOIN campaigns_campaign AS campaign ON campaign.id = conference.campaign_id
LEFT JOIN org_placement AS placed ON placed.unit_id = site.unit_id AND placed.valid @> quantriet_today()
LEFT JOIN ({holders.holding("SELECT DISTINCT account_id, unit_id FROM device")}) AS holder
  ON holder.account_id = device.account_id AND holder.unit_id = device.unit_id
"""
_AT_SITE = 8
_AT_CONFERENCE = _AT_SITE + len(_OF_SITE)
_AT_CAMPAIGN = _AT_CONFERENCE + len(_OF_CONFERENCE)


def enrolled(device_ids: Iterable[int]) -> dict[int, Enrolled]:
    """Devices as they stand now: revoked, over, and whether their accounts still hold the right at the site.

    One statement, however many; sites of one conference share it.
    """
    told: dict[str, list[int] | list[str]] = {
        "devices": sorted(set(device_ids)),
        "roles": holders.roles_with(Can.ATTENDANCE_RECORD),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEVICES, told)
        rows = cursor.fetchall()
    conferences: dict[int, Conference] = {}
    found = {}
    for row in rows:
        conference_id = row[_AT_CONFERENCE]
        if conference_id not in conferences:
            conferences[conference_id] = _conference(row)
        found[row[0]] = _enrolled(row, conferences[conference_id])
    return found


def _conference(row: Sequence[Any]) -> Conference:
    conference = Conference.from_db(connection.alias, _OF_CONFERENCE, row[_AT_CONFERENCE:_AT_CAMPAIGN])
    if conference.campaign_id is not None:
        campaign = Campaign.from_db(connection.alias, _OF_CAMPAIGN, row[_AT_CAMPAIGN:])
        campaign.policy = json.loads(row[_AT_CAMPAIGN + _OF_CAMPAIGN.index("policy")])
        conference.campaign = campaign
    return conference


def _enrolled(row: Sequence[Any], conference: Conference) -> Enrolled:
    device_id, account_id, unit_id, enrolled_at, is_revoked, path, name, roots = row[:_AT_SITE]
    holder = None if name is None else Holder(account_id, unit_id, name, tuple(roots))
    site = Site.from_db(connection.alias, _OF_SITE, row[_AT_SITE:_AT_CONFERENCE])
    site.conference = conference
    is_allowed = holder is not None and holder.reaches(path)
    standing = Standing(is_revoked, valid_until(conference), site.state == Site.State.CLOSED, is_allowed)
    below = () if holder is None else holder.roots
    return Enrolled(device_id, site, enrolled_at, name or "", below, standing)
