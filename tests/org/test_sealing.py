"""Codes are sealed and found again, one by one or a list at once."""

import pytest
from cryptography.exceptions import InvalidTag

from quantriet.org import sealing


def test_a_list_of_codes_is_sealed_as_each_alone() -> None:
    codes = ["0012", "", " a 1 ", "Đ-7", "  "]

    sealed, indexes = sealing.seal_all(codes)

    assert [sealing.unseal(one) if one else None for one in sealed] == ["0012", None, "A1", "Đ-7", None]
    assert indexes == [sealing.index("0012"), None, sealing.index("A1"), sealing.index("Đ-7"), None]


def test_two_seals_of_one_code_differ_and_a_changed_one_does_not_open() -> None:
    first, second = sealing.seal_all(["0012", "0012"])[0]
    assert first is not None
    broken = first[:-1] + bytes([first[-1] ^ 1])

    assert first != second
    with pytest.raises(InvalidTag):
        sealing.unseal(broken)
