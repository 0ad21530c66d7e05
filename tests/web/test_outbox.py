"""Mails leave once; what the network does not carry waits; a refused address is not tried again."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from pytest_django.fixtures import Settings

from quantriet.org import notices
from quantriet.org.models import Notice
from quantriet.org.notices import NoticeText
from quantriet.web import outbox
from tests import factories

pytestmark = pytest.mark.django_db


class AwayBackend(locmem.EmailBackend):
    """A mail server that cannot be reached."""

    def send_messages(self, messages: object) -> int:  # noqa: ARG002 - the backend's signature
        raise ConnectionRefusedError


class RefusingBackend(locmem.EmailBackend):
    """A mail server that knows nobody of this name."""

    def send_messages(self, messages: object) -> int:  # noqa: ARG002 - the backend's signature
        raise smtplib.SMTPRecipientsRefused({"a@example.vn": (550, b"no such user")})


@pytest.fixture
def waiting() -> Notice:
    unit = factories.province()
    notices.mail(
        [(unit.pk, "a@example.vn")], NoticeText("Nhắc nộp báo cáo", "Còn 2 ngày.", "/bao-cao/1/", "k")
    )
    return Notice.objects.get(channel="email")


def test_a_mail_leaves_once(waiting: Notice, settings: Settings) -> None:
    settings.SITE_ADDRESS = "https://quan-triet.example.vn"

    sent = (outbox.send_waiting(), outbox.send_waiting())

    waiting.refresh_from_db()
    assert (sent, waiting.sent_at is not None) == ((1, 0), True)
    message = mail.outbox[0]
    assert (message.subject, message.to, message.body) == (
        "Nhắc nộp báo cáo",
        ["a@example.vn"],
        "Còn 2 ngày.\n\nhttps://quan-triet.example.vn/bao-cao/1/",
    )


def test_a_mail_waits_while_the_server_is_away(waiting: Notice, settings: Settings) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.AwayBackend"
    away = outbox.send_waiting()
    waiting.refresh_from_db()
    kept = (waiting.sent_at, waiting.failed)
    settings.EMAIL_BACKEND = usual

    assert (away, kept, outbox.send_waiting()) == (0, (None, ""), 1)


def test_a_refused_address_is_told_and_left(waiting: Notice, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"

    outbox.send_waiting()

    waiting.refresh_from_db()
    assert (waiting.sent_at, waiting.failed) == (None, "máy chủ thư từ chối địa chỉ (550)")
