"""A conference's own life: call it, change it, cancel it, open it, close it (what it held is counted then)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.commands import obligations, standing
from quantriet.campaigns.commands.obligations import Done
from quantriet.campaigns.models import Campaign, Declaration, Requirement
from quantriet.conferences import streams
from quantriet.conferences.commands import conflicts, gate, telling
from quantriet.conferences.models import AgendaItem, Attendance, Conference, Site, SiteUnit
from quantriet.conferences.verdicts import HERE
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line, clean_text
from quantriet.ledger import commands as ledger
from quantriet.ledger.commands import Line
from quantriet.ledger.measures import Form, Grade, Measure, Slice
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.org.permissions import Can


@dataclass(frozen=True)
class AgendaLine:
    """A point of the agenda as told by its editor."""

    title: str
    document_id: int | None = None
    planned_minutes: int = 0
    actual_minutes: int | None = None
    presenter: str = ""
    is_discussion: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything a caller tells of a conference; ``hub_*`` describe the hall of the unit that calls it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    campaign: Campaign | None = None
    kind: str = Conference.Kind.CONFERENCE
    form: int = Form.IN_PERSON
    classes: tuple[int, ...] = ()
    chair: str = ""
    chair_person_id: int | None = None
    head_chaired: bool = True
    head_taught: bool = False
    deputy_reason: str = ""
    join_link: str = ""
    stream: str = ""
    content: str = ""
    agenda: tuple[AgendaLine, ...] = ()
    hub_place: str = ""
    hub_capacity: int | None = None


def call(unit: Unit, plan: Plan, *, key: str, by: Actor) -> Conference:
    """Call a conference of a unit with its own hall as hub; sites of units below follow (``sites.add``).

    The same ``key`` again (a double click, a lost answer) gives the first one.
    """
    access.require(by, Can.CONFERENCE_MANAGE, unit)
    _check(plan)
    with transaction.atomic():
        conference, is_new = Conference.objects.get_or_create(
            key=key_of(unit, key),
            defaults={
                "unit": unit,
                "level": unit.level,
                "campaign": plan.campaign,
                "kind": plan.kind,
                **_told(plan),
            },
        )
        if not is_new:
            return conference
        standing.refuse_former([unit.pk])
        _set_agenda(conference, plan.agenda)
        hub = Site.objects.create(
            conference=conference,
            unit=unit,
            name=_("Hội trường {unit}").format(unit=unit.short_name or unit.name)[:200],
            place=plan.hub_place,
            capacity=plan.hub_capacity,
            form=Form.IN_PERSON if plan.kind == Conference.Kind.CONFERENCE else plan.form,
            join_link=plan.join_link,
            is_hub=True,
        )
        SiteUnit.objects.create(conference=conference, site=hub, unit=unit)
        audit.record(by, "conference.call", conference, unit=unit, detail={"title": conference.title})
    return conference


def key_of(unit: Unit, key: str) -> str:
    """The key under which a conference called with ``key`` is kept."""
    return f"{unit.pk}:{key}"[:80]


def _check(plan: Plan) -> None:
    if not clean_line(plan.title):
        raise DomainError("conference.title", _("Hãy ghi tên hội nghị. Chưa lưu gì."))
    if plan.ends_at <= plan.starts_at:
        raise DomainError(
            "conference.times",
            _("Giờ kết thúc phải sau giờ bắt đầu. Chưa lưu gì; hãy sửa một trong hai giờ."),
        )
    _check_leading(plan)
    streams.check(plan.stream, settings.QUANTRIET.streams)
    if plan.campaign is not None and plan.campaign.book_id is None:
        raise DomainError(
            "conference.campaign_not_started", _("Đợt này chưa giao xuống nên chưa triệu tập hội nghị được.")
        )


def _check_leading(plan: Plan) -> None:
    """Somebody else than the head chairs, or is named for a document of the agenda: then the reason is told."""
    if clean_line(plan.deputy_reason):
        return
    if not plan.head_chaired:
        raise DomainError(
            "conference.deputy_reason",
            _("Người đứng đầu không chủ trì thì cần ghi lý do. Chưa lưu gì; hãy ghi lý do cấp phó chủ trì."),
        )
    taught = any(line.document_id is not None and clean_line(line.presenter) for line in plan.agenda)
    if taught and not plan.head_taught:
        raise DomainError(
            "conference.deputy_reason",
            _(
                "Người khác truyền đạt văn bản thay người đứng đầu thì cần ghi lý do. Chưa lưu gì; hãy ghi lý do, "
                "hoặc đánh dấu người đứng đầu trực tiếp truyền đạt."
            ),
        )


def _told(plan: Plan) -> dict[str, object]:
    return {
        "title": clean_line(plan.title)[:300],
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "form": plan.form,
        "classes": sorted(plan.classes),
        "chair": clean_line(plan.chair)[:160],
        "chair_person_id": plan.chair_person_id,
        "head_chaired": plan.head_chaired,
        "head_taught": plan.head_taught,
        "deputy_reason": clean_line(plan.deputy_reason)[:300],
        "join_link": plan.join_link,
        "stream": plan.stream,
        "content": clean_text(plan.content),
    }


def _set_agenda(conference: Conference, agenda: Sequence[AgendaLine]) -> None:
    before = set(conference.agenda.filter(document__isnull=False).values_list("document_id", flat=True))
    after = {line.document_id for line in agenda if line.document_id is not None}
    if before != after and Attendance.objects.filter(conference=conference).exists():
        raise DomainError(
            "conference.agenda_held",
            _("Đã có điểm danh nên không đổi văn bản trong chương trình được nữa. Chưa lưu gì."),
        )
    conference.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            conference=conference,
            position=at,
            document_id=line.document_id,
            title=clean_line(line.title)[:300],
            planned_minutes=line.planned_minutes,
            actual_minutes=line.actual_minutes,
            presenter=clean_line(line.presenter)[:160],
            is_discussion=line.is_discussion,
        )
        for at, line in enumerate(agenda, start=1)
    )


def change(conference: Conference, plan: Plan, *, version: int, by: Actor) -> Conference:
    """Change a conference that is not over. A second editor who saw an older version is told and shown both.

    What was written of it (``content``) stays. Sites that joined by the old link join by the new one; a new day or hour
    is told to all units with a site.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    _check(plan)
    with transaction.atomic():
        gate.shut(conference.pk)
        locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        _refuse_over(locked)
        if locked.version != version:
            raise _changed_by_another(locked, plan)
        moved = not _has_hours_of(locked, plan)
        if moved and Attendance.objects.filter(conference=locked).exists():
            raise DomainError(
                "conference.times_held",
                _("Đã có điểm danh nên không đổi giờ họp được nữa. Chưa lưu gì."),
            )
        link = locked.join_link
        for name, value in _changed(locked, plan).items():
            setattr(locked, name, value)
        locked.version += 1
        locked.save()
        _set_agenda(locked, plan.agenda)
        if link and link != locked.join_link:
            locked.sites.filter(join_link=link).update(join_link=locked.join_link)
        if moved:
            telling.tell_all(locked, telling.moved(locked))
        audit.record(by, "conference.change", locked, unit=locked.unit_id, detail={"version": locked.version})
    return locked


