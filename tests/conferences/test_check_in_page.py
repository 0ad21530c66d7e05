"""The check-in page: the same for everybody, whole without a network, and another version whenever it is another."""

import json
import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from quantriet.conferences.pages import check_in
from tests import factories
from tests.conferences.test_attendance import Town


def kept(client: Client) -> dict[str, Any]:
    text = client.get(reverse("check-in-worker")).content.decode()
    found: dict[str, Any] = json.loads(text.removeprefix("self.KEPT = ").split(";\n", 1)[0])
    return found


@pytest.mark.django_db
def test_the_page_is_the_same_for_a_stranger_and_for_a_clerk() -> None:
    town = Town()
    clerk = factories.signed_in(factories.account("clerk", town.commune))
    clerk.cookies["language"] = "vi"

    pages = [client.get(reverse("check-in")) for client in (Client(), clerk)]

    assert pages[0].content == pages[1].content
    assert [page.cookies.get("csrftoken") for page in pages] == [None, None]
    assert "'wasm-unsafe-eval'" in pages[0].headers["Content-Security-Policy"]


def test_each_language_has_its_address_and_both_are_kept(client: Client) -> None:
    pages = kept(client)["pages"]

    texts = {language: client.get(address).content.decode() for language, address in pages.items()}

    assert texts[""] == texts["vi"]
    assert 'lang="vi"' in texts["vi"]
    assert 'lang="en"' in texts["en"]
    assert "Đăng ký máy này" not in texts["en"]


def test_everything_a_page_names_is_kept_for_the_time_without_a_network(client: Client) -> None:
    told = kept(client)
    page = client.get(told["page"]).content.decode()
    style = check_in._asset("quantriet.css").read_text(encoding="utf-8")

    named = {name.split("#")[0] for name in re.findall(r'/static/[^"\s]+', page)}
    by_style = {f"/static/quantriet/{name}" for name in re.findall(r'url\("?\./([^")]+)', style)}

    assert named - set(told["files"]) == set()
    assert by_style - set(told["files"]) == set()
    assert len(by_style) > 8  # the letters at least: an empty search would find nothing missing
    assert {client.get(address).status_code for address in told["pages"].values()} == {200}


def test_every_file_of_the_list_is_there(client: Client) -> None:
    names = [address.removeprefix("/static/quantriet/") for address in kept(client)["files"]]

    assert all(check_in._asset(name).is_file() for name in names)


def test_another_file_or_another_sentence_is_another_version(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = kept(client)["version"], kept(client)["version"]
    other = {**check_in._hashes(), "check_in.js": "0"}
    with monkeypatch.context() as patch:
        patch.setattr(check_in, "_hashes", lambda: other)
        another_file = kept(client)["version"]
    with override_settings(LANGUAGES=[("vi", "Tiếng Việt")]):
        another_page = kept(client)["version"]

    assert (first == again, len({first, another_file, another_page})) == (True, 3)


@pytest.mark.parametrize(("language", "spoken"), [("vi", "vi"), ("en", "en"), ("xx", "vi")])
def test_a_phone_can_install_it_in_its_language(client: Client, language: str, spoken: str) -> None:
    told = client.get(reverse("check-in-manifest", args=[language])).json()

    assert (told["lang"], told["start_url"]) == (spoken, f"/may-diem-danh/?ngon-ngu={spoken}")
    assert told["scope"] == reverse("check-in")
    assert [icon["sizes"] for icon in told["icons"]] == ["any", "192x192", "512x512"]


def test_the_sentences_of_the_script_are_those_of_the_page(client: Client) -> None:
    script = check_in._asset("check_in.js").read_text(encoding="utf-8")
    page = client.get(reverse("check-in")).content.decode()

    words = set(re.findall(r'data-word="([\w-]+)"', page))
    # The bundle calls `word` by a short name; its sentences are the texts that name one of the page.
    unused = {
        word for word in words if not re.search(rf'["`]{word}["`]', script) and not word.startswith("line-")
    }

    assert unused == set()


def test_the_offer_shows_a_link_with_the_code_behind_the_hash(client: Client, db: None) -> None:
    town = Town()
    clerk = factories.signed_in(factories.account("clerk", town.commune))

    shown = clerk.post(reverse("site-devices", args=[town.site.pk]), {"label": "Máy"}).content.decode()

    assert "<svg" in shown
    assert "http://testserver/may-diem-danh/" in shown
    assert "#ma=" not in shown  # only in the picture
