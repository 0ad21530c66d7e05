"""Names without the words they share with the name beside them."""

import pytest

from quantriet.core.text.apart import apart_from

SCHOOL = "Đảng bộ Trường Trung học phổ thông phường Rạch Giá"


@pytest.mark.parametrize(
    ("name", "other", "told"),
    [
        ("Chi bộ 1 Trường Trung học phổ thông phường Rạch Giá", SCHOOL, "Chi bộ 1"),
        ("Chi bộ Công an phường Rạch Giá", "Đảng bộ phường Rạch Giá", "Chi bộ Công an"),
        ("Chi bộ khóm Bình Mỹ", "Đảng bộ phường Rạch Giá", "Chi bộ khóm Bình Mỹ"),
        (SCHOOL, SCHOOL, ""),
        ("Chi bộ 1", "", "Chi bộ 1"),
    ],
)
def test_what_the_unit_is_called_is_said_once(name: str, other: str, told: str) -> None:
    assert apart_from(name, other) == told