def _changed(conference: Conference, plan: Plan) -> dict[str, object]:
    """What a change writes: not the content, which is written with the minutes; who chairs is the person known so far
    as long as his name is the same, and hours that are the same to the minute stay as they are.
    """
    told = _told(plan)
    del told["content"]
    if _has_hours_of(conference, plan):
        del told["starts_at"], told["ends_at"]
    if told["chair"] == conference.chair:
        del told["chair_person_id"]
    return told


def _has_hours_of(conference: Conference, plan: Plan) -> bool:
    """Whether the hours are the same as a form tells them: it knows no seconds."""
    pairs = ((conference.starts_at, plan.starts_at), (conference.ends_at, plan.ends_at))
    return all(
        one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0) for one, other in pairs
    )


def _changed_by_another(conference: Conference, plan: Plan) -> ConflictError:
    """Both texts, every field in which they differ; an agenda as its lines."""
    yours: dict[str, object] = _changed(conference, plan)
    yours.pop("chair_person_id", None)
    theirs: dict[str, object] = {name: getattr(conference, name) for name in yours}
    theirs["agenda"] = [
        AgendaLine(
            item.title, item.document_id, item.planned_minutes, None, item.presenter, item.is_discussion
        )
        for item in conference.agenda.order_by("position")
    ]
    yours["agenda"] = [replace(line, actual_minutes=None) for line in plan.agenda]
    differing = [name for name in theirs if theirs[name] != yours[name]]
    return ConflictError(
        "conference.changed",
        _("Người khác vừa sửa hội nghị này. Chưa lưu bản của bạn; hãy xem hai bản và chọn."),
        theirs={name: _plain(theirs[name]) for name in differing},
        yours={name: _plain(yours[name]) for name in differing},
        version=conference.version,
    )


