import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.normal import clean_line
from quantriet.core.text.order import given_name, person_key, person_keys, sort_key

from .syllables import sentences, syllables

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@pytest.mark.parametrize(
    "ordered",
    [
        "an àn ản án ăn ân b da đa".split(),  # noqa: SIM905
        ["a", "à", "ả", "ã", "á", "ạ", "ă", "ằ", "ẳ", "ẵ", "ắ", "ặ", "â", "ầ", "ẩ", "ẫ", "ấ", "ậ"],
        ["d", "đ", "e", "ê", "g", "o", "ô", "ơ", "p", "u", "ư", "v", "x", "y"],
        ["ba", "ba ba", "ba bảy", "bà", "bà ba", "bá", "bác", "bạc", "bắc", "bấc"],
        ["hoa", "hoa hòe", "hòa", "hỏa", "hóa", "hoai", "hoan", "hoang"],
        ["Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương", "Hải Phòng", "Hậu Giang", "Hòa Bình"],
        ["Chi bộ 1", "Chi bộ 2", "Chi bộ 2A", "Chi bộ 10", "Chi bộ 100", "Chi bộ Ấp 1", "Chi bộ cơ quan"],
        ["Đảng bộ xã Đại Đồng", "Đảng bộ xã Đức Hòa", "Đảng bộ xã Y Tý", "Đảng ủy"],
        ["Lý", "Ma", "Z", "Ж"],
    ],
)
def test_dictionary_order(ordered: list[str]) -> None:
    shuffled = ordered.copy()
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == ordered


def test_the_provinces_of_2025_stand_in_the_known_order() -> None:
    provinces = [
        "An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên",
        "Đồng Nai", "Đồng Tháp", "Gia Lai", "Hà Nội", "Hà Tĩnh", "Hải Phòng", "Hồ Chí Minh", "Huế",
        "Hưng Yên", "Khánh Hòa", "Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng", "Nghệ An", "Ninh Bình",
        "Phú Thọ", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sơn La", "Tây Ninh", "Thái Nguyên",
        "Thanh Hóa", "Tuyên Quang", "Vĩnh Long",
    ]  # fmt: skip
    assert sorted(provinces, key=sort_key) == provinces


@given(texts)
def test_a_key_is_lower_case_ascii_and_agrees_with_itself(text: str) -> None:
    key = sort_key(text)
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert sort_key(f"  {text} ") == key


@given(sentences)
def test_case_blanks_punctuation_and_tone_place_do_not_count(sentence: str) -> None:
    assert sort_key(sentence.upper()) == sort_key(sentence.replace(" ", ", ")) == sort_key(sentence)
    assert sort_key("Hòa") == sort_key("HOÀ")


@given(syllables, syllables)
def test_different_syllables_have_different_keys(one: str, other: str) -> None:
    letters_differ = sort_key(one)[:-1] != sort_key(other)[:-1]
    assert (sort_key(one) == sort_key(other)) == (one == other)
    if letters_differ:  # the tone decides only between equal letters
        assert (sort_key(one) < sort_key(other)) == (sort_key(one)[:-1] < sort_key(other)[:-1])


@given(st.integers(0, 10**80), st.integers(0, 10**80))
def test_numbers_stand_in_numeric_order(one: int, other: int) -> None:
    assert (sort_key(f"Chi bộ {one}") < sort_key(f"Chi bộ {other}")) == (one < other)


@given(sentences, sentences)
def test_a_text_stands_before_its_continuations(start: str, rest: str) -> None:
    assert sort_key(start) < sort_key(f"{start} {rest}")


@given(st.lists(sentences, min_size=3, max_size=3))
def test_the_order_of_two_texts_is_decided_by_their_first_different_syllable(parts: list[str]) -> None:
    common, one, other = parts
    assert (sort_key(f"{common} {one}") < sort_key(f"{common} {other}")) == (sort_key(one) < sort_key(other))


def test_people_stand_by_given_name_then_family_then_middle() -> None:
    people = [
        "Nguyễn Thị An", "Trần Văn An", "Lê Văn Ân", "An Bình", "Trần Bình", "Lê Anh Dũng", "Lê Văn Dũng",
        "Nguyễn Dũng", "Nguyễn Văn Đức", "Phạm Thị Hoa", "Phạm Thị Hòa", "Vũ Y",
    ]  # fmt: skip
    assert sorted(people, key=person_key) == people


@pytest.mark.parametrize(
    ("full_name", "given"),
    [
        ("Nguyễn Văn An", "An"),
        ("  trần  thị   bích ngọc ", "ngọc"),
        ("Hoàng Văn Hùng (Bí thư)", "Hùng"),
        ("Ân", "Ân"),
        ("", ""),
        ("(chưa rõ)", "rõ)"),
    ],
)
def test_the_given_name_is_the_last_word(full_name: str, given: str) -> None:
    assert given_name(full_name) == given


@given(texts)
def test_every_name_has_a_key(text: str) -> None:
    assert person_key(text) == person_key(f" {text} ")


@given(st.lists(texts))
def test_many_names_have_the_keys_each_has_alone(names: list[str]) -> None:
    cleaned = [clean_line(name) for name in names]

    assert person_keys(cleaned) == [person_key(name) for name in names]
