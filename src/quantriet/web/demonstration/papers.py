"""The three papers of the demonstration: set in the official layout, then read and entered as any Word file is.

Their texts (``data/*.txt``) are invented; no sentence is taken from a real document. Lines that begin with
``#`` or ``##`` are headings, with ``-`` items of a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from quantriet.core.intake.checking import check_upload
from quantriet.core.office import letters
from quantriet.core.office.letters import (
    Authority,
    Block,
    Bullet,
    Heading,
    Letter,
    Mark,
    Paragraph,
    Signature,
)
from quantriet.core.office.letters_docx import to_docx
from quantriet.documents.choices import Circulation, MaterialKind
from quantriet.documents.commands import materials, papers
from quantriet.documents.commands.materials import Handout
from quantriet.documents.commands.papers import Entry, Source
from quantriet.documents.files import PAPERS, described, store
from quantriet.documents.models import Document
from quantriet.documents.reading import files, paper
from quantriet.org.access import Actor
from quantriet.org.models import PersonClass, Unit

DATA = Path(__file__).parent / "data"
ISSUER = "TỈNH ỦY AN GIANG"
PLACE = "Rạch Giá"


@dataclass(frozen=True)
class Invented:
    """A paper to be invented: ``days_ago`` counts from the day of the demonstration to its date of issue."""

    file: str
    number: str
    kind_name: str
    abstract: str
    days_ago: int
    outline: str
    summary: str


RESOLUTION_A = Invented(
    "nghi-quyet-05.txt",
    "05-NQ/TU",
    "NGHỊ QUYẾT",
    "về phát triển kinh tế biển, đảo gắn với bảo vệ môi trường đến năm 2030",
    322,
    "Đề cương giới thiệu Nghị quyết số 05-NQ/TU",
    "Tóm tắt Nghị quyết số 05-NQ/TU dùng cho sinh hoạt chi bộ",
)
DIRECTIVE = Invented(
    "chi-thi-07.txt",
    "07-CT/TU",
    "CHỈ THỊ",
    "về tăng cường sự lãnh đạo của Đảng đối với công tác phòng, chống đuối nước trẻ em",
    178,
    "Đề cương phổ biến Chỉ thị số 07-CT/TU",
    "Những việc mỗi chi bộ khóm, ấp cần làm theo Chỉ thị số 07-CT/TU",
)
RESOLUTION_B = Invented(
    "nghi-quyet-12.txt",
    "12-NQ/TU",
    "NGHỊ QUYẾT",
    "về đẩy mạnh chuyển đổi số phục vụ người dân và sản xuất nông nghiệp, thủy sản",
    45,
    "Đề cương giới thiệu Nghị quyết số 12-NQ/TU",
    "Tóm tắt Nghị quyết số 12-NQ/TU dùng cho sinh hoạt chi bộ",
)
ALL = (RESOLUTION_A, DIRECTIVE, RESOLUTION_B)


def publish(invented: Invented, unit: Unit, *, today: date, by: Actor) -> Document:
    """Set the paper as a Word file, read it as if an officer had dropped it in, enter and publish it with its
    materials for each audience.
    """
    content = to_docx(_letter(invented, today))
    checked = check_upload(content, kind=PAPERS)
    store().put(content)
    reading = paper.read(files.lines_of(checked))
    assert reading.issued_on is not None  # noqa: S101 - the layout prints the date; the reader is tested on it
    entry = Entry(
        number=reading.number,
        issuer_name=reading.issuer_name,
        abstract=reading.abstract,
        issued_on=reading.issued_on,
        term=reading.term,
        secrecy=reading.secrecy,
        circulation=Circulation.ALL,
    )
    name = f"{invented.number.replace('/', '-')}.docx"
    source = Source(described(checked, name), reading.text, reading.relations)
    document = papers.enter(unit, entry, by=by, source=source, read_clauses=reading.clauses)
    document = papers.publish(document, by=by)
    for handout in _handouts(invented):
        materials.attach(document, handout, unit=unit, by=by)
    return document


def _handouts(invented: Invented) -> Iterator[Handout]:
    address = f"https://vi-du.invalid/{invented.number.split('-')[0]}"
    yield Handout(
        MaterialKind.OUTLINE,
        invented.outline,
        audiences=(PersonClass.COMMITTEE, PersonClass.KEY_CADRE),
        link=f"{address}/de-cuong",
    )
    yield Handout(
        MaterialKind.SUMMARY, invented.summary, audiences=(PersonClass.MEMBER,), link=f"{address}/tom-tat"
    )
    yield Handout(
        MaterialKind.VIDEO,
        f"Bản ghi giới thiệu văn bản số {invented.number}",
        link=f"{address}/ban-ghi",
    )


def _letter(invented: Invented, today: date) -> Letter:
    return Letter(
        layout=letters.PARTY,
        superior="",
        issuer=ISSUER,
        number=invented.number,
        place=PLACE,
        day=today - timedelta(days=invented.days_ago),
        kind_name=invented.kind_name,
        abstract=invented.abstract,
        body=list(_blocks((DATA / invented.file).read_text(encoding="utf-8"))),
        recipients=(
            "Các đảng bộ trực thuộc Tỉnh ủy,",
            "Các ban đảng, Văn phòng Tỉnh ủy,",
            "Lưu Văn phòng Tỉnh ủy.",
        ),
        signature=Signature(
            position="BÍ THƯ", name="(Đã ký)", authority=(Authority(Mark.ON_BEHALF, "TỈNH ỦY"),)
        ),
    )


def _blocks(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        if line.startswith("## "):
            yield Heading(line[3:], 2)
        elif line.startswith("# "):
            yield Heading(line[2:], 1)
        elif line.startswith("- "):
            yield Bullet(line[2:])
        elif line:
            yield Paragraph(line)
