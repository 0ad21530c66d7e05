"""Reads of campaigns, split by noun: which campaigns concern an actor, boards, rows behind figures, who is missing."""

from .boards import Board, BoardRow, Lens, board, board_units
from .campaigns import campaigns, open_lessons, trees_of, visible_unit
from .obligations import (
    declarations_below,
    duty_states,
    obligation_states,
    open_obligations,
    overdue_units,
    owed,
    owing_units,
    units_below,
)
from .people import (
    ByUnit,
    counted,
    credits_below,
    missing_counts,
    missing_people,
    named,
    page_by_unit,
    roll,
    summoned_counts,
)
from .rows import (
    entries_behind,
    figure_after,
    history_behind,
    named_counts,
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
    "counted",
    "credits_below",
    "declarations_below",
    "duty_states",
    "entries_behind",
    "figure_after",
    "history_behind",
    "missing_counts",
    "missing_people",
    "named",
    "named_counts",
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
    "summoned_counts",
    "taken_back_by",
    "totals_behind",
    "trees_of",
    "trends",
    "units_below",
    "visible_unit",
]