def _plain(value: object) -> object:
    """As an answer to a program can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [asdict(one) if isinstance(one, AgendaLine) else one for one in value]
    return value


def _refuse_over(conference: Conference) -> None:
    if conference.state in (Conference.State.CLOSED, Conference.State.CANCELLED):
        raise DomainError(
            "conference.over", _("Hội nghị đã kết thúc hoặc đã hủy nên không sửa được nữa. Chưa thay đổi gì.")
        )


def cancel(conference: Conference, *, reason: str, by: Actor) -> Conference:
    """Cancel a conference in which nobody was recorded, with the reason."""
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    if not clean_line(reason):
        raise DomainError("conference.reason", _("Hãy ghi lý do hủy. Chưa thay đổi gì."))
    with transaction.atomic():
        gate.shut(conference.pk)
        locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        if locked.state == Conference.State.CANCELLED:
            return locked
        _refuse_over(locked)
        if locked.further_shifts.exclude(state=Conference.State.CANCELLED).exists():
            raise DomainError(
                "conference.leads_shifts", _("Hội nghị còn ca sau. Chưa hủy; hãy hủy các ca sau trước.")
            )
        if Attendance.objects.filter(conference=locked).exists():
            raise DomainError(
                "conference.has_attendance",
                _(
                    "Đã có điểm danh nên không hủy được. Hãy kết thúc hội nghị, hoặc hoàn tác điểm danh trước."
                ),
            )
        locked.state, locked.state_reason = Conference.State.CANCELLED, clean_line(reason)[:300]
        locked.save(update_fields=["state", "state_reason"])
        telling.tell_others(locked, telling.called_off(locked))
        audit.record(
            by, "conference.cancel", locked, unit=locked.unit_id, detail={"reason": locked.state_reason}
        )
    return locked


def open_(conference: Conference, *, by: Actor) -> Conference:
    """The conference begins; a second opener changes nothing."""
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    with transaction.atomic():
        opened = Conference.objects.filter(pk=conference.pk, state=Conference.State.PLANNED).update(
            state=Conference.State.OPEN, opened_at=timezone.now()
        )
        conference.refresh_from_db()
        if opened:
            audit.record(by, "conference.open", conference, unit=conference.unit_id)
    return conference


def close(conference: Conference, *, actual_minutes: Sequence[int | None] = (), by: Actor) -> Conference:
    """The conference is over: held sites are counted, units that took part have met their obligation.

    A site without a single word (planned, nobody recorded, nothing declared) was not held: it stays "chưa báo
    cáo". Corrections stay possible and are graded as entered afterwards.
    """
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    with transaction.atomic():
        gate.shut(conference.pk)
        conflicts.match(conference.pk, by=by)
        if conference.shift_of_id is not None:  # its sittings end one after another: a site is counted once
            Conference.objects.select_for_update(no_key=True).get(pk=conference.shift_of_id)
        locked = (
            # What pages record goes on being inserted: its foreign key needs the conference's key only.
            Conference.objects.select_for_update(of=("self",), no_key=True)
            .select_related("campaign")
            .get(pk=conference.pk)
        )
        if locked.state == Conference.State.CLOSED:
            return locked
        _refuse_over(locked)
        now = timezone.now()
        if now < locked.starts_at:
            raise DomainError(
                "conference.not_begun", _("Chưa đến giờ họp nên chưa kết thúc được. Nếu không họp, hãy hủy.")
            )
        _set_minutes(locked, actual_minutes)
        held = held_sites(locked)
        locked.state, locked.closed_at = Conference.State.CLOSED, now
        if locked.campaign is not None:
            locked.batch_id = _count(locked, _not_counted_before(locked, held), by=by)
            _fulfil(locked, held, by=by)
        locked.save(update_fields=["state", "closed_at", "batch"])
        Site.objects.filter(pk__in=[site.pk for site in held]).update(state=Site.State.CLOSED, state_at=now)
        audit.record(by, "conference.close", locked, unit=locked.unit_id, detail={"sites": len(held)})
    return locked


def _set_minutes(conference: Conference, actual_minutes: Sequence[int | None]) -> None:
    for item, minutes in zip(conference.agenda.order_by("position"), actual_minutes, strict=False):
        item.actual_minutes = minutes
        item.save(update_fields=["actual_minutes"])


def correct_minutes(conference: Conference, actual_minutes: Sequence[int | None], *, by: Actor) -> Conference:
    """How long each point really took, told or corrected after the conference; ``None``: nobody knows."""
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    with transaction.atomic():
        locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        if locked.state != Conference.State.CLOSED:
            raise DomainError(
                "conference.not_over",
                _("Hội nghị chưa kết thúc. Chưa lưu gì; số phút thực tế ghi khi kết thúc."),
            )
        before = list(locked.agenda.order_by("position").values_list("actual_minutes", flat=True))
        after = [*actual_minutes, *before[len(actual_minutes) :]][: len(before)]
        if before != after:
            _set_minutes(locked, after)
            detail = {"before": before, "after": after}
            audit.record(by, "conference.minutes", locked, unit=locked.unit_id, detail=detail)
    return locked


def held_sites(conference: Conference) -> list[Site]:
    """The sites that gave a word: ready or connected, somebody recorded, or a total declared for its day."""
    with_people = Attendance.objects.filter(conference=conference, state__in=HERE).values("site")
    declared = Declaration.objects.filter(
        campaign=conference.campaign_id,
        kind=Declaration.Kind.PRESENCE,
        happened_on=access.local_day(conference.starts_at),
        unit__in=SiteUnit.objects.filter(conference=conference).values("unit"),
    ).values("unit")
    spoke = conference.sites.filter(state__in=(Site.State.READY, Site.State.CONNECTED))
    people = conference.sites.filter(pk__in=with_people)
    totals = conference.sites.filter(site_units__unit__in=declared)
    # Each a query of its own: joined by "or", the attendances are gone through anew for every site of a country.
    return list(spoke.union(people, totals).order_by("id"))


def _not_counted_before(conference: Conference, held: Sequence[Site]) -> Sequence[Site]:
    """Of the sites held those that no other shift counted when it ended: one site in two shifts is one site."""
    if not conference.shift:
        return held
    firsts = {site.shift_of_id or site.pk for site in held}
    others = Site.objects.filter(Q(pk__in=firsts) | Q(shift_of__in=firsts)).exclude(conference=conference.pk)
    counted = others.filter(state=Site.State.CLOSED, conference__state=Conference.State.CLOSED)
    known = {first or pk for pk, first in counted.values_list("pk", "shift_of_id")}
    return [site for site in held if (site.shift_of_id or site.pk) not in known]


def _count(conference: Conference, held: Sequence[Site], *, by: Actor) -> int | None:
    campaign = conference.campaign
    if campaign is None or campaign.book_id is None:
        return None
    on = access.local_day(conference.starts_at)
    lines = [
        Line(site.unit_id, Measure.SITES, Grade.ON_SPOT, on, 1, Slice(0, conference.level + 1, site.form))
        for site in held
    ]
    cut = Slice(0, conference.level + 1, conference.form)
    is_first = conference.shift_of_id is None  # several shifts are one conference chaired
    if is_first and conference.head_chaired:
        lines.append(Line(conference.unit_id, Measure.HEAD_CHAIRED, Grade.ON_SPOT, on, 1, cut))
    if is_first and conference.head_taught:
        lines.append(Line(conference.unit_id, Measure.HEAD_TAUGHT, Grade.ON_SPOT, on, 1, cut))
    posted = ledger.post(
        campaign.book_id,
        lines,
        by=by,
        origin="conferences.close",
        key=f"conference-close:{conference.pk}",
        unit_id=conference.unit_id,
    )
    return posted.batch_id


# Units that took part: those of held sites, and those on the way from a held site's units down to a unit of
# which somebody was there. They need not hold again what they attended (Kết luận 226-KL/TW).
_TOOK_PART = """
SELECT DISTINCT between.unit_id
FROM conferences_siteunit AS assigned
JOIN org_placement AS top ON top.unit_id = assigned.unit_id AND top.valid @> quantriet_today()
JOIN (
    SELECT DISTINCT site_id, unit_id FROM conferences_attendance
    WHERE conference_id = %(conference)s AND state IN ('present', 'late')
) AS attendance ON attendance.site_id = assigned.site_id
JOIN org_placement AS low ON low.unit_id = attendance.unit_id AND low.valid @> quantriet_today()
     AND low.path <@ top.path
