"""The report of the province as files: Word through the page, Excel with everybody as the worker makes it."""

import json
import subprocess
import sys
import time

from django.urls import reverse
from django.utils import timezone

from quantriet.org import access
from quantriet.org.models import Account
from quantriet.reports.commands import exports, reports
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report
from quantriet.web.bench.measured import Results, peak_mib
from quantriet.web.bench.province import Province
from quantriet.web.bench.serving import Client
from quantriet.web.demonstration import reporting
from quantriet.web.demonstration.accounts import PASSWORD

WORD_S = 1
EXCEL_S = 5
EXCEL_MIB = 300
A_SHEET = 100_000


def measure(place: Province, port: int, found: Results) -> None:
    """Word five times over, the slowest counts; Excel in a process of its own, so that its memory is its own."""
    report = _report(place)
    client = Client(port)
    client.sign_in("officer", PASSWORD)
    taken = [client.get(reverse("report-docx", args=[report.pk])) for _time in range(5)]
    if taken[0].status != 200:
        raise RuntimeError(f"the report's Word file answered {taken[0].status}")
    found.add("report's Word file", max(answer.seconds for answer in taken), "s", goal=WORD_S)
    command = [sys.executable, "-m", "quantriet.web.bench", "excel", str(report.pk)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    found.add(
        "report's Excel, for each 100,000 rows",
        told["seconds"] * A_SHEET / told["rows"],
        "s",
        goal=EXCEL_S,
        beside=f"{told['rows']:.0f} rows from the database to the file: {told['seconds']:.1f} s",
    )
    found.add(
        "memory of that Excel", told["mib"], "MiB", goal=EXCEL_MIB, beside=f"before: {told['idle']:.0f} MiB"
    )


def run(report_id: int) -> dict[str, float]:
    """In the process of its own: the workbook with everybody, ordered by the officer of the province."""
    by = access.actor(Account.objects.get(username="officer"))
    if by is None:
        raise RuntimeError("the officer holds no role")
    with access.acting(by):
        report = Report.objects.select_related("campaign", "unit").get(pk=report_id)
        rows, idle = exports.how_many(report), peak_mib()
        begun = time.perf_counter()
        exports.people_workbook(report, by=by)
        return {"rows": rows, "seconds": time.perf_counter() - begun, "idle": idle, "mib": peak_mib()}


def _report(place: Province) -> Report:
    by = place.ground.by
    with access.acting(by):
        report = reports.draft(place.campaign, place.top, by=by)
        for section, texts in reporting.TEXTS.items():
            reports.write(report, section=section, text=texts[0], version=0, by=by)
        head = Head(
            version=report.version,
            number="99-BC/TU",
            place="Rạch Giá",
            dated_on=timezone.localdate(),
            authority=report.authority,
            signer_position=report.signer_position,
            signer_name="Người ký",
            recipients=report.recipients,
        )
        reports.set_head(report, head, by=by)
        return reports.send(report, by=by)
