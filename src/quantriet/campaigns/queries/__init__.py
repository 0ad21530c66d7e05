"""Reads of campaigns, split by noun: which campaigns concern an actor, boards, rows behind figures, who is missing."""

from .boards import Board, BoardRow, Lens, board, board_units
from .campaigns import campaigns, open_lessons, trees_of, visible_unit
from .obligations import (
    declarations_below,
    obligation_states,
    open_obligations,
    overdue_units,
    owed,
    owing_units,
    units_below,
)
from .people import ByUnit, credits_below, missing_people, page_by_unit, roll
from .rows import (
    entries_behind,
    figure_after,
    history_behind,
    obligations_behind,
    people_behind,
    taken_back_by,
    totals_behind,
)
from .trends import trends

__all__ = [
    "Board",
    "BoardRow",
    "ByUnit",
    "Lens",
    "board",
    "board_units",
    "campaigns",
    "credits_below",
    "declarations_below",
    "entries_behind",
    "figure_after",
    "history_behind",
    "missing_people",
    "obligation_states",
    "obligations_behind",
    "open_lessons",
    "open_obligations",
    "overdue_units",
    "owed",
    "owing_units",
    "page_by_unit",
    "people_behind",
    "roll",
    "taken_back_by",
    "totals_behind",
    "trees_of",
    "trends",
    "units_below",
    "visible_unit",
]
