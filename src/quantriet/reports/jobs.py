"""Long work of reports: a workbook with very many people."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from quantriet.core.intake.store import FileStore
from quantriet.core.jobs import Running
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.doors import job
from quantriet.org.permissions import Can
from quantriet.reports import queries
from quantriet.reports.commands import exports


@job(Can.PERSON_READ)
def people_workbook(actor: Actor, running: Running, *, report_id: int) -> Mapping[str, Any]:
    """Write the workbook, keep it in the store; who ordered it finds it at ``href``."""
    with access.acting(actor):
        report = access.row_or_404(queries.readable(actor), report_id)
        total = exports.how_many(report)

        def tell(done: int) -> None:
            running.progress(done, total)
            running.stop_if_asked()

        content = exports.people_workbook(report, by=actor, progress=tell)
    kept = FileStore(settings.FILES_ROOT).put(content)
    return {"href": reverse("report-people-file", args=[report_id, running.id]), "file": kept}
