import pypdfium2
import pytest

from quantriet.core.office.documents_in import read_pdf
from quantriet.core.office.letters import PARTY, STATE, Annex, Layout
from quantriet.core.office.letters_pdf import to_pdf
from tests.core.office.sample_letters import HOSTILE, VIETNAMESE, sample_letter, sample_table


def fonts_of(content: bytes) -> set[str]:
    with pypdfium2.PdfDocument(content) as document:
        names = set()
        for number in range(len(document)):
            page = document[number]
            text_page = page.get_textpage()
            for thing in page.get_objects():
                if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                    names.add(thing.get_font().get_base_name().partition("+")[2])
            text_page.close()
            page.close()
        return names


def page_sizes(content: bytes) -> list[tuple[int, int]]:
    with pypdfium2.PdfDocument(content) as document:
        return [
            (round(width), round(height))
            for width, height in map(document.get_page_size, range(len(document)))
        ]


@pytest.mark.parametrize("layout", [PARTY, STATE])
def test_every_vietnamese_letter_is_set_in_tinos(layout: Layout) -> None:
    content = to_pdf(sample_letter(layout))

    assert VIETNAMESE in read_pdf(content).text.replace("\n", " ")
    assert fonts_of(content) <= {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}


def test_words_that_mean_something_to_typst_stay_words() -> None:
    plain = to_pdf(sample_letter())
    hostile = to_pdf(sample_letter(issuer=HOSTILE))

    assert HOSTILE in read_pdf(plain).text.replace("\n", " ")
    assert "".join(HOSTILE.split()) in "".join(read_pdf(hostile).text.split())
    assert page_sizes(hostile) == page_sizes(plain)


def test_control_characters_are_left_out() -> None:
    assert to_pdf(sample_letter(issuer="ĐẢNG\x00\x0b ỦY\ud800")).startswith(b"%PDF")


def test_wide_annexes_lie_on_their_side_and_pages_are_numbered_from_the_second() -> None:
    annexes = [
        Annex("Phụ lục 1", "A", [sample_table()], landscape=True),
        Annex("Phụ lục 2", "B", [sample_table()]),
    ]

    content = to_pdf(sample_letter(annexes=annexes))

    assert page_sizes(content) == [(595, 842), (595, 842), (842, 595), (595, 842)]
    with pypdfium2.PdfDocument(content) as document:
        first_lines = []
        for number in range(4):
            page = document[number]
            text_page = page.get_textpage()
            first_lines.append(text_page.get_text_bounded().splitlines()[0])
            text_page.close()
            page.close()
    assert first_lines == ["TỈNH ỦY LÂM ĐỒNG", "2", "3", "4"]


def test_a_letter_without_type_name() -> None:
    text = read_pdf(to_pdf(sample_letter(kind_name=""))).text

    assert "Kính gửi: Các chi bộ" in text
    assert "BÁO CÁO" not in text
