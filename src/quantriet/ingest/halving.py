"""A call that cannot be written is halved until the event that cannot be is found: its neighbours are recorded."""

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto

from quantriet.conferences.commands.scans import Told
from quantriet.conferences.scanning import Answer, Call, Reply

MOST_TRIES = 40
"""Transactions for one call: two events of five hundred are found with it. All other calls stand behind them."""


class Unwritten(Enum):
    """Why events were not written: they never will be; something passing stood in the way; nothing can be now."""

    EVER = auto()
    NOW = auto()
    AWAY = auto()


def answers(told: Told, record: Callable[[Told], list[Answer] | Unwritten]) -> list[Answer]:
    """The answers to a call that cannot be written as a whole, in the order of its events.

    Parts are written in the order in which things happened. What there was no try left for is told to come again
    (``scan.later``): each time more of it is written.
    """
    events = told.call.events
    found: list[Answer] = [Answer(event.id, Reply.LATER) for event in events]
    waiting: deque[Sequence[int]] = deque()

    def part(places: Sequence[int]) -> None:
        if len(places) == 1:
            found[places[0]] = Answer(events[places[0]].id, Reply.UNWRITABLE)
        else:
            middle = len(places) // 2
            waiting.extendleft((places[middle:], places[:middle]))

    part(sorted(range(len(events)), key=lambda at: (events[at].at, events[at].seq)))
    for _try in range(MOST_TRIES):
        if not waiting:
            break
        places = waiting.popleft()
        outcome = record(_only(told, places))
        if isinstance(outcome, list):
            for at, answer in zip(places, outcome, strict=True):
                found[at] = answer
        elif outcome is Unwritten.EVER:
            part(places)
        elif outcome is Unwritten.AWAY:
            break
    return found


def _only(told: Told, places: Sequence[int]) -> Told:
    """Some events of a call, as if the device had sent these alone."""
    call = Call(told.call.clock, [told.call.events[at] for at in places])
    forged = frozenset(new for new, at in enumerate(places) if at in told.forged)
    return Told(told.device_id, call, told.heard_at, forged)
