"""Streams: only playlists on servers that the operator named; the policy of pages lets exactly that one in."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from quantriet.conferences import streams
from quantriet.conferences.commands import conferences
from quantriet.conferences.forms import CallForm, ChangeForm
from quantriet.conferences.models import Conference
from quantriet.conferences.streams import Stream
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.web import configuration
from quantriet.web.middleware import POLICY
from tests import factories
from tests import factories_conferences as made

MEDIA = "https://phat.vi-du.invalid"
ADDRESS = f"{MEDIA}/hls/hoi-truong.m3u8"
ALLOWED = (MEDIA, "http://127.0.0.1:8080")


@pytest.fixture
def media_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, streams=ALLOWED))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (ADDRESS, MEDIA),
        (f"{MEDIA.upper()}:443/hls/a.m3u8?x=1", MEDIA),
        ("http://127.0.0.1:8080/hls/a.m3u8", "http://127.0.0.1:8080"),
    ],
)
def test_a_playlist_on_an_allowed_server_is_a_stream(address: str, origin: str) -> None:
    address = address.replace("HTTPS", "https")

    assert streams.stream_of(address, ALLOWED) == Stream(address, origin)
    streams.check(address, ALLOWED)


@pytest.mark.parametrize(
    "address",
    [
        "https://khac.invalid/hls/a.m3u8",
        f"{MEDIA}.khac.invalid/a.m3u8",
        f"{MEDIA}@khac.invalid/a.m3u8",
        f"{MEDIA}:8443/a.m3u8",
        "http://phat.vi-du.invalid/a.m3u8",
        f"{MEDIA}/a.mp4",
        f"{MEDIA}/a.mp4?b=.m3u8",
        "https://phat.vi-du.invalid:sai/a.m3u8",
        "javascript:alert(1)//.m3u8",
    ],
)
def test_anything_else_is_refused_with_the_servers_that_may_be_used(address: str) -> None:
    assert streams.stream_of(address, ALLOWED) is None
    with pytest.raises(DomainError, match=r"phat\.vi-du\.invalid, http://127\.0\.0\.1:8080"):
        streams.check(address, ALLOWED)


def test_without_a_server_nothing_but_no_stream_is_taken() -> None:
    streams.check("", ())

    with pytest.raises(DomainError, match="chưa khai máy chủ phát"):
        streams.check(ADDRESS, ())


def test_servers_are_configured_as_a_browser_names_them() -> None:
    keys = {f"QUANTRIET_{name}_KEY": "k" for name in ("SECRET", "DATA", "INDEX")}

    assert configuration.read(keys).streams == ()
    assert configuration.read({**keys, "QUANTRIET_STREAMS": f"{MEDIA}, http://[::1]:81"}).streams == (
        MEDIA,
        "http://[::1]:81",
    )
    for wrong in (
        f"{MEDIA}/hls",
        "phat.vi-du.invalid",
        "http://phat.vi-du.invalid",
        f"{MEDIA}; script-src *",
    ):
        with pytest.raises(ValueError, match="QUANTRIET_STREAMS"):
            configuration.read({**keys, "QUANTRIET_STREAMS": wrong})


@pytest.mark.django_db
@pytest.mark.usefixtures("media_server")
def test_a_conference_is_called_and_changed_with_its_stream() -> None:
    by = factories.operator()
    commune = factories.commune(factories.province())
    one = made.called(commune, stream=ADDRESS)

    with access.acting(by):
        conferences.change(one, made.plan(stream=f"{MEDIA}/khac.m3u8"), version=one.version, by=by)
        with pytest.raises(DomainError, match="Chưa lưu gì"):
            conferences.change(one, made.plan(stream="https://khac.invalid/a.m3u8"), version=2, by=by)

    assert Conference.objects.get(pk=one.pk).stream == f"{MEDIA}/khac.m3u8"


@pytest.mark.usefixtures("media_server")
def test_the_form_says_it_beside_the_field() -> None:
    form = CallForm({"stream": "https://khac.invalid/a.m3u8"}, documents=[])

    assert not form.is_valid()
    assert "máy chủ đã được phép" in form.errors["stream"][0]
    assert CallForm({"stream": ADDRESS}, documents=[]).errors.get("stream") is None


def test_the_field_is_not_asked_where_no_server_was_named() -> None:
    shown = [
        "stream" in form.fields
        for form in (
            CallForm(documents=[]),
            ChangeForm(documents=[], initial={"stream": ""}),
            ChangeForm(documents=[], initial={"stream": ADDRESS}),
        )
    ]

    assert shown == [False, False, True]


@pytest.mark.django_db
@pytest.mark.usefixtures("media_server")
def test_only_the_live_page_of_a_stream_may_ask_its_server(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = factories.commune(factories.province())
    streamed, silent = made.called(commune, stream=ADDRESS), made.called(commune)
    client.force_login(factories.account("secretary", commune))
    usual = POLICY.format(script="", stream="")

    def policy(name: str, one: Conference) -> str:
        return str(client.get(reverse(name, args=[one.pk]))["Content-Security-Policy"])

    assert policy("conference-live", streamed) == POLICY.format(script="", stream=f" {MEDIA}")
    assert policy("conference-live", silent) == usual
    assert policy("conference", streamed) == usual
    monkeypatch.setattr(settings, "QUANTRIET", replace(settings.QUANTRIET, streams=()))
    assert policy("conference-live", streamed) == usual
    assert MEDIA not in client.get(reverse("conference-live", args=[streamed.pk])).content.decode()
