"""Invented papers as Word files and PDFs: what clerks really drop, in Party and in state layout."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import typst
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

FONTS = Path(__file__).resolve().parents[2] / "src" / "quantriet" / "core" / "office" / "fonts"

LEFT = ("TỈNH ỦY AN GIANG", "*", "Số 05-NQ/TU")
RIGHT = ("ĐẢNG CỘNG SẢN VIỆT NAM", "", "An Giang, ngày 05 tháng 02 năm 2026")

RESOLUTION = (
    "NGHỊ QUYẾT",
    "về đẩy mạnh chuyển đổi số trong các cơ quan đảng",
    "giai đoạn 2026 - 2030",
    "-----",
    "Căn cứ Nghị quyết số 57-NQ/TW, ngày 22/12/2024 của Bộ Chính trị, Tỉnh ủy ban hành nghị quyết.",
    "I. TÌNH HÌNH VÀ NGUYÊN NHÂN",
    "Trong những năm qua, công tác chuyển đổi số trong các cơ quan đảng có nhiều chuyển biến.",
    "1. Kết quả đạt được",
    "- Hạ tầng được đầu tư.",
    "- Cán bộ được tập huấn.",
    "2. Hạn chế, nguyên nhân",
    "a) Nhận thức chưa đầy đủ.",
    "b) Kinh phí còn thấp.",
    "II. MỤC TIÊU",
    "1. Mục tiêu chung",
    "Xây dựng các cơ quan đảng làm việc trên môi trường số.",
    "2. Mục tiêu cụ thể",
    "2.1. Đến năm 2028, tất cả văn bản không mật được xử lý trên mạng.",
    "2.2. Đến năm 2030, 95 % đảng viên dùng sổ tay đảng viên điện tử.",
    "III. TỔ CHỨC THỰC HIỆN",
    "Nghị quyết này phổ biến đến chi bộ.",
)
SIGNATURE = (
    "Nơi nhận:",
    "- Các đảng bộ trực thuộc,",
    "- Lưu Văn phòng.",
    "T/M TỈNH ỦY",
    "BÍ THƯ",
    "Nguyễn Văn Thử",
)

RESOLUTION_PATHS = ["0", "I", "I.1", "I.2", "I.2.a", "I.2.b", "II", "II.1", "II.2", "II.2.1", "II.2.2", "III"]


def docx_bytes(
    body: Sequence[str] = RESOLUTION,
    *,
    left: Sequence[str] = LEFT,
    right: Sequence[str] = RIGHT,
    tail: Sequence[str] = SIGNATURE,
    before: Sequence[str] = (),
    header: str = "",
    boxed: str = "",
    font: str = "",
) -> bytes:
    """A Word file: the head as a table of two columns, then the paragraphs."""
    document = docx.Document()
    for text in before:
        document.add_paragraph(text)
    if left or right:
        table = document.add_table(rows=1, cols=2)
        for cell, texts in zip(table.rows[0].cells, (left, right), strict=True):
            cell.text = ""
            for at, text in enumerate(texts):
                paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
                paragraph.add_run(text).font.name = font or None
    for text in (*body, *tail):
        document.add_paragraph().add_run(text).font.name = font or None
    if header:
        document.sections[0].header.paragraphs[0].text = header
    if boxed:
        _box(document, boxed)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _box(document: Document, text: str) -> None:
    """A text box, as Word draws a stamp."""
    run = document.paragraphs[-1].add_run()
    box = (
        f'<w:pict {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox>'
        f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
    )
    run._r.append(parse_xml(box))


def pdf_bytes(
    body: Sequence[str] = RESOLUTION,
    *,
    left: Sequence[str] = LEFT,
    right: Sequence[str] = RIGHT,
    tail: Sequence[str] = SIGNATURE,
    running: str = "",
    page_height: str = "297mm",
) -> bytes:
    """A PDF of several pages with page numbers, a head in two columns and a running head."""

    def column(texts: Sequence[str]) -> str:
        return " #linebreak() ".join(_plain(text) for text in texts if text)

    source = "\n\n".join(
        (
            f'#set page(width: 210mm, height: {page_height}, numbering: "- 1 -", number-align: center + top)',
            f"#set page(footer: [{_plain(running)}])",
            '#set text(font: "Tinos", size: 14pt, lang: "vi", hyphenate: false)',
            f"#grid(columns: (1fr, 1.4fr), align(center)[{column(left)}], align(center)[{column(right)}])",
            *(_plain(text) for text in (*body, *tail)),
        )
    )
    return _printed(source)


def _printed(source: str) -> bytes:
    paper: Any = source.encode()
    compiler: Any = typst.Compiler(paper, font_paths=[str(FONTS)], ignore_system_fonts=True)
    return bytes(compiler.compile(format="pdf"))


def _plain(text: str) -> str:
    """Text for typst with nothing taken for markup."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{quoted}"'


def scanned_pdf(pages: int = 2) -> bytes:
    """A PDF whose pages are pictures: shapes and no letter."""
    source = "#pagebreak()".join("#rect(width: 100%, height: 80%, fill: luma(200))" for _ in range(pages))
    return _printed(source)


def with_doctype(paper: bytes) -> bytes:
    """The same Word file with a DOCTYPE in its text."""
    return _rewritten(
        paper, lambda name, content: _doctype(content) if name == "word/document.xml" else content
    )


def bomb() -> bytes:
    """A Word file of a few kilobytes that unpacks to far more than is taken in."""
    return _rewritten(
        docx_bytes(), lambda _name, content: content, extra=("word/media/bomb.bin", b"\0" * 500_000_000)
    )


def _doctype(content: bytes) -> bytes:
    head, _, rest = content.partition(b"?>")
    return head + b'?><!DOCTYPE w [<!ENTITY a "x">]>' + rest


def _rewritten(paper: bytes, change: object, extra: tuple[str, bytes] | None = None) -> bytes:
    assert callable(change)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(paper)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        if extra:
            new.writestr(*extra)
    return out.getvalue()


def to_tcvn3(text: str) -> str:
    """The text as an old Word file holds it: TCVN3 codes shown as Latin letters."""
    from quantriet.core.text import legacy

    table = {letter: code for code, letter in legacy._TABLES[legacy.Encoding.TCVN3].items()}
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in text)
