"""Long work of floor 1, done by the worker as the actor who ordered it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from quantriet.core.errors import DomainError
from quantriet.core.jobs import Running
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.commands import act_sheets, imports
from quantriet.org.commands.imports import Rows
from quantriet.org.doors import job
from quantriet.org.models import Import
from quantriet.org.permissions import Can
from quantriet.org.queries import act_sheets as act_sheet_queries


def _teller(running: Running) -> Callable[[int, int, str], None]:
    """Tells how far a list is, and stops between two steps when asked; what was begun is taken back."""

    def step(done: int, total: int, words: str) -> None:
        running.stop_if_asked()
        running.progress(done, total, words)

    return step


def _import(actor: Actor, import_id: int) -> Import:
    return access.row_or_404(
        Import.objects.filter(unit__in=access.units(actor, Can.UNIT_READ)).order_by("pk"), import_id
    )


def _check(actor: Actor, running: Running, import_id: int) -> Mapping[str, Any]:
    with access.acting(actor):
        imports.check(_import(actor, import_id), by=actor, step=_teller(running))
    return {"href": reverse("import", args=[import_id])}


def _carry_out(actor: Actor, running: Running, import_id: int, rows: str) -> Mapping[str, Any]:
    with access.acting(actor):
        about = _import(actor, import_id)
    imports.carry_out(about, rows=Rows(rows), by=actor, step=_teller(running))
    return {"href": reverse("import", args=[import_id])}


@job(Can.PERSON_MANAGE)
def check_people(actor: Actor, running: Running, *, import_id: int) -> Mapping[str, Any]:
    """Look at what a sheet of people would do."""
    return _check(actor, running, import_id)


@job(Can.UNIT_MANAGE)
def check_units(actor: Actor, running: Running, *, import_id: int) -> Mapping[str, Any]:
    """Look at what a sheet of units would do."""
    return _check(actor, running, import_id)


@job(Can.PERSON_MANAGE)
def import_people(actor: Actor, running: Running, *, import_id: int, rows: str) -> Mapping[str, Any]:
    """Write a sheet of people."""
    return _carry_out(actor, running, import_id, rows)


@job(Can.UNIT_MANAGE)
def import_units(actor: Actor, running: Running, *, import_id: int, rows: str) -> Mapping[str, Any]:
    """Write a sheet of units."""
    return _carry_out(actor, running, import_id, rows)


@job(Can.UNIT_MANAGE)
def look_at_acts(actor: Actor, running: Running, *, sheet_id: int) -> Mapping[str, Any]:
    """Look at what a sheet of acts would do, row by row."""
    with access.acting(actor):
        sheet = access.row_or_404(act_sheet_queries.sheets(actor), sheet_id)
        act_sheets.look(sheet, by=actor, step=_teller(running))
    return {"href": reverse("act-sheet-look", args=[sheet_id])}


@job(Can.UNIT_MANAGE)
def carry_out_acts(actor: Actor, running: Running, *, sheet_id: int) -> Mapping[str, Any]:
    """Do a sheet of acts, whole or not at all; a refusal stays with the sheet."""
    with access.acting(actor):
        sheet = access.row_or_404(act_sheet_queries.sheets(actor), sheet_id)
    try:
        with access.acting(actor):
            act_sheets.carry_out(sheet, by=actor, step=_teller(running))
    except DomainError as error:
        with access.acting(actor):
            act_sheets.refused(sheet, error.sentence)
        raise
    return {"href": reverse("act-sheet-look", args=[sheet_id])}