JOIN org_placement AS between ON between.path @> low.path AND between.path <@ top.path
     AND between.valid @> quantriet_today()
WHERE assigned.conference_id = %(conference)s
"""


def _fulfil(conference: Conference, held: Sequence[Site], *, by: Actor) -> None:
    campaign = conference.campaign
    if campaign is None:
        return
    units = {conference.unit_id}
    units |= set(
        SiteUnit.objects.filter(site__in=[site.pk for site in held]).values_list("unit_id", flat=True)
    )
    if campaign.policy.get("credit_from_superior", True):
        with connection.cursor() as cursor:
            cursor.execute(_TOOK_PART, {"conference": conference.pk})
            units |= {int(row[0]) for row in cursor.fetchall()}
    done = Done(
        access.local_day(conference.starts_at), Grade.ON_SPOT, f"conferences_conference:{conference.pk}"
    )
    obligations.fulfil(campaign, sorted(units), kind=Requirement.Kind.CONFERENCE, done=done, by=by)


def renew_codes(conference: Conference, *, by: Actor) -> Conference:
    """Make all printed cards of a conference void: one was lost or photographed."""
    access.require(by, Can.CONFERENCE_MANAGE, conference.unit_id)
    with transaction.atomic():
        locked = Conference.objects.select_for_update(no_key=True).get(pk=conference.pk)
        locked.code_key = Conference._meta.get_field("code_key").get_default()  # noqa: SLF001 - Django's public-by-habit API
        locked.save(update_fields=["code_key"])
        audit.record(by, "conference.renew_codes", locked, unit=locked.unit_id)
    return locked
