import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.legacy import _TABLES, Encoding, convert, decode, detect, encoding_of_font

from .syllables import LETTERS, sentences, syllables

LEGACY = [Encoding.TCVN3, Encoding.VNI]
CODES = {
    encoding: {letter: code for code, letter in reversed(_TABLES[encoding].items())} for encoding in LEGACY
}


def _encode(text: str, encoding: Encoding) -> str:
    return "".join(CODES[encoding].get(letter, letter) for letter in text)


def test_tcvn3_has_sixty_toned_and_fourteen_plain_codes() -> None:
    assert len(_TABLES[Encoding.TCVN3]) == 74
    assert sorted(_TABLES[Encoding.TCVN3].values()) == sorted(
        [letter for letter in LETTERS if not letter.isascii()] + list("ĂÂÊÔƠƯĐ"),
    )


def test_vni_has_every_letter_in_both_cases() -> None:
    marked = [letter for letter in LETTERS if not letter.isascii()]
    assert set(_TABLES[Encoding.VNI].values()) == {*marked, *(letter.upper() for letter in marked)}


@pytest.mark.parametrize("encoding", LEGACY)
@pytest.mark.parametrize("letter", LETTERS)
def test_each_letter_of_the_alphabet_comes_back(letter: str, encoding: Encoding) -> None:
    assert decode(_encode(letter, encoding), encoding) == letter


@pytest.mark.parametrize("letter", [letter.upper() for letter in LETTERS])
def test_each_capital_of_vni_comes_back(letter: str) -> None:
    assert decode(_encode(letter, Encoding.VNI), Encoding.VNI) == letter


@pytest.mark.parametrize(
    ("text", "unicode"),
    [
        ("Ninh B×nh", "Ninh Bình"),
        ("Uû ban nh©n d©n", "Uỷ ban nhân dân"),
        ("Hµ Néi", "Hà Nội"),
        ("Hå ChÝ Minh", "Hồ Chí Minh"),
        ("§¶ng bé tØnh", "Đảng bộ tỉnh"),
        ("NguyÔn V¨n Hïng", "Nguyễn Văn Hùng"),
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("Ban Th­êng vô TØnh uû - UBND", "Ban Thường vụ Tỉnh uỷ - UBND"),
        ("A vµ B", "A và B"),
        ("TR¦êNG §¹I HäC", "TRƯỜNG ĐẠI HỌC"),
    ],
)
def test_tcvn3_of_old_files_is_recognised(text: str, unicode: str) -> None:
    converted = convert(text)
    assert (converted.text, converted.encoding) == (unicode, Encoding.TCVN3)
    assert converted.was_changed


@pytest.mark.parametrize(
    ("text", "unicode"),
    [
        ("Ñaûng boä tænh", "Đảng bộ tỉnh"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("Nguyeãn Vaên Huøng", "Nguyễn Văn Hùng"),
        ("THAØNH PHOÁ HOÀ CHÍ MINH", "THÀNH PHỐ HỒ CHÍ MINH"),
        ("Aán Ñoä", "Ấn Độ"),
        ("Chöông trình haønh ñoäng", "Chương trình hành động"),
    ],
)
def test_vni_of_old_files_is_recognised(text: str, unicode: str) -> None:
    converted = convert(text)
    assert (converted.text, converted.encoding) == (unicode, Encoding.VNI)


@pytest.mark.parametrize("encoding", LEGACY)
@given(sentence=sentences)
def test_sentences_come_back_from_both_encodings(sentence: str, encoding: Encoding) -> None:
    encoded = _encode(sentence, encoding)
    assert decode(encoded, encoding) == sentence


@pytest.mark.parametrize("encoding", LEGACY)
@pytest.mark.parametrize(
    "sentence",
    [
        "tổ chức học tập, quán triệt và triển khai thực hiện nghị quyết đại hội đảng bộ các cấp",
        "báo cáo kết quả lấy phiếu tín nhiệm của ban chấp hành",
        "chi bộ thôn đông, xã tân tiến",
        "số đảng viên được triệu tập",
    ],
)
def test_prose_is_recognised_in_both_encodings(sentence: str, encoding: Encoding) -> None:
    assert convert(_encode(sentence, encoding)).text == sentence
    assert detect(_encode(sentence, encoding)) is encoding


@given(sentences)
def test_vietnamese_in_unicode_is_never_converted(sentence: str) -> None:
    assert detect(sentence) is Encoding.UNICODE
    assert detect(sentence.upper()) is Encoding.UNICODE


@given(st.lists(syllables.filter(lambda word: max(word) <= "\xff"), min_size=1, max_size=6).map(" ".join))
def test_vietnamese_of_latin_letters_alone_is_never_converted(text: str) -> None:
    assert detect(text) is Encoding.UNICODE
    assert convert(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Hà Nam", "Thái Bình", "Hòa", "Toán", "toàn khoá", "Lê Thanh Hà", "Hoàng Lâm", "UBND xã",
        "élève à l'école", "côté", "tôt", "où", "haï", "L'État, c'est moi; naïveté, août, Noël, maïs, goût",
        "Les élèves français ont été très sûrs d'eux-mêmes à Genève", "plus tôt le même été",
        "café", "résumé", "naïve", "Zoë", "über München, schöne Grüße", "mañana señor niño",
        "São Paulo, ação, coração", "«Le Monde»", "5 µm", "10 µg/m³",
        "© 2026 Acme®", "½ kg", "25 °C", "10 × 20",
        "3×4", "±5%", "§ 12", "1.356/1.468", "", "plain ASCII text", "Øresund, Ærø, Århus", "Đảng bộ tỉnh",
        "toán toàn khoá còn maåu", "A¹", "l·l", "»Wort« und »Satz«",
        "· item · other · third", "n°5", "x÷y", "Hà Nội", "Ha\u0300 No\u0323\u0302i",
    ],
)  # fmt: skip
def test_other_texts_stay_as_they_are(text: str) -> None:
    converted = convert(text)
    assert converted.encoding is Encoding.UNICODE
    assert not converted.was_changed
    assert converted.text == decode(text, Encoding.UNICODE)


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        (".VnTime", Encoding.TCVN3),
        (".VnArialH", Encoding.TCVN3),
        ("VNI-Times", Encoding.VNI),
        ("Times New Roman", Encoding.UNICODE),
        ("Vnitimes", Encoding.UNICODE),
        ("", Encoding.UNICODE),
    ],
)
def test_fonts_tell_their_encoding(font: str, encoding: Encoding) -> None:
    assert encoding_of_font(font) is encoding


def test_the_font_settles_a_short_word_and_the_capitals() -> None:
    assert detect("céng") is Encoding.UNICODE
    assert convert("céng", font=".VnTime").text == "cộng"
    assert convert("®¶ng céng s¶n viÖt nam", font=".VnTimeH").text == "ĐẢNG CỘNG SẢN VIỆT NAM"
    assert convert("boä", font="VNI-Helve").text == "bộ"


def test_unicode_letters_beat_the_font() -> None:
    assert convert("Đảng bộ tỉnh", font=".VnTimeH").text == "Đảng bộ tỉnh"
