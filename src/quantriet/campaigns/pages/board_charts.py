"""The pictures of a board: funnel, tree map, map of places; each leads to the rows behind it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.campaigns import queries
from quantriet.campaigns.pages.board_cells import BoardShown, Row
from quantriet.core.components import MapPlace, PlaceMap, number_style, share_step
from quantriet.core.text import format_int
from quantriet.ledger.measures import Measure
from quantriet.org import outlines

COMMITTEE = "Đảng bộ "
FUNNEL = (
    (Measure.SUMMONED, gettext_lazy("Triệu tập")),
    (Measure.PRESENT, gettext_lazy("Đã học")),
    (Measure.ESSAYS_HANDED_IN, gettext_lazy("Thu hoạch đã nộp")),
    (Measure.ESSAYS_ACCEPTED, gettext_lazy("Thu hoạch đạt")),
)


def treemap(shown_board: BoardShown) -> dict[str, Any]:
    """The units sized by what is due and coloured by the share of the chosen step."""
    nodes = []
    for row in shown_board.rows:
        share = row.by_code.get(shown_board.view.step)
        size = (share.whole if share else None) or 0
        if size:
            words = share.words if share else ""
            percent = share.percent if share else None
            name = _short(row)
            nodes.append({"name": name, "size": size, "share": percent, "label": words, "href": row.href})
    return {"nodes": nodes, "missing": str(_("chưa báo cáo"))}


def _short(row: Row) -> str:
    """The name of a unit where there is little room."""
    name = row.name.removeprefix(COMMITTEE)
    return name[:1].upper() + name[1:]


@dataclass(frozen=True)
class Step:
    """One step of the funnel, opening its list."""

    name: str
    value: int | None
    label: str
    href: str


def funnel(shown_board: BoardShown) -> list[Step]:
    """From the summoned to those whose essay was accepted."""
    view, counts = shown_board.view, shown_board.board.top
    steps = []
    for measure, words in FUNNEL:
        essays = measure in (Measure.ESSAYS_HANDED_IN, Measure.ESSAYS_ACCEPTED)
        if essays and not any(one.code == "essays" for one in view.indicators):
            continue
        value = counts.amount(measure).total if measure in counts.counts else None
        label = format_int(value, number_style()) if value is not None else str(_("chưa báo cáo"))
        steps.append(
            Step(str(words), value, label, view.href("campaign-figure", counts.unit, measure.name.lower()))
        )
    return steps


def place_map(shown_board: BoardShown) -> PlaceMap | None:
    """The units on the map of their places; ``None`` when fewer than two of them are places on one map."""
    codes = queries.place_codes([row.unit for row in shown_board.board.rows if row.unit is not None])
    sheet = outlines.sheet_with(codes.values())
    if sheet is None:
        return None
    places: dict[str, MapPlace] = {}
    beside = []
    for row in shown_board.rows:
        code = codes.get(row.unit_id or 0, "")
        if code in sheet.paths and code not in places:
            places[code] = _map_place(shown_board, row, sheet.paths[code])
        else:
            beside.append(_map_place(shown_board, row))
    return PlaceMap(
        view_box=sheet.view_box,
        places=tuple(places.values()),
        beside=tuple(beside),
        blank=tuple(path for code, path in sheet.paths.items() if code not in places),
        frames=sheet.frames,
    )


def _map_place(shown_board: BoardShown, row: Row, path: str = "") -> MapPlace:
    share = row.by_code.get(shown_board.view.step)
    return MapPlace(
        key=str(row.unit_id),
        name=_short(row),
        words=share.words if share else str(_("chưa báo cáo")),
        step=share_step(share.percent if share else None),
        href=row.href,
        path=path,
    )
