"""The outbox of mails: notices of the channel ``email``, sent after the commit that wrote them.

A mail is marked as sent right after the server took it, one transaction each. A worker that dies in between
sends it again under the same Message-ID, so a mailbox can tell. What the network did not carry is tried
again every minute for three days; an address the server refuses is marked so and not tried again.
"""

import smtplib
from datetime import timedelta

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from quantriet.org.models import Notice

TRIED_FOR = timedelta(days=3)
A_RUN = 500

_log = structlog.get_logger("outbox")


def send_waiting() -> int:
    """Send what waits, oldest first; returns how many went. Several workers may do it at once."""
    sent = 0
    with mail.get_connection() as connection:
        for _number in range(A_RUN):
            with transaction.atomic():
                notice = _next()
                if notice is None:
                    return sent
                try:
                    _message(notice, connection).send()
                except smtplib.SMTPRecipientsRefused as error:
                    notice.failed = _refusal(error)
                    notice.sent_at = None
                except (smtplib.SMTPException, OSError) as error:
                    _log.warning("outbox.not_sent", notice=notice.pk, error=type(error).__name__)
                    if timezone.now() - notice.created_at < TRIED_FOR:
                        return sent  # the server is away: the rest waits for the next minute as well
                    notice.failed = "không gửi được trong 3 ngày"
                else:
                    notice.sent_at = timezone.now()
                    sent += 1
                notice.save(update_fields=["sent_at", "failed"])
    return sent


def _next() -> Notice | None:
    """The oldest mail nobody else is sending."""
    waiting = Notice.objects.filter(channel=Notice.Channel.EMAIL, sent_at=None, failed="").exclude(address="")
    return waiting.select_for_update(skip_locked=True).order_by("id").first()


def _message(notice: Notice, connection: BaseEmailBackend) -> EmailMessage:
    address = f"{settings.SITE_ADDRESS}{notice.link}" if notice.link and settings.SITE_ADDRESS else ""
    text = "\n\n".join(filter(None, (notice.text or notice.title, address)))
    name = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=" ".join(notice.title.split()),
        body=text,
        to=[notice.address],
        headers={"Message-ID": f"<notice-{notice.pk}@{name}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _refusal(error: smtplib.SMTPRecipientsRefused) -> str:
    codes = sorted({code for code, _words in error.recipients.values()})
    return f"máy chủ thư từ chối địa chỉ ({', '.join(map(str, codes))})"
