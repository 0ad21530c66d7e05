"""Who can be sent where, and why: the arithmetic of assigning lecturers. Values in, values out, no database.

A plan never sends one person to two places at once (travel between them included), to what he does not know, in a
language he does not speak, on days he is away, or beyond his load. What a person fixed stands and is reckoned with,
whatever the rules say of it. Within that as many lectures as possible get somebody; then travel, area, days off,
wishes and an even load decide (``cost``). Times are minutes since 1970, so that they travel as plain numbers.

Travel is reckoned in three classes, by the tree: within the commune, to another commune of the province, further.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Fact = tuple[str, tuple[int, ...]]
"""A reason: one of ``Why`` or ``Gap``, or ``EMPTY``, and its numbers. Plain values, kept with a lecture and put into
words later.
"""


class Why(StrEnum):
    """What speaks for (or against) a choice."""

    SUBJECT = "subject"
    LANGUAGE = "language"
    NEAR = "near"
    PROVINCE = "province"
    FAR = "far"
    LOAD = "load"
    WISHED = "wished"
    OUT_OF_AREA = "out_of_area"
    DAY_OFF = "day_off"
    OTHERS = "others"


EMPTY = "empty_corps"
"""Why a lecture has nobody where nobody is in the corps at all."""


class Gap(StrEnum):
    """Why a member of the corps cannot give a lecture; the first that holds, in this order."""

    SUBJECT = "no_subject"
    LANGUAGE = "no_language"
    ABSENT = "absent"
    BUSY = "busy"
    FULL = "full"


TRAVEL_MINUTES: Mapping[Why, int] = {Why.NEAR: 30, Why.PROVINCE: 120, Why.FAR: 360}
_TRAVEL_COST: Mapping[Why, int] = {Why.NEAR: 0, Why.PROVINCE: 3, Why.FAR: 9}
_OUT_OF_AREA, _DAY_OFF, _WISHED = 4, 5, 6
_LOAD = 2
"""What the second lecture of a month costs more than the first, the third more than the second, and so on."""


@dataclass(frozen=True)
class Spot:
    """Where a unit stands: the ids on its way down the tree, and which of them are its province and commune."""

    path: tuple[int, ...]
    province: int = 0
    commune: int = 0

    def travel_to(self, other: "Spot") -> Why:
        """How far it is to another one."""
        if self.commune and self.commune == other.commune:
            return Why.NEAR
        return Why.PROVINCE if self.province and self.province == other.province else Why.FAR


@dataclass(frozen=True)
class Slot:
    """A lecture to be given: ``month`` names the month its load counts in, ``weekday`` is 0 for Monday.

    ``language`` is empty for Vietnamese; ``wished`` is the teacher the unit would like, or 0.
    """

    id: int
    starts: int
    ends: int
    month: int
    weekday: int
    subject: str
    spot: Spot
    language: str = ""
    wished: int = 0


@dataclass(frozen=True)
class Teacher:
    """Somebody who can be sent. ``area``: a unit on the way down to where he would rather work, or 0 for everywhere.
    ``absences``: from a minute until before another.
    """

    id: int
    subjects: frozenset[str]
    spot: Spot
    most: int
    languages: frozenset[str] = frozenset()
    area: int = 0
    days_off: frozenset[int] = frozenset()
    absences: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is to be arranged. ``fixed``: slot → teacher, what persons decided; those slots are among ``slots``."""

    slots: tuple[Slot, ...]
    teachers: tuple[Teacher, ...]
    fixed: Mapping[int, int]

    @property
    def open_slots(self) -> tuple[Slot, ...]:
        """Slots for which nobody was fixed."""
        return tuple(slot for slot in self.slots if slot.id not in self.fixed)


@dataclass(frozen=True)
class Choice:
    """A slot of the plan: its teacher, or nobody (0), and the reasons of either."""

    slot_id: int
    teacher_id: int
    reasons: tuple[Fact, ...]


def clash(one: Slot, other: Slot) -> bool:
    """Whether one person could not give both: they overlap, or the way between them takes longer than there is."""
    first, second = sorted((one, other), key=lambda slot: (slot.starts, slot.ends, slot.id))
    way = 0 if first.spot.path == second.spot.path else TRAVEL_MINUTES[first.spot.travel_to(second.spot)]
    return second.starts < first.ends + way


def unfit(teacher: Teacher, slot: Slot) -> Gap | None:
    """Why a teacher cannot give a lecture, whatever else he does; nothing when he can."""
    if slot.subject not in teacher.subjects:
        return Gap.SUBJECT
    if slot.language and slot.language not in teacher.languages:
        return Gap.LANGUAGE
    if any(begins < slot.ends and slot.starts < ends for begins, ends in teacher.absences):
        return Gap.ABSENT
    return None


