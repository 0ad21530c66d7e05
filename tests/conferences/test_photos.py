"""Photographs of paper rolls: kept once as evidence of their site, seen by who reads its list, gone with their time."""

import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from quantriet.campaigns.models import Campaign
from quantriet.conferences import codes, papers
from quantriet.conferences.commands import conferences, photos
from quantriet.conferences.models import RollPhoto, Site
from quantriet.conferences.verdicts import Act
from quantriet.core.errors import DomainError
from quantriet.core.retention import PERIODS
from quantriet.ledger.measures import Measure
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import AuditEvent
from quantriet.web import retention
from tests import factories
from tests import factories_conferences as made
from tests.conferences.test_attendance import Town
from tests.conferences.test_preparation_api import client_of
from tests.factories import operator
from tests.factories_conferences import PICTURE

pytestmark = pytest.mark.django_db


def picture(shade: int) -> bytes:
    """A photograph of its own, with a note of the camera in it."""
    note, data = b"tEXtWhere\0Xa Mot", b"IDAT" + zlib.compress(bytes([0, shade]))
    parts = [
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (note, data)
    ]
    begins, ends = PICTURE.index(b"IDAT") - 4, PICTURE.index(b"IEND") - 4
    return PICTURE[:begins] + b"".join(parts) + PICTURE[ends:]


def keep(site: Site, contents: list[bytes], by: Actor | None = None) -> list[RollPhoto]:
    actor = by or operator()
    with access.acting(actor):
        return photos.keep(site, contents, by=actor)


def kept() -> list[RollPhoto]:
    with factories.looking_everywhere():
        return list(RollPhoto.objects.select_related("site").order_by("id"))


@pytest.fixture
def town() -> Town:
    return Town()


def test_the_same_picture_is_kept_once_without_the_notes_of_the_camera(town: Town) -> None:
    first = keep(town.site, [picture(1), picture(2), picture(1)])
    again = keep(town.site, [picture(2)])

    assert [one.pk for one in first] == [first[0].pk, first[1].pk, first[0].pk]
    assert ([one.pk for one in again], len(kept())) == ([first[1].pk], 2)
    with photos.store().open(first[0].sha256) as file:
        content = file.read()
    assert (b"Xa Mot" in content, len(content)) == (False, first[0].size)
    assert AuditEvent.objects.filter(action="roll_photo.keep").count() == 1


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        ([], "photo.none"),
        ([b""], "file.empty"),
        ([b"%PDF-1.7 "], "file.other_kind"),
        ([b"<svg onload='alert(1)'/>"], "file.other_kind"),
        ([picture(1), PICTURE[:-3]], "file.damaged"),
        ([picture(1)[:16] + b"\0\1\0\0\0\1\0\0" + picture(1)[24:]], "file.image_too_large"),
        ([PICTURE + b"\0" * photos.LIMITS.bytes], "file.too_large"),
    ],
)
def test_what_is_no_photograph_is_refused_and_nothing_is_kept(
    town: Town, contents: list[bytes], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        keep(town.site, contents)

    assert (refused.value.code, kept()) == (code, [])


def test_a_site_keeps_so_many_and_no_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST", 2)
    keep(town.site, [picture(1), picture(2)])

    with pytest.raises(DomainError) as refused:
        keep(town.site, [picture(3)])
    keep(town.site, [picture(2)])  # is there already

    assert (refused.value.code, len(kept())) == ("photo.too_many", 2)


def test_a_conference_that_was_called_off_takes_none(town: Town) -> None:
    with access.acting(operator()):
        conferences.cancel(town.conference, reason="Bão", by=operator())

    with pytest.raises(DomainError) as refused:
        keep(town.site, [PICTURE])

    assert refused.value.code == "conference.over"


def test_who_does_not_record_there_neither_sends_nor_takes_back(town: Town) -> None:
    (photo,) = keep(town.site, [PICTURE])
    stranger = factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")
    actors = [
        factories.actor(role, unit)
        for role, unit in (("clerk", town.cell), ("inspector", town.commune), ("clerk", stranger))
    ]
    refused = []
    for by in actors:
        with pytest.raises(DomainError) as sending:
            keep(town.site, [picture(1)], by)
        with access.acting(by), pytest.raises(DomainError) as taking:
            photos.take_back(photo, by=by)
        refused += [sending.value.code, taking.value.code]

    assert (refused, len(kept())) == (["gate.forbidden"] * 6, 1)


def seen(client: Client, photo: RollPhoto) -> Any:
    return client.get(reverse("site-roll-photo", args=[photo.site_id, photo.pk]))


def test_the_picture_opens_to_who_reads_the_list_of_its_site_alone(town: Town) -> None:
    (photo,) = keep(town.site, [PICTURE])
    elsewhere = made.site(town.conference, town.other_cell)
    stranger = factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")
    readers = {
        "clerk": client_of("clerk", town.commune),
        "inspector above": client_of("inspector", town.province),
        "cell": client_of("clerk", town.cell),
        "stranger": client_of("officer", stranger),
        "member": client_of("member", town.commune),
        "lecturer": client_of("lecturer", town.commune),
    }
    answers = {name: seen(client, photo) for name, client in readers.items()}
    wrong_site = readers["clerk"].get(reverse("site-roll-photo", args=[elsewhere.pk, photo.pk]))

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "clerk": 200, "inspector above": 200, "cell": 404, "stranger": 404, "member": 403, "lecturer": 403,
    }  # fmt: skip
    told = answers["clerk"]
    assert [b"".join(answers[name]) for name in ("clerk", "inspector above")] == [PICTURE] * 2
    for answer in answers.values():
        answer.close()
    headers = ("Content-Type", "Cache-Control", "Content-Disposition", "X-Content-Type-Options")
    assert [told.headers[name] for name in headers] == ["image/png", "no-store, private", "inline", "nosniff"]
    assert (
        wrong_site.status_code,
        Client().get(reverse("site-roll-photos", args=[town.site.pk])).status_code,
    ) == (
        404,
        302,
    )


