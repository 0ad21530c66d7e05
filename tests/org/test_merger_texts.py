"""What units say they were merged from, on real rows of the list of communes (MIT, © 2021 Thang Le Quoc)."""

import pytest

from quantriet.org.merger_texts import Mention, Share, read

W, P, R, U = Share.WHOLE, Share.PART, Share.REST, Share.UNSURE


def shares(text: str) -> list[tuple[str, Share]]:
    return [(mention.full_name, mention.share) for mention in read(text).mentions]


REAL: dict[str, list[tuple[str, Share]]] = {
    "Xã Quang Húc, Xã Lam Sơn, Xã Vạn Xuân": [("Xã Quang Húc", W), ("Xã Lam Sơn", W), ("Xã Vạn Xuân", W)],
    "Thị trấn Yên Minh, Xã Lao Và Chải, Xã Hữu Vinh": [
        ("Thị trấn Yên Minh", W),
        ("Xã Lao Và Chải", W),
        ("Xã Hữu Vinh", W),
    ],
    "Phường Phú Diễn, một phần diện tích TN, quy mô dân số của các Phường Cổ Nhuế 1, Phường Mai Dịch": [
        ("Phường Phú Diễn", W),
        ("Phường Cổ Nhuế 1", P),
        ("Phường Mai Dịch", P),
    ],
    # Whether "một phần … của Phường Đại Kim" reaches on to Xã Tân Triều is not said.
    "Phường Khương Trung, một phần diện tích TN của Phường Đại Kim, Xã Tân Triều, phần còn lại của "
    "Phường Thanh Xuân Trung , Phường Thượng Đình": [
        ("Phường Khương Trung", W),
        ("Phường Đại Kim", P),
        ("Xã Tân Triều", U),
        ("Phường Thanh Xuân Trung", R),
        ("Phường Thượng Đình", U),
    ],
    "Xã Thọ Xuân, Toàn bộ diện tích TN, quy mô dân số của Xã Dương Quang, Xã Lệ Chi, một phần diện tích TN, "
    "toàn bộ quy mô dân số của Xã Đặng Xá": [
        ("Xã Thọ Xuân", W),
        ("Xã Dương Quang", W),
        ("Xã Lệ Chi", W),
        ("Xã Đặng Xá", P),
    ],
    "Xã Phú Hội (phần còn lại sau khi sáp nhập vào xã An Phú), Xã Hàm Rồng (phần còn lại)": [
        ("Xã Phú Hội", R),
        ("Xã Hàm Rồng", R),
    ],
    "Phường Láng Thượng và Phường Láng Hạ (phần còn lại sau khi sáp nhập vào phường Giảng Võ)": [
        ("Phường Láng Thượng", U),
        ("Phường Láng Hạ", R),
    ],
    "Phường Nông Tiến, Xã Tràng Đà, và phần còn lại của  Xã Thái Bình sau khi sắp xếp": [
        ("Phường Nông Tiến", W),
        ("Xã Tràng Đà", W),
        ("Xã Thái Bình", R),
    ],
    # The kind is told once for the names that follow; it does not reach on to a unit with its own.
    "Phường Trúc Bạch, một phần diện tích TN, quy mô dân số của các phường Cửa Nam, Điện Biên và Kim Mã, "
    "một phần diện tích TN của phường Thụy Khuê": [
        ("Phường Trúc Bạch", W),
        ("Phường Cửa Nam", P),
        ("Phường Điện Biên", P),
        ("Phường Kim Mã", P),
        ("Phường Thụy Khuê", P),
    ],
    "TPHCM, tỉnh Bà Rịa - Vũng Tàu và tỉnh Bình Dương": [
        ("Thành phố Hồ Chí Minh", W),
        ("Tỉnh Bà Rịa - Vũng Tàu", W),
        ("Tỉnh Bình Dương", W),
    ],
    "phần còn lại của xã  Xã Vầy Nưa sau khi sắp xếp theo quy định tại khoản 99 Điều này": [
        ("Xã Vầy Nưa", R)
    ],
}


@pytest.mark.parametrize("text", sorted(REAL))
def test_a_text_tells_each_old_unit_and_its_share(text: str) -> None:
    assert shares(text) == REAL[text]
    assert read(text).unread == ()


def test_what_did_not_change_says_so() -> None:
    origin = read("giữ nguyên")

    assert (origin.is_unchanged, origin.mentions) == (True, ())


def test_the_district_and_where_other_parts_went_are_kept() -> None:
    (one,) = read(
        "Phường Minh Khai (quận Bắc Từ Liêm) (phần còn lại sau khi sáp nhập vào phường A, phường B)"
    ).mentions

    assert one == Mention("Phường", "Minh Khai", R, "quận Bắc Từ Liêm", ("phường A", "phường B"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Thôn Mịch A, Xã Thuận Hòa", "Thôn Mịch A,"),
        ("Huyện Côn Đảo", "Huyện Côn Đảo"),
        ("Phường Nguyễn Nghiêm (thị xã Đức Phổ), Phổ Hòa, Phổ Minh", ", Phổ Hòa, Phổ Minh"),
        ("một phần của các phường Một, Hai, Phường Ba, Bốn", ", Bốn"),
        (
            "tỉnh Bình Phước và tỉnh Đồng Nai. Từ ngày 30/04/2026, Tỉnh Đồng Nai mới chuyển thành Thành phố",
            "Từ ngày 30/04/2026, Tỉnh Đồng Nai mới chuyển thành Thành phố",
        ),
    ],
)
def test_what_is_not_understood_is_kept_to_be_asked(text: str, left: str) -> None:
    assert read(text).unread == (left,)
