"""The yearly quota of conferences: which limits hold where, how far a unit is, what a superior already streamed."""

from collections.abc import Collection, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from quantriet.campaigns import policy as policies
from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands.conferences import key_of
from quantriet.conferences.models import AgendaItem, Conference, Quota, Site, SiteUnit
from quantriet.conferences.quota import REMOTE, Intended, Limits, Meter, Warned, Worry, strictest, warnings
from quantriet.core.text import VIETNAM
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def _paths(unit_ids: Collection[int]) -> dict[int, list[int]]:
    """The units from the root down to each of these."""
    rows = access.today_placements().filter(unit__in=unit_ids).values_list("unit_id", "path")
    return {unit_id: [int(label) for label in str(path).split(".")] for unit_id, path in rows}


def limits(unit_ids: Collection[int]) -> dict[int, Limits]:
    """The limits that hold in each of these units today."""
    paths = _paths(unit_ids)
    kept = _kept({one for path in paths.values() for one in path})
    return {pk: strictest(kept[one] for one in paths.get(pk, [pk]) if one in kept) for pk in unit_ids}


def limits_above(unit: Unit) -> Limits | None:
    """What a unit may not loosen; ``None`` for a root, which answers for its own decision."""
    path = _paths([unit.pk]).get(unit.pk, [unit.pk])[:-1]
    kept = _kept(path)
    return strictest(kept[one] for one in path if one in kept) if path else None


def _kept(unit_ids: Collection[int]) -> dict[int, Limits]:
    rows = Quota.objects.filter(unit__in=unit_ids)
    return {
        row.unit_id: Limits(row.province_a_year, row.commune_a_year, row.online_percent, row.clause)
        for row in rows
    }


def called(year: int) -> QuerySet[Conference]:
    """Every conference of a year that takes from a quota: not cancelled, cell meetings apart, all its shifts as one."""
    rows = Conference.objects.filter(
        kind=Conference.Kind.CONFERENCE, starts_at__year=year, shift_of__isnull=True
    )
    return rows.exclude(state=Conference.State.CANCELLED)


def units(by: Actor, year: int) -> QuerySet[Unit]:
    """The units of the actor that called conferences in a year, highest level first."""
    mine = access.units(by, Can.CONFERENCE_READ).filter(pk__in=called(year).values("unit"))
    return mine.order_by("level", "sort_key", "id")


def meters(shown: Sequence[Unit], year: int) -> dict[int, Meter]:
    """The year of each of these units, counted in one query."""
    remote = Site.objects.filter(conference=OuterRef("pk"), form__in=REMOTE)
    rows = called(year).filter(unit__in=[unit.pk for unit in shown]).order_by().values("unit")
    online = Count("id", filter=Q(form__in=REMOTE) | Q(Exists(remote)))
    counted = {row["unit"]: row for row in rows.annotate(called=Count("id"), online=online)}
    held = limits([unit.pk for unit in shown])
    told = {}
    for unit in shown:
        row, limit = counted.get(unit.pk, {"called": 0, "online": 0}), held[unit.pk]
        told[unit.pk] = Meter(
            year,
            row["called"],
            row["online"],
            limit.of_level(unit.level),
            limit.online_percent,
            limit.clause,
        )
    return told


def meter(unit: Unit, year: int) -> Meter:
    """The year of one unit."""
    return meters([unit], year)[unit.pk]


def is_called(unit: Unit, key: str) -> bool:
    """Whether this call came before: a retry is no conference more."""
    return Conference.objects.filter(key=key_of(unit, key)).exists()


def foreseen(unit: Unit, campaign: Campaign | None, intended: Intended) -> list[Warned]:
    """What is to be told before this unit calls a conference in this campaign (or in none)."""
    after = meter(unit, intended.year).with_one_more(is_online=intended.is_online)
    return [*warnings(after), *_repeated(unit, campaign, intended)]


def _repeated(unit: Unit, campaign: Campaign | None, intended: Intended) -> list[Warned]:
    """A warning for each conference of a superior that streams the same documents of the same campaign to sites where
    people of this unit or of units below it sit, for the same people. None where the campaign does not count it below.
    """
    if campaign is None or not policies.from_data(campaign.policy).credit_from_superior:
        return []
    above = _paths([unit.pk]).get(unit.pk, [unit.pk])[:-1]  # with a site of one of these its people sit there
    top = access.today_placements().filter(unit=unit).values_list("path", flat=True)
    below = access.today_placements().filter(path__descendant_of=list(top)).values("unit")
    here = Q(unit__in=below) | Q(unit__in=above)
    seated = SiteUnit.objects.filter(here, conference=OuterRef("pk"), site__form__in=REMOTE)
    same = AgendaItem.objects.filter(conference=OuterRef("pk"), document__in=intended.documents)
    rows = Conference.objects.filter(Exists(seated), Exists(same), campaign=campaign, unit__in=above)
    rows = rows.exclude(state=Conference.State.CANCELLED).filter(shift_of__isnull=True)
    rows = rows.select_related("unit").order_by("starts_at", "id")
    return [
        Warned(
            Worry.REPEATED,
            _(
                "%(unit)s truyền trực tuyến “%(title)s” ngày %(day)s đến điểm cầu của đơn vị, cùng văn bản. "
                "Không tổ chức lại hội nghị đã truyền đến cơ sở (Kết luận 226-KL/TW)."
            )
            % {
                "unit": one.unit.name,
                "title": one.title,
                "day": one.starts_at.astimezone(VIETNAM).strftime("%d/%m/%Y"),
            },
        )
        for one in rows
        if intended.is_for_people_of(one.classes)
    ]
