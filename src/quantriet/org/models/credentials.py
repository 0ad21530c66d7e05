"""What an account can show besides its password, and the browsers it is signed in with."""

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from quantriet.core.models import Fate, Stamped
from quantriet.org.models.accounts import Account
from quantriet.org.sessions import SessionStore


class SecondFactor(Stamped):
    """The authenticator app of an account, and the count of wrong answers to "show that it is you".

    ``secret_sealed`` counts only once ``confirmed_at`` is set: the owner has typed a code made with it.
    ``last_step`` is the 30-second step of the last code taken; a step is never taken twice.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    secret_sealed = models.BinaryField(default=b"", editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose second factor", "basic", "account"),
        "secret_sealed": Fate("checks the code of the app, encrypted", "basic", "account"),
    }


class RecoveryCode(Stamped):
    """A code on paper that stands once for the app. Only its keyed digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose code", "basic", "account"),
        "used_at": Fate("each code is good once", "basic", "account"),
    }


class Passkey(Stamped):
    """A WebAuthn credential: the public half; the private half never leaves the device.

    ``public_key`` is the attested credential data as WebAuthn defines it (identity, id, COSE key).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True, editable=False)
    public_key = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose device", "basic", "account"),
        "name": Fate("the owner tells his devices apart", "basic", "account"),
        "last_used_at": Fate("the owner sees unknown use", "basic", "account"),
    }

    class Meta:
        ordering = ("id",)


class SignInCard(Stamped):
    """A printed card: its QR code and the PIN together open a session narrowed to the cell or oneself.

    Only keyed digests are kept. ``failures`` counts wrong PINs since the last right one.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="cards")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    pin_digest = models.BinaryField(max_length=32, editable=False)
    issued_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("whose card", "basic", "account"),
        "issued_by": Fate("who printed it", "basic", "account"),
        "last_used_at": Fate("unused cards are revoked", "basic", "account"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=Q(revoked_at=None), name="sign_in_card_one_live"
            ),
        )


class IssuerIdentity(Stamped):
    """The account is known at an OpenID Connect issuer under this subject."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    last_used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who signs in by the issuer", "basic", "account"),
        "subject": Fate("how the issuer names the person", "basic", "account"),
        "last_used_at": Fate("unused links are cut", "basic", "account"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="issuer_subject_once"),
            models.UniqueConstraint(fields=("issuer", "account"), name="issuer_account_once"),
        )


class IssuerInvitation(Stamped):
    """A link by which the owner of an account ties it to his subject at the issuer, once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("who is invited", "basic", "account"),
        "used_at": Fate("each invitation is good once", "basic", "account"),
    }


class SpentToken(models.Model):
    """The digest of a challenge that has been answered; the unique constraint refuses the second answer.

    Only right answers come here, so a stranger cannot fill the table; rows older than a day are useless.
    """

    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    spent_at = models.DateTimeField(db_index=True)


class SignedInSession(AbstractBaseSession):
    """A browser's session. ``account`` stands in a column so that an account's sessions can be listed and ended."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")

    PERSONAL: ClassVar[dict[str, Fate]] = {
        "account": Fate("the owner sees and ends his sessions", "basic", "sign_in"),
        "session_data": Fate("state of the browser, its kind and address", "basic", "sign_in"),
    }

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """The store that reads these rows."""
        return SessionStore