def held_up(teacher: Teacher, slot: Slot, given: Iterable[Slot]) -> Gap | None:
    """Why a teacher who gives ``given`` cannot give one more; nothing when he can."""
    others = [one for one in given if one.id != slot.id]
    if any(clash(slot, one) for one in others):
        return Gap.BUSY
    if sum(one.month == slot.month for one in others) >= teacher.most:
        return Gap.FULL
    return None


def cost(teacher: Teacher, slot: Slot) -> int:
    """What speaks against sending a teacher, besides his load; never negative."""
    return (
        _TRAVEL_COST[teacher.spot.travel_to(slot.spot)]
        + (_OUT_OF_AREA if is_out_of_area(teacher, slot) else 0)
        + (_DAY_OFF if slot.weekday in teacher.days_off else 0)
        + (0 if slot.wished in (0, teacher.id) else _WISHED)
    )


def load_cost(already: int) -> int:
    """What one more lecture in a month costs a teacher who gives ``already`` in it."""
    return _LOAD * already


def is_out_of_area(teacher: Teacher, slot: Slot) -> bool:
    """Whether a lecture lies outside the area a teacher would rather work in."""
    return bool(teacher.area) and teacher.area not in slot.spot.path


def given_by(problem: Problem, pairs: Mapping[int, int]) -> dict[int, list[Slot]]:
    """Teacher → the lectures he gives, fixed ones among them, in the order of time."""
    all_pairs = {**pairs, **problem.fixed}
    given: dict[int, list[Slot]] = {teacher.id: [] for teacher in problem.teachers}
    for slot in sorted(problem.slots, key=lambda one: (one.starts, one.id)):
        if slot.id in all_pairs:
            given.setdefault(all_pairs[slot.id], []).append(slot)
    return given


def completed(problem: Problem, pairs: Mapping[int, int]) -> dict[int, int]:
    """The pairs with everybody who is still free put where nobody is: a search cut short leaves no gap of its own."""
    done = {slot_id: teacher for slot_id, teacher in pairs.items() if slot_id not in problem.fixed}
    for slot in sorted(problem.open_slots, key=lambda one: (one.starts, one.id)):
        if slot.id in done:
            continue
        given = given_by(problem, done)
        free = [
            (cost(teacher, slot), teacher.id)
            for teacher in problem.teachers
            if unfit(teacher, slot) is None and held_up(teacher, slot, given[teacher.id]) is None
        ]
        if free:
            done[slot.id] = min(free)[1]
    return done


def explained(problem: Problem, pairs: Mapping[int, int]) -> list[Choice]:
    """Each open slot with its teacher and what speaks for him, or with what holds back each member of the corps."""
    given = given_by(problem, pairs)
    teachers = {teacher.id: teacher for teacher in problem.teachers}
    return [
        Choice(slot.id, pairs[slot.id], why(problem, slot, teachers[pairs[slot.id]], given))
        if slot.id in pairs
        else Choice(slot.id, 0, why_not(problem, slot, given))
        for slot in problem.open_slots
    ]


def why(
    problem: Problem, slot: Slot, teacher: Teacher, given: Mapping[int, Sequence[Slot]]
) -> tuple[Fact, ...]:
    """What speaks for a teacher, and against; how many others could have been sent."""
    facts: list[Fact] = [(Why.SUBJECT, ())]
    if slot.language:
        facts.append((Why.LANGUAGE, ()))
    facts.append((teacher.spot.travel_to(slot.spot), ()))
    month = [one.id for one in given[teacher.id] if one.month == slot.month]
    facts.append((Why.LOAD, (month.index(slot.id) + 1, teacher.most)))
    if slot.wished == teacher.id:
        facts.append((Why.WISHED, ()))
    if is_out_of_area(teacher, slot):
        facts.append((Why.OUT_OF_AREA, ()))
    if slot.weekday in teacher.days_off:
        facts.append((Why.DAY_OFF, ()))
    others = sum(
        other.id != teacher.id
        and unfit(other, slot) is None
        and held_up(other, slot, given[other.id]) is None
        for other in problem.teachers
    )
    return (*facts, (Why.OTHERS, (others,)))


def why_not(problem: Problem, slot: Slot, given: Mapping[int, Sequence[Slot]]) -> tuple[Fact, ...]:
    """How many of the corps each reason holds back; their sum is the corps, or somebody was forgotten."""
    if not problem.teachers:
        return ((EMPTY, ()),)
    counts = dict.fromkeys(Gap, 0)
    for teacher in problem.teachers:
        gap = unfit(teacher, slot) or held_up(teacher, slot, given[teacher.id])
        if gap is None:
            raise ValueError(f"Slot {slot.id} has nobody although teacher {teacher.id} is free.")
        counts[gap] += 1
    return tuple((gap.value, (count,)) for gap, count in counts.items() if count)
