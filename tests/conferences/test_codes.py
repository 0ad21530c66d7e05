"""Codes prove themselves and cannot be guessed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.conferences import codes

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
ids = st.integers(min_value=1, max_value=10**15)


@given(ids, ids)
def test_a_personal_code_proves_itself_under_its_own_key_only(conference_id: int, person_id: int) -> None:
    read = codes.read_personal(codes.personal(KEY, conference_id, person_id))

    assert read is not None
    assert (read.conference_id, read.person_id) == (conference_id, person_id)
    assert (codes.is_proven(read, KEY), codes.is_proven(read, OTHER_KEY)) == (True, False)


@given(ids, ids, ids)
def test_a_code_of_one_person_proves_no_other(conference_id: int, person_id: int, other_id: int) -> None:
    own = codes.read_personal(codes.personal(KEY, conference_id, person_id))
    assert own is not None

    forged = codes.PersonalCode(conference_id, other_id, own.mac)

    assert codes.is_proven(forged, KEY) == (other_id == person_id)


def test_a_personal_code_carries_at_least_128_bits() -> None:
    assert codes.MAC_LETTERS * 5 >= 128


@pytest.mark.parametrize(
    "text", ["", "QT1", "QT1.1.2.ABC", "QT2.1.2." + "0" * 26, "https://example.org", "QT1.0.2." + "0" * 26]
)
def test_anything_else_is_no_personal_code(text: str) -> None:
    assert codes.read_personal(text) is None


def test_a_short_code_is_read_however_it_is_typed() -> None:
    code = codes.short(KEY, 7, 9)

    assert codes.read_short(codes.shown(code).lower()) == code
    assert codes.read_short("o0il-ll11") == "00111111"
    assert codes.read_short("1234") == ""


def test_a_short_code_is_found_among_the_expected_people_only() -> None:
    code = codes.short(KEY, 7, 9)

    assert codes.short_codes(KEY, 7, [8, 9, 10]).get(code) == 9
    assert codes.short_codes(KEY, 7, [8, 10]).get(code) is None
    assert codes.short_codes(KEY, 8, [8, 9, 10]).get(code) is None


def test_a_hundred_thousand_guesses_hit_nobody() -> None:
    guess = random.Random(20261122)
    expected = {codes.short(KEY, 7, person_id) for person_id in range(1, 2001)}
    macs = {codes.personal(KEY, 7, person_id).rsplit(".", 1)[1] for person_id in range(1, 2001)}

    shorts = ("".join(guess.choices(codes.ALPHABET, k=codes.SHORT_LETTERS)) for _ in range(100_000))
    longs = ("".join(guess.choices(codes.ALPHABET, k=codes.MAC_LETTERS)) for _ in range(100_000))

    assert (sum(code in expected for code in shorts), sum(code in macs for code in longs)) == (0, 0)


def test_control_guesses_among_few_letters_do_hit() -> None:
    guess = random.Random(20261122)
    expected = {codes.short(KEY, 7, person_id)[:3] for person_id in range(1, 2001)}

    shorts = ("".join(guess.choices(codes.ALPHABET, k=3)) for _ in range(1_000))

    assert sum(code in expected for code in shorts) > 0


def test_the_short_codes_of_a_site_tell_whose_each_is_unless_it_is_two_peoples() -> None:
    eight, nine = (codes.short(KEY, 7, person_id) for person_id in (8, 9))

    assert codes.short_codes(KEY, 7, [8, 9, 9]) == {eight: 8, nine: None}
