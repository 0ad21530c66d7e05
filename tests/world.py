"""Five places with a row of everything, each text marked with the place: what a reader may never see shows.

``own`` is the commune in which the actors act, ``child`` a cell below it, ``parent`` the province above,
``sibling`` another commune of that province, ``foreign`` a commune of another province.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from quantriet.campaigns.commands import freezes, reminders
from quantriet.campaigns.models import Campaign, Obligation, ReminderLine, RollLine
from quantriet.conferences.commands import photos, sites
from quantriet.conferences.models import AttendanceConflict
from quantriet.documents.models import Clause, DocumentVersion, Material
from quantriet.lecturers.commands import programme as programmes
from quantriet.lecturers.commands.programme import Month
from quantriet.lecturers.models import Lecturer
from quantriet.org import access
from quantriet.org.commands import acts, own_data
from quantriet.org.models import (
    ActKind,
    DataRequest,
    Facility,
    FacilityRequest,
    Import,
    Person,
    Post,
    RoleAssignment,
    Unit,
)
from quantriet.org.proposals import Proposal
from quantriet.reports.commands import reports
from quantriet.web.models import ApiToken
from tests import factories
from tests import factories_campaigns as made
from tests import factories_conferences as called
from tests import factories_lecturers as lecturing
from tests.factories import operator
from tests.factories_conferences import PICTURE

PLACES = ("own", "child", "parent", "sibling", "foreign")

# Parameters that choose a form of a page, not a row.
WORDS: dict[str, tuple[str, ...]] = {
    "kind": ("presence", "people", "docx"),
    "code": ("present", "leadership"),
    "name": ("present", "conferences_due"),
    "form": ("json", "xlsx"),
    "act_kind": ("merge", "split"),
    "language": ("vi", "en"),
    "what": ("joined", "left"),
}


def mark(place: str, thing: str) -> str:
    """The canary of a thing at a place: a word that stands nowhere else."""
    return f"Kx{thing}{place}Xk"


@dataclass
class World:
    """The units and what hangs on them. ``ids`` maps the name of a route's parameter to the row of each place."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    ids: dict[str, dict[str, int | str]] = field(default_factory=dict)

    def keep(self, parameter: str, place: str, value: int | str) -> None:
        """Remember the row of a place for a parameter."""
        self.ids.setdefault(parameter, {})[place] = value


def build() -> World:
    """Everything; through the commands where a test may call them."""
    world = World()
    province, other = factories.province(), factories.province("Đảng bộ tỉnh Khác")
    own = factories.commune(province, f"Đảng bộ xã {mark('own', 'unit')}")
    world.units = {
        "parent": province,
        "own": own,
        "child": factories.cell(own, f"Chi bộ {mark('child', 'unit')}"),
        "sibling": factories.commune(province, "Đảng bộ xã Bên Cạnh"),
        "foreign": factories.commune(other, f"Đảng bộ xã {mark('foreign', 'unit')}"),
    }
    for place in PLACES:
        _people(world, place)
    for place in ("own", "parent", "sibling", "foreign"):
        _campaign(world, place)
    for place in PLACES:
        _conference(world, place)
        _lecture(world, place)
    for place in ("own", "sibling", "foreign"):
        _report(world, place)
    return world


def _people(world: World, place: str) -> None:
    unit = world.units[place]
    person = factories.person(unit, f"Trần Thị {mark(place, 'person')}")
    world.people[place] = person
    world.keep("unit_id", place, unit.pk)
    world.keep("person_id", place, person.pk)
    account = factories.account("clerk", unit)
    himself = factories.actor("member", unit, of=person)
    with access.acting(himself):
        request = own_data.ask(
            person, kind=DataRequest.Kind.CORRECT, text=f"Sửa {mark(place, 'person')}", by=himself
        )
    with access.acting(operator()):
        staged = Import.objects.create(
            unit=unit,
            kind="people",
            file_name=f"{mark(place, 'person')}.xlsx",
            sha256="0" * 64,
            file_kind="xlsx",
        )
        act = acts.carry_out(_renaming(unit, place), by=operator())
        hall = Facility.objects.create(unit=unit, name=f"Hội trường {mark(place, 'unit')}")
        asked = FacilityRequest.objects.create(unit=unit, need="line", text=mark(place, "person"))
        post = Post.objects.create(
            person=person,
            unit=unit,
            title="deputy",
            label=f"Phó {mark(place, 'person')}",
            from_on="2026-01-01",
        )
        token = ApiToken.objects.create(
            label=mark(place, "person"),
            digest=place.ljust(64, "0"),
            account=account,
            unit=unit,
            scopes=["home"],
            expires_at=timezone.now() + timedelta(days=9),
        )
    world.keep("token_id", place, token.pk)
    world.keep("facility_id", place, hall.pk)
    world.keep("facility_request_id", place, asked.pk)
    world.keep("post_id", place, post.pk)
    world.keep("account_id", place, account.pk)
    world.keep("assignment_id", place, RoleAssignment.objects.get(account=account).pk)
    world.keep("request_id", place, request.pk)
    world.keep("import_id", place, staged.pk)
    world.keep("act_id", place, act.pk)


