"""Claims that wait: both sides with their evidence, and what a person decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quantriet.conferences import scanning
from quantriet.conferences.commands import conflicts as commands
from quantriet.conferences.models import AttendanceConflict
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import conflicts as queries
from quantriet.conferences.queries.conflicts import Row
from quantriet.core.components import Crumb
from quantriet.org import access
from quantriet.org.commands import readings
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can

Kind, Decision = AttendanceConflict.Kind, AttendanceConflict.Decision
DECIDED_SHOWN = 30

WORDS: dict[str, Promise] = {
    Decision.HERE: gettext_lazy("Ghi theo lượt này"),
    Decision.ELSEWHERE: gettext_lazy("Giữ như đang ghi"),
    Decision.AWAY: gettext_lazy("Không dự"),
}
HELP: dict[str, Promise] = {
    Kind.TWO_SITES: gettext_lazy("Người này có tên ở điểm khác, hoặc không có trong danh sách triệu tập."),
    Kind.TWO_DEVICES: gettext_lazy("Hai máy cùng cho vào, cách nhau lâu, ở giữa không có lượt ra."),
    Kind.OUT_FIRST: gettext_lazy("Có lượt ra, không có lượt vào nào trước đó. Lượt vào đến thì tự khớp."),
    Kind.AFTER_CLOSE: gettext_lazy("Máy gửi đến sau khi hội nghị hoặc điểm cầu đã kết thúc."),
    Kind.FORGED: gettext_lazy("Mã hoặc dấu của máy không đúng nên không chứng minh được gì."),
}


@page(Can.CONFERENCE_MANAGE, write=Can.CONFERENCE_MANAGE)
def conflicts(request: ActorRequest, conference_id: int) -> HttpResponse:
    """The queue of a conference; a decision leads back to it."""
    one = access.row_or_404(reads.managed(request.actor), conference_id)
    if request.method == "POST":
        chosen = request.POST.get("conflict", "")
        conflict = access.row_or_404(
            AttendanceConflict.objects.filter(conference=one).select_related("conference"),
            int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0,
        )
        decision, note = request.POST.get("decision", ""), request.POST.get("note", "")
        commands.settle(conflict, decision=decision, note=note, by=request.actor)
        messages.success(request, _("Đã quyết định. Cả hai lượt vẫn được giữ để xem lại."))
        return HttpResponseRedirect(reverse("conference-conflicts", args=[one.pk]))
    rows, decided = queries.rows(one), list(queries.decided(one)[:DECIDED_SHOWN])
    people = queries.named([*(row.conflict for row in rows), *decided])
    readings.note(people, page=queries.READING, by=request.actor)
    context = {
        "one": one,
        "rows": [_shown(row) for row in rows],
        "count": queries.waiting(one).count(),
        "decided": decided,
        "crumbs": [
            Crumb(pgettext("place", "Hội nghị"), reverse("conferences")),
            Crumb(one.title, reverse("conference", args=[one.pk])),
            Crumb(_("Lượt chờ quyết định")),
        ],
    }
    return render(request, "conferences/conflicts.html", context)


def _shown(row: Row) -> dict[str, Any]:
    """A claim as the template needs it: why it waits, what may be decided, what was heard in words."""
    conflict = row.conflict
    return {
        "conflict": conflict,
        "recorded": row.recorded,
        "help": HELP[conflict.kind],
        "choices": [(choice, WORDS[choice]) for choice in commands.choices(conflict)],
        "scans": [(scan, scanning.SENTENCES.get(scan.code, scan.code)) for scan in row.scans],
    }
