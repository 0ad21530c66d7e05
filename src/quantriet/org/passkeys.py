"""The two ceremonies of WebAuthn, over python-fido2: values in, values out, no database.

A passkey is always asked to verify its user (finger, face, PIN of the device), so it counts as both factors.
It is discoverable: nobody has to type a name. Attestation is not asked for; which make of device people use is
not ours to know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "Quán Triệt"


class PasskeyRefusedError(Exception):
    """The answer of the device does not hold; the reason is for the log, not for the user."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ceremony takes place: the site's host without port, and its exact origin."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new credential: its id, its public half, the counter it began with."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential that has just proved itself, and its counter."""

    credential_id: bytes
    sign_count: int


def _server(place: Place) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=NAME, id=place.host)
    return Fido2Server(entity, verify_origin=lambda origin: origin == place.origin)


def begin_making(
    place: Place, *, handle: bytes, name: str, title: str, known: Sequence[bytes]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked, and the state to keep. ``known``: public halves the account already has."""
    options, state = _server(place).register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=name, display_name=title),
        credentials=[AttestedCredentialData(each) for each in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def finish_making(place: Place, state: Mapping[str, Any], answer: Mapping[str, Any]) -> Made:
    """The credential the device made; raises ``PasskeyRefusedError``."""
    try:
        told = _server(place).register_complete(state, answer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PasskeyRefusedError(str(error)) from error
    data = told.credential_data
    if data is None:
        raise PasskeyRefusedError("no credential")
    return Made(data.credential_id, bytes(data), told.counter)


def begin_showing(place: Place, *, known: Sequence[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked; ``known`` narrows it to one account's credentials, else any will do."""
    options, state = _server(place).authenticate_begin(
        [AttestedCredentialData(each) for each in known] or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def credential_of(answer: Mapping[str, Any]) -> bytes:
    """The id of the credential that answers, to look its public half up."""
    try:
        return bytes(AuthenticationResponse.from_dict(answer).raw_id)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PasskeyRefusedError(str(error)) from error


def finish_showing(
    place: Place, state: Mapping[str, Any], answer: Mapping[str, Any], *, public_key: bytes
) -> Shown:
    """The credential proved itself; raises ``PasskeyRefusedError``."""
    try:
        known = AttestedCredentialData(public_key)
        _server(place).authenticate_complete(state, [known], answer)
        counter = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PasskeyRefusedError(str(error)) from error
    return Shown(known.credential_id, counter)
