"""Invented names: common family, middle and given names put together by chance. No real person is meant."""

from datetime import date
from random import Random

# Roughly one in three bears the first; the others follow common usage.
FAMILIES = (
    ("Nguyễn", 34), ("Trần", 12), ("Lê", 10), ("Phạm", 8), ("Huỳnh", 6), ("Phan", 5), ("Võ", 5),
    ("Đặng", 4), ("Bùi", 3), ("Đỗ", 3), ("Hồ", 3), ("Ngô", 2), ("Dương", 2), ("Lý", 1), ("Châu", 1),
    ("Danh", 1),
)  # fmt: skip
MEN = (
    ("Văn", "Hữu", "Minh", "Quốc", "Thanh", "Công", "Đức", "Hoàng", "Tấn", "Trọng"),
    ("An", "Bình", "Cường", "Dũng", "Đạt", "Hải", "Hòa", "Hùng", "Khánh", "Lâm", "Long", "Nam", "Nghĩa",
     "Phong", "Phúc", "Quân", "Sơn", "Tài", "Thắng", "Toàn", "Trung", "Tuấn", "Vinh", "Ẩn", "Ửng"),
)  # fmt: skip
WOMEN = (
    ("Thị", "Ngọc", "Thùy", "Kim", "Mỹ", "Hồng", "Bích", "Thanh", "Diệu", "Cẩm"),
    ("Ánh", "Bé", "Chi", "Diễm", "Dung", "Giang", "Hạnh", "Hoa", "Huệ", "Lan", "Liên", "Loan", "Mai", "Nga",
     "Nhung", "Oanh", "Phượng", "Quyên", "Thảo", "Thủy", "Trang", "Tuyết", "Vân", "Xuân", "Yến"),
)  # fmt: skip


def full_name(chance: Random) -> str:
    """An invented full name."""
    family = chance.choices([name for name, _weight in FAMILIES], [weight for _name, weight in FAMILIES])[0]
    middles, givens = MEN if chance.random() < 0.62 else WOMEN
    return f"{family} {chance.choice(middles)} {chance.choice(givens)}"


def birth_date(chance: Random, today: date) -> date:
    """A birth date that makes someone 19 to 78 years old, most between 30 and 60."""
    age = min(78, max(19, round(chance.gauss(44, 12))))
    return date(today.year - age, chance.randint(1, 12), chance.randint(1, 28))
