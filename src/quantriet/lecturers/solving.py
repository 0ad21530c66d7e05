"""Runs the search for the best assignment in a process of its own and reads its answer.

See ``solver`` for why. What comes back is completed and explained here by ``assignment``.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.lecturers.assignment import Choice, Problem, Slot, Spot, Teacher, completed, explained

PATIENCE_S = 600


def solve(problem: Problem) -> list[Choice]:
    """The best assignment found for the open slots, each choice and each gap with its reasons.

    Refuses with ``assignment.failed`` when the search ends in any other way than with an answer.
    """
    if not problem.open_slots:
        return []
    pairs = _searched(problem) if problem.teachers else {}
    return explained(problem, completed(problem, pairs))


def _searched(problem: Problem) -> dict[int, int]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "quantriet.lecturers.solver"],
            input=json.dumps(told(problem)),
            capture_output=True,
            text=True,
            env=environment,
            timeout=PATIENCE_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise DomainError(
            "assignment.failed",
            _("Máy chủ chưa xếp được. Mọi lựa chọn cũ còn nguyên; hãy thử lại hoặc chọn người bằng tay."),
        ) from error
    return {int(slot): int(teacher) for slot, teacher in json.loads(ended.stdout)}


def told(problem: Problem) -> Mapping[str, Any]:
    """A problem as plain values."""
    return {
        "slots": [asdict(slot) for slot in problem.slots],
        "teachers": [
            asdict(teacher)
            | {name: sorted(getattr(teacher, name)) for name in ("subjects", "languages", "days_off")}
            for teacher in problem.teachers
        ],
        "fixed": sorted(problem.fixed.items()),
    }


def problem_of(values: Mapping[str, Any]) -> Problem:
    """The problem that was told."""
    return Problem(
        tuple(Slot(**{**slot, "spot": _spot(slot["spot"])}) for slot in values["slots"]),
        tuple(_teacher(teacher) for teacher in values["teachers"]),
        {int(slot): int(teacher) for slot, teacher in values["fixed"]},
    )


def _spot(value: Mapping[str, Any]) -> Spot:
    path: Sequence[int] = value["path"]
    return Spot(tuple(path), value["province"], value["commune"])


def _teacher(value: Mapping[str, Any]) -> Teacher:
    return Teacher(
        id=value["id"],
        subjects=frozenset(value["subjects"]),
        spot=_spot(value["spot"]),
        most=value["most"],
        languages=frozenset(value["languages"]),
        area=value["area"],
        days_off=frozenset(value["days_off"]),
        absences=tuple((begins, ends) for begins, ends in value["absences"]),
    )
