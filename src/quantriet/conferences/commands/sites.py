"""Sites: made in bulk for the units below, told ready and connected, with what went wrong there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import declarations, standing
from quantriet.campaigns.commands.declarations import Totals
from quantriet.campaigns.models import Declaration, RollLine
from quantriet.conferences.commands import gate, telling
from quantriet.conferences.models import Attendance, Conference, Incident, Site, SiteUnit
from quantriet.conferences.queries import further_sites
from quantriet.core.errors import DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


def add_for_units(conference: Conference, unit_ids: Sequence[int], *, form: int, by: Actor) -> int:
    """Give each of several units a site of its own; returns how many are new. A retry adds none.

    Whoever manages the conference does it for the units below it, and a manager below for his own (a relay).
    """
    _require_adding(conference, by)
    with transaction.atomic():
        locked = _held(conference)
        units = list(
            further_sites.without_site(locked, by).filter(pk__in=list(unit_ids)).order_by("sort_key", "id")
        )
        taken = set(locked.sites.values_list("name", flat=True))
        made = [
            Site(
                conference=locked,
                unit=unit,
                name=_free_name(unit, taken),
                phone=unit.phone,
                form=form,
                join_link=locked.join_link,
            )
            for unit in units
        ]
        Site.objects.bulk_create(made, batch_size=1000)
        SiteUnit.objects.bulk_create(
            [SiteUnit(conference=locked, site=site, unit_id=site.unit_id) for site in made],
            batch_size=1000,
        )
        telling.tell([site.unit_id for site in made], telling.summoned(locked))
        audit.record(by, "site.add", locked, unit=locked.unit_id, detail={"sites": len(made)})
    return len(made)


def add_hall(conference: Conference, unit: Unit, *, name: str, form: int, by: Actor) -> Site:
    """A further hall of one unit, told apart by its name; the same again is the first one. Nobody is moved there; a
    unit that sits with the one above sits in it from now on.
    """
    _require_adding(conference, by)
    access.require(by, Can.CONFERENCE_MANAGE, unit)
    told = clean_line(name)[:200]
    if not told:
        raise DomainError("site.name", _("Hãy ghi tên điểm cầu. Chưa lưu gì."))
    with transaction.atomic():
        locked = _held(conference)
        standing.refuse_former([unit.pk])
        if not further_sites.concerns(locked, unit, by):
            raise access.not_found()
        same = locked.sites.filter(name=told).first()
        if same is not None and same.unit_id == unit.pk:
            return same
        if same is not None:
            raise DomainError("site.name_taken", _("Hội nghị này đã có điểm cầu cùng tên. Chưa lưu gì."))
        made = Site.objects.create(
            conference=locked, unit=unit, name=told, phone=unit.phone, form=form, join_link=locked.join_link
        )
        SiteUnit.objects.get_or_create(conference=locked, unit=unit, defaults={"site": made})
        telling.tell([unit.pk], telling.summoned(locked))
        audit.record(by, "site.add", locked, unit=unit, detail={"sites": 1, "site": made.pk})
    return made


def _require_adding(conference: Conference, by: Actor) -> None:
    if not further_sites.may_add(conference, by):
        access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)


def _held(conference: Conference) -> Conference:
    """The conference as it stands, until the commit; who adds sites at the same time waits and sees them."""
    locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
    _refuse_over(locked)
    return locked


def _free_name(unit: Unit, taken: set[str]) -> str:
    """The unit's name; with its code where two units of one conference have the same name."""
    name = unit.name if unit.name not in taken else f"{unit.name[:150]} ({unit.code})"
    taken.add(name)
    return name


def _refuse_over(conference: Conference) -> None:
    if conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        raise DomainError(
            "conference.over", _("Hội nghị đã kết thúc hoặc đã hủy nên không sửa được nữa. Chưa thay đổi gì.")
        )


@dataclass(frozen=True)
class SiteDetails:
    """What is told of a site by whoever runs it."""

    name: str
    place: str = ""
    capacity: int | None = None
    clerk: str = ""
    phone: str = ""
    form: int = 0
    join_link: str = ""
    facility_id: int | None = None
    chair: str = ""
    technician: str = ""
    technician_phone: str = ""
    monitor: str = ""


