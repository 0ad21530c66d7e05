import io
from pathlib import Path

import docx
import pypdfium2
import pytest

from quantriet.core.errors import DomainError
from quantriet.core.intake.cage import run_limited
from quantriet.core.office.documents_in import (
    DocumentLimits,
    ReadParagraph,
    ReadTable,
    WarningCode,
    joined_lines,
    read_docx,
    read_pdf,
)
from quantriet.core.office.letters_pdf import to_pdf
from tests.core.office.sample_letters import sample_letter


def word(*runs: tuple[str, str]) -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text, font in runs:
        paragraph.add_run(text).font.name = font
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_word_keeps_paragraphs_headings_and_tables_in_order() -> None:
    document = docx.Document()
    document.add_heading("I. Tình hình", 1)
    document.add_paragraph("Ho\u0300a  bình")
    document.add_paragraph("")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    document.add_paragraph("Sau bảng")
    stream = io.BytesIO()
    document.save(stream)

    read = run_limited(read_docx, stream.getvalue())

    assert read.blocks == (
        ReadParagraph("I. Tình hình", level=1),
        ReadParagraph("Hòa bình"),
        ReadTable((("a", "b"),)),
        ReadParagraph("Sau bảng"),
    )
    assert read.text == "I. Tình hình\nHòa bình\na\tb\nSau bảng"
    assert read.warnings == ()


def test_old_fonts_are_converted_run_by_run_with_a_warning() -> None:
    read = read_docx(word(("§¶ng uû ", ".VnTime"), ("ty c«ng", ".VnTimeH"), (" và Unicode", "Arial")))

    assert read.text == "Đảng uỷ TY CÔNG và Unicode"
    assert [warning.code for warning in read.warnings] == [WarningCode.LEGACY_FONT]


def test_pdf_text_by_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(to_pdf(sample_letter()))

    read = run_limited(read_pdf, path)

    assert ReadParagraph("I. TÌNH HÌNH", page=1) in read.paragraphs
    assert ReadParagraph("1. Hội nghị", page=2) in read.paragraphs or any(
        paragraph.page == 2 and "1. Hội nghị" in paragraph.text for paragraph in read.paragraphs
    )
    assert read.warnings == ()


def test_a_scanned_pdf_is_told() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    stream = io.BytesIO()
    document.save(stream)
    document.close()

    read = read_pdf(stream.getvalue())

    assert (read.blocks, [warning.code for warning in read.warnings]) == ((), [WarningCode.SCANNED])


def test_lines_are_joined_to_paragraphs() -> None:
    page = (
        "1\nĐẢNG ỦY XÃ\nThực hiện Kế hoạch của\nBan Thường vụ, nay báo cáo.\n"
        "Điều 1. Phạm vi\náp dụng\n- Một\n- Hai\n7\n- Ba\n\n"
    )

    assert list(joined_lines(page)) == [
        "ĐẢNG ỦY XÃ",
        "Thực hiện Kế hoạch của Ban Thường vụ, nay báo cáo.",
        "Điều 1. Phạm vi áp dụng",
        "- Một",
        "- Hai 7",
        "- Ba",
    ]


@pytest.mark.parametrize(
    ("content", "code"), [(b"%PDF-1.7 nothing", "document.unreadable"), (b"", "document.unreadable")]
)
def test_damaged_pdf(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        read_pdf(content)

    assert caught.value.code == code


def test_damaged_word() -> None:
    with pytest.raises(DomainError) as caught:
        read_docx(b"PK\x03\x04")

    assert caught.value.code == "document.unreadable"


def test_too_long() -> None:
    with pytest.raises(DomainError) as caught:
        read_docx(word(("a" * 11, "Arial")), DocumentLimits(letters=10))
    assert caught.value.code == "document.too_long"

    with pytest.raises(DomainError) as caught:
        read_pdf(to_pdf(sample_letter()), DocumentLimits(pages=1))
    assert caught.value.code == "document.too_long"
