"""The search for the best assignment, with OR-Tools CP-SAT, in a process of its own.

Loading the solver takes seconds and a hundred megabytes that no page and no worker should carry; and a native
library that breaks must break alone. So nothing imports this module: ``solving.solve`` runs it with the problem on
its standard input and reads pairs from its standard output. The same problem gives the same answer: one search
thread, a fixed seed and a limit in the solver's own steps, not in seconds.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from quantriet.lecturers.assignment import (
    Problem,
    Slot,
    Teacher,
    clash,
    completed,
    cost,
    held_up,
    load_cost,
    unfit,
)
from quantriet.lecturers.solving import problem_of

STEPS = 20.0
"""The limit of the search in CP-SAT's deterministic time; about as many seconds on a quiet machine."""

Key = tuple[int, int]


def search(problem: Problem) -> dict[int, int]:
    """Slot → teacher for the open slots that get one: as many as can be, then at the least cost.

    The search begins from the plan that takes each slot in turn, so that being cut short only costs some travel.
    """
    model = cp_model.CpModel()
    begun = completed(problem, {})
    fixed_of = _fixed(problem)
    chosen: dict[Key, cp_model.IntVar] = {
        (slot.id, teacher.id): model.new_bool_var(f"s{slot.id}t{teacher.id}")
        for slot in problem.open_slots
        for teacher in problem.teachers
        if unfit(teacher, slot) is None and held_up(teacher, slot, fixed_of[teacher.id]) is None
    }
    _one_teacher_a_slot(model, problem, chosen)
    _one_place_at_a_time(model, problem, chosen)
    load = _within_load(model, problem, chosen, fixed_of)
    costs = {key: cost(teacher, slot) for slot, teacher, key in _pairs(problem) if key in chosen}
    # One more lecture given outweighs everything else together.
    filled = 1 + sum(_dearest(costs)) + sum(price for _step, price in load)
    for (slot_id, teacher_id), variable in chosen.items():
        model.add_hint(variable, begun.get(slot_id) == teacher_id)
    terms = [*((variable, costs[key] - filled) for key, variable in chosen.items()), *load]
    if terms:
        variables, prices = [one for one, _price in terms], [price for _one, price in terms]
        model.minimize(cp_model.LinearExpr.weighted_sum(variables, prices))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = STEPS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(
            f"The search ended with {solver.status_name(status)}: nobody sent is always possible."
        )
    return {slot: teacher for (slot, teacher), variable in chosen.items() if solver.boolean_value(variable)}


def _dearest(costs: Mapping[Key, int]) -> list[int]:
    """Of each slot what its dearest teacher costs."""
    dearest: dict[int, int] = {}
    for (slot_id, _teacher), price in costs.items():
        dearest[slot_id] = max(price, dearest.get(slot_id, 0))
    return list(dearest.values())


def _pairs(problem: Problem) -> Sequence[tuple[Slot, Teacher, Key]]:
    return [
        (slot, teacher, (slot.id, teacher.id)) for slot in problem.open_slots for teacher in problem.teachers
    ]


def _fixed(problem: Problem) -> Mapping[int, list[Slot]]:
    """Teacher → what persons gave him."""
    found: dict[int, list[Slot]] = defaultdict(list)
    for slot in problem.slots:
        if slot.id in problem.fixed:
            found[problem.fixed[slot.id]].append(slot)
    return found


def _one_teacher_a_slot(
    model: cp_model.CpModel, problem: Problem, chosen: Mapping[Key, cp_model.IntVar]
) -> None:
    for slot in problem.open_slots:
        model.add_at_most_one(
            chosen[slot.id, teacher.id] for teacher in problem.teachers if (slot.id, teacher.id) in chosen
        )


def _one_place_at_a_time(
    model: cp_model.CpModel, problem: Problem, chosen: Mapping[Key, cp_model.IntVar]
) -> None:
    """Of lectures that all clash with each other a teacher gives one: far fewer lines than one a pair."""
    for clique in cliques(problem.open_slots):
        for teacher in problem.teachers:
            some = [chosen[slot.id, teacher.id] for slot in clique if (slot.id, teacher.id) in chosen]
            if len(some) > 1:
                model.add_at_most_one(some)


def cliques(slots: Sequence[Slot]) -> list[list[Slot]]:
    """Groups of slots that all clash with each other, such that every clashing pair is in one of them."""
    ordered = sorted(slots, key=lambda slot: (slot.starts, slot.id))
    found: list[list[Slot]] = []
    for at, slot in enumerate(ordered):
        left = [other for other in ordered[at + 1 :] if clash(slot, other)]
        while left:
            group = [slot]
            for other in left:
                if all(clash(other, member) for member in group):
                    group.append(other)
            found.append(group)
            left = [other for other in left if other not in group]
    return found


def _within_load(
    model: cp_model.CpModel,
    problem: Problem,
    chosen: Mapping[Key, cp_model.IntVar],
    fixed_of: Mapping[int, Sequence[Slot]],
) -> list[tuple[cp_model.IntVar, int]]:
    """Nobody beyond his load in a month; what each further lecture of a month costs, with its step."""
    terms: list[tuple[cp_model.IntVar, int]] = []
    by_month: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for slot, teacher, key in _pairs(problem):
        if key in chosen:
            by_month[teacher.id, slot.month].append(chosen[key])
    most = {teacher.id: teacher.most for teacher in problem.teachers}
    for (teacher_id, month), variables in by_month.items():
        already = sum(slot.month == month for slot in fixed_of[teacher_id])
        room = min(most[teacher_id] - already, len(variables))
        steps = [model.new_bool_var(f"l{teacher_id}m{month}n{step}") for step in range(room)]
        model.add(sum(variables) == sum(steps))
        terms += [(variable, load_cost(already + step)) for step, variable in enumerate(steps)]
    return terms


def main() -> None:
    """Read a problem, write its pairs."""
    pairs = search(problem_of(json.load(sys.stdin)))
    json.dump(sorted(pairs.items()), sys.stdout)


if __name__ == "__main__":
    main()