def describe(site: Site, details: SiteDetails, *, by: Actor) -> Site:
    """Change what is told of a site."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    name = clean_line(details.name)[:200]
    if not name:
        raise DomainError("site.name", _("Hãy ghi tên điểm cầu. Chưa lưu gì."))
    with transaction.atomic():
        locked = Site.objects.select_for_update().get(pk=site.pk)
        _refuse_over(locked.conference)
        if Site.objects.filter(conference=locked.conference, name=name).exclude(pk=site.pk).exists():
            raise DomainError("site.name_taken", _("Hội nghị này đã có điểm cầu cùng tên. Chưa lưu gì."))
        locked.name, locked.place = name, clean_line(details.place)[:300]
        locked.capacity, locked.clerk = details.capacity, clean_line(details.clerk)[:160]
        locked.phone, locked.join_link = clean_line(details.phone)[:40], details.join_link
        locked.chair, locked.monitor = clean_line(details.chair)[:160], clean_line(details.monitor)[:160]
        locked.technician = clean_line(details.technician)[:160]
        locked.technician_phone = clean_line(details.technician_phone)[:40]
        locked.form = details.form or locked.form
        locked.facility_id = details.facility_id
        locked.save()
        audit.record(by, "site.describe", locked, unit=locked.unit_id)
    return locked


def assign(site: Site, unit_ids: Sequence[int], *, by: Actor) -> int:
    """Expect the people of several units at this site; returns how many moved. A unit sits at one site only.

    Who was recorded already stays where he was recorded.
    """
    conference = site.conference
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    _refuse_over(conference)
    allowed = access.units(by, Can.CONFERENCE_READ).filter(pk__in=list(unit_ids)).values_list("pk", flat=True)
    with transaction.atomic():
        moved = 0
        for unit_id in sorted(allowed):
            row, is_new = SiteUnit.objects.get_or_create(
                conference=conference, unit_id=unit_id, defaults={"site": site}
            )
            if is_new or row.site_id != site.pk:
                row.site = site
                row.save(update_fields=["site"])
                moved += 1
        audit.record(by, "site.assign", site, unit=conference.unit_id, detail={"units": moved})
    return moved


_ORDER = (Site.State.PLANNED, Site.State.READY, Site.State.CONNECTED, Site.State.CLOSED)


def report(site: Site, *, state: str, by: Actor) -> Site:
    """The site's word: ready, connected or closed. Each word is kept with its time; the last one holds."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    if state not in _ORDER[1:]:
        raise DomainError("site.state", _("Không có trạng thái này. Hãy tải lại trang."))
    with transaction.atomic():
        if state == Site.State.CLOSED:
            gate.shut(site.conference_id)
        locked = Site.objects.select_for_update(of=("self",)).select_related("conference").get(pk=site.pk)
        if locked.conference.state == Conference.State.CANCELLED:
            raise DomainError("conference.over", _("Hội nghị đã hủy. Chưa ghi gì."))
        if locked.state != state:
            locked.state = state
            audit.record(by, f"site.{state}", locked, unit=locked.unit_id)
        locked.state_at = timezone.now()
        locked.save(update_fields=["state", "state_at"])
    return locked


def begin_incident(site: Site, *, kind: str, by: Actor) -> Incident:
    """Note that something went wrong; the same kind still open is the same incident."""
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    if kind not in Incident.Kind.values:
        raise DomainError("incident.kind", _("Không có loại sự cố này. Hãy tải lại trang."))
    with transaction.atomic():
        now = timezone.now()
        incident, is_new = Incident.objects.get_or_create(
            site=site, kind=kind, to_at=None, defaults={"from_at": now, "reported_by": by.name[:120]}
        )
        if is_new:
            Site.objects.filter(pk=site.pk).update(state_at=now)
            audit.record(by, "incident.begin", incident, unit=site.unit_id, detail={"kind": kind})
    return incident


def end_incident(incident: Incident, *, remedy: str, by: Actor) -> Incident:
    """It works again; what helped is kept."""
    site = incident.site
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    with transaction.atomic():
        now = timezone.now()
        ended = Incident.objects.filter(pk=incident.pk, to_at=None).update(
            to_at=now, remedy=clean_line(remedy)[:300], ended_by=by.name[:120]
        )
        if ended:
            Site.objects.filter(pk=site.pk).update(state_at=now)
            audit.record(by, "incident.end", incident, unit=site.unit_id)
        incident.refresh_from_db()
    return incident


def declare_totals(site: Site, totals: Mapping[int, Totals], *, by: Actor) -> list[Declaration]:
    """Nhập nhanh: the totals of the site's units on one screen. All of them or none; the site has spoken.

    Refuses with ``site.totals_beyond_names`` when more are told present than stand on the roll without having been
    recorded absent here by name: the two pages would tell different figures of the same people.
    """
    access.require(by, Can.ATTENDANCE_RECORD, site.unit_id)
    campaign = site.conference.campaign
    if campaign is None:
        raise DomainError(
            "site.no_campaign",
            _("Hội nghị này không thuộc đợt nào nên không có sổ để khai. Hãy điểm danh theo tên."),
        )
    units = Unit.objects.in_bulk(list(totals))
    with transaction.atomic():
        gate.enter_uncancelled(site.conference)
        if totals and site.state in (Site.State.PLANNED, Site.State.READY):
            report(site, state=Site.State.CONNECTED, by=by)
        standing.hold(totals)  # after the site, and all of them before the first is declared
        _refuse_beyond_names(site, units, totals)
        return [
            declarations.declare(campaign, units[unit_id], kind=Declaration.Kind.PRESENCE, totals=told, by=by)
            for unit_id, told in sorted(totals.items())
        ]


def _refuse_beyond_names(site: Site, units: Mapping[int, Unit], totals: Mapping[int, Totals]) -> None:
    """Refuse more present than can be: who was recorded absent at this session is not among them."""
    lines = RollLine.objects.filter(
        campaign=site.conference.campaign_id, unit__in=list(units), state=RollLine.State.SUMMONED
    )
    away = Attendance.objects.filter(
        conference=site.conference_id,
        state__in=("absent", "excused"),
        line__in=lines.filter(fulfilled_on=None),
    )
    summoned, absent = _by_unit(lines), _by_unit(away)
    for unit_id, told in sorted(totals.items()):
        present, here = told.figures.get("present", 0), summoned.get(unit_id, 0)
        if absent.get(unit_id) and here - absent[unit_id] < present <= here:
            raise DomainError(
                "site.totals_beyond_names",
                _(
                    "%(unit)s: khai %(present)s người có mặt, nhưng trong %(summoned)s người được triệu tập đã có "
                    "%(absent)s người được ghi vắng theo tên. Chưa lưu gì; hãy sửa số, hoặc sửa điểm danh của "
                    "người đã đến."
                )
                % {
                    "unit": units[unit_id].name,
                    "present": present,
                    "summoned": here,
                    "absent": absent[unit_id],
                },
                unit=unit_id,
            )


def _by_unit(rows: QuerySet[RollLine] | QuerySet[Attendance]) -> dict[int, int]:
    counted = rows.order_by("unit_id").values_list("unit_id").annotate(people=Count("pk"))
    return {int(unit_id): people for unit_id, people in counted if unit_id is not None}
