"""A typed code is looked up among the people whom its own device's account may see, whoever else is in the flush."""

import pytest

from quantriet.conferences import codes
from quantriet.conferences.commands import attendance, scans
from quantriet.conferences.models import Conference, SiteUnit
from quantriet.conferences.verdicts import Code
from quantriet.org.models import Person, Unit
from tests import factories
from tests import factories_conferences as made
from tests.factories_devices import Reader, reader

SHARED = "0123-4567"
"""A short code that two people carry, one in each province."""


class Neighbours:
    """Two communes of two provinces; people of the second sit at the hall of the first as well."""

    def __init__(self) -> None:
        near, far = (
            factories.commune(factories.province(name), f"Đảng bộ xã {at}")
            for at, name in enumerate(("Đảng bộ tỉnh Gần", "Đảng bộ tỉnh Xa"))
        )
        self.an = self.person(near, "Nguyễn Văn An")
        self.xa = self.person(far, "Trần Thị Xa")
        self.near = self.phone(made.called(near), near)
        self.far = self.phone(made.called(far), far)
        conference = self.near.site.conference
        SiteUnit.objects.create(conference=conference, site=self.near.site, unit=far)

    def person(self, commune: Unit, name: str) -> Person:
        return factories.person(factories.cell(commune), name)

    def phone(self, conference: Conference, commune: Unit) -> Reader:
        return reader(made.hub(conference), factories.account("clerk", commune))


@pytest.fixture
def neighbours(db: None, monkeypatch: pytest.MonkeyPatch) -> Neighbours:
    found = Neighbours()
    plain = codes.short
    shared = {found.an.pk, found.xa.pk}

    def short(key: bytes, conference_id: int, person_id: int) -> str:
        if person_id in shared:
            return codes.read_short(SHARED)
        return plain(key, conference_id, person_id)

    monkeypatch.setattr(codes, "short", short)
    return found


def typed(phone: Reader, code: str) -> scans.Told:
    return phone.told([phone.event(1, code=code)])


def test_one_code_of_two_people_is_each_devices_own_person(neighbours: Neighbours) -> None:
    told = [typed(neighbours.near, SHARED), typed(neighbours.far, SHARED)]

    answers = scans.record(told)

    assert [[(one.code, one.name) for one in some] for some in answers] == [
        [(Code.RECORDED, "Nguyễn Văn An")],
        [(Code.RECORDED, "Trần Thị Xa")],
    ]


def test_control_whoever_may_see_both_is_told_that_the_code_is_nobodys(neighbours: Neighbours) -> None:
    with factories.looking_everywhere():
        shorts = attendance.short_codes(neighbours.near.site)

    assert shorts[codes.read_short(SHARED)] is None


def test_a_code_of_somebody_out_of_sight_is_unknown_beside_a_device_that_sees_him(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    conference = neighbours.near.site.conference
    code = codes.short(bytes(conference.code_key), conference.pk, neighbours.xa.pk)

    answers = scans.record([typed(neighbours.near, code), typed(neighbours.far, "2222-2222")])

    assert [[(one.code, one.name) for one in some] for some in answers] == [
        [(Code.UNKNOWN_CODE, "")],
        [(Code.UNKNOWN_CODE, "")],
    ]
