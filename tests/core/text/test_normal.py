import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text import TextError, ToneStyle
from quantriet.core.text.normal import (
    clean_line,
    clean_text,
    fold,
    fold_all,
    fold_iy,
    nfc,
    same_name,
    with_tone_style,
)

from .syllables import LETTERS, sentences

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.sampled_from(LETTERS))
def test_decomposed_letters_are_composed(letter: str) -> None:
    assert nfc(unicodedata.normalize("NFD", letter)) == letter
    assert nfc(unicodedata.normalize("NFD", letter.upper())) == letter.upper()


def test_the_dot_below_before_the_circumflex_is_composed() -> None:
    assert nfc("Vie\u0323\u0302t") == nfc("Vie\u0302\u0323t") == "Việt"


@pytest.mark.parametrize(("text", "code"), [("a\x00b", "nul_character"), ("a\ud800", "broken_character")])
@pytest.mark.parametrize("clean", [nfc, clean_line, clean_text])
def test_what_no_database_takes_is_refused(clean: type[str], text: str, code: str) -> None:
    with pytest.raises(TextError) as refusal:
        clean(text)
    assert refusal.value.code == code
    assert refusal.value.sentence


def test_a_line_has_single_blanks_and_nothing_invisible() -> None:
    assert clean_line("\ufeff  Đảng\u00a0\u200bbộ \t xã\r\nTân\u200e Tiến\x07 ") == "Đảng bộ xã Tân Tiến"


def test_a_text_keeps_its_lines() -> None:
    assert clean_text("  Một \t hai\r\n\r\n\r\n\r\n ba\u2028bốn \n") == "Một hai\n\nba\nbốn"


@given(texts)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert unicodedata.is_normalized("NFC", clean_line(text))
    assert unicodedata.is_normalized("NFC", clean_text(text))


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(clean_line(text)) == fold(text)


@given(sentences)
def test_the_fold_of_vietnamese_is_plain_ascii(sentence: str) -> None:
    folded = fold(sentence)
    assert folded.isascii()
    assert fold(sentence.upper()) == fold(unicodedata.normalize("NFD", sentence)) == folded


def test_search_finds_both_tone_places_and_no_tone() -> None:
    assert fold("Hòa") == fold("Hoà") == fold("hoa") == "hoa"
    assert fold("ĐẢNG  ỦY") == "dang uy"


def test_i_and_y_are_one_only_where_writers_differ() -> None:
    assert fold_iy("Mỹ Lý quý kỹ") == fold_iy("Mĩ Lí quí kĩ") == "mi li qui ki"
    assert fold_iy("tay thuỷ y tế") == "tay thuy y te"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hòa", "Hoà"),
        ("THANH HÓA", "THANH HOÁ"),
        ("Ủy ban", "Uỷ ban"),
        ("thủy", "thuỷ"),
        ("khỏe", "khoẻ"),
        ("Khánh Hòa, Hòa Bình", "Khánh Hoà, Hoà Bình"),
    ],
)
def test_the_two_spellings_are_turned_into_each_other(old: str, new: str) -> None:
    assert with_tone_style(old, ToneStyle.NEW) == new
    assert with_tone_style(new, ToneStyle.OLD) == old
    assert with_tone_style(old, ToneStyle.OLD) == old
    assert with_tone_style(new, ToneStyle.NEW) == new
    assert same_name(old, new)


@pytest.mark.parametrize(
    "same", ["quý", "qúy", "hoàn", "ngoài", "khuỷu", "toán", "của", "Quỳnh", "Huỳnh", "quả"]
)
def test_words_with_one_spelling_stay(same: str) -> None:
    assert with_tone_style(same, ToneStyle.NEW) == same
    assert with_tone_style(same, ToneStyle.OLD) == same


@given(sentences)
def test_a_style_and_back_keeps_the_name(sentence: str) -> None:
    old = with_tone_style(sentence, ToneStyle.OLD)
    assert with_tone_style(old, ToneStyle.NEW) == with_tone_style(sentence, ToneStyle.NEW)
    assert same_name(sentence, old)


def test_names_differ_by_marks_and_by_i_and_y() -> None:
    assert same_name(" thanh  hóa", "Thanh Hoá")
    assert same_name("Thanh Ho\u0301a", "THANH HOÁ")
    assert not same_name("Hòa", "Hoa")
    assert not same_name("Mỹ", "Mĩ")
    assert not same_name("Hòa", "Hóa")


@given(st.lists(sentences))
def test_many_lines_fold_as_each_alone(lines: list[str]) -> None:
    cleaned = [clean_line(line) for line in lines]

    assert fold_all(cleaned) == [fold(line) for line in lines]
