"""What stood before a correction, as plain values: counting it out and undo read it back."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from quantriet.conferences.models import Attendance
from quantriet.conferences.verdicts import Known

_MOMENTS = ("in_at", "out_at", "back_at")


def copy(row: Attendance) -> Attendance:
    """The row as it stood."""
    names = [one.attname for one in Attendance._meta.concrete_fields]  # noqa: SLF001 - Django's public-by-habit API
    return Attendance(**{name: getattr(row, name) for name in names})


def plain(row: Attendance, known: Known) -> dict[str, Any]:
    """A row and what is known by it as plain values."""
    told = asdict(known)
    moments = {name: told[name].isoformat() if told[name] else None for name in _MOMENTS}
    return {**told, **moments, "source": row.source, "grade": int(row.grade), "site": row.site_id}


def known_from_plain(kept: dict[str, Any]) -> Known:
    """What stood before a correction, as the judge reads it; corrections of earlier versions told fewer hours."""
    moments = {name: datetime.fromisoformat(kept[name]) if kept.get(name) else None for name in _MOMENTS}
    return Known(
        kept["state"],
        moments["in_at"],
        moments["out_at"],
        kept["left_early"],
        kept["excuse"],
        kept["version"],
        moments["back_at"],
    )
