"""A small tree with an officer at its top, and a paper entered there."""

from dataclasses import dataclass
from datetime import date

import pytest

from quantriet.documents.commands import papers
from quantriet.documents.commands.papers import Entry
from quantriet.documents.models import Document
from quantriet.documents.reading.clauses import ReadClause
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from tests import factories

ENTRY = Entry(
    number="05-NQ/TU",
    issuer_name="Tỉnh ủy Thử Nghiệm",
    abstract="về đẩy mạnh chuyển đổi số",
    issued_on=date(2026, 2, 5),
)
CLAUSES = (
    ReadClause("roman", "I", 1, "I", "TÌNH HÌNH", ""),
    ReadClause("point", "I.1", 2, "1", "Kết quả", "Câu thứ nhất. Câu thứ hai."),
    ReadClause("point", "I.2", 2, "2", "Hạn chế", "Còn thiếu cán bộ."),
)


@dataclass(frozen=True)
class Place:
    """province › commune › base › cell, a sibling commune, and a foreign province with a commune."""

    province: Unit
    commune: Unit
    sibling: Unit
    base: Unit
    cell: Unit
    foreign: Unit
    foreign_commune: Unit
    officer: Actor


@pytest.fixture
def place(db: None) -> Place:
    province = factories.province()
    commune = factories.commune(province, "Đảng bộ xã Một")
    base = factories.base(commune)
    foreign = factories.province("Đảng bộ tỉnh Khác")
    return Place(
        province=province,
        commune=commune,
        sibling=factories.commune(province, "Đảng bộ xã Hai"),
        base=base,
        cell=factories.cell(base),
        foreign=foreign,
        foreign_commune=factories.commune(foreign, "Đảng bộ xã Ngoài"),
        officer=factories.actor("officer", province),
    )


@pytest.fixture
def draft(place: Place) -> Document:
    with access.acting(place.officer):
        return papers.enter(place.province, ENTRY, by=place.officer, read_clauses=CLAUSES)


@pytest.fixture
def published(place: Place, draft: Document) -> Document:
    with access.acting(place.officer):
        return papers.publish(draft, by=place.officer)
