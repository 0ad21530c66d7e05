"""Writes of links between accounts and an OpenID Connect issuer: invite, recognise, unlink.

The issuer says who somebody is, never what he may do: no account and no role is ever made here.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org import access, audit, secret_words
from quantriet.org.access import Actor
from quantriet.org.commands import accounts
from quantriet.org.issuer import Told
from quantriet.org.models import Account, IssuerIdentity, IssuerInvitation
from quantriet.org.sign_in import is_open

INVITATION_DAYS = 7
INVITATION_LETTERS = 26


def invite(account: Account, *, by: Actor) -> str:
    """A word for the link by which the owner ties the account to his subject at the issuer; good once, a week.

    Whoever has the word decides which subject it is, so it needs the same power as resetting the account.
    """
    unit_id = accounts.require_power_over(account, by)
    word = secret_words.new_word(INVITATION_LETTERS, group=INVITATION_LETTERS)
    with transaction.atomic():
        IssuerInvitation.objects.filter(account=account, used_at=None).delete()
        IssuerInvitation.objects.create(
            account=account, digest=_digest(word), expires_at=timezone.now() + timedelta(days=INVITATION_DAYS)
        )
        audit.record(by, "issuer.invite", account, unit=unit_id)
    return word


def recognise(issuer: str, told: Told, *, invitation: str = "") -> Account:
    """The account of a subject: known from before, else by an invitation, else by its one verified e-mail.

    Refuses alike for whoever is not known, not unique or closed (``issuer.unknown``).
    """
    now = timezone.now()
    with transaction.atomic():
        known = IssuerIdentity.objects.filter(issuer=issuer, subject=told.subject).select_related("account")
        identity = known.first()
        account = identity.account if identity else _invited(invitation) or _by_email(issuer, told.email)
        if account is None or not is_open(account):
            raise _unknown()
        if identity is not None:
            IssuerIdentity.objects.filter(pk=identity.pk).update(last_used_at=now)
            return account
        if invitation and not _take(invitation, account):
            raise _unknown()
        try:
            with transaction.atomic():
                IssuerIdentity.objects.create(
                    issuer=issuer, subject=told.subject, account=account, last_used_at=now
                )
        except (
            IntegrityError
        ) as error:  # the account has another subject there, or one of two at once was first
            raise _unknown() from error
        by = access.own(account)
        way = "invitation" if invitation else "email"
        audit.record(by, "issuer.link", account, unit=by.unit_id or None, detail={"by": way})
    return account


def unlink(account: Account, *, by: Actor) -> None:
    """Cut the account's links; its sessions end, so that none opened by the issuer goes on."""
    unit_id = accounts.require_power_over(account, by)
    with transaction.atomic():
        if account.identities.all().delete()[0]:
            account.sessions.all().delete()
            audit.record(by, "issuer.unlink", account, unit=unit_id)


def _invited(word: str) -> Account | None:
    if not word:
        return None
    open_ones = IssuerInvitation.objects.filter(
        digest=_digest(word), used_at=None, expires_at__gt=timezone.now()
    ).select_related("account")
    found = open_ones.first()
    return found.account if found else None


def _take(word: str, account: Account) -> bool:
    """Use the invitation up; it must be this account's. Of two at once exactly one succeeds."""
    mine = IssuerInvitation.objects.filter(digest=_digest(word), account=account, used_at=None)
    return mine.update(used_at=timezone.now()) == 1


def _by_email(issuer: str, email: str) -> Account | None:
    """The one open account with this e-mail that has no subject at the issuer yet."""
    if not email:
        return None
    found = list(Account.objects.filter(email__iexact=email, is_active=True).order_by("id")[:2])
    if len(found) != 1 or found[0].identities.filter(issuer=issuer).exists():
        return None
    return found[0]


def _digest(word: str) -> bytes:
    return secret_words.digest("issuer invitation", secret_words.plain(word))


def _unknown() -> DomainError:
    return DomainError(
        "issuer.unknown",
        _(
            "Chưa đăng nhập được: danh tính này chưa gắn với tài khoản nào. "
            "Hãy nhờ quản trị gửi lời mời liên kết, hoặc đăng nhập bằng mật khẩu."
        ),
    )
