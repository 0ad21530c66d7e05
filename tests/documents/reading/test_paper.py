"""Whole papers, as lines and as files, read to a draft."""

import io
import unicodedata
from datetime import date

import docx
import pytest

from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import check_upload
from quantriet.documents.files import PAPERS
from quantriet.documents.reading.files import lines_of
from quantriet.documents.reading.lines import PaperFile, PaperLine
from quantriet.documents.reading.paper import Reading, read
from tests.documents import papers

HEAD = ("TỈNH ỦY AN GIANG\tĐẢNG CỘNG SẢN VIỆT NAM", "*", "Số 05-NQ/TU\tAn Giang, ngày 05 tháng 02 năm 2026")


def read_lines(*lines: str) -> Reading:
    return read(PaperFile(tuple(PaperLine(line) for line in lines)))


def read_file(content: bytes) -> Reading:
    return read(lines_of(check_upload(content, kind=PAPERS)))


def paths(reading: Reading) -> list[str]:
    return [clause.path for clause in reading.clauses]


def head_of(reading: Reading) -> tuple[str, str, date | None, str, str]:
    return (reading.number, reading.kind, reading.issued_on, reading.issuer_name, reading.abstract)


RESOLUTION_HEAD = (
    "05-NQ/TU",
    "NQ",
    date(2026, 2, 5),
    "Tỉnh ủy An Giang",
    "về đẩy mạnh chuyển đổi số trong các cơ quan đảng giai đoạn 2026 - 2030",
)


def test_party_resolution_from_lines() -> None:
    reading = read_lines(*HEAD, *papers.RESOLUTION, *papers.SIGNATURE)

    assert head_of(reading) == RESOLUTION_HEAD
    assert (reading.serial, reading.issuer_symbol, reading.term, reading.place) == (
        5,
        "TU",
        "2025-2030",
        "An Giang",
    )
    assert paths(reading) == papers.RESOLUTION_PATHS
    assert reading.relations == (("cites", "57-NQ/TW"),)
    assert reading.remarks == ()


def test_a_committee_under_its_organisation_and_a_date_that_goes_on_in_the_next_line() -> None:
    """As a narrow right column is printed; the line under the title says whose paper it is, not what about."""
    reading = read_lines(
        "ĐẢNG BỘ TỈNH AN GIANG",
        "BAN CHẤP HÀNH",
        "*",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Số 37-NQ/TU Rạch Giá, ngày 09 tháng 11 năm",
        "2026",
        "NGHỊ QUYẾT",
        "CỦA BAN CHẤP HÀNH ĐẢNG BỘ TỈNH",
        "về phát triển nuôi biển bền vững",
        "-----",
        *papers.RESOLUTION,
    )

    assert head_of(reading) == (
        "37-NQ/TU",
        "NQ",
        date(2026, 11, 9),
        "Ban Chấp hành Đảng bộ tỉnh An Giang",
        "về phát triển nuôi biển bền vững",
    )
    assert reading.place == "Rạch Giá"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("An Giang, ngày 05", "tháng 02 năm 2026"),
        ("An Giang, ngày 05 tháng 02", "năm 2026"),
        ("An Giang, ngày", "05 tháng 02 năm 2026"),
    ],
)
def test_a_date_is_read_over_the_end_of_a_line_wherever_it_breaks(first: str, second: str) -> None:
    reading = read_lines("TỈNH ỦY AN GIANG", "Số 05-NQ/TU", first, second, *papers.RESOLUTION)

    assert (reading.issued_on, reading.number) == (date(2026, 2, 5), "05-NQ/TU")


def test_a_number_that_begins_the_next_line_is_no_year_of_a_whole_date() -> None:
    reading = read_lines(*HEAD, "1", *papers.RESOLUTION)

    assert reading.issued_on == date(2026, 2, 5)


def test_party_resolution_from_word_file() -> None:
    reading = read_file(papers.docx_bytes())

    assert head_of(reading) == RESOLUTION_HEAD
    assert paths(reading) == papers.RESOLUTION_PATHS
    assert reading.remarks == ()


