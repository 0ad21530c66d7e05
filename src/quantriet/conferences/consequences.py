"""What acts on the tree do to conferences that are not over: the successor runs them and their sites, and everybody
is still expected where he was summoned to. What is over stays with the unit that held it.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.consequences import choice, chosen, is_divided
from quantriet.campaigns.models import RollLine, RollMove
from quantriet.conferences.models import (
    Attendance,
    Conference,
    Guest,
    Question,
    Remark,
    RollPhoto,
    ShiftMember,
    Site,
    SiteUnit,
)
from quantriet.core.text import format_int
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.consequences import Change, Effect, Kept, Weight, register
from quantriet.org.models import Unit, UnitKind

NOT_OVER = (Conference.State.PLANNED, Conference.State.OPEN)


def question_of(unit_id: int) -> str:
    """The question who runs the open conferences and sites of a divided unit."""
    return f"conferences.successor.{unit_id}"


def heir_of(change: Change, unit_id: int) -> int | None:
    """Who runs the open conferences and sites of a closed unit."""
    return chosen(change, unit_id, question_of(unit_id))


def open_conferences(unit_ids: Sequence[int]) -> QuerySet[Conference]:
    """Conferences of these units that are not over."""
    return Conference.objects.filter(unit_id__in=list(unit_ids), state__in=NOT_OVER).order_by("id")


def open_sites(unit_ids: Sequence[int]) -> QuerySet[Site]:
    """Sites of these units in conferences that are not over."""
    return Site.objects.filter(unit_id__in=list(unit_ids), conference__state__in=NOT_OVER).order_by("id")


class OpenConferences:
    """Open conferences and sites of closed units."""

    key = "conferences.conferences"

    def foresee(self, change: Change) -> Sequence[Effect]:
        """Conferences and sites of every unit that ends; across provinces they must be over first."""
        closed = [pk for pk in change.closed if pk > 0]
        if not closed:
            return []
        held = _counted(open_conferences(closed))
        sites = _counted(open_sites(closed).exclude(conference__unit_id__in=closed))
        across = _across_provinces(change)
        effects: list[Effect] = []
        for unit_id in closed:
            count = held.get(unit_id, 0) + sites.get(unit_id, 0)
            if count:
                effects.append(self._effect(change, unit_id, count, is_across=unit_id in across))
        return effects

    def _effect(self, change: Change, unit_id: int, count: int, *, is_across: bool) -> Effect:
        subject = _("Hội nghị, điểm cầu chưa kết thúc")
        name = change.name_of(unit_id)
        if is_across:
            outcome = _("“{unit}” sang tỉnh khác: hãy kết thúc hoặc hủy các hội nghị này trước.").format(
                unit=name
            )
            return Effect(
                subject, count, outcome, Weight.STOPS, unit_id, code="conference.open_across_provinces"
            )
        if not change.closed[unit_id]:
            outcome = _(
                "Không có đơn vị nhận: hãy kết thúc hoặc hủy các hội nghị của “{unit}” trước."
            ).format(unit=name)
            return Effect(subject, count, outcome, Weight.STOPS, unit_id, code="conference.no_heir")
        if is_divided(change, unit_id):
            return choice(change, unit_id, question_of(unit_id), subject, count)
        heir = change.name_of(change.closed[unit_id][0])
        outcome = _("“{heir}” phụ trách tiếp; ai được triệu tập đến điểm nào vẫn đến điểm đó.").format(
            heir=heir
        )
        return Effect(subject, count, outcome, unit_id=unit_id)

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """Give conferences and sites to the heirs; seat the units that moved where they were expected before."""
        del by
        heirs = {unit_id: heir for unit_id in change.closed if (heir := heir_of(change, unit_id)) is not None}
        if not heirs:
            return {}
        seats = _seat(change, heirs)
        conferences = _give(open_conferences(list(heirs)), heirs)
        sites = _give(open_sites(list(heirs)), heirs)
        if not (conferences or sites or seats):
            return {}
        return {
            "at": timezone.now().isoformat(),
            "conferences": conferences,
            "sites": sites,
            "seats": seats,
        }

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """Conferences that ended or were attended since; attendances of people who moved; rows of new units."""
        conferences = {pk for pk, _unit in kept.get("conferences", [])}
        sites = {pk for pk, _unit in kept.get("sites", [])}
        sentences: list[str] = []
        if kept:
            sentences += _went_on(conferences, sites, since=datetime.fromisoformat(kept["at"]))
        attended = _attended_since(change)
        if attended:
            sentences.append(
                _("{count} lượt điểm danh mới của người đã chuyển").format(count=format_int(attended))
            )
        return [*sentences, *_begun(change.founded, conferences, sites)]

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """Conferences, sites and seats as they were."""
        del change, by
        SiteUnit.objects.filter(pk__in=kept.get("seats", [])).delete()
        for model, rows in ((Conference, kept.get("conferences", [])), (Site, kept.get("sites", []))):
            for pk, unit_id in rows:
                model._default_manager.filter(pk=pk).update(unit_id=unit_id)  # noqa: SLF001 - Django's public-by-habit API


def _counted(rows: "QuerySet[Conference] | QuerySet[Site]") -> dict[int, int]:
    counted = rows.order_by().values_list("unit_id").annotate(how_many=Count("id"))
    return {int(unit_id): int(count) for unit_id, count in counted}


def _give(rows: "QuerySet[Conference] | QuerySet[Site]", heirs: dict[int, int]) -> list[list[int]]:
    """Give rows of closed units to their heirs; (row, who had it) of each."""
    given = [[int(pk), int(unit_id)] for pk, unit_id in rows.values_list("pk", "unit_id")]
    for unit_id, heir in heirs.items():
        rows.model._default_manager.filter(  # noqa: SLF001 - Django's public-by-habit API
            pk__in=[pk for pk, owner in given if owner == unit_id]
        ).update(unit_id=heir)
    return given


def _seat(change: Change, heirs: dict[int, int]) -> list[int]:
    """Units that stood below a closed unit keep their site; a new unit sits where the first it replaces sat.

    Only the closed unit's own seat told so far where they were expected. A unit with a site of its own keeps it.
    """
    seats = SiteUnit.objects.filter(unit_id__in=list(heirs), conference__state__in=NOT_OVER).order_by("id")
    came = {unit_id: crossing.source for unit_id, crossing in change.moved.items()}
    wanted: dict[tuple[int, int], int] = {}
    for seat in seats:
        followers = [unit_id for unit_id, source in came.items() if source == seat.unit_id]
        heir = heirs[seat.unit_id]
        for unit_id in [*followers, *([heir] if heir in change.founded else [])]:
            wanted.setdefault((seat.conference_id, unit_id), seat.site_id)
    taken = set(
        SiteUnit.objects.filter(unit_id__in={unit_id for _conference, unit_id in wanted}).values_list(
            "conference_id", "unit_id"
        )
    )
    made = SiteUnit.objects.bulk_create(
        SiteUnit(conference_id=conference_id, unit_id=unit_id, site_id=site_id)
        for (conference_id, unit_id), site_id in wanted.items()
        if (conference_id, unit_id) not in taken
    )
    return [seat.pk for seat in made]


def _across_provinces(change: Change) -> set[int]:
    """Closed units that come together with units of another province."""
    known = [
        pk for pk in (*change.closed, *(heir for heirs in change.closed.values() for heir in heirs)) if pk > 0
    ]
    paths = dict(access.today_placements().filter(unit__in=known).values_list("unit_id", "path"))
    above = {pk: [int(label) for label in path.split(".")] for pk, path in paths.items()}
    provinces = set(
        Unit.objects.filter(
            pk__in={label for labels in above.values() for label in labels}, kind=UnitKind.PROVINCE
        ).values_list("pk", flat=True)
    )
    province = {pk: next((one for one in labels if one in provinces), 0) for pk, labels in above.items()}
    meeting: dict[int, set[int]] = {}
    for unit_id, heirs in change.closed.items():
        for heir in heirs:
            told = {province[pk] for pk in (unit_id, heir) if pk in province}
            meeting[heir] = meeting.get(heir, set()) | told
    return {
        unit_id for unit_id, heirs in change.closed.items() if any(len(meeting[heir]) > 1 for heir in heirs)
    }


def _went_on(conferences: set[int], sites: set[int], *, since: datetime) -> list[str]:
    """Conferences that came to another unit and went on there."""
    moved = Q(pk__in=conferences) | Q(sites__in=sites)
    over = Q(state__in=(Conference.State.CLOSED, Conference.State.CANCELLED))
    recorded = Q(sites__in=sites, sites__attendances__created_at__gt=since)
    visited = Q(sites__in=sites, sites__guests__created_at__gt=since)
    pictured = Q(sites__in=sites, sites__roll_photos__created_at__gt=since)
    rows = Conference.objects.filter(moved & (over | recorded | visited | pictured)).distinct().order_by("id")
    return [_("hội nghị “{title}” đã diễn ra tiếp ở đơn vị nhận").format(title=one.title) for one in rows]


def _attended_since(change: Change) -> int:
    """Attendances, of any kind, recorded for people whose lines the act moved."""
    if not change.act_id:
        return 0
    moved = RollMove.objects.filter(batch__key=f"act:{change.act_id}:roll")
    since = moved.order_by("created_at").values_list("created_at", flat=True).first()
    if since is None:
        return 0
    return Attendance.objects.filter(line__in=moved.values("line"), created_at__gt=since).count()


def _begun(founded: frozenset[int], conferences: set[int], sites: set[int]) -> list[str]:
    """What units that the act founded began of their own."""
    if not founded:
        return []
    called = Conference.objects.filter(unit_id__in=founded).exclude(pk__in=conferences).order_by("id")
    sentences = [_("đơn vị mới đã triệu tập hội nghị “{title}”").format(title=one.title) for one in called]
    own = Site.objects.filter(unit_id__in=founded).exclude(pk__in=sites).exclude(conference__in=called)
    rows = [
        Attendance.objects.filter(unit_id__in=founded).count(),
        Guest.objects.filter(unit_id__in=founded).count(),
        Remark.objects.filter(unit_id__in=founded).count(),
        Question.objects.filter(unit_id__in=founded).count(),
        RollPhoto.objects.filter(unit_id__in=founded).count(),
        own.count(),
    ]
    if any(rows):
        sentences.append(
            _("đơn vị mới đã có {count} ghi nhận ở hội nghị").format(count=format_int(sum(rows)))
        )
    return sentences


class Shifts:
    """Who was put into a shift comes to it still: his row follows his line of the roll to the unit it went to."""

    key = "conferences.shifts"

    def foresee(self, change: Change) -> Sequence[Effect]:
        """Nothing to choose and nothing to lose: the lines are told of with the roll."""
        del change
        return []

    def carry_out(self, change: Change, *, by: Actor) -> Kept:
        """After the roll (the order of keys): rows of the people and units concerned go where the lines are now."""
        del by
        concerned = Q(unit_id__in=[pk for pk in change.closed if pk > 0]) | Q(
            person_id__in=list(change.people)
        )
        rows = ShiftMember.objects.filter(concerned, conference__state__in=NOT_OVER).order_by("id")
        moved: list[list[int]] = []
        for row in rows.select_related("conference"):
            line = RollLine.objects.filter(campaign=row.conference.campaign_id, person=row.person_id).first()
            if line is not None and line.unit_id != row.unit_id:
                moved.append([row.pk, row.unit_id])
                ShiftMember.objects.filter(pk=row.pk).update(unit=line.unit_id)
        return {"moved": moved} if moved else {}

    def hindrances(self, change: Change, kept: Kept) -> Sequence[str]:
        """People of a founded unit whom somebody put into a shift since."""
        brought = [pk for pk, _unit in kept.get("moved", [])]
        since = ShiftMember.objects.filter(unit_id__in=change.founded).exclude(pk__in=brought).count()
        if not since:
            return []
        return [_("đơn vị mới đã xếp ca cho {count} người").format(count=format_int(since))]

    def take_back(self, change: Change, kept: Kept, *, by: Actor) -> None:
        """The rows as they stood."""
        del change, by
        for pk, unit_id in kept.get("moved", []):
            ShiftMember.objects.filter(pk=pk).update(unit=unit_id)


def register_all() -> None:
    """Called once, when the package is ready."""
    register(OpenConferences())
    register(Shifts())
