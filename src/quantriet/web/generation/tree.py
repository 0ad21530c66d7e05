"""The tree of the country in five levels: central, 34 provinces, 3,321 communes, base organisations, cells; the
Front beside it. Names and codes of provinces and communes are the real ones (data/NOTICE.txt).

A commune is a committee with two base committees of four cells and six base cells (26 : 74 of base organisations,
as in a province that printed its numbers), with the Front at its side: 18 units, so that 3,321 communes come to
60,000. A cell of this tree therefore holds more people than a real one.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from quantriet.org.commands.units import UnitSpec
from quantriet.org.models import Tree, UnitKind
from quantriet.web.demonstration.tree import Place
from quantriet.web.generation.scales import FIRST_PROVINCE, Wanted

FOUNDED = date(2025, 7, 1)
TOP = "TW"
BOARD = "TW-BTGDV"
FRONT = "TW-MT"
_OFFICES = ("Cơ quan Ủy ban nhân dân", "Trường Trung học phổ thông")
_CELLS = ("Công an", "Quân sự", "Trạm Y tế", "Trường Tiểu học")
_HAMLETS = ("An", "Bình", "Hòa", "Long", "Phú", "Tân", "Thạnh", "Vĩnh", "Mỹ", "Đông")
_DIRECT = (
    ("CQD", "Đảng bộ các cơ quan Đảng"),
    ("UBND", "Đảng bộ Ủy ban nhân dân"),
    ("QS", "Đảng bộ Quân sự"),
    ("CA", "Đảng bộ Công an"),
    ("DN", "Đảng bộ Khối doanh nghiệp"),
)
REMOTE_CELLS = ("DB1-4",)
"""Cells with a site of their own; the other cells sit with their base committee."""
WITHOUT_SITE = ("CB1",)
"""Base cells that sit in the hall of the commune."""


@dataclass(frozen=True)
class Province:
    """A province with the communes that are made."""

    place: Place
    communes: tuple[Place, ...]

    @property
    def code(self) -> str:
        """The code of its unit."""
        return f"T{self.place.code}"

    @property
    def of(self) -> str:
        """As it follows "Đảng bộ": "tỉnh An Giang"."""
        return f"{'thành phố' if self.place.kind.startswith('Thành phố') else 'tỉnh'} {self.place.name}"

    @property
    def direct(self) -> tuple[str, ...]:
        """The codes of the committees directly below it that are no communes."""
        return tuple(f"{self.code}-{sign}" for sign, _name in _DIRECT)

    def commune_code(self, place: Place) -> str:
        """The code of a commune's unit."""
        return f"{self.code}-{place.code}"


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    with (Path(__file__).parent / "data" / "vietnam.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            (row["code"], row["parent_code"], row["kind"], row["name"]) for row in csv.DictReader(rows)
        )


def provinces(wanted: Wanted) -> list[Province]:
    """The provinces of the scale, the one of the smaller scales first."""
    size = wanted.size
    tops = [Place(code, kind, name) for code, parent, kind, name in _rows() if not parent]
    tops.sort(key=lambda place: (place.code != FIRST_PROVINCE, place.code))
    below: dict[str, list[Place]] = {}
    for code, parent, kind, name in _rows():
        if parent:
            below.setdefault(parent, []).append(Place(code, kind, name))
    return [Province(top, tuple(below[top.code][: size.communes])) for top in tops[: size.provinces]]


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
        decision="01-QĐ/TW",
    )


def _front(code: str, name: str, *, parent: str, committee: str, members: int = 0) -> UnitSpec:
    return UnitSpec(
        code=code,
        name=f"Ủy ban Mặt trận Tổ quốc Việt Nam {name}".strip(),
        kind=UnitKind.MASS,
        tree=Tree.FRONT,
        parent_code=parent,
        committee_code=committee,
        member_count=members,
        email=f"{code.lower()}@vi-du.invalid",
        founded_on=FOUNDED,
    )