def _renaming(unit: Unit, place: str) -> Proposal:
    """A name to come: it waits for its day and changes nothing here."""
    today = timezone.localdate()
    return Proposal(
        kind=ActKind.RENAME,
        decision=f"{mark(place, 'unit')}-QĐ",
        decided_on=today,
        effective_on=today + timedelta(days=400),
        units=(unit.pk,),
        name=f"{unit.name} (mới)",
    )


def _campaign(world: World, place: str) -> None:
    unit = world.units[place]
    document = made.document(unit)
    world.keep("document_id", place, document.pk)
    campaign = made.started_titled(unit, [document], f"Đợt {mark(place, 'campaign')}")
    world.campaigns[place] = campaign
    world.keep("campaign_id", place, campaign.pk)
    by = operator()
    with access.acting(by):
        clause = Clause.objects.create(
            document=document, position=1, kind="item", path="1", text=mark(place, "document"), folded=""
        )
        version = DocumentVersion.objects.create(
            document=document, ordinal=1, file_hash="0" * 64, file_name="a.pdf", media_type="x", size=1
        )
        material = Material.objects.create(
            document=document,
            unit=unit,
            kind="outline",
            title=mark(place, "document"),
            link="https://vi-du.invalid/a",
        )
        line = RollLine.objects.filter(campaign=campaign, unit=unit).first()
        owed = Obligation.objects.filter(campaign=campaign, unit=unit).order_by("pk")[0]
        reminder = reminders.remind(
            campaign, [unit.pk], kind=owed.kind, channel="phone", text="Nhắc", key=f"walk-{place}", by=by
        )
        reminded = ReminderLine.objects.get(reminder=reminder)
        frozen = freezes.freeze(campaign, unit, label=f"Kỳ {mark(place, 'campaign')}", by=by)
    world.keep("freeze_id", place, frozen.pk)
    world.keep("clause_id", place, clause.pk)
    world.keep("version_id", place, version.pk)
    world.keep("material_id", place, material.pk)
    world.keep("line_id", place, line.pk if line is not None else reminded.pk)
    world.keep("obligation_id", place, owed.pk)
    world.keep("reminder_id", place, reminder.pk)


def _report(world: World, place: str) -> None:
    unit = world.units[place]
    secretary = factories.actor("secretary", unit)
    with access.acting(secretary):
        report = reports.draft(world.campaigns[place], unit, by=secretary)
        reports.write(report, section="leadership", text=mark(place, "report"), version=0, by=secretary)
    world.keep("report_id", place, report.pk)


def _lecture(world: World, place: str) -> None:
    """Somebody who serves in the corps, a lecture he is sent to and one that waits."""
    unit = world.units[place]
    lecturer = lecturing.serving(unit, world.people[place])
    sent = lecturing.asked(unit, title=f"Buổi nói {mark(place, 'conference')}")
    outline = lecturing.sent(sent, lecturer)
    lecturing.asked(unit, days=20, title=f"Buổi chờ {mark(place, 'conference')}")
    with factories.looking_everywhere():
        outline.text = mark(place, "report")
        outline.save(update_fields=("text",))
    world.keep("lecturer_id", place, lecturer.pk)
    world.keep("lecture_id", place, sent.pk)
    _year_of_lecturers(world, place, lecturer)


def _year_of_lecturers(world: World, place: str, lecturer: Lecturer) -> None:
    """What a unit does with its corps in a year: a session of its own, a bulletin with an issue, a course."""
    unit, title = world.units[place], mark(place, "conference")
    talk = lecturing.talk(unit, title=title, lecturer_id=lecturer.pk)
    bulletin = lecturing.bulletin(unit, title=title)
    world.keep("talk_id", place, talk.pk)
    world.keep("bulletin_id", place, bulletin.pk)
    world.keep("issue_id", place, lecturing.issue(bulletin, title=title).pk)
    world.keep("training_id", place, lecturing.training(unit, [lecturer], title=title).pk)
    with access.acting(operator()):
        themes = [Month(1, mark(place, "conference"))]
        year = timezone.localdate().year
        programmes.publish(programmes.plan(unit, year, themes, by=operator()), by=operator())


def _conference(world: World, place: str) -> None:
    unit = world.units[place]
    campaign = world.campaigns.get(place)
    conference = called.called(unit, campaign, title=f"Hội nghị {mark(place, 'conference')}")
    hall = called.hub(conference)
    called.mark(hall, [world.people[place]])
    with access.acting(operator()):
        claim = AttendanceConflict.objects.create(
            conference=conference,
            site=hall,
            unit=unit,
            person=world.people[place],
            state="present",
            at=timezone.now(),
            source="list",
            actor=mark(place, "person"),
        )
        photo = photos.keep(hall, [PICTURE], by=operator())[0]
        incident = sites.begin_incident(hall, kind="lost_line", by=operator())
    world.keep("incident_id", place, incident.pk)
    world.keep("photo_id", place, photo.pk)
    world.keep("claim_id", place, claim.pk)
    world.keep("conference_id", place, conference.pk)
    world.keep("site_id", place, hall.pk)
