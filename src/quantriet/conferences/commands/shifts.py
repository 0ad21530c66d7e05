"""A conference in shifts: a further sitting of the same agenda, and who of the roll comes to which."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences.commands import telling
from quantriet.conferences.models import AgendaItem, Conference, ShiftMember, Site, SiteUnit
from quantriet.conferences.queries import shifts
from quantriet.conferences.queries.shifts import Comer
from quantriet.core.errors import DomainError
from quantriet.core.text import format_datetime
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can

MOST = 6
"""So many sittings at most: of more the last would have heard of it from the first."""
_TAKEN_OVER = (
    "campaign_id", "kind", "level", "form", "classes", "chair", "chair_person_id", "head_chaired", "head_taught",
    "deputy_reason", "join_link", "stream", "content",
)  # fmt: skip


def add(
    conference: Conference,
    site_ids: Sequence[int],
    *,
    starts_at: datetime,
    ends_at: datetime,
    key: str,
    by: Actor,
) -> Conference:
    """A further shift of a conference at some of its sites, with the same agenda. Nobody is put in it yet.

    Ordered by whoever manages the conference, or by who manages the unit of all these sites for them alone: that unit
    then holds it. The same ``key`` again gives the first one.
    """
    chosen = list(
        Site.objects.filter(pk__in=list(site_ids), conference=conference.pk)
        .select_related("unit")
        .order_by("-is_hub", "name", "id")
    )
    unit = _holder(conference, chosen, by)
    with transaction.atomic():
        first = Conference.objects.select_for_update(no_key=True).get(
            pk=conference.shift_of_id or conference.pk
        )
        name = f"{first.pk}:ca:{key}"[:80]
        made = Conference.objects.filter(key=name).first()
        if made is not None:
            return made
        _refuse(first, chosen, starts_at, ends_at)
        number = max((1, *first.further_shifts.values_list("shift", flat=True))) + 1
        made = Conference.objects.create(
            **{field: getattr(first, field) for field in _TAKEN_OVER},
            title=_in_shift(first.title, number),
            unit=unit,
            starts_at=starts_at,
            ends_at=ends_at,
            key=name,
            shift_of=first,
            shift=number,
        )
        if not first.shift:
            first.shift = 1
            first.save(update_fields=["shift"])
        _copy_agenda(first, made)
        _copy_sites(chosen, made)
        telling.tell(sorted({site.unit_id for site in chosen}), telling.summoned(made))
        detail = {"shift": number, "sites": len(chosen), "of": first.pk}
        audit.record(by, "shift.add", made, unit=unit, detail=detail)
    return made


def _holder(conference: Conference, chosen: Sequence[Site], by: Actor) -> Unit:
    """Whose conference the further shift is; refuses who may order none."""
    units = {site.unit_id: site.unit for site in chosen}
    if len(units) == 1 and not access.may(by, Can.CONFERENCE_MANAGE, conference.unit_id):
        (unit,) = units.values()
        access.require(by, Can.CONFERENCE_MANAGE, unit)
        return unit
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    return conference.unit


def _refuse(first: Conference, chosen: Sequence[Site], starts_at: datetime, ends_at: datetime) -> None:
    if first.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        raise DomainError(
            "shift.over",
            _("Hội nghị đã kết thúc hoặc đã hủy nên không chia ca được nữa. Hãy triệu tập hội nghị mới."),
        )
    if not chosen:
        raise DomainError("shift.no_site", _("Chưa chọn điểm cầu nào cho ca này. Chưa lưu gì."))
    if ends_at <= starts_at:
        raise DomainError(
            "conference.times",
            _("Giờ kết thúc phải sau giờ bắt đầu. Chưa lưu gì; hãy sửa một trong hai giờ."),
        )
    if first.further_shifts.count() + 1 >= MOST:
        raise DomainError("shift.too_many", _("Một hội nghị chia nhiều nhất {most} ca.").format(most=MOST))
    at = {site.shift_of_id or site.pk for site in chosen}
    for other in shifts.sittings(first):
        together = {site.shift_of_id or site.pk for site in other.sites.all()} & at
        if together and starts_at < other.ends_at and other.starts_at < ends_at:
            raise DomainError(
                "shift.overlaps",
                _(
                    "Trùng giờ với ca {shift} ({begins} đến {ends}): người trực không đổi ca được. Chưa lưu gì; "
                    "hãy chọn giờ khác."
                ).format(
                    shift=other.shift or 1,
                    begins=format_datetime(other.starts_at),
                    ends=format_datetime(other.ends_at),
                ),
            )


def _in_shift(title: str, number: int) -> str:
    words = _(" (ca {number})").format(number=number)
    return title[: 300 - len(words)] + words


def _copy_agenda(first: Conference, made: Conference) -> None:
    names = ("position", "document_id", "title", "is_discussion", "planned_minutes", "presenter")
    AgendaItem.objects.bulk_create(
        AgendaItem(conference=made, **values) for values in first.agenda.order_by("position").values(*names)
    )


def _copy_sites(chosen: Sequence[Site], made: Conference) -> None:
    """The same sites with their halls, people in charge and units; nothing of what they reported."""
    hub = next((site for site in chosen if site.is_hub), chosen[0])
    told = (
        "unit_id", "name", "place", "facility_id", "capacity", "clerk", "phone", "chair", "technician",
        "technician_phone", "monitor", "form", "join_link",
    )  # fmt: skip
    copies = Site.objects.bulk_create(
        [
            Site(
                **{name: getattr(site, name) for name in told},
                conference=made,
                shift_of_id=site.shift_of_id or site.pk,
                is_hub=site is hub,
            )
            for site in chosen
        ],
        batch_size=1000,
    )
    twin = {site.pk: copy for site, copy in zip(chosen, copies, strict=True)}
    seats = SiteUnit.objects.filter(site__in=list(twin)).values_list("site_id", "unit_id")
    SiteUnit.objects.bulk_create(
        [SiteUnit(conference=made, site=twin[site_id], unit_id=unit_id) for site_id, unit_id in seats],
        batch_size=1000,
    )


def assign(site: Site, person_ids: Iterable[int], *, by: Actor) -> int:
    """People expected at a site come to this one of its shifts; returns how many changed.

    Who was seen at a shift stays where he was seen; who is not expected there is passed over.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    wanted = set(person_ids)
    with transaction.atomic():
        first = _hold(site)
        if site.conference_id not in {one.pk for one in _running(site)}:
            raise DomainError(
                "shift.ended", _("Ca này đã kết thúc hoặc đã hủy. Chưa thay đổi gì; hãy chọn ca khác.")
            )
        people = [
            comer
            for comer in shifts.comers(site)
            if comer.person_id in wanted and not comer.has_come and comer.conference_id != site.conference_id
        ]
        _put(first, {site.conference_id: people})
        if people:
            audit.record(by, "shift.assign", site, unit=site.unit_id, detail={"people": len(people)})
    return len(people)


