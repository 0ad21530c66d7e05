"""Devices are offered with a one-time code, or enrolled by the page of a signed-in clerk, and revoked.

A code has 50 bits, is good once and for a quarter of an hour, and is kept as a blind index only. The key is
told once, to the device that claims the code.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.conferences.codes import ALPHABET, meant
from quantriet.conferences.commands import gate
from quantriet.conferences.models import Device, Site
from quantriet.conferences.queries.devices import about_key, is_bound, key_in, valid_until
from quantriet.conferences.scanning import KEY_BYTES
from quantriet.core.errors import DomainError, NotFoundError
from quantriet.core.text import clean_line
from quantriet.org import access, audit, sealing
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

CODE_LETTERS = 10
CODE_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Offer:
    """A device that waits for its code; the code is shown once."""

    device: Device
    code: str


@dataclass(frozen=True)
class Key:
    """What an enrolled device keeps: its number and its secret, told once."""

    device: Device
    key: bytes


def offer(site: Site, *, label: str, by: Actor) -> Offer:
    """A one-time code with which a phone or reader enrols itself at the site."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    _refuse_over(site)
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LETTERS))
    with transaction.atomic():
        device = Device.objects.create(
            site=site,
            account_id=_account(by),
            unit_id=by.unit_id,
            label=clean_line(label)[:80] or _("Máy quét"),
            code_index=sealing.index(code),
            code_until=timezone.now() + CODE_FOR,
        )
        audit.record(by, "device.offer", device, unit=site.unit_id, detail={"site": site.pk})
    return Offer(device, code)


def claim(code: str) -> Key:
    """Enrol whoever holds the code; it is used up. A wrong, old or used code answers alike."""
    now = timezone.now()
    with transaction.atomic():
        device = (
            Device.objects.select_for_update(of=("self",))
            .filter(code_index=sealing.index(meant(code)), code_until__gte=now, revoked_at=None)
            .first()
        )
        if device is None:
            raise NotFoundError(
                "device.code", _("Mã đăng ký máy không đúng, đã dùng hoặc đã quá 15 phút. Hãy xin mã mới.")
            )
        return _enrol(device, now)


def enrol(site: Site, *, session_key: str, by: Actor) -> Key:
    """The browser of a signed-in clerk becomes a device of the site, one a session; asked again it is the same.

    A device that was revoked stays so; its clerk goes on through the pages.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    _refuse_over(site)
    with transaction.atomic():
        device, is_new = Device.objects.select_for_update().get_or_create(
            site=site,
            session_key=session_key,
            defaults={
                "account_id": _account(by),
                "unit_id": by.unit_id,
                "label": by.name[:80],
            },
        )
        if device.revoked_at is not None:
            raise DomainError("device.revoked", _("Máy này đã bị ngừng dùng ở điểm cầu. Chưa làm gì."))
        if not is_new:
            return _key_again(device)
        audit.record(by, "device.enrol", device, unit=site.unit_id, detail={"site": site.pk})
        return _enrol(device, timezone.now())


def revoke(device: Device, *, by: Actor) -> Device:
    """Stop a device: from its next call on nothing of it is recorded. What it brought in stays."""
    access.require(by, Can.ATTENDANCE_RECORD, device.site.unit_id)
    with transaction.atomic():
        gate.shut(device.site.conference_id)
        locked = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
        if locked.revoked_at is None:
            locked.revoked_at, locked.revoked_by, locked.code_index = timezone.now(), by.name, None
            locked.save(update_fields=["revoked_at", "revoked_by", "code_index"])
            audit.record(
                by, "device.revoke", locked, unit=device.site.unit_id, detail={"site": device.site_id}
            )
    return locked


def _key_again(device: Device) -> Key:
    """The key it was told, sealed for its row from now on; a new one where the installation's data key is another
    since.
    """
    try:
        key = key_in(device)
    except InvalidTag:
        return _enrol(device, timezone.now())
    if not is_bound(device):
        device.sealed_key = _sealed(key, device)
        device.save(update_fields=["sealed_key"])
    return Key(device, key)


def _sealed(key: bytes, device: Device) -> bytes:
    return sealing.seal(key.hex(), about=about_key(device.pk))


def _enrol(device: Device, now: datetime) -> Key:
    key = secrets.token_bytes(KEY_BYTES)
    device.sealed_key = _sealed(key, device)
    device.enrolled_at = device.enrolled_at or now
    device.code_index = None
    device.save()
    return Key(device, key)


def _account(by: Actor) -> int:
    if not by.account_id:
        raise DomainError("device.account", _("Chỉ tài khoản đã đăng nhập mới đăng ký được máy."))
    return by.account_id


def _refuse_over(site: Site) -> None:
    over = site.state == Site.State.CLOSED or timezone.now() > valid_until(site.conference)
    if over or site.conference.state == "cancelled":
        raise DomainError("device.over", _("Điểm cầu đã kết thúc nên không đăng ký thêm máy. Chưa làm gì."))
