"""A letter with every kind of block, and words that mean something to typst, Word and XML."""

from collections.abc import Sequence
from datetime import date

from quantriet.core.office.letters import (
    PARTY,
    Align,
    Annex,
    Authority,
    Bullet,
    HeaderCell,
    Heading,
    Layout,
    Letter,
    LetterColumn,
    Mark,
    PageBreak,
    Paragraph,
    Run,
    Signature,
    TableBlock,
)

VIETNAMESE = "ẴẪỮỢỰặơư ẠẢẤẦẨẪẬẮẰẲẴẶ ẸẺẼẾỀỂỄỆ ỈỊỌỎỐỒỔỖỘ ỚỜỞỠỢỤỦỨỪỬỮỰ ỲỴỶỸ ăâđêôơư Đ"
HOSTILE = r'#pagebreak() $x^2$ *đậm* _nghiêng_ @tên <nhãn> \u{1F} `raw` = tiêu đề // ghi chú " \ [x] {y} & ~'
HEADER = (
    (HeaderCell("TT", rows=2), HeaderCell("Đơn vị", rows=2), HeaderCell("Số hội nghị", columns=2)),
    (HeaderCell("Trực tiếp"), HeaderCell("Trực tuyến")),
)
COLUMNS = (
    LetterColumn(0.5, Align.CENTER),
    LetterColumn(3),
    LetterColumn(1, Align.RIGHT),
    LetterColumn(1, Align.RIGHT),
)


def sample_table(rows: int = 3) -> TableBlock:
    lines = [(str(number), f"Đảng ủy xã {number}", "2", "1") for number in range(1, rows + 1)]
    return TableBlock(COLUMNS, HEADER, lines, totals=("", "Cộng", str(2 * rows), str(rows)))


def sample_letter(
    layout: Layout = PARTY,
    *,
    issuer: str = "ĐẢNG ỦY XÃ HÀM THUẬN",
    annexes: Sequence[Annex] = (),
    kind_name: str = "BÁO CÁO",
) -> Letter:
    return Letter(
        layout=layout,
        superior="TỈNH ỦY LÂM ĐỒNG",
        issuer=issuer,
        number="05-BC/ĐU",
        place="Hàm Thuận",
        day=date(2026, 2, 5),
        kind_name=kind_name,
        abstract="Kết quả học tập, quán triệt",
        body=[
            Heading("I. TÌNH HÌNH"),
            Paragraph(VIETNAMESE),
            Bullet([Run("Tỷ lệ: ", bold=True), Run("92,4 %", italic=True)]),
            Paragraph(HOSTILE),
            sample_table(),
            PageBreak(),
            Heading("1. Hội nghị", 2),
        ],
        recipients=["Ban Thường vụ Tỉnh ủy,", "Lưu Văn phòng."],
        signature=Signature("BÍ THƯ", "Nguyễn Thị Ưởng", [Authority(Mark.ON_BEHALF, "BAN THƯỜNG VỤ")]),
        addressees=["Các chi bộ"] if not kind_name else (),
        annexes=annexes,
    )
