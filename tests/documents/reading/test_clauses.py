"""Splitting: numbers open a clause only where they are due, and no word of the text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from quantriet.documents.reading import marks
from quantriet.documents.reading.clauses import LONG, split


def tree(*paragraphs: str) -> list[tuple[str, str, str]]:
    found, _doubled = split(paragraphs)
    return [(clause.path, clause.heading, clause.text) for clause in found]


def test_number_that_is_not_due_stays_text() -> None:
    assert tree("I. NHIỆM VỤ", "1. Một việc phải làm ngay.", "15. Xuân này hơn hẳn mấy xuân qua.") == [
        ("I", "NHIỆM VỤ", ""),
        ("I.1", "", "Một việc phải làm ngay.\n15. Xuân này hơn hẳn mấy xuân qua."),
    ]


def test_article_in_a_sentence_is_no_article() -> None:
    assert tree("Điều 1. Phạm vi", "Điều 5 của Điều lệ Đảng quy định như sau.") == [
        ("Đ1", "Phạm vi", "Điều 5 của Điều lệ Đảng quy định như sau."),
    ]


def test_points_start_again_in_each_heading() -> None:
    assert [path for path, _heading, _text in tree("I. A A", "1. Một.", "2. Hai.", "II. B B", "1. Ba.")] == [
        "I", "I.1", "I.2", "II", "II.1",
    ]  # fmt: skip


def test_doubled_number_gets_its_own_path_and_is_told() -> None:
    found, doubled = split(["1. Một.", "2. Hai.", "2. Lại hai."])

    assert [clause.path for clause in found] == ["1", "2", "2-2"]
    assert doubled == ("2",)


def test_long_run_of_paragraphs_is_split_below_its_clause() -> None:
    long = "Một câu dài vừa phải của văn bản. " * 60

    assert [path for path, _heading, _text in tree("I. TÌNH HÌNH", long, long, "- gạch đầu dòng")] == [
        "I", "I.đ1", "I.đ2",
    ]  # fmt: skip
    assert len(long) * 2 > LONG


def test_capital_letters_are_parts_only_with_a_title() -> None:
    assert [path for path, _heading, _text in tree("A. KẾT QUẢ", "I. CHUNG", "B. NHIỆM VỤ", "I. RIÊNG")] == [
        "A", "A.I", "B", "B.I",
    ]  # fmt: skip


def test_roman_numbers() -> None:
    assert [marks.roman_value(text) for text in ("I", "IV", "IX", "XIV", "XL", "IIII", "", "VX")] == [
        1, 4, 9, 14, 40, 0, 0, 0,
    ]  # fmt: skip


_WORDS = st.text(alphabet="abcđêô ,.:IV123)-", min_size=1, max_size=40).map(str.strip).filter(bool)


@given(st.lists(_WORDS, max_size=40))
def test_no_letter_is_lost_and_no_path_is_doubled(paragraphs: list[str]) -> None:
    found, _doubled = split(paragraphs)

    kept = "".join(clause.label + clause.heading + clause.text for clause in found)
    for letter in "abđêô":
        assert kept.count(letter) == sum(text.count(letter) for text in paragraphs)
    paths = [clause.path for clause in found]
    assert len(paths) == len(set(paths))
