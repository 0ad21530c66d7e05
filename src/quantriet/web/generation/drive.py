"""The one campaign of the country: its document, its start, its conference with a site in every commune."""

from collections.abc import Iterable
from datetime import datetime

from quantriet.campaigns.commands import campaigns
from quantriet.campaigns.commands.campaigns import Answers
from quantriet.campaigns.drafts import Changes
from quantriet.campaigns.models import Campaign, CampaignDocument, Deadline, Requirement
from quantriet.conferences.commands import conferences, sites
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import Conference, Site
from quantriet.core.text import end_of_day
from quantriet.documents.choices import ClauseKind, MaterialKind
from quantriet.documents.commands import materials, papers
from quantriet.documents.commands.materials import Handout
from quantriet.documents.commands.papers import Entry
from quantriet.documents.models import Document
from quantriet.documents.reading.clauses import ReadClause
from quantriet.ledger.measures import Form
from quantriet.org.access import Actor
from quantriet.org.models import Person, PersonClass, Unit
from quantriet.org.models.units import Level
from quantriet.web.demonstration import drives
from quantriet.web.generation import tree
from quantriet.web.generation.scales import Wanted

BEGAN = 35
ENDS = -55
MET = 29
"""How many days ago the conference was."""
NUMBER = "990-NQ/TW"
ISSUER = "BAN CHẤP HÀNH TRUNG ƯƠNG (DỮ LIỆU SINH)"
TITLE = "Quán triệt Nghị quyết số 990-NQ/TW (dữ liệu sinh)"
CONFERENCE = "Hội nghị trực tuyến toàn quốc quán triệt Nghị quyết số 990-NQ/TW"
_CLAUSES = (
    ("Mục tiêu", "Người dân làm xong việc với cơ quan nhà nước ngay tại xã, phường mình ở."),
    ("Việc phải làm", "Mỗi đảng bộ chọn hai việc cụ thể, ghi rõ người làm, ngày xong, kết quả phải có."),
    ("Tổ chức thực hiện", "Chi bộ sinh hoạt chuyên đề; Mặt trận Tổ quốc tuyên truyền đến từng hộ."),
)


def top() -> Unit:
    """The centre."""
    return Unit.objects.get(code=tree.TOP)


def campaign() -> Campaign:
    """The campaign."""
    return Campaign.objects.get(title=TITLE)


def conference() -> Conference:
    """The conference, with its campaign."""
    return Conference.objects.select_related("campaign").get(title=CONFERENCE)


def publish(wanted: Wanted, *, by: Actor) -> Document:
    """Enter and publish the document with an outline and a summary."""
    entry = Entry(
        number=NUMBER,
        issuer_name=ISSUER,
        abstract="về chuyển đổi số phục vụ người dân (văn bản do máy sinh)",
        issued_on=wanted.day(45),
    )
    clauses = [
        ReadClause(ClauseKind.ARTICLE, str(number), 0, f"Điều {number}.", heading, text)
        for number, (heading, text) in enumerate(_CLAUSES, start=1)
    ]
    document = papers.publish(papers.enter(top(), entry, by=by, read_clauses=clauses), by=by)
    address = "https://vi-du.invalid/990"
    for kind, name, audience in (
        (MaterialKind.OUTLINE, "de-cuong", (PersonClass.COMMITTEE, PersonClass.KEY_CADRE)),
        (MaterialKind.SUMMARY, "tom-tat", (PersonClass.MEMBER,)),
    ):
        title = f"{kind.label} Nghị quyết số {NUMBER}"
        handout = Handout(kind, title, audiences=audience, link=f"{address}/{name}")
        materials.attach(document, handout, unit=top(), by=by)
    return document


def begin(wanted: Wanted, *, by: Actor) -> Campaign:
    """Plan the campaign, set its deadlines, give every unit what it owes; the roll is drawn afterwards."""
    document = publish(wanted, by=by)
    starts_on, ends_on = wanted.day(BEGAN), wanted.day(ENDS)
    answers = Answers(TITLE, starts_on, ends_on, documents=((document.pk, CampaignDocument.Mode.THOROUGH),))
    planned = campaigns.plan(top(), preset="thorough", answers=answers, by=by)
    changes = Changes(
        version=planned.version,
        title=TITLE,
        starts_on=starts_on,
        ends_on=ends_on,
        policy=planned.policy,
        deadlines=_deadlines(planned, wanted),
        lead_id=Unit.objects.get(code=tree.BOARD).pk,
    )
    return campaigns.begin_start(campaigns.adjust(planned, changes, by=by), by=by)


def _deadlines(planned: Campaign, wanted: Wanted) -> dict[tuple[int, int], datetime]:
    """Those of the demonstration's running campaign; reports are asked of communes only."""
    rows = Deadline.objects.filter(requirement__campaign=planned).select_related("requirement")
    found: dict[tuple[int, int], datetime] = {}
    for row in rows.order_by("pk"):
        requirement = row.requirement
        if requirement.kind == Requirement.Kind.REPORT and row.level == Level.BASE:
            continue
        days = drives.RUNNING.due.get((requirement.kind, requirement.tree, row.level))
        found[requirement.pk, row.level] = (
            row.due_at if days is None else end_of_day(wanted.day(BEGAN - days))
        )
    return found


def call(wanted: Wanted, *, by: Actor) -> Conference:
    """Call the conference; sites follow province by province."""
    running = campaign()
    document_id = running.documents.values_list("document_id", flat=True).get()
    chair = Person.objects.filter(home_unit__code=tree.FRONT).order_by("pk").first()
    plan = Plan(
        title=CONFERENCE,
        starts_at=wanted.moment(MET, 7, 30),
        ends_at=wanted.moment(MET, 11),
        campaign=running,
        form=Form.ONLINE,
        chair=chair.full_name if chair else "",
        chair_person_id=chair.pk if chair else None,
        head_taught=True,
        join_link="https://vi-du.invalid/hoi-nghi",
        agenda=(
            AgendaLine("Khai mạc", planned_minutes=10),
            AgendaLine(f"Giới thiệu Nghị quyết số {NUMBER}", document_id=document_id, planned_minutes=150),
            AgendaLine("Thảo luận, kết luận", planned_minutes=50),
        ),
        hub_place="Hội trường chính",
        hub_capacity=1_000,
    )
    return conferences.call(top(), plan, key=CONFERENCE[:60], by=by)


def add_sites(province: tree.Province, *, by: Actor) -> int:
    """A site in every commune, base organisation and remote cell of the province."""
    units = Unit.objects.filter(code__startswith=province.code).values_list("pk", "code").order_by("code")
    wanted = [pk for pk, code in units if code.split("-")[0] == province.code and tree.has_site(code)]
    return sites.add_for_units(conference(), wanted, form=Form.ONLINE, by=by)


def sites_of(codes: Iterable[str]) -> dict[str, Site]:
    """The sites of the conference at these units, by the code of their unit."""
    held = conference()
    rows = Site.objects.filter(conference=held, is_hub=False, unit__code__in=sorted(set(codes)))
    found: dict[str, Site] = {}
    for site in rows.select_related("unit").order_by("unit__code"):
        site.conference = held
        found[site.unit.code] = site
    return found


def close(*, by: Actor) -> int:
    """The conference is over: what was held is counted; returns how many sites that are."""
    closed = conferences.close(conference(), by=by)
    return closed.sites.filter(state=Site.State.CLOSED).count()
