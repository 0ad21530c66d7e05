"""Conferences of the demonstration: the province's, streamed once to a site in every commune, and meetings of
cells. Marks come in the ways a roll-call really has: scans with times in and out, ticks, sheets imported
afterwards; some sites have declared a total, some have not said a word.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from quantriet.campaigns.models import Campaign
from quantriet.conferences.commands import attendance, conferences, makeups, meetings, shifts, sites
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.models.attendance import Source
from quantriet.conferences.verdicts import Act, Ask
from quantriet.documents.models import Document
from quantriet.ledger.measures import Form
from quantriet.org.models import Unit, UnitKind
from quantriet.web.demonstration import results
from quantriet.web.demonstration.ground import Ground, Soul
from quantriet.web.demonstration.results import Pace
from quantriet.web.demonstration.tree import PROVINCE

EXCUSES = ("Đi công tác", "Nghỉ ốm", "Trực cơ quan", "Việc gia đình đột xuất", "Đi biển dài ngày")


@dataclass(frozen=True)
class Session:
    """A conference of the province: how long ago, and how its sites record (shares of scan, list, file)."""

    title: str
    ago: int
    hours: tuple[int, int]
    ways: tuple[float, float, float]
    silent: int = 0
    declared: float = 0.0


def hold(session: Session, campaign: Campaign, document: Document, *, ground: Ground) -> Conference:
    """Call, hold and close a conference of the province with a site in every commune."""
    top = ground.units[PROVINCE]
    by = ground.acting_for(top)
    conference = conferences.call(top, _plan(session, campaign, document, ground), key=session.title, by=by)
    sites.add_for_units(conference, [unit.pk for unit in ground.subordinates], form=Form.ONLINE, by=by)
    rows = Site.objects.filter(conference=conference).select_related("conference__campaign", "unit")
    chance = ground.chance(f"sites:{session.title}")
    below = [site for site in rows.order_by("unit__code", "pk") if not site.is_hub]
    silent = {site.pk for site in chance.sample(below, min(session.silent, max(0, len(below) - 1)))}
    for site in below:
        if site.pk in silent:
            continue
        if chance.random() < session.declared:
            _declare(site, session, campaign, ground)
        else:
            _roll_call(site, ground.people_below(site.unit), session, chance, ground)
    hub = rows.get(is_hub=True)
    _roll_call(hub, ground.souls[top.pk], session, chance, ground)
    return conference


def _declare(site: Site, session: Session, campaign: Campaign, ground: Ground) -> None:
    """A site without devices: its units declare totals, and it says that it was connected."""
    pace = Pace(began=session.ago, ended=session.ago, share=1.0, paper=0.7)
    results.presence(campaign, ground.below(site.unit), pace, ground=ground)
    sites.report(site, state=Site.State.CONNECTED, by=ground.acting_for(site.unit))


def end(conference: Conference, *, ground: Ground) -> Conference:
    """Close a conference: what it held is counted."""
    return conferences.close(conference, by=ground.acting_for(ground.units[PROVINCE]))


def _plan(session: Session, campaign: Campaign, document: Document, ground: Ground) -> Plan:
    top = ground.units[PROVINCE]
    first, last = session.hours
    return Plan(
        title=session.title,
        starts_at=ground.moment(session.ago, first, 30),
        ends_at=ground.moment(session.ago, last),
        campaign=campaign,
        form=Form.ONLINE,
        chair=ground.head(top),
        chair_person_id=ground.souls[top.pk][0].person_id,
        head_taught=True,
        join_link="https://vi-du.invalid/hoi-nghi",
        agenda=(
            AgendaLine("Khai mạc", planned_minutes=10, presenter=ground.head(top)),
            AgendaLine(
                f"Giới thiệu {document.number} {document.abstract}"[:300],
                document_id=document.pk,
                planned_minutes=100,
                presenter=ground.head(top),
            ),
            AgendaLine("Thảo luận, giải đáp", planned_minutes=40),
        ),
        hub_place="Hội trường Tỉnh ủy, phường Rạch Giá",
        hub_capacity=400,
    )


def _roll_call(site: Site, people: Sequence[Soul], session: Session, chance: Random, ground: Ground) -> None:
    """One site: who is there, late, gone early, excused; non-members of its offices come as guests."""
    source = chance.choices((Source.SCAN, Source.LIST, Source.IMPORT), session.ways)[0]
    share = results.attendance(chance)
    marks = [mark_of(chance, soul, source, share, site) for soul in people]
    by = ground.acting_for(site.unit)
    attendance.record(site, [mark for mark in marks if mark is not None], by=by, key="nhan-su")


def mark_of(chance: Random, soul: Soul, source: str, share: float, site: Site) -> Mark | None:
    """What a roll-call says of one person; ``None``: a non-member who did not come."""
    conference = site.conference
    if not soul.is_summoned:
        return present(chance, soul, source, conference) if chance.random() < 0.97 else None
    if chance.random() < share:
        return present(chance, soul, source, conference)
    if chance.random() < 0.75:
        ask = Ask(Act.EXCUSED, excuse=chance.choice(EXCUSES))
        return Mark(ask, source=Source.LIST, person_id=soul.person_id)
    return Mark(Ask(Act.ABSENT), source=Source.LIST, person_id=soul.person_id)


def present(chance: Random, soul: Soul, source: str, conference: Conference) -> Mark:
    """A mark of somebody who came, as this way of recording tells it."""
    if source == Source.LIST:
        act = Act.LATE if chance.random() < 0.02 else Act.PRESENT
        return Mark(Ask(act), source=source, person_id=soul.person_id)
    came, left = _times(chance, conference)
    ask = Ask(Act.PRESENT, at=came, out_at=left, is_code=source == Source.SCAN)
    client = uuid.UUID(int=chance.getrandbits(128), version=4) if source == Source.SCAN else None
    return Mark(ask, source=source, person_id=soul.person_id, client_id=client)


def _times(chance: Random, conference: Conference) -> tuple[datetime, datetime]:
    late = chance.random() < 0.03
    early = chance.random() < 0.02
    came = conference.starts_at + timedelta(
        seconds=chance.randint(960, 2400) if late else chance.randint(-2700, 840)
    )
    left = conference.ends_at - timedelta(
        seconds=chance.randint(960, 3000) if early else chance.randint(-600, 120)
    )
    return came, left


def claim_twice(conference: Conference, *, count: int, ground: Ground) -> None:
    """A few people are scanned at a site where they are not expected: claims that wait for a decision."""
    rows = Site.objects.filter(conference=conference, is_hub=False).select_related(
        "conference__campaign", "unit"
    )
    below = list(rows.order_by("unit__code", "pk"))
    chance = ground.chance(f"claims:{conference.title}")
    for number in range(min(count, len(below) - 1)):
        home, other = chance.sample(below, 2)
        members = [soul for soul in ground.people_below(home.unit) if soul.is_summoned]
        marks = [present(chance, chance.choice(members), Source.SCAN, conference)]
        attendance.record(other, marks, by=ground.acting_for(other.unit), key=f"quet-nham-{number}")


def make_up(conference: Conference, units: Sequence[Unit], *, ground: Ground) -> None:
    """Some of those who missed the conference have watched the recording since."""
    rows = Site.objects.filter(conference=conference, unit__in=units).select_related(
        "conference__campaign", "unit"
    )
    for site in rows.order_by("unit__code", "pk"):
        away = list(
            site.attendances.filter(state__in=("excused", "absent"))
            .order_by("person_id")
            .values_list("person_id", flat=True)[:6]
        )
        if away:
            by = ground.acting_for(site.unit)
            makeups.make_up(site, away, note="Xem lại bản ghi tại hội trường xã", key="hoc-bu", by=by)


def meet(unit: Unit, campaign: Campaign, document: Document, *, ago: int, ground: Ground) -> Conference:
    """A cell meets: presence by "có mặt cả, trừ …", remarks, closed."""
    by = ground.acting_for(unit)
    conference = plan_meeting(unit, campaign, document, ago=ago, ground=ground)
    chance = ground.chance(f"cell:{unit.code}")
    site = Site.objects.select_related("conference__campaign", "unit").get(conference=conference)
    members = [soul for soul in ground.souls.get(unit.pk, ()) if soul.is_summoned]
    away = {
        soul.person_id: Ask(Act.EXCUSED, excuse=chance.choice(EXCUSES))
        for soul in members
        if chance.random() < 0.04
    }
    attendance.everyone_except(site, away, by=by, key="sinh-hoat")
    remarks = chance.sample(REMARKS, 2)
    for number, text in enumerate(remarks):
        author = chance.choice(members).person_id if number == 0 else None
        meetings.remark(conference, unit, text=text, author_id=author, key=f"y-kien-{number}", by=by)
    return conferences.close(conference, by=by)


def plan_meeting(
    unit: Unit, campaign: Campaign, document: Document, *, ago: int, ground: Ground
) -> Conference:
    """A cell or base organisation calls its people for half past seven in the evening."""
    head = ground.souls[unit.pk][0]
    is_cell = unit.kind in (UnitKind.CELL, UnitKind.BASE_CELL)
    plan = Plan(
        title=f"Sinh hoạt chuyên đề: thảo luận {document.number}",
        starts_at=ground.moment(ago, 19, 30),
        ends_at=ground.moment(ago, 21, 0),
        campaign=campaign,
        kind=Conference.Kind.CELL_MEETING if is_cell else Conference.Kind.CONFERENCE,
        chair=head.name,
        chair_person_id=head.person_id,
        head_taught=True,
        content="Mỗi đảng viên nêu một việc cụ thể sẽ làm; chi bộ chọn hai việc làm chung.",
        agenda=(
            AgendaLine(
                f"Thảo luận {document.number}",
                document_id=document.pk,
                planned_minutes=60,
                presenter=head.name,
            ),
            AgendaLine("Phân công việc", planned_minutes=20),
        ),
        hub_place="Nhà văn hóa",
    )
    return conferences.call(
        unit, plan, key=f"sinh-hoat:{ground.day(ago).isoformat()}", by=ground.acting_for(unit)
    )


def in_two_shifts(meeting: Conference, *, ground: Ground) -> None:
    """Half of the unit stays on duty this evening and sits tomorrow at the same hour."""
    by, day = ground.acting_for(meeting.unit), timedelta(days=1)
    sites = list(meeting.sites.select_related("conference", "unit"))
    shifts.add(
        meeting,
        [site.pk for site in sites],
        starts_at=meeting.starts_at + day,
        ends_at=meeting.ends_at + day,
        key="ca-2",
        by=by,
    )
    for site in sites:
        shifts.spread(site, by=by)


REMARKS = (
    "Đề nghị có người kèm cặp bà con lớn tuổi dùng điện thoại, không chỉ phát tờ rơi.",
    "Ấp còn lõm sóng ở đoạn cuối kênh; làm dịch vụ công qua mạng ở đó chưa được.",
    "Nên chọn một việc cho chi bộ làm đến cùng, không ghi nhiều việc chung chung.",
    "Tài liệu tiếng Khmer chưa về đến ấp; xin cấp trên gửi sớm.",
    "Điểm hỗ trợ nên mở buổi tối vì ban ngày bà con đi đồng.",
    "Hợp tác xã sẵn sàng ghi nhật ký điện tử nếu được hướng dẫn tại ruộng.",
)


def cells_that_met(ground: Ground, *, communes: int) -> list[Unit]:
    """Cells of the first communes by code: those whose meetings the demonstration holds by name."""
    tops = {unit.code for unit in ground.of_kinds(UnitKind.COMMUNE)[:communes]}
    return [unit for unit in ground.of_kinds(UnitKind.BASE_CELL) if results.top_code(unit) in tops]
