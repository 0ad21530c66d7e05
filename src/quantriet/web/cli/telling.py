"""What the commands share: acting as the operator, taking it back, telling people or programs."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import DomainError
from quantriet.core.text import TextError, parse_date
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Account, Unit


def json_argument(parser: argparse.ArgumentParser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help=_("trả lời bằng một đối tượng JSON"))


def dry_run_argument(parser: argparse.ArgumentParser) -> None:
    """``--dry-run``."""
    parser.add_argument("--dry-run", action="store_true", help=_("làm thử rồi trả lại như cũ, không ghi gì"))


@contextmanager
def operating(options: argparse.Namespace) -> Iterator[Actor]:
    """One transaction as the operator; with ``--dry-run`` it is taken back at its end."""
    by = access.operator(f"dòng lệnh: {getpass.getuser()}")  # kept in the record of acts: one language
    with access.acting(by), transaction.atomic():  # inside the scope, which is closed by one more statement
        yield by
        if getattr(options, "dry_run", False):
            transaction.set_rollback(True)


def tell(options: argparse.Namespace, lines: Iterable[str], data: Mapping[str, Any]) -> None:
    """The outcome, for people or, with ``--json``, for programs."""
    if getattr(options, "json", False):
        dry = {"dry_run": True} if getattr(options, "dry_run", False) else {}
        sys.stdout.write(json.dumps({**data, **dry}, ensure_ascii=False, default=str) + "\n")
        return
    for line in lines:
        sys.stdout.write(line + "\n")
    if getattr(options, "dry_run", False):
        sys.stdout.write(_("(Làm thử: chưa ghi gì.)") + "\n")


def unit_of(code: str) -> Unit:
    """The unit of an owner's code."""
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise DomainError("cli.unit", _("Không có đơn vị mã “{code}”. Chưa làm gì.").format(code=code))
    return found


def day_of(text: str) -> date:
    """The day of a command's word."""
    try:
        return parse_date(text)
    except TextError as error:
        raise DomainError(
            "cli.date", _("Không đọc được ngày “{text}”. Hãy viết dạng 31/12/2026.").format(text=text)
        ) from error


def campaign_of(campaign_id: int) -> Campaign:
    """The campaign of a number, with its unit and its book."""
    found = Campaign.objects.select_related("unit", "book").filter(pk=campaign_id).first()
    if found is None:
        raise DomainError(
            "cli.campaign", _("Không có đợt số {number}. Chưa làm gì.").format(number=campaign_id)
        )
    return found


def account_of(username: str) -> Account:
    """The account of a sign-in name."""
    found = Account.objects.filter(username__iexact=username).first()
    if found is None:
        raise DomainError(
            "cli.account", _("Không có tài khoản “{username}”. Chưa làm gì.").format(username=username)
        )
    return found
