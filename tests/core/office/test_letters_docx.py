import io
import time
import zipfile
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office.documents_in import ReadTable, read_docx
from quantriet.core.office.letters import PARTY, STATE, Annex, Layout
from quantriet.core.office.letters_docx import to_docx
from tests.core.office.sample_letters import HOSTILE, VIETNAMESE, sample_letter, sample_table


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def test_the_words_stand_in_their_order() -> None:
    read = read_docx(to_docx(sample_letter()))

    assert [block.text if not isinstance(block, ReadTable) else "bảng" for block in read.blocks] == [
        "bảng",
        "BÁO CÁO",
        "Kết quả học tập, quán triệt",
        "-----",
        "I. TÌNH HÌNH",
        VIETNAMESE,
        "- Tỷ lệ: 92,4 %",
        HOSTILE,
        "bảng",
        "1. Hội nghị",
        "bảng",
    ]
    assert read.tables[0].rows == (
        ("TỈNH ỦY LÂM ĐỒNG\nĐẢNG ỦY XÃ HÀM THUẬN\n*", "ĐẢNG CỘNG SẢN VIỆT NAM"),
        ("Số 05-BC/ĐU", "Hàm Thuận, ngày 05 tháng 02 năm 2026"),
    )
    assert read.tables[1].rows == (
        ("TT", "Đơn vị", "Số hội nghị", "Số hội nghị"),
        ("TT", "Đơn vị", "Trực tiếp", "Trực tuyến"),
        ("1", "Đảng ủy xã 1", "2", "1"),
        ("2", "Đảng ủy xã 2", "2", "1"),
        ("3", "Đảng ủy xã 3", "2", "1"),
        ("", "Cộng", "6", "3"),
    )
    assert read.tables[2].rows == (
        (
            "Nơi nhận:\n- Ban Thường vụ Tỉnh ủy,\n- Lưu Văn phòng.",
            "T/M BAN THƯỜNG VỤ\nBÍ THƯ\nNguyễn Thị Ưởng",
        ),
    )
    assert [(paragraph.text, paragraph.level) for paragraph in read.paragraphs if paragraph.level] == [
        ("I. TÌNH HÌNH", 1),
        ("1. Hội nghị", 2),
    ]


@pytest.mark.parametrize("layout", [PARTY, STATE])
def test_page_margins_font_and_number(layout: Layout) -> None:
    document = opened(to_docx(sample_letter(layout)))

    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    expected = (Mm(210), Mm(297), Mm(20), Mm(20), Mm(30), Mm(15))
    for found, wanted in zip((*sizes, section.left_margin, section.right_margin), expected, strict=True):
        assert abs(found - wanted) < Mm(0.1)
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.header._element.xml
    assert section.first_page_header.paragraphs[0].text == ""
    fonts = document.styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert dict(fonts.attrib) == {
        qn(f"w:{script}"): "Times New Roman" for script in ("ascii", "hAnsi", "cs", "eastAsia")
    }


def test_wide_annexes_lie_on_their_side() -> None:
    annexes = [
        Annex("Phụ lục 1", "A", [sample_table()], landscape=True),
        Annex("Phụ lục 2", "B", [sample_table()]),
    ]

    document = opened(to_docx(sample_letter(annexes=annexes)))

    assert [section.orientation for section in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    assert [section.different_first_page_header_footer for section in document.sections] == [
        True,
        False,
        False,
    ]


def test_a_letter_without_type_name_has_its_summary_under_the_number() -> None:
    read = read_docx(to_docx(sample_letter(kind_name="")))

    assert read.tables[0].rows[1][0] == "Số 05-BC/ĐU\nKết quả học tập, quán triệt"
    assert read.paragraphs[0].text == "Kính gửi: Các chi bộ"


def test_a_hostile_name_stays_a_name_and_the_file_passes_our_own_door() -> None:
    name = "</w:t><w:p>]]>&#0;\x0b\x00" + HOSTILE

    content = to_docx(sample_letter(issuer=name))

    assert check_upload(content, kind=FileKind.DOCX).kind is FileKind.DOCX
    assert read_docx(content).tables[0].rows[0][0].split("\n")[1] == "</w:t><w:p>]]>&#0;" + HOSTILE
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None


def test_twenty_four_tables_in_a_second() -> None:
    annexes = [Annex(f"Phụ lục {number}", "A", [sample_table(35)]) for number in range(24)]
    letter = sample_letter(annexes=annexes)
    to_docx(letter)

    started = time.process_time()
    to_docx(letter)

    assert time.process_time() - started < 1
