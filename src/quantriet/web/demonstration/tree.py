"""The trees of the demonstration: the Party's with some 2,300 units, the Front's and four unions' beside it."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from quantriet.org.commands.units import UnitSpec
from quantriet.org.models import Tree, UnitKind

FOUNDED = date(2025, 7, 1)
PROVINCE = "AG"
BOARD = "AG-BTGDV"
INSPECTION = "AG-UBKT"

UNIONS = (
    (Tree.FRONT, "MT", "Ủy ban Mặt trận Tổ quốc Việt Nam"),
    (Tree.YOUTH, "TN", "Đoàn Thanh niên Cộng sản Hồ Chí Minh"),
    (Tree.WOMEN, "PN", "Hội Liên hiệp Phụ nữ"),
    (Tree.FARMERS, "ND", "Hội Nông dân"),
    (Tree.VETERANS, "CCB", "Hội Cựu chiến binh"),
)
DIRECT = (
    ("AG-CQD", "Đảng bộ các cơ quan Đảng tỉnh"),
    ("AG-UBND", "Đảng bộ Ủy ban nhân dân tỉnh"),
    ("AG-QS", "Đảng bộ Quân sự tỉnh"),
    ("AG-CA", "Đảng bộ Công an tỉnh"),
    ("AG-BP", "Đảng bộ Bộ đội Biên phòng tỉnh"),
)
BODIES = (
    (BOARD, "Ban Tuyên giáo và Dân vận Tỉnh ủy"),
    (INSPECTION, "Ủy ban Kiểm tra Tỉnh ủy"),
    ("AG-VP", "Văn phòng Tỉnh ủy"),
    ("AG-BTC", "Ban Tổ chức Tỉnh ủy"),
    ("AG-BNC", "Ban Nội chính Tỉnh ủy"),
)
OFFICES = ("Cơ quan Ủy ban nhân dân", "Trường Trung học phổ thông", "Trường Trung học cơ sở")
CELLS = ("Công an", "Quân sự", "Trạm Y tế", "Trường Tiểu học", "Hợp tác xã Nông nghiệp")
HAMLETS = ("An", "Bình", "Hòa", "Long", "Phú", "Tân", "Thạnh", "Vĩnh", "Mỹ", "Đông")


@dataclass(frozen=True)
class Place:
    """A commune: its administrative code, its kind in small letters, its name."""

    code: str
    kind: str
    name: str

    @property
    def of(self) -> str:
        """The kind and name as they follow "Đảng bộ": "phường Rạch Giá"."""
        kind = "đặc khu" if self.kind.startswith("Đặc khu") else self.kind.lower()
        return f"{kind} {self.name}"


def places() -> list[Place]:
    """The communes of An Giang as of 30 April 2026 (see data/NOTICE.txt)."""
    with (Path(__file__).parent / "data" / "an-giang.csv").open(encoding="utf-8", newline="") as rows:
        return [Place(row["code"], row["kind"], row["name"]) for row in csv.DictReader(rows)]


def _party(code: str, name: str, kind: str, parent: str, *, admin: str = "", phone: str = "") -> UnitSpec:
    return UnitSpec(
        code=code,
        name=name,
        kind=kind,
        parent_code=parent,
        admin_code=admin,
        phone=phone,
        email=f"{code.lower()}@vi-du.invalid",
        founded_on=FOUNDED,
        decision="01-QĐ/TU",
    )


def specs(chance: Random, communes: Sequence[Place]) -> list[UnitSpec]:
    """Every unit, parents before children."""
    return [*_top(), *_communes(chance, communes), *_beside(communes)]


def _top() -> Iterator[UnitSpec]:
    yield _party(PROVINCE, "Đảng bộ tỉnh An Giang", UnitKind.PROVINCE, "")
    for code, name in DIRECT:
        yield _party(code, name, UnitKind.DIRECT, PROVINCE)
        for number in range(1, 5):
            yield _party(f"{code}-{number:02d}", f"Chi bộ cơ sở số {number}", UnitKind.BASE_CELL, code)
    for code, name in BODIES:
        yield _party(code, name, UnitKind.BODY, PROVINCE)
    yield _party("AG-BAO", "Báo và Phát thanh, Truyền hình An Giang", UnitKind.PRESS, PROVINCE)


def _communes(chance: Random, communes: Sequence[Place]) -> Iterator[UnitSpec]:
    for place in communes:
        top = f"AG-{place.code}"
        phone = f"0296{chance.randint(1_000_000, 9_999_999)}"
        yield _party(top, f"Đảng bộ {place.of}", UnitKind.COMMUNE, PROVINCE, admin=place.code, phone=phone)
        yield _party(f"{top}-XDD", f"Ban Xây dựng Đảng {place.of}", UnitKind.BODY, top)
        for number, office in enumerate(OFFICES, start=1):
            base = f"{top}-DB{number}"
            yield _party(base, f"Đảng bộ {office} {place.of}", UnitKind.BASE_COMMITTEE, top)
            for cell in range(1, 4):
                yield _party(f"{base}-{cell}", f"Chi bộ {cell} {office} {place.of}", UnitKind.CELL, base)
        for number, cell_name in enumerate(CELLS, start=1):
            yield _party(f"{top}-CB{number}", f"Chi bộ {cell_name} {place.of}", UnitKind.BASE_CELL, top)
        hamlets = chance.sample(HAMLETS, 4)
        word = "khóm" if place.kind == "Phường" else "ấp"
        for number, hamlet in enumerate(hamlets, start=6):
            name = f"Chi bộ {word} {hamlet} {chance.choice(HAMLETS)}"
            yield _party(f"{top}-CB{number}", name, UnitKind.BASE_CELL, top)


def _beside(communes: Sequence[Place]) -> Iterator[UnitSpec]:
    for tree, sign, name in UNIONS:
        top = f"{PROVINCE}-{sign}"
        yield _mass(top, f"{name} tỉnh An Giang", tree, parent="", committee=PROVINCE, members=0)
        for place in communes:
            members = 400 + int(place.code) % 700
            code = f"{top}-{place.code}"
            yield _mass(
                code, f"{name} {place.of}", tree, parent=top, committee=f"AG-{place.code}", members=members
            )


def _mass(code: str, name: str, tree: str, *, parent: str, committee: str, members: int) -> UnitSpec:
    return UnitSpec(
        code=code,
        name=name,
        kind=UnitKind.MASS,
        tree=tree,
        parent_code=parent,
        committee_code=committee,
        member_count=members,
        email=f"{code.lower()}@vi-du.invalid",
        founded_on=FOUNDED,
    )