def uploaded(*contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile("anh.png", content, "image/png") for content in contents]


def test_it_is_sent_on_the_page_for_the_site_that_is_chosen(town: Town) -> None:
    clerk, address = client_of("clerk", town.commune), reverse("roll-photo-new")
    foreign = made.hub(made.called(factories.commune(factories.province("Tỉnh Khác"), "Xã Lạ")))
    offered = clerk.get(address).context["sites"]

    sent = clerk.post(address, {"site": town.site.pk, "photo": uploaded(picture(1), picture(2))})
    bad = [
        clerk.post(address, {"site": site, "photo": uploaded(*some)}).status_code
        for site, some in (
            ("", [PICTURE]),
            ("x", [PICTURE]),
            (town.site.pk, []),
            (town.site.pk, [b"%PDF-"]),
            (town.site.pk, [picture(at) for at in range(11)]),
            (foreign.pk, [PICTURE]),
        )
    ]
    page = clerk.get(reverse("site-roll-photos", args=[town.site.pk]))

    assert [(one["pk"], one["code"]) for one in offered] == [
        (str(town.site.pk), codes.of_roll(town.conference.pk, town.site.pk))
    ]
    assert (sent.status_code, sent.headers["Location"]) == (
        302,
        reverse("site-roll-photos", args=[town.site.pk]),
    )
    assert (bad, len(page.context["photos"])) == ([422, 422, 422, 422, 422, 404], 2)


def test_the_list_is_typed_beside_the_picture(town: Town) -> None:
    (photo,) = keep(town.site, [PICTURE])
    clerk, address = client_of("clerk", town.commune), reverse("site-everyone", args=[town.site.pk])

    page = clerk.get(address).content.decode()
    clerk.post(address, {"absent": [town.an.pk], "key": "tu-anh"})

    shown = reverse("site-roll-photo", args=[town.site.pk, photo.pk])
    assert page.count(f'<img src="{shown}"') == 1
    assert town.counts(Measure.PRESENT) == [2]


def test_the_printed_roll_carries_the_code_of_its_site(town: Town) -> None:
    with access.acting(operator()):
        title = papers.list_title(town.site)

    assert title.code == f"QT1R.{town.conference.pk}.{town.site.pk}"


def test_a_picture_sent_by_mistake_goes_with_its_file_once_nobody_names_it(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    other = made.site(town.conference, town.cell)
    (here,), (there,) = keep(town.site, [PICTURE]), keep(other, [PICTURE])
    clerk = client_of("clerk", town.commune)
    there_before = []
    for photo in (here, there):
        address = reverse("site-roll-photos", args=[photo.site_id])
        there_before.append(photos.store().exists(photo.sha256))
        with django_capture_on_commit_callbacks(execute=True):
            assert clerk.post(address, {"photo": photo.pk}).status_code == 302
        assert clerk.post(address, {"photo": photo.pk}).status_code == 404

    assert (there_before, photos.store().exists(here.sha256), kept()) == ([True, True], False, [])
    assert AuditEvent.objects.filter(action="roll_photo.take_back").count() == 2


def test_photographs_go_with_the_campaign_and_their_files_with_them(
    town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    (photo,) = keep(town.site, [PICTURE])
    days = PERIODS["campaign"].days or 0
    counted = []
    for age in (days - 1, days + 1):
        Campaign.objects.filter(pk=town.campaign.pk).update(closed_at=timezone.now() - timedelta(days=age))
        with django_capture_on_commit_callbacks(execute=True):
            counted.append((retention.due()["roll_photos"], retention.erase()["roll_photos"]))

    assert (counted, kept(), photos.store().exists(photo.sha256)) == ([(0, 0), (1, 1)], [], False)


def test_the_pages_ask_as_much_for_one_picture_as_for_three(town: Town) -> None:
    clerk = client_of("clerk", town.commune)
    made.mark(town.site, [town.binh], Act.PRESENT)
    counts = []
    for pictures in ([picture(1)], [picture(2), picture(3)]):
        keep(town.site, pictures)
        for route in ("site-roll-photos", "site-everyone"):
            clerk.get(reverse(route, args=[town.site.pk]))
            with CaptureQueriesContext(connection) as asked:
                clerk.get(reverse(route, args=[town.site.pk]))
            counts.append(len(asked))

    assert counts[:2] == counts[2:]
