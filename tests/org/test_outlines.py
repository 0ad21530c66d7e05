"""Outlines of places: nothing of the country is left out, and each map is the right one."""

import csv
import re
from pathlib import Path

import pytest

from quantriet.org import outlines
from quantriet.web import generation

COUNTRY = Path(generation.__file__).parent / "data" / "vietnam.csv"
HOANG_SA, TRUONG_SA = "20333", "22736"


def places() -> dict[str, str]:
    """The province of every place; a province's own is empty."""
    with COUNTRY.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["parent_code"] for row in csv.DictReader(rows)}


def corners(path: str) -> list[tuple[int, int]]:
    """Every corner that a path of relative steps comes to."""
    found = []
    for ring in re.findall(
        r"M(-?\d+) (-?\d+)l([^z]+)z", path.replace("-", " -").replace("M ", "M").replace("l ", "l")
    ):
        x, y = int(ring[0]), int(ring[1])
        found.append((x, y))
        numbers = [int(each) for each in ring[2].split()]
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            found.append((x, y))
    return found


def test_every_province_and_commune_has_its_outline_on_its_own_sheet() -> None:
    drawn = {(name, code) for name, sheet in outlines.sheets().items() for code in sheet.paths}

    assert drawn == {(parent or "vn", code) for code, parent in places().items()}


def test_every_outline_lies_on_its_sheet() -> None:
    strayed = []
    for name, sheet in outlines.sheets().items():
        for code, path in sheet.paths.items():
            found = corners(path)
            if not found or not all(
                -4 <= x <= outlines.WIDTH + 4 and -4 <= y <= sheet.height + 4 for x, y in found
            ):
                strayed.append((name, code))

    assert strayed == []


def test_the_archipelagos_stand_on_the_map_of_the_country_and_in_a_frame_on_those_of_their_provinces() -> (
    None
):
    sheets = outlines.sheets()
    west_of = {code: min(x for x, _y in corners(sheets["vn"].paths[code])) for code in ("48", "56")}
    east_of = {code: max(x for x, _y in corners(sheets["vn"].paths[code])) for code in ("48", "56")}

    assert all(east_of[code] - west_of[code] > 250 for code in ("48", "56"))
    assert {name for name, sheet in sheets.items() if sheet.frames} == {"48", "56"}
    for name, code in (("48", HOANG_SA), ("56", TRUONG_SA)):
        assert min(x for x, _y in corners(sheets[name].paths[code])) > 780


@pytest.mark.parametrize(
    ("codes", "sheet"),
    [
        (["30292", "30301"], "91"),
        (["30292", "30301", "00004", "", "khong-co"], "91"),
        (["91", "01"], "vn"),
        (["30292"], None),
        (["30292", "30292", ""], None),
        ([], None),
    ],
)
def test_the_sheet_is_that_on_which_most_of_the_places_lie(codes: list[str], sheet: str | None) -> None:
    found = outlines.sheet_with(codes)

    assert found == (outlines.sheets()[sheet] if sheet else None)