def test_party_resolution_from_pdf_of_several_pages() -> None:
    reading = read_file(papers.pdf_bytes(page_height="140mm", running="Tài liệu học tập năm 2026"))

    assert head_of(reading) == RESOLUTION_HEAD
    assert paths(reading) == papers.RESOLUTION_PATHS
    assert [clause.text for clause in reading.clauses][-1] == "Nghị quyết này phổ biến đến chi bộ."
    assert [clause.heading for clause in reading.clauses][:4] == [
        "", "TÌNH HÌNH VÀ NGUYÊN NHÂN", "Kết quả đạt được", "Hạn chế, nguyên nhân",
    ]  # fmt: skip


def test_word_file_and_pdf_give_the_same_clauses() -> None:
    from_word = read_file(papers.docx_bytes())
    from_pdf = read_file(papers.pdf_bytes())

    assert from_pdf.clauses == from_word.clauses


def test_state_plan_with_articles() -> None:
    reading = read_file(
        papers.docx_bytes(
            (
                "QUYẾT ĐỊNH",
                "Về việc ban hành Quy chế làm việc của Ủy ban nhân dân phường",
                "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG",
                "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
                "QUYẾT ĐỊNH:",
                "Chương I",
                "QUY ĐỊNH CHUNG",
                "Điều 1. Phạm vi điều chỉnh",
                "1. Quy chế này quy định nguyên tắc làm việc.",
                "2. Quy chế áp dụng với các phòng:",
                "a) Văn phòng;",
                "b) Phòng Kinh tế;",
                "d) Phòng Văn hóa.",
                "Điều 2. Nguyên tắc làm việc",
                "Làm việc theo chế độ thủ trưởng.",
                "Chương II",
                "TỔ CHỨC THỰC HIỆN",
                "Điều 3. Hiệu lực",
                "Quyết định này có hiệu lực từ ngày ký.",
            ),
            left=("ỦY BAN NHÂN DÂN", "PHƯỜNG RẠCH GIÁ", "Số: 123/QD-UBND"),
            right=(
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
                "Rạch Giá, ngày 1 tháng 3 năm 2026",
            ),
            tail=("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        )
    )

    assert head_of(reading)[:4] == ("123/QĐ-UBND", "QĐ", date(2026, 3, 1), "Ủy ban nhân dân phường Rạch Giá")
    assert reading.term == "2026"
    assert paths(reading)[1:] == ["C1", "Đ1", "Đ1.1", "Đ1.2", "Đ1.2.a", "Đ1.2.b", "Đ1.2.d", "Đ2", "C2", "Đ3"]
    assert [clause.heading for clause in reading.clauses if clause.path in {"C1", "C2", "Đ1"}] == [
        "QUY ĐỊNH CHUNG", "Phạm vi điều chỉnh", "TỔ CHỨC THỰC HIỆN",
    ]  # fmt: skip


def test_letter_without_title_is_a_cong_van() -> None:
    reading = read_lines(
        "TỈNH ỦY AN GIANG\tĐẢNG CỘNG SẢN VIỆT NAM",
        "BAN TUYÊN GIÁO VÀ DÂN VẬN\tAn Giang, ngày 10 tháng 4 năm 2026",
        "Số 107 - CV/BTGDVTU",
        "V/v tổ chức học tập Nghị quyết Đại hội",
        "Kính gửi: Các đảng ủy trực thuộc",
        "Ban Tuyên giáo và Dân vận đề nghị các đảng ủy tổ chức học tập trong quý II năm 2026.",
        "Kết quả gửi về trước ngày 30/6/2026.",
    )

    assert head_of(reading) == (
        "107-CV/BTGDVTU",
        "CV",
        date(2026, 4, 10),
        "Ban Tuyên giáo và Dân vận",
        "tổ chức học tập Nghị quyết Đại hội",
    )
    assert reading.superior_name == "Tỉnh ủy An Giang"
    assert [(clause.path, clause.kind) for clause in reading.clauses] == [
        ("1", "paragraph"), ("2", "paragraph"), ("3", "paragraph"),
    ]  # fmt: skip


def test_directive_with_parts_and_annex() -> None:
    reading = read_lines(
        "BAN CHẤP HÀNH TRUNG ƯƠNG\tĐẢNG CỘNG SẢN VIỆT NAM",
        "*\tHà Nội, ngày 12 tháng 3 năm 2026",
        "Số 05-CT/TW",
        "CHỈ THỊ",
        "của Ban Bí thư về tăng cường học tập lý luận",
        "Phần thứ nhất",
        "TÌNH HÌNH",
        "I- Ưu điểm",
        "Nhiều nơi làm tốt.",
        "II- Hạn chế",
        "Có nơi làm chậm.",
        "Phần thứ hai",
        "NHIỆM VỤ",
        "I- Nhiệm vụ chung",
        "1- Cấp ủy các cấp quán triệt chỉ thị; gắn với Kết luận số 226-KL/TW.",
        "2- Ban Tuyên giáo hướng dẫn.",
        "Nơi nhận:",
        "T/M BAN BÍ THƯ",
        "Trần Văn Mẫu",
        "PHỤ LỤC 1",
        "DANH MỤC NHIỆM VỤ",
        "1. Biên soạn tài liệu.",
    )

    assert (reading.number, reading.term, reading.issuer_name) == (
        "05-CT/TW",
        "XIV",
        "Ban Chấp hành Trung ương",
    )
    assert paths(reading) == ["P1", "P1.I", "P1.II", "P2", "P2.I", "P2.I.1", "P2.I.2", "PL1", "PL1.1"]
    assert [clause.depth for clause in reading.clauses] == [1, 2, 2, 1, 2, 3, 3, 1, 2]


def test_decomposed_text_is_composed() -> None:
    lines = [unicodedata.normalize("NFD", line) for line in (*HEAD, *papers.RESOLUTION)]

    reading = read_lines(*lines)

    assert head_of(reading) == RESOLUTION_HEAD
    assert unicodedata.is_normalized("NFC", reading.text)


def test_tcvn3_word_file_is_read_with_a_notice() -> None:
    reading = read_file(
        papers.docx_bytes(
            [papers.to_tcvn3(line) for line in papers.RESOLUTION],
            left=[papers.to_tcvn3(line) for line in papers.LEFT],
            right=[papers.to_tcvn3(line) for line in papers.RIGHT],
            tail=[papers.to_tcvn3(line) for line in papers.SIGNATURE],
            font=".VnTime",
        )
    )

    assert (reading.number, reading.issued_on) == ("05-NQ/TU", date(2026, 2, 5))
    assert paths(reading)[1:4] == ["I", "I.1", "I.2"]
    assert reading.clauses[2].text == "- Hạ tầng được đầu tư.\n- Cán bộ được tập huấn."
    assert "encoding" in [remark.code for remark in reading.remarks]


@pytest.mark.parametrize(
    ("number_line", "number", "codes"),
    [
        ("Số 54-QD/TU", "54-QĐ/TU", []),
        ("Số: 2182 - TB/TU", "2182-TB/TU", []),
        ("Số     -NQ/TU", "", ["serial_missing"]),
        ("Số ........-NQ/TU", "", ["serial_missing"]),
        ("Số 05", "", ["number_missing"]),
    ],
)
def test_number_lines(number_line: str, number: str, codes: list[str]) -> None:
    reading = read_lines(HEAD[0], number_line, "An Giang, ngày 05 tháng 02 năm 2026", *papers.RESOLUTION)

    assert reading.number == number
    assert [remark.code for remark in reading.remarks] == codes


@pytest.mark.parametrize(
    ("date_line", "code"),
    [
        ("An Giang, ngày     tháng 02 năm 2026", "date_missing"),
        ("An Giang, ngày 31 tháng 02 năm 2026", "date_impossible"),
        ("", "date_missing"),
    ],
)
def test_dates_that_cannot_be_read(date_line: str, code: str) -> None:
    reading = read_lines(HEAD[0], "Số 05-NQ/TU", date_line, *papers.RESOLUTION)

    assert (reading.issued_on, [remark.code for remark in reading.remarks]) == (None, [code])


def test_columns_run_together_as_a_pdf_prints_them() -> None:
    reading = read_lines(
        "TỈNH ỦY AN GIANG ĐẢNG CỘNG SẢN VIỆT NAM",
        "*",
        "Số 05-NQ/TU An Giang, ngày 05 tháng 02 năm 2026",
        *papers.RESOLUTION,
    )

    assert head_of(reading) == RESOLUTION_HEAD


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "Độ mật: MẬT", "Mật", "[TỐI MẬT]"])
def test_secret_paper_is_refused_at_reading(mark: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_lines(HEAD[0], mark, *HEAD[1:], *papers.RESOLUTION)

    assert refused.value.code == "document.secret"
    assert "không nhận văn bản từ MẬT trở lên" in refused.value.sentence


def test_word_mat_in_a_sentence_is_no_mark() -> None:
    reading = read_lines(*HEAD, *papers.RESOLUTION, "Bảo đảm bảo mật, giữ bí mật nhà nước.")

    assert reading.secrecy == "open"


@pytest.mark.parametrize("content", [
    papers.docx_bytes(before=("TỐI MẬT",)),
    papers.docx_bytes(left=("MẬT", *papers.LEFT)),
    papers.docx_bytes(header="MẬT"),
    papers.docx_bytes(boxed="TUYỆT MẬT"),
    papers.pdf_bytes(left=("MẬT", *papers.LEFT)),
])  # fmt: skip
def test_secret_stamps_of_files(content: bytes) -> None:
    with pytest.raises(DomainError) as refused:
        read_file(content)

    assert refused.value.code == "document.secret"


def test_internal_paper_is_recognised() -> None:
    reading = read_lines("Lưu hành nội bộ", *HEAD, *papers.RESOLUTION)

    assert reading.secrecy == "internal"


def test_scanned_pdf_is_told_as_such() -> None:
    with pytest.raises(DomainError) as refused:
        read_file(papers.scanned_pdf())

    assert refused.value.code == "document.scanned"
    assert "ảnh quét" in refused.value.sentence


def test_empty_paper_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        read_lines("", "  ")

    assert refused.value.code == "document.empty"


def test_anything_is_read_to_a_draft_that_can_be_corrected() -> None:
    reading = read_lines("Kế hoạch họp lớp", "Thứ bảy gặp nhau ở quán cũ.")

    assert (reading.number, reading.issued_on) == ("", None)
    assert [remark.code for remark in reading.remarks] == [
        "number_missing", "date_missing", "issuer_missing", "abstract_missing",
    ]  # fmt: skip


def test_relations_are_told_apart_by_the_words_before() -> None:
    reading = read_lines(
        *HEAD,
        *papers.RESOLUTION,
        "Thực hiện Kết luận số 226-KL/TW của Ban Bí thư.",
        "Nghị quyết này thay thế Nghị quyết số 12 - NQ/TU.",
    )

    assert reading.relations == (
        ("cites", "57-NQ/TW"),
        ("implements", "226-KL/TW"),
        ("supersedes", "12-NQ/TU"),
    )


def test_numbers_that_word_draws_are_read() -> None:
    document = docx.Document()
    for line in (*HEAD, *papers.RESOLUTION[:4], "I. NHIỆM VỤ"):
        document.add_paragraph(line)
    for line in ("Quán triệt nghị quyết.", "Xây dựng kế hoạch."):
        document.add_paragraph(line, style="List Number")
    document.add_paragraph("Gắn với thi đua.", style="List Bullet")
    out = io.BytesIO()
    document.save(out)

    reading = read_file(out.getvalue())

    assert [(clause.path, clause.text) for clause in reading.clauses] == [
        ("I", ""), ("I.1", "Quán triệt nghị quyết."), ("I.2", "Xây dựng kế hoạch.\n- Gắn với thi đua."),
    ]  # fmt: skip
