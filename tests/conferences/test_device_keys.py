"""The key of a device opens in its own row only; keys sealed before that go on being good."""

import pytest

from quantriet.conferences.commands import devices
from quantriet.conferences.models import Device
from quantriet.conferences.queries import devices as reads
from quantriet.conferences.verdicts import Code
from quantriet.org import access, sealing
from tests import factories
from tests.conferences.test_attendance import Town
from tests.factories_devices import Reader, reader

EARLIER = b"conferences_device.key"
"""What keys were sealed for before: the column, whatever the row."""


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def seal_as_before(phone: Reader) -> None:
    Device.objects.filter(pk=phone.device.pk).update(sealed_key=sealing.seal(phone.key.hex(), about=EARLIER))


def copy_key(source: Reader, target: Reader) -> None:
    sealed = Device.objects.get(pk=source.device.pk).sealed_key
    Device.objects.filter(pk=target.device.pk).update(sealed_key=bytes(sealed or b""))


def test_a_sealed_key_copied_to_another_row_does_not_open(town: Town) -> None:
    first, other = reader(town.site), reader(town.site)

    copy_key(first, other)

    assert reads.key_of(first.device.pk) == first.key
    assert reads.key_of(other.device.pk) is None


def test_control_sealed_for_the_column_only_it_opens_anywhere(town: Town) -> None:
    first, other = reader(town.site), reader(town.site)
    seal_as_before(first)

    copy_key(first, other)

    assert reads.key_of(other.device.pk) == first.key


def test_a_key_sealed_before_is_good_and_sealed_for_its_row_when_it_is_asked_for_again(town: Town) -> None:
    by = factories.actor("clerk", town.commune)
    with access.acting(by):
        told = devices.enrol(town.site, session_key="a", by=by)
    phone = Reader(told.device, told.key, town.site, by)
    seal_as_before(phone)
    assert reads.key_of(phone.device.pk) == phone.key
    assert [one.code for one in phone.send(phone.event(town.an))] == [Code.RECORDED]

    with access.acting(by):
        again = devices.enrol(town.site, session_key="a", by=by)

    assert (again.device.pk, again.key) == (phone.device.pk, phone.key)
    assert reads.is_bound(Device.objects.get(pk=phone.device.pk))
    assert reads.key_of(phone.device.pk) == phone.key
