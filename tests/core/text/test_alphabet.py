import pytest

from quantriet.core.text.alphabet import _RHYMES, LETTERS, TONE_MARKS, Syllable, is_syllable, split_tone

from .syllables import spell


def test_the_alphabet_has_29_letters_and_four_of_foreign_words() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 33
    assert "".join(letter for letter in LETTERS if letter not in "fjwz") == "aăâbcdđeêghiklmnoôơpqrstuưvxy"


@pytest.mark.parametrize(
    ("word", "syllable"),
    [
        ("Đảng", Syllable("đang", 2)),
        ("NGHIỆP", Syllable("nghiêp", 5)),
        ("ngươ\u0300i", Syllable("ngươi", 1)),
        ("français", Syllable("francais", 0)),
    ],
)
def test_a_word_is_its_letters_and_its_tone(word: str, syllable: Syllable) -> None:
    assert split_tone(word) == syllable


@pytest.mark.parametrize(
    "word",
    [
        "Đảng", "bộ", "tỉnh", "Ninh", "Bình", "quán", "triệt", "nghị", "quyết", "gì", "gìn", "giếng", "khuỷu",
        "Quỳnh", "quý", "oong", "Kạn", "ngoằn", "nghèo", "Ủy", "Nguyễn", "Thuý", "thuở", "hoạch", "uống",
        "yếu", "ĐẢNG",
    ],
)  # fmt: skip
def test_vietnamese_words_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "céng",
        "tôt",
        "Bỡnh",
        "élève",
        "çà",
        "ñaûng",
        "kết̃",
        "ngiêng",
        "gen",
        "ChÝ",
        "maõ",
        "caí",
        "hòan",
        "đựơc",
        "hello",
        "cácb",
        "",
        "5",
    ],
)
def test_words_against_the_rules_of_spelling_are_none(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("rhyme", sorted(_RHYMES))
def test_each_rhyme_takes_the_tones_its_end_allows(rhyme: str) -> None:
    stops = rhyme.endswith(("c", "ch", "p", "t"))
    allowed = [tone for tone, mark in enumerate(TONE_MARKS) if is_syllable(spell("", rhyme, mark))]
    assert allowed == ([4, 5] if stops else [0, 1, 2, 3, 4, 5])
