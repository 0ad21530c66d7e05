"""Codes of an authenticator app against the vectors of RFC 6238, appendix B (SHA-1, last six digits)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.org import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_codes_of_the_standard(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, totp.step_at(seconds)) == code


@given(st.integers(min_value=10**9, max_value=10**10), st.integers(min_value=-3, max_value=3))
def test_a_clock_may_be_off_by_one_step_and_no_more(seconds: int, drift: int) -> None:
    secret = totp.new_secret()
    step = totp.step_at(seconds) + drift

    found = totp.matching_step(secret, totp.code_at(secret, step), seconds)

    near = {totp.code_at(secret, totp.step_at(seconds) + beside) for beside in (-1, 0, 1)}
    if abs(drift) <= 1:
        assert found is not None
        assert totp.code_at(secret, found) == totp.code_at(secret, step)
    elif totp.code_at(secret, step) not in near:
        assert found is None


@pytest.mark.parametrize("code", ["", "abcdef", "28708", "2870822", "２８７０８２"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp.matching_step(SECRET, code, 59) is None


def test_the_address_names_account_and_house() -> None:
    assert totp.address("ABC", account="an.nv", issuer="Quán Triệt") == (
        "otpauth://totp/Qu%C3%A1n%20Tri%E1%BB%87t%3Aan.nv"
        "?secret=ABC&issuer=Qu%C3%A1n%20Tri%E1%BB%87t&algorithm=SHA1&digits=6&period=30"
    )
