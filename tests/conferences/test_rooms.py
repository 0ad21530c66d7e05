"""Rooms of video servers: plain links stay as they are, those of Jitsi are signed for one guest and a while."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from quantriet.conferences import rooms
from quantriet.conferences.commands import conferences
from quantriet.conferences.models import Attendance, RoomStay, Site
from quantriet.conferences.queries.rooms import presence
from quantriet.conferences.rooms import Guest, PlainRoom, Server
from quantriet.org import access
from quantriet.web import configuration
from tests import factories
from tests import factories_conferences as made

SECRET = "bi-mat-dung-chung-cua-hai-may-chu-0123"
SERVER = Server("https://hop.vi-du.invalid", "quantriet", SECRET)
TOKEN = "loi-chung-cua-may-chu-hop-truc-tuyen-1"
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
CLERK = Guest("site-7", "Điểm cầu xã Một", is_moderator=False)


class RefusedError(Exception):
    """The stand-in lets nobody in."""


def let_in(address: str, *, at: datetime, secret: str = SECRET, app_id: str = "quantriet") -> dict[str, Any]:
    """What a Jitsi server with ``mod_auth_token`` does with an address: the user it lets in, or ``RefusedError``.

    It was written after that module's rules (HS256; aud and iss accepted, sub the domain, room the room entered, nbf
    and exp around now), not after our signing.
    """
    told = urlsplit(address)
    (token,) = parse_qs(told.query).get("jwt", [""])
    head, body, mac = ([*token.split("."), "", ""])[:3]
    wanted = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_bytes(mac), wanted) or json.loads(_bytes(head))["alg"] != "HS256":
        raise RefusedError("signature")
    claims = json.loads(_bytes(body))
    if not claims["nbf"] <= at.timestamp() < claims["exp"]:
        raise RefusedError("time")
    if (claims["aud"], claims["iss"], claims["sub"]) != (app_id, app_id, told.hostname):
        raise RefusedError("whom it is for")
    if claims["room"] != unquote(told.path).strip("/").lower():
        raise RefusedError("room")
    user: dict[str, Any] = claims["context"]["user"]
    return user


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_signed_link_lets_its_guest_into_its_room_for_a_while() -> None:
    address = rooms.room_of("https://hop.vi-du.invalid/Hội-nghị-5", SERVER).link(CLERK, now=NOW)

    assert let_in(address, at=NOW) == {"id": "site-7", "name": "Điểm cầu xã Một", "moderator": False}
    assert let_in(address, at=NOW + timedelta(minutes=14))["id"] == "site-7"


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("time", {"at": NOW + timedelta(minutes=16)}),
        ("time", {"at": NOW - timedelta(minutes=2)}),
        ("signature", {"secret": SECRET[::-1]}),
        ("whom it is for", {"app_id": "khac"}),
    ],
)
def test_it_opens_nothing_else(why: str, change: dict[str, Any]) -> None:
    address = rooms.room_of("https://hop.vi-du.invalid/hoi-nghi-5", SERVER).link(CLERK, now=NOW)

    with pytest.raises(RefusedError, match=why):
        let_in(address, **{"at": NOW, **change})


def test_another_room_or_an_own_claim_is_refused() -> None:
    address = rooms.room_of("https://hop.vi-du.invalid/hoi-nghi-5", SERVER).link(CLERK, now=NOW)
    head, body, mac = address.split("jwt=")[1].split(".")
    claims = json.loads(_bytes(body))
    claims["context"]["user"]["moderator"] = True
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    with pytest.raises(RefusedError, match="room"):
        let_in(address.replace("hoi-nghi-5", "hoi-nghi-6"), at=NOW)
    with pytest.raises(RefusedError, match="signature"):
        let_in(address.replace(f"{head}.{body}.{mac}", f"{head}.{forged}.{mac}"), at=NOW)


@pytest.mark.parametrize(
    "link",
    [
        "https://khac.invalid/hoi-nghi-5",
        "https://hop.vi-du.invalid.khac.invalid/hoi-nghi-5",
        "http://hop.vi-du.invalid/hoi-nghi-5",
        "https://hop.vi-du.invalid:8443/hoi-nghi-5",
        "https://hop.vi-du.invalid/",
        "https://hop.vi-du.invalid/a/b",
    ],
)
def test_links_elsewhere_are_never_signed(link: str) -> None:
    assert rooms.room_of(link, SERVER) == PlainRoom(link)
    assert rooms.room_of(link, SERVER).link(CLERK, now=NOW) == link


def test_a_server_is_configured_whole_or_not_at_all() -> None:
    given = {"QUANTRIET_JITSI_URL": SERVER.address, "QUANTRIET_JITSI_APP_ID": "quantriet"}
    keys = {f"QUANTRIET_{name}_KEY": "k" for name in ("SECRET", "DATA", "INDEX")}

    assert configuration.read(keys).jitsi is None
    assert configuration.read({**keys, **given, "QUANTRIET_JITSI_SECRET": SECRET}).jitsi == SERVER
    for wrong in (
        given,
        {**given, "QUANTRIET_JITSI_SECRET": "ngan"},
        {**given, "QUANTRIET_JITSI_SECRET": SECRET, "QUANTRIET_JITSI_URL": "http://hop.vi-du.invalid"},
    ):
        with pytest.raises(ValueError, match="QUANTRIET_JITSI_URL"):
            configuration.read({**keys, **wrong})


@pytest.mark.django_db
def test_a_site_comes_in_as_itself_and_the_hub_moderates(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, jitsi=SERVER))
    province = factories.province()
    commune = factories.commune(province, "Đảng bộ xã Một")
    conference = made.called(province, join_link="https://hop.vi-du.invalid/hoi-nghi")
    own, hub = made.site(conference, commune), made.hub(conference)
    silent = made.called(commune)
    now = datetime.now(tz=UTC)

    def users(role: str, at: Any) -> list[dict[str, Any]]:
        client.force_login(factories.account(role, at))
        answers = [client.get(reverse("site-join", args=[site.pk])) for site in (own, hub)]
        assert {answer["Cache-Control"] for answer in answers} == {"no-store, private"}
        return [let_in(str(answer["Location"]), at=now) for answer in answers]

    at_hub = users("secretary", province)
    client.force_login(factories.account("secretary", commune))
    at_site = let_in(str(client.get(reverse("site-join", args=[own.pk]))["Location"]), at=now)
    without = client.get(reverse("site-join", args=[made.hub(silent).pk]))
    foreign = client.get(reverse("site-join", args=[hub.pk]))

    assert [(user["id"], user["moderator"]) for user in at_hub] == [
        (f"site-{own.pk}", False),
        (f"site-{hub.pk}", True),
    ]
    assert at_site == {"id": f"site-{own.pk}", "name": Site.objects.get(pk=own.pk).name, "moderator": False}
    assert (without.status_code, foreign.status_code) == (422, 404)


# --- what the server tells ------------------------------------------------------------------------------------


class StandIn:
    """A stand-in for Jitsi's ``event_sync_component``: its addresses, its body, its header."""

    def __init__(self, browser: Client, site: Site, token: str = TOKEN) -> None:
        self.browser, self.site, self.token = browser, site, token

    def tell(self, what: str, at: datetime, *, connection: str = "a", **told: Any) -> tuple[int, bool | None]:
        occupant = {
            "name": "Nguyễn Văn An",
            "email": "an@vi-du.invalid",
            "id": f"site-{self.site.pk}",
            "occupant_jid": f"hoi-nghi@conference.vi-du.invalid/{connection}",
            f"{what}_at": int(at.timestamp()),
        }
        body = {
            "event_name": f"muc-occupant-{what}",
            "room_name": told.pop("room", "hoi-nghi"),
            "room_jid": "hoi-nghi@conference.vi-du.invalid",
            "is_breakout": False,
            "occupant": {**occupant, **told},
        }
        answer = self.browser.post(
            f"/api/v1/rooms/events/occupant/{what}",
            body,
            "application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        return answer.status_code, answer.json().get("is_kept")


@pytest.fixture
def hall(db: None, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(
        settings, "QUANTRIET", replace(settings.QUANTRIET, jitsi=SERVER, jitsi_events_token=TOKEN)
    )
    province = factories.province()
    commune = factories.commune(province, "Đảng bộ xã Một")
    return made.site(made.called(province, join_link="https://hop.vi-du.invalid/hoi-nghi"), commune)


def test_comings_and_goings_are_kept_once_in_any_order(hall: Site, client: Client) -> None:
    server, now = StandIn(client, hall), datetime.now(tz=UTC).replace(microsecond=0)
    began = now - timedelta(minutes=30)

    told = [
        server.tell("left", began + timedelta(minutes=5)),
        server.tell("joined", began),
        server.tell("joined", began + timedelta(minutes=1)),  # told again
        server.tell("joined", now + timedelta(hours=3), connection="b"),  # a clock ahead
    ]
    first, second = RoomStay.objects.order_by("id")
    seen = presence(hall)

    assert told == [(200, True)] * 4
    assert (first.joined_at, first.left_at) == (began, began + timedelta(minutes=5))
    assert second.joined_at is not None
    assert second.joined_at <= datetime.now(tz=UTC)
    assert seen is not None
    assert (seen.connections, seen.since) == (1, second.joined_at)
    client.force_login(factories.account("secretary", hall.unit))
    assert "thấy điểm cầu trong phòng từ" in client.get(reverse("site", args=[hall.pk])).content.decode()


def test_nobody_is_counted_and_no_person_is_kept(hall: Site, client: Client) -> None:
    server, now = StandIn(client, hall), datetime.now(tz=UTC)
    server.tell("joined", now)
    person = server.tell("joined", now, connection="p", id="account-5")

    kept = str(list(RoomStay.objects.values()))

    with factories.looking_everywhere():
        assert Attendance.objects.count() == 0
    assert person == (200, False)
    assert ("Nguyễn Văn An" in kept, "conference.vi-du" in kept, RoomStay.objects.count()) == (
        False,
        False,
        1,
    )


def test_strangers_other_rooms_and_what_is_over_are_not_taken(hall: Site, client: Client) -> None:
    now = datetime.now(tz=UTC)
    server = StandIn(client, hall)
    answers = [
        StandIn(client, hall, "").tell("joined", now),
        StandIn(client, hall, TOKEN[:-1]).tell("joined", now),
        server.tell("joined", now, room="phong-khac"),
        server.tell("joined", now, id="site-999999999999"),
        server.tell("joined", now, id=f"site-{'9' * 40}"),
    ]
    by = factories.operator()
    with access.acting(by):
        conferences.cancel(hall.conference, reason="Hoãn", by=by)

    assert answers == [(401, None), (401, None), (200, False), (200, False), (200, False)]
    assert server.tell("joined", now) == (200, False)
    assert RoomStay.objects.count() == 0


def test_without_a_token_of_our_own_nothing_is_taken(
    hall: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, jitsi_events_token=""))

    assert StandIn(client, hall, "").tell("joined", datetime.now(tz=UTC)) == (401, None)