def top_specs() -> list[UnitSpec]:
    """The centre and its Front."""
    return [
        _party(TOP, "Đảng bộ toàn quốc (dữ liệu sinh)", UnitKind.CENTRAL, ""),
        _party(BOARD, "Ban Tuyên giáo và Dân vận (dữ liệu sinh)", UnitKind.BODY, TOP),
        _front(FRONT, "(dữ liệu sinh)", parent="", committee=TOP),
    ]


def province_specs(wanted: Wanted, province: Province) -> list[UnitSpec]:
    """A province and everything below it, parents before children."""
    chance = wanted.chance("tree", province.code)
    code = province.code
    told = [
        _party(code, f"Đảng bộ {province.of}", UnitKind.PROVINCE, TOP, admin=province.place.code),
        _party(f"{code}-BTGDV", f"Ban Tuyên giáo và Dân vận {province.of}", UnitKind.BODY, code),
        _party(f"{code}-UBKT", f"Ủy ban Kiểm tra {province.of}", UnitKind.BODY, code),
        _front(f"{code}-MT", province.of, parent=FRONT, committee=code),
    ]
    for (_sign, name), top in zip(_DIRECT, province.direct, strict=True):
        told.append(_party(top, f"{name} {province.of}", UnitKind.DIRECT, code))
        told += [
            _party(f"{top}-CB{number}", f"Chi bộ cơ sở số {number}", UnitKind.BASE_CELL, top)
            for number in range(1, 5)
        ]
    for place in province.communes:
        told += _commune(chance, province, place)
    return told


def _commune(chance: Random, province: Province, place: Place) -> Iterator[UnitSpec]:
    code = province.commune_code(place)
    phone = f"02{chance.randint(10_000_000, 99_999_999)}"
    yield _party(code, f"Đảng bộ {place.of}", UnitKind.COMMUNE, province.code, admin=place.code, phone=phone)
    for number, office in enumerate(_OFFICES, start=1):
        base = f"{code}-DB{number}"
        yield _party(base, f"Đảng bộ {office} {place.of}", UnitKind.BASE_COMMITTEE, code)
        for cell in range(1, 5):
            yield _party(f"{base}-{cell}", f"Chi bộ {cell} {office} {place.of}", UnitKind.CELL, base)
    for number, cell_name in enumerate(_CELLS, start=1):
        yield _party(f"{code}-CB{number}", f"Chi bộ {cell_name} {place.of}", UnitKind.BASE_CELL, code)
    word = "khóm" if place.kind == "Phường" else "thôn"
    for number, hamlet in enumerate(chance.sample(_HAMLETS, 2), start=5):
        name = f"Chi bộ {word} {hamlet} {chance.choice(_HAMLETS)}"
        yield _party(f"{code}-CB{number}", name, UnitKind.BASE_CELL, code)
    yield _front(
        f"{province.code}-MT-{place.code}",
        place.of,
        parent=f"{province.code}-MT",
        committee=code,
        members=chance.randint(900, 6_000),
    )


def has_site(code: str) -> bool:
    """Whether a unit gets a site at the conference of the country: committees, base organisations, a few
    remote cells.
    """
    if "-MT" in code or code in (TOP, BOARD) or code.endswith(("-BTGDV", "-UBKT")):
        return False
    if code.endswith(tuple(f"-{sign}" for sign in WITHOUT_SITE)):
        return code.split("-")[1] in {sign for sign, _name in _DIRECT}
    is_cell = code.count("-") == 3
    return not is_cell or code.endswith(tuple(f"-{sign}" for sign in REMOTE_CELLS))


def site_code(code: str) -> str:
    """The code of the unit at whose site the people of a unit sit: its own, or the nearest above it."""
    while not has_site(code):
        if "-" not in code:
            return TOP
        code = code.rpartition("-")[0]
    return code
