"""Long work of imports as somebody asks for it: done at once, or ordered from the worker where the file is large."""

from django.utils.translation import gettext as _

from quantriet.core.jobs import Task
from quantriet.core.models import Work
from quantriet.org import jobs
from quantriet.org.access import Actor
from quantriet.org.commands import imports as commands
from quantriet.org.commands.imports import Rows
from quantriet.org.doors import order
from quantriet.org.models import Import
from quantriet.org.queries import imports as queries

# Above this size (about five thousand rows) the worker does it and a page shows how far it is.
LARGE = 256 * 1024
CHECKS: dict[str, Task] = {Import.Kind.UNITS: jobs.check_units, Import.Kind.PEOPLE: jobs.check_people}
WRITES: dict[str, Task] = {Import.Kind.UNITS: jobs.import_units, Import.Kind.PEOPLE: jobs.import_people}


def check(about: Import, *, by: Actor) -> Work | None:
    """Look at what a file would do; the work where it was ordered, ``None`` where it is done already."""
    if not _is_large(about):
        commands.check(about, by=by)
        return None
    title = _("Kiểm tra tệp {name}").format(name=about.file_name)
    return order(CHECKS[about.kind], by=by, title=title, import_id=about.pk)


def carry_out(about: Import, *, rows: Rows, by: Actor) -> Work | None:
    """Write a file; the work where it was ordered (again: the same), ``None`` where it is done already."""
    if not _is_large(about):
        commands.carry_out(about, rows=rows, by=by)
        return None
    return order(
        WRITES[about.kind],
        by=by,
        title=_("Nhập tệp {name}").format(name=about.file_name),
        key=f"import:{about.pk}:{rows.value}",
        import_id=about.pk,
        rows=rows.value,
    )


def _is_large(about: Import) -> bool:
    return queries.store().path(about.sha256).stat().st_size > LARGE
