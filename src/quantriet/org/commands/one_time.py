"""Challenges that may be answered once."""

from datetime import timedelta

from django.utils import timezone

from quantriet.org import secret_words
from quantriet.org.models import SpentToken

SPENT_KEPT = timedelta(days=1)


def spend(use: str, token: str) -> bool:
    """Take a one-time challenge; of two that come with the same one, exactly one is told true."""
    now = timezone.now()
    _row, is_first = SpentToken.objects.get_or_create(
        digest=secret_words.digest(use, token), defaults={"spent_at": now}
    )
    if is_first:
        SpentToken.objects.filter(spent_at__lt=now - SPENT_KEPT).delete()
    return is_first
