"""Makes ``src/quantriet/org/data/outlines.csv`` from boundaries as TopoJSON.

    python scripts/outlines.py FOLDER

``FOLDER`` holds ``provinces.topojson`` and ``communes/<province code>.topojson`` of the data set named in
``src/quantriet/org/data/NOTICE.txt``. Arcs are simplified one by one, so that neighbours keep one border; an
island too small to see keeps a mark of its own: none is left out. Archipelagos far off their province stand in
a frame beside it.
"""

import csv
import itertools
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

WIDTH = 1000
TOLERANCE = 0.7
"""How far a border may move, in units of a sheet's width of 1000."""
SMALLEST = 4
"""The side of the mark that stands for an island of less than that."""
FRAMED = {"48": "20333", "56": "22736"}
"""Hoàng Sa of Đà Nẵng and Trường Sa of Khánh Hoà: in their places the mainland would be too small to read."""
MAINLAND, GAP, FRAME = 760, 20, 220
TARGET = Path(__file__).resolve().parent.parent / "src" / "quantriet" / "org" / "data" / "outlines.csv"


@dataclass(frozen=True)
class Place:
    """A place of a sheet: its code and its rings as numbers of arcs, ``~n`` for an arc taken backwards."""

    code: str
    rings: tuple[tuple[int, ...], ...]


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    """The arcs in degrees."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    found: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        ring: Ring = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            ring.append((x * scale_x + left, y * scale_y + bottom))
        found.append(ring)
    return found


def places_of(topology: dict[str, Any]) -> list[Place]:
    """The places by code."""
    found = []
    for group in topology["objects"].values():
        for shape in group["geometries"]:
            polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
            rings = tuple(tuple(ring) for polygon in polygons for ring in polygon)
            found.append(Place(shape["properties"]["code"], rings))
    return sorted(found, key=lambda place: place.code)


def flattened(arcs: Iterable[Ring], middle: float) -> list[Ring]:
    """Degrees as plane coordinates, y downwards; ``middle`` is the latitude that keeps its proportions."""
    narrow = math.cos(math.radians(middle))
    return [[(x * narrow, -y) for x, y in arc] for arc in arcs]


def fitted(
    arcs: Iterable[Ring], box: tuple[float, float, float, float], left: float, width: float
) -> list[Ring]:
    """The arcs with ``box`` stretched to a width, its left upper corner at ``(left, 0)``."""
    scale = width / (box[2] - box[0])
    return [[((x - box[0]) * scale + left, (y - box[1]) * scale) for x, y in arc] for arc in arcs]


def box_of(arcs: Iterable[Ring]) -> tuple[float, float, float, float]:
    """The least and the greatest x and y."""
    points = [point for arc in arcs for point in arc]
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def off_line(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the line through two others."""
    run, rise = end[0] - start[0], end[1] - start[1]
    length = math.hypot(run, rise)
    if not length:
        return math.dist(point, start)
    return abs(run * (point[1] - start[1]) - rise * (point[0] - start[0])) / length


def simplified(line: Sequence[Point]) -> Ring:
    """Douglas and Peucker's way: the ends stay, and whatever lies further from the line than the tolerance."""
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        between = range(first + 1, last)
        if not between:
            continue
        furthest = max(between, key=lambda at: off_line(line[at], line[first], line[last]))
        if off_line(line[furthest], line[first], line[last]) > TOLERANCE:
            kept.add(furthest)
            open_parts += [(first, furthest), (furthest, last)]
    return [line[at] for at in sorted(kept)]


def walked(ring: Iterable[int], arcs: Sequence[Ring]) -> list[tuple[int, int]]:
    """The ring as whole coordinates without the same point twice in a row."""
    corners: list[tuple[int, int]] = []
    for number in ring:
        for x, y in arcs[number] if number >= 0 else reversed(arcs[~number]):
            corner = (round(x), round(y))
            if not corners or corners[-1] != corner:
                corners.append(corner)
    return corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners


def path_of(place: Place, arcs: Sequence[Ring]) -> str:
    """The place as the ``d`` of an SVG path, in relative steps."""
    parts: dict[str, None] = {}
    for ring in place.rings:
        corners = walked(ring, arcs)
        left, top, right, bottom = box_of([[(float(x), float(y)) for x, y in corners]])
        if len(corners) < 3 or max(right - left, bottom - top) < SMALLEST:
            half = SMALLEST // 2
            x, y = round((left + right) / 2) - half, round((top + bottom) / 2) - half
            corners = [(x, y), (x + SMALLEST, y), (x + SMALLEST, y + SMALLEST), (x, y + SMALLEST)]
        steps = [
            f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in itertools.pairwise(corners)
        ]
        parts[f"M{corners[0][0]} {corners[0][1]}l{' '.join(steps)}z"] = None
    return "".join(parts).replace(" -", "-")


def rows_of(sheet: str, topology: dict[str, Any]) -> list[tuple[str, int, str, str]]:
    """(sheet, height, code, path) of each place; a row without code is the frame of an archipelago."""
    places, degrees = places_of(topology), arcs_of(topology)
    _left, south, _right, north = box_of(degrees)
    plane = flattened(degrees, (south + north) / 2)
    apart = FRAMED.get(sheet, "")
    main = [plane[at] for at in used([place for place in places if place.code != apart])]
    box = box_of(main)
    width = MAINLAND if apart else WIDTH
    drawn = [simplified(arc) for arc in fitted(plane, box, 0, width)]
    height = math.ceil((box[3] - box[1]) * width / (box[2] - box[0]))
    rows = [(sheet, height, place.code, path_of(place, drawn)) for place in places if place.code != apart]
    for place in (place for place in places if place.code == apart):
        island_box = box_of([plane[at] for at in used([place])])
        left, inner = MAINLAND + 2 * GAP, FRAME - 2 * GAP
        beside = [
            simplified([(x, y + GAP) for x, y in arc]) for arc in fitted(plane, island_box, left, inner)
        ]
        deep = math.ceil((island_box[3] - island_box[1]) * inner / (island_box[2] - island_box[0])) + 2 * GAP
        rows.append((sheet, height, apart, path_of(place, beside)))
        rows.append((sheet, height, "", f"M{MAINLAND + GAP} 1h{FRAME - 1}v{deep}h-{FRAME - 1}z"))
    return rows


def used(places: Iterable[Place]) -> set[int]:
    """The arcs of these places."""
    return {number if number >= 0 else ~number for place in places for ring in place.rings for number in ring}


def main(folder: Path) -> None:
    """Read every sheet and write them all."""
    sheets = [("vn", folder / "provinces.topojson")]
    sheets += [(path.stem, path) for path in sorted((folder / "communes").glob("*.topojson"))]
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("sheet", "height", "code", "path"))
        for sheet, path in sheets:
            rows.writerows(rows_of(sheet, json.loads(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
