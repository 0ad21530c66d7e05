"""The accounts of the demonstration: one for each kind of user, each at a place where today has something to do."""

from dataclasses import dataclass

from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.models import Unit, UnitKind
from quantriet.web.demonstration.ground import Ground
from quantriet.web.demonstration.tree import BOARD, INSPECTION, PROVINCE

PASSWORD = "quantriet-demo"  # noqa: S105 - printed for everybody; such accounts open nowhere else
TOWN = "Rạch Giá"


@dataclass(frozen=True)
class Seat:
    """An account: its sign-in name, its role, the code of its unit, which of the unit's people it belongs to."""

    username: str
    role: str
    unit: Unit
    person: int | None
    day: str


def town(ground: Ground) -> Unit:
    """The commune where most accounts are."""
    communes = ground.of_kinds(UnitKind.COMMUNE)
    return next((unit for unit in communes if unit.name.endswith(f"phường {TOWN}")), communes[0])


def cells_of_the_day(ground: Ground) -> list[Unit]:
    """Who meets this evening: the base organisation of ``clerk`` and ``member``, and two cells of the town."""
    code = town(ground).code
    return [ground.units[f"{code}-DB2"], ground.units[f"{code}-DB1-2"], ground.units[f"{code}-CB7"]]


def seats(ground: Ground) -> list[Seat]:
    """Who sits where."""
    top = town(ground).code
    units = ground.units
    return [
        Seat("admin", "administrator", units[PROVINCE], None, "nhập cây, người; cấp tài khoản"),
        Seat("officer", "officer", units[BOARD], None, "đôn đốc, quyết định trùng điểm, duyệt báo cáo"),
        Seat("secretary", "secretary", units[top], 0, "báo cáo sắp đến hạn, chi bộ nào còn thiếu thu hoạch"),
        Seat("clerk", "clerk", units[f"{top}-DB2"], 0, "điểm danh buổi 19:30 hôm nay, thu hoạch còn thiếu"),
        Seat(
            "member",
            "member",
            units[f"{top}-DB2-1"],
            2,
            "văn bản phải đọc, buổi 19:30 hôm nay, hồ sơ của mình",
        ),
        Seat("lecturer", "lecturer", units[f"{top}-DB2-1"], 1, "buổi mình được cử nói, đề cương sắp đến hạn"),
        Seat("inspector", "inspector", units[INSPECTION], None, "đọc số liệu, mở đến từng dòng, nhật ký"),
        Seat(
            "front",
            "front_officer",
            units[f"AG-MT-{top.removeprefix('AG-')}"],
            0,
            "tuyên truyền ra dân, báo cáo",
        ),
    ]


NAMES = {
    "admin": "Quản trị trình diễn",
    "officer": "Trần Minh Khánh",
    "inspector": "Lê Thị Diễm",
}


def open_all(ground: Ground) -> str:
    """Open them; returns the table of accounts for the person at the terminal."""
    specs, lines = [], []
    for seat in seats(ground):
        soul = None if seat.person is None else ground.souls[seat.unit.pk][seat.person]
        specs.append(
            AccountSpec(
                display_name=soul.name if soul else NAMES[seat.username],
                role=seat.role,
                unit_id=seat.unit.pk,
                person_id=soul.person_id if soul else None,
                username=seat.username,
                password=PASSWORD,
                is_demo=True,
            )
        )
        lines.append(f"  {seat.username:<10} {specs[-1].display_name} — {seat.unit.name}: {seat.day}")
    accounts.open_accounts(specs, by=ground.by)
    return "\n".join([f"Mật khẩu chung: {PASSWORD}", *lines, ""])
