"""How a unit names itself on its papers, told by its name: issuer, place, in whose name its head signs. Pure."""

import re

# "Đảng bộ xã Tân Hội" issues its papers as "Đảng ủy xã Tân Hội", a province as "Tỉnh ủy An Giang".
_ISSUERS = (
    (re.compile(r"^Đảng bộ tỉnh\s+", re.IGNORECASE), "Tỉnh ủy "),
    (re.compile(r"^Đảng bộ thành phố\s+", re.IGNORECASE), "Thành ủy "),
    (re.compile(r"^Đảng bộ\s+", re.IGNORECASE), "Đảng ủy "),
)
_PLACE = re.compile(
    r"^(?:Đảng bộ|Đảng ủy|Chi bộ|Ủy ban Mặt trận Tổ quốc(?: Việt Nam)?|Mặt trận Tổ quốc(?: Việt Nam)?)?\s*"
    r"(?:tỉnh|thành phố|xã|phường|đặc khu)\s+(?P<place>.+)$",
    re.IGNORECASE,
)


def issuer_of(name: str, party: object) -> str:
    """The name under which a unit issues papers."""
    if party:
        for pattern, words in _ISSUERS:
            if pattern.match(name):
                return pattern.sub(words, name)
    return name


def place_of(name: str) -> str:
    """The place printed before the date, as far as the unit's name tells it."""
    found = _PLACE.match(name)
    return found["place"] if found else ""


def authority_of(name: str, *, party: object) -> str:
    """The body in whose name the head signs."""
    if not party:
        return "BAN THƯỜNG TRỰC" if "mặt trận" in name.lower() else "BAN THƯỜNG VỤ"
    return "CHI ỦY" if name.lower().startswith("chi bộ") else "BAN THƯỜNG VỤ"


def position_of(name: str, *, party: object) -> str:
    """The usual post of who signs."""
    if party:
        return "BÍ THƯ"
    return "CHỦ TỊCH" if "đoàn thanh niên" not in name.lower() else "BÍ THƯ"
