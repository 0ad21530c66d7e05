"""What acts on the tree do to reports: a draft goes on with the successor, what was sent stays as it was sent.

What is asked for is an obligation and is handed over by ``campaigns.consequences``.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.consequences import heir_of, key_of
from quantriet.campaigns.models import Obligation, Requirement
from quantriet.org.access import Actor
from quantriet.org.consequences import Change, Effect, Kept, register
from quantriet.reports.models import Kind, Report


def drafts_of(unit_ids: Sequence[int]) -> QuerySet[Report]:
    """Reports begun and never sent. What was sent once and returned was submitted: it stays."""
    return Report.objects.filter(unit_id__in=list(unit_ids), state=Report.State.DRAFT, sending=0).order_by(
        "id"
    )


class Drafts:
    """Drafts of closed units."""

    key = "reports.drafts"

    def foresee(self, change: Change) -> Sequence[Effect]:
        """Drafts that go on or stay, and what was sent."""
        effects: list[Effect] = []
        going, staying = _fates(change)
        for heir, rows in going.items():
            outcome = _("“{heir}” soạn tiếp; số liệu lấy theo đơn vị mới.").format(heir=change.name_of(heir))
            effects.append(Effect(_("Báo cáo đang soạn"), len(rows), outcome))
        if staying:
            outcome = _(
                "Ở lại với đơn vị cũ để đọc: đơn vị nhận đã có báo cáo của mình, hoặc chưa chọn đơn vị nhận."
            )
            effects.append(Effect(_("Báo cáo đang soạn"), len(staying), outcome))
        sent = Report.objects.filter(unit_id__in=list(change.closed), sending__gt=0).aggregate(
            all=Count("id")
        )
        if sent["all"]:
            effects.append(Effect(_("Báo cáo đã gửi"), sent["all"], _("Giữ nguyên với đơn vị đã gửi.")))
        return effects

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """Give the drafts to the heirs, with the obligation they answer there."""
        del by
        going, _staying = _fates(change)
        owed = {
            (one.unit_id, one.campaign_id): one.pk
            for one in Obligation.objects.filter(unit_id__in=list(going), kind=Requirement.Kind.REPORT)
        }
        given: list[list[int | None]] = []
        moved: list[Report] = []
        for heir, rows in going.items():
            for row in rows:
                given.append([row.pk, row.unit_id, row.obligation_id])
                row.unit_id = heir
                row.obligation_id = owed.get((heir, row.campaign_id)) if row.kind == Kind.RESULT else None
                moved.append(row)
        Report.objects.bulk_update(moved, ["unit", "obligation"], batch_size=500)
        return {"at": timezone.now().isoformat(), "drafts": given} if given else {}

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """Drafts written on or sent since, reports on obligations taken over, and reports of founded units."""
        ids = [pk for pk, _unit, _owed in kept.get("drafts", [])]
        sentences: list[str] = []
        if ids:
            since = datetime.fromisoformat(kept["at"])
            written = Report.objects.filter(pk__in=ids).filter(Q(sending__gt=0) | Q(edited_at__gt=since))
            sentences = [
                _("“{unit}” đã viết tiếp hoặc gửi báo cáo nhận từ đơn vị cũ").format(unit=one.unit.name)
                for one in written.select_related("unit").order_by("id")
            ]
        taken = Q(obligation__batch__key=key_of(change, "obligations"))
        begun = Report.objects.filter(taken | Q(unit_id__in=change.founded)).exclude(pk__in=ids)
        return [
            *sentences,
            *(
                _("“{unit}” đã lập báo cáo").format(unit=one.unit.name)
                for one in begun.select_related("unit").order_by("id")
            ),
        ]

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Drafts and the obligations they answer as before."""
        del change, by
        for pk, unit_id, obligation_id in kept.get("drafts", []):
            Report.objects.filter(pk=pk).update(unit_id=unit_id, obligation_id=obligation_id)


def _fates(change: Change) -> tuple[dict[int, list[Report]], list[Report]]:
    """Which drafts go to which heir, and which stay: a unit has one result report, and one report in hand, a
    campaign.
    """
    heirs = {unit_id: heir_of(change, unit_id) for unit_id in change.closed}
    drafts = list(drafts_of([pk for pk in heirs if pk > 0]))
    taken = {
        (row.unit_id, row.campaign_id, row.kind)
        for row in Report.objects.filter(
            unit_id__in={heir for heir in heirs.values() if heir is not None},
            campaign_id__in={row.campaign_id for row in drafts},
        ).filter(Q(kind=Kind.RESULT) | Q(state__in=(Report.State.DRAFT, Report.State.RETURNED)))
    }
    going: dict[int, list[Report]] = {}
    staying: list[Report] = []
    for row in drafts:
        heir = heirs[row.unit_id]
        if heir is None or (heir, row.campaign_id, row.kind) in taken:
            staying.append(row)
            continue
        taken.add((heir, row.campaign_id, row.kind))
        going.setdefault(heir, []).append(row)
    return going, staying


def register_all() -> None:
    """Called once, when the package is ready."""
    register(Drafts())
