"""What units say they were merged from, on real rows of the list of communes (MIT, © 2021 Thang Le Quoc)."""

import pytest

from quantriet.org.merger_texts import Decided, Known, Mention, Proposed, Share, Successor, decide, read

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
    ],
)
def test_what_is_not_understood_is_kept_to_be_asked(text: str, left: str) -> None:
    assert read(text).unread == (left,)


# --- a whole list -----------------------------------------------------------------------------------------------

KNOWN = [
    Known("c1", "Xã", "Phú Hội", ("Huyện An Phú", "Tỉnh An Giang")),
    Known("c2", "Xã", "Nhơn Hội", ("Huyện An Phú", "Tỉnh An Giang")),
    Known("c3", "Xã", "Tân Tiến", ("Huyện Một", "Tỉnh Một")),
    Known("c4", "Xã", "Tân Tiến", ("Huyện Hai", "Tỉnh Hai")),
    Known("c5", "Thị trấn", "An Phú", ("Huyện An Phú",)),
]


def settled(*successors: tuple[str, str, str], answers: dict[str, str] | None = None) -> Decided:
    return decide([Successor(*one) for one in successors], KNOWN, answers)


def test_whole_units_are_merged_and_shared_ones_divided() -> None:
    decided = settled(
        ("n1", "Xã An Phú", "Thị trấn An Phú, một phần diện tích TN của Xã Phú Hội"),
        ("n2", "Xã Nhơn Hội", "Xã Nhơn Hội, Xã Phú Hội (phần còn lại sau khi sáp nhập vào xã An Phú)"),
    )

    assert decided.questions == []
    assert decided.acts == [
        Proposed("merge", ("c5",), ("n1",)),
        Proposed("merge", ("c2",), ("n2",)),
        Proposed("split", ("c1",), ("n1", "n2")),
    ]


def test_one_name_in_several_provinces_is_asked() -> None:
    decided = settled(("n1", "Xã Mới", "Xã Tân Tiến, Xã Nhơn Hội"))

    assert decided.acts == []
    assert [question.candidates for question in decided.questions] == [("c3", "c4")]


def test_the_district_beside_a_name_or_an_answer_decides() -> None:
    named = settled(("n1", "Xã Mới", "Xã Tân Tiến (huyện Hai), Xã Nhơn Hội"))
    answered = settled(("n1", "Xã Mới", "Xã Tân Tiến, Xã Nhơn Hội"), answers={"n1|Xã Tân Tiến": "c4"})

    assert named.acts == answered.acts == [Proposed("merge", ("c4", "c2"), ("n1",))]
    assert named.questions == answered.questions == []


def test_a_part_whose_other_half_nobody_takes_is_asked() -> None:
    decided = settled(("n1", "Xã Mới", "một phần diện tích TN của Xã Phú Hội"))

    assert decided.acts == []
    assert [question.candidates for question in decided.questions] == [("c1",)]


def test_an_unknown_name_is_asked_and_its_successor_waits() -> None:
    decided = settled(("n1", "Xã Mới", "Xã Không Có, Xã Nhơn Hội"), ("n2", "Xã Hai", "giữ nguyên"))

    assert (decided.acts, decided.unchanged) == ([], ["n2"])
    assert [question.candidates for question in decided.questions] == [()]


def test_both_ways_of_placing_a_tone_are_one_name() -> None:
    known = [Known("c1", "Xã", "Thuận Hoà")]

    assert decide([Successor("n", "Xã Mới", "Xã Thuận Hòa")], known).acts == [
        Proposed("merge", ("c1",), ("n",))
    ]