def spread(site: Site, *, by: Actor) -> int:
    """Put the people of every unit evenly into the shifts of a site, by given name in turn: of each unit about as many
    stay on duty as sit. Returns how many were put; who was seen at a shift stays there.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    with transaction.atomic():
        first = _hold(site)
        sittings = [one.pk for one in _running(site)]
        if len(sittings) < 2:
            raise DomainError("shift.one", _("Điểm cầu này chỉ còn một ca nên không có gì để chia."))
        told: dict[int, list[Comer]] = {sitting: [] for sitting in sittings}
        turn: dict[int, int] = {}
        for comer in shifts.comers(site):
            at = turn.setdefault(
                comer.unit_id, len(turn)
            )  # every unit begins with another shift: the sum is even too
            turn[comer.unit_id] += 1
            if not comer.has_come and comer.conference_id in told:
                told[sittings[at % len(sittings)]].append(comer)
        _put(first, told)
        count = sum(len(people) for people in told.values())
        audit.record(by, "shift.spread", site, unit=site.unit_id, detail={"people": count})
    return count


def _hold(site: Site) -> int:
    """The first sitting, locked: who divides the roll of a site does it one after the other."""
    first = site.conference.shift_of_id or site.conference_id
    return Conference.objects.select_for_update(no_key=True).get(pk=first).pk


def _running(site: Site) -> list[Conference]:
    """The sittings of a site that are not over, the first one first."""
    over = (Conference.State.CLOSED, Conference.State.CANCELLED)
    return [one.conference for one in shifts.sites_together(site) if one.conference.state not in over]


def _put(first: int, told: dict[int, list[Comer]]) -> None:
    """Rows for those who come to a further shift, none for those who come to the first."""
    everyone = [comer.person_id for people in told.values() for comer in people]
    with access.whole_house("shifts of people who left their unit"):  # their old row is out of sight
        ShiftMember.objects.filter(first=first, person__in=everyone).delete()
    ShiftMember.objects.bulk_create(
        [
            ShiftMember(
                first_id=first, conference_id=sitting, person_id=comer.person_id, unit_id=comer.unit_id
            )
            for sitting, people in told.items()
            if sitting != first
            for comer in people
        ],
        batch_size=1000,
    )
