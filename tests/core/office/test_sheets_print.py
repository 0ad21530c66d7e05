import time

import pypdfium2
import pytest

from quantriet.core.office.documents_in import read_pdf
from quantriet.core.office.sheets_print import (
    Card,
    PrintColumn,
    SignatureLine,
    TitleBlock,
    printed_table,
    qr_cards,
    qr_svg,
    signature_list,
)

TITLE = TitleBlock(
    "DANH SÁCH KÝ TÊN", issuer="ĐẢNG ỦY XÃ", lines=["Hội nghị #1 $a$ *b*"], closing=["THƯ KÝ", "CHỦ TRÌ"]
)


def page_count(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


def test_signature_list_numbers_people_and_blank_lines_and_repeats_its_header() -> None:
    people = [SignatureLine(f"Nguyễn Thị Ưởng {number}", "1980", "Chi bộ thôn Ẵ") for number in range(60)]

    content = signature_list(TITLE, people, blank_lines=5)

    text = read_pdf(content).text
    assert page_count(content) == 3
    assert text.count("Họ và tên") == 3
    assert text.count("Nguyễn Thị Ưởng") == 60
    assert "Hội nghị #1 $a$ *b*" in text
    assert ("65" in text, "66" in text) == (True, False)


def test_a_row_of_the_wrong_length_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="a row of 2 cells in a table of 1 columns"):
        printed_table(TITLE, [PrintColumn("a")], [("1", "2")])


def test_ten_cards_a_page() -> None:
    cards = [
        Card(f"Trần #{number}", "Chi bộ *1*", f"https://example.vn/{number}", f"K7{number:02d}")
        for number in range(11)
    ]

    content = qr_cards(cards, heading="Thẻ điểm danh")

    text = read_pdf(content).text
    assert page_count(content) == 2
    assert [text.count(f"K7{number:02d}") for number in range(11)] == [1] * 11
    assert "Trần #3" in text


def test_no_cards() -> None:
    with pytest.raises(ValueError, match="no cards"):
        qr_cards([], heading="x")


def test_a_code_holds_no_word_of_its_content_as_markup() -> None:
    assert qr_svg('"><script>').count("<") == 3


@pytest.mark.prove
def test_two_thousand_cards() -> None:
    cards = [
        Card("Nguyễn Thị Ưởng", "Chi bộ", f"https://example.vn/t/{number:06d}", f"K{number:04d}")
        for number in range(2000)
    ]
    started = time.process_time()

    assert page_count(qr_cards(cards, heading="Thẻ điểm danh")) == 200
    assert time.process_time() - started < 15
