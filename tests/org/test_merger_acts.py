"""From what new units say they were merged from to acts and questions, on rows of the list of communes."""

from datetime import date
from typing import Any

import pytest

from quantriet.core.office.sheets_in import read_xlsx
from quantriet.org import access
from quantriet.org.merger_acts import Decided, Known, Proposed, Question, Successor, decide
from quantriet.org.queries import merger_lists
from quantriet.org.queries.merger_lists import Basis
from tests import factories

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
    assert [question.candidates for question in decided.questions] == [("whole", "part")]
    assert "“Xã Phú Hội (c1)”" in decided.questions[0].sentence


def test_an_unknown_name_is_asked_and_its_successor_waits() -> None:
    decided = settled(("n1", "Xã Mới", "Xã Không Có, Xã Nhơn Hội"), ("n2", "Xã Hai", "giữ nguyên"))

    assert (decided.acts, decided.unchanged) == ([], ["n2"])
    assert [question.candidates for question in decided.questions] == [()]


def test_both_ways_of_placing_a_tone_are_one_name() -> None:
    known = [Known("c1", "Xã", "Thuận Hoà")]

    assert decide([Successor("n", "Xã Mới", "Xã Thuận Hòa")], known).acts == [
        Proposed("merge", ("c1",), ("n",))
    ]


def answered(row: tuple[str, str, str], key: str, answer: str) -> Decided:
    """What one row comes to with an answer to the one question it asks."""
    assert [question.key for question in settled(row).questions] == [key]
    return settled(row, answers={key: answer})


@pytest.mark.parametrize(
    ("row", "key", "answer", "acts"),
    [
        (("n", "Xã Mới", "Xã Tân Tiến"), "n|Xã Tân Tiến", "c4", [Proposed("merge", ("c4",), ("n",))]),
        (
            ("n", "Xã Mới", "Xã Nhơn Hội, Xã Không Có"),
            "n|Xã Không Có",
            "-",
            [Proposed("merge", ("c2",), ("n",))],
        ),
        (
            ("n", "Xã Mới", "Thôn Mịch A, Xã Nhơn Hội"),
            "n|?",
            "-",
            [Proposed("merge", ("c2",), ("n",))],
        ),
        (
            ("n", "Xã Mới", "Xã Nhơn Hội (huyện An Phú), Phú Hội, Tân Tiến"),
            "n|?",
            "c1; c3",
            [Proposed("merge", ("c1", "c3", "c2"), ("n",))],
        ),
        (
            ("n", "Xã Mới", "Xã Nhơn Hội, một phần diện tích TN của Xã Phú Hội"),
            "n|c1|share",
            "whole",
            [Proposed("merge", ("c2", "c1"), ("n",))],
        ),
        (
            ("n", "Xã Mới", "Xã Nhơn Hội, một phần diện tích TN của Xã Phú Hội"),
            "n|c1|share",
            "part",
            [Proposed("merge", ("c2",), ("n",))],
        ),
        (("n", "Xã Mới", ""), "n|?", "c1;c2", [Proposed("merge", ("c1", "c2"), ("n",))]),
    ],
)
def test_every_question_is_answered_by_its_key(
    row: tuple[str, str, str], key: str, answer: str, acts: list[Proposed]
) -> None:
    decided = answered(row, key, answer)

    assert (decided.acts, decided.questions) == (acts, [])


def test_a_share_is_answered_by_the_name_as_well() -> None:
    row = ("n", "Xã Mới", "một phần diện tích TN của Xã Phú Hội")

    assert settled(row, answers={"n|Xã Phú Hội|share": "whole"}).acts == [Proposed("merge", ("c1",), ("n",))]


def test_a_part_that_leaves_its_unit_standing_is_told_and_what_nothing_leads_to_is_asked() -> None:
    row = ("n", "Xã Mới", "một phần diện tích TN của Xã Phú Hội")

    decided = answered(row, "n|c1|share", "part")

    assert (decided.parts, [question.key for question in decided.questions]) == ([("n", "c1")], ["n|?"])
    assert settled(row, answers={"n|c1|share": "part", "n|?": "-"}).unchanged == ["n"]


@pytest.mark.parametrize(("text", "key"), [("Xã Nhơn Hội, Tân Lập", "n|?"), ("Xã Tân Tiến", "n|Xã Tân Tiến")])
def test_an_answer_with_a_code_that_is_not_there_is_asked_again(text: str, key: str) -> None:
    decided = answered(("n", "Xã Mới", text), key, "c99")

    assert [question.key for question in decided.questions] == [key]
    assert "c99" in decided.questions[0].sentence


def test_who_shares_a_unit_with_one_that_is_asked_about_waits() -> None:
    decided = settled(
        ("n1", "Xã Một", "một phần diện tích TN của Xã Phú Hội, Xã Không Có"),
        ("n2", "Xã Hai", "Xã Phú Hội (phần còn lại)"),
    )

    assert (decided.acts, decided.waiting) == ([], ["n2"])
    assert [question.successor for question in decided.questions] == ["n1"]


# --- with the units of the tree ---------------------------------------------------------------------------------

BASIS: dict[str, Any] = {
    "decision": "1-NQ/QH",
    "decided_on": date(2025, 6, 12),
    "effective_on": date(2025, 7, 1),
}
LIST = [
    ("08", "", "Tỉnh Tuyên Quang", "tỉnh Hà Giang và tỉnh Tuyên Quang"),
    ("66", "", "Tỉnh Đắk Lắk", "tỉnh Phú Yên và tỉnh Đắk Lắk"),
    ("04", "", "Tỉnh Cao Bằng", "giữ nguyên"),
    ("00922", "08", "Xã Thuận Hoà", "Xã Thuận Hòa, Xã Minh Tân"),
]


@pytest.mark.django_db
def test_provinces_are_acts_or_questions_like_communes() -> None:
    hagiang = factories.unit(None, "province", "Đảng bộ tỉnh Hà Giang", code="02")
    factories.unit(None, "province", "Đảng bộ tỉnh Tuyên Quang", code="08")
    for code, name in (("A", "Đảng bộ xã Thuận Hoà"), ("B", "Đảng bộ xã Minh Tân")):
        factories.unit(hagiang, "commune", name, code=code)
    names = ("code", "parent_code", "full_name", "merged_from")
    rows = [dict(zip(names, row, strict=True)) for row in LIST]

    with access.acting(factories.operator()) as by:
        made = merger_lists.draft(merger_lists.successors_of(rows), Basis(**BASIS), by=by)

    assert [(row["units"], row["into"], row["names"]) for row in made.rows] == [
        ("02; 08", "08", ""),
        ("A; B", "00922", "Đảng bộ xã Thuận Hoà"),
    ]
    assert [question.key for question in made.decided.questions] == ["66|Tỉnh Phú Yên", "66|Tỉnh Đắk Lắk"]
    assert made.decided.unchanged == ["04"]


def test_the_sheet_tells_each_question_with_its_key() -> None:
    asked = Question("66", "“Đắk Lắk” lấy “Tỉnh Phú Yên”: là đơn vị nào?", ("54", "55"), "66|Tỉnh Phú Yên")
    draft = merger_lists.Draft((), Decided(questions=[asked], parts=[("66", "54")], waiting=["67"]))

    book = merger_lists.workbook(draft)
    texts = [row.text(0) for title in ("Cần hỏi", "Ghi chú") for row in read_xlsx(book, title).rows]

    assert "trả lời: 66|Tỉnh Phú Yên=…" in texts
    assert any(text.startswith("66: chỉ lấy một phần của 54") for text in texts)
    assert any(text.startswith("67: chờ câu trả lời") for text in texts)
