"""A province at work: 2,300 units, 256,000 people, one campaign full, a conference that has just begun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from quantriet.campaigns.commands import campaigns, credits
from quantriet.campaigns.commands.credits import Claim, Session
from quantriet.campaigns.models import Campaign, CampaignDocument, Credit, RollLine
from quantriet.conferences.commands import attendance, conferences, sites
from quantriet.conferences.commands.attendance import Mark
from quantriet.conferences.commands.conferences import AgendaLine, Plan
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.verdicts import Act, Ask
from quantriet.ledger import commands as ledger
from quantriet.ledger.measures import Form, Grade
from quantriet.org import access
from quantriet.org.commands import accounts, people, units
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.models import Account, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can
from quantriet.web import tokens
from quantriet.web.bench.measured import Results
from quantriet.web.demonstration import papers, results, statistics, tree
from quantriet.web.demonstration import people as invented
from quantriet.web.demonstration.accounts import PASSWORD, TOWN
from quantriet.web.demonstration.drives import RUNNING
from quantriet.web.demonstration.ground import Ground, souls_of
from quantriet.web.demonstration.results import Pace

CHUNK = 5000
STUDIED = 0.95


@dataclass(frozen=True)
class Size:
    """How much is measured; ``seconds`` is how long check-ins come in."""

    communes: int
    people: int
    imported: int
    seconds: int


SIZES = {"province": Size(102, 256_000, 100_000, 20), "small": Size(3, 2_000, 2_000, 4)}


@dataclass(frozen=True)
class Province:
    """What was filled: ids that the measurements need."""

    ground: Ground
    campaign: Campaign
    conference: Conference
    officer: Account
    key: str

    @property
    def top(self) -> Unit:
        """The province itself."""
        return self.ground.units[tree.PROVINCE]


def fill(size: Size, found: Results) -> Province:
    """Make the province; the steps that have a goal are measured on the way."""
    by = access.operator("Đo tốc độ")
    with access.acting(by):
        ground = _settle(size, by, found)
        document = papers.publish(papers.RESOLUTION_B, ground.units[tree.PROVINCE], today=ground.today, by=by)
        answers = campaigns.Answers(
            RUNNING.title,
            ground.day(RUNNING.began),
            ground.day(RUNNING.ends),
            documents=((document.pk, CampaignDocument.Mode.THOROUGH),),
        )
        campaign = campaigns.plan(ground.units[tree.PROVINCE], preset=RUNNING.preset, answers=answers, by=by)
    statistics.refresh()
    campaign = _start(campaign, ground, found)
    statistics.refresh()
    with found.timed("fill: 95 % of the roll credited"):
        _credit(campaign, document.pk, ground)
    with access.acting(by):
        results.materials(campaign, Pace(34, 27, 0.96), ground=ground)
        results.essays(campaign, Pace(20, 1, 0.85), ground=ground)
        results.programmes(campaign, Pace(16, 1, 0.91), late=0.21, ground=ground)
    fold(found)
    with access.acting(by):
        conference = _call(campaign, document.pk, ground)
        officer, key = _officer(ground)
    return Province(ground, campaign, conference, officer, key)


def fold(found: Results) -> None:
    """Everything posted so far into the tallies, in one fold."""
    with access.whole_house("bench"), found.timed("fold of everything posted by the filling"):
        folded = ledger.fold()
    found.add("entries of that fold", folded, "entries")


def _settle(size: Size, by: access.Actor, found: Results) -> Ground:
    places = sorted(tree.places(), key=lambda place: place.name != TOWN)[: size.communes]
    today = timezone.localdate()
    empty = Ground(1, today, by, {}, {})
    made = units.found(tree.specs(empty.chance("tree"), places), by=by)
    specs = invented.specs(empty.chance("people"), made, wanted=size.people, today=today, largest=1000)
    with found.timed(f"register {len(specs)} people through the command"):
        ids = people.register(specs, by=by).ids
    return Ground(1, today, by, {unit.code: unit for unit in made}, souls_of(specs, ids))


def _start(campaign: Campaign, ground: Ground, found: Results) -> Campaign:
    """As the worker does it: a transaction a chunk."""
    by = ground.by
    name = f"start a campaign for {len(ground.units)} units, roll of {sum(map(len, ground.souls.values()))}"
    with found.timed(name, goal=60):
        with access.acting(by):
            campaign = campaigns.begin_start(campaign, by=by)
            chunks = campaigns.roll_chunks(campaign)
        for top_id in chunks:
            with access.acting(by):
                campaigns.draw_roll(campaign, top_id, by=by)
        with access.acting(by):
            campaign = campaigns.finish_start(campaign, by=by)
    return campaign


def _credit(campaign: Campaign, document_id: int, ground: Ground) -> None:
    """19 people of 20 have studied: claimed in lists, as conferences claim."""
    session = Session(Level.PROVINCE, Form.ONLINE, (document_id,))
    on = ground.day(29)
    with access.acting(ground.by):
        lines = RollLine.objects.filter(campaign=campaign).order_by("pk").values_list("person_id", flat=True)
        ids = [person_id for at, person_id in enumerate(lines) if at % 20]
    for first in range(0, len(ids), CHUNK):
        claims = [
            Claim(person_id, f"bench:{person_id}", Credit.Means.ATTENDED, Grade.ON_SPOT, on)
            for person_id in ids[first : first + CHUNK]
        ]
        with access.acting(ground.by):
            batch = ledger.begin(_book(campaign), by=ground.by, origin="bench.credit", key=f"bench:{first}")
            credits.credit(campaign, claims, session=session, batch_id=batch.batch_id, by=ground.by)


def _book(campaign: Campaign) -> int:
    if campaign.book_id is None:
        raise ValueError("the campaign has no book")
    return campaign.book_id


def _call(campaign: Campaign, document_id: int, ground: Ground) -> Conference:
    """A conference that began ten minutes ago, with a site in every commune."""
    now = timezone.now()
    plan = Plan(
        title="Hội nghị trực tuyến toàn tỉnh (đo tốc độ)",
        starts_at=now - timedelta(minutes=10),
        ends_at=now + timedelta(hours=3),
        campaign=campaign,
        form=Form.ONLINE,
        agenda=(AgendaLine("Giới thiệu nghị quyết", document_id=document_id, planned_minutes=90),),
    )
    conference = conferences.call(ground.units[tree.PROVINCE], plan, key=f"bench-{campaign.pk}", by=ground.by)
    sites.add_for_units(conference, [unit.pk for unit in ground.subordinates], form=Form.ONLINE, by=ground.by)
    return conference


def _officer(ground: Ground) -> tuple[Account, str]:
    spec = AccountSpec(
        "Cán bộ đo tốc độ",
        "officer",
        ground.units[tree.BOARD].pk,
        username="officer",
        password=PASSWORD,
        is_demo=True,
    )
    slip = accounts.open_accounts([spec], by=ground.by)[0]
    officer = Account.objects.get(pk=slip.account_id)
    scopes = frozenset({Can.ATTENDANCE_RECORD, Can.CAMPAIGN_READ})
    _token, key = tokens.create(
        officer, ground.units[tree.BOARD], label="bench", scopes=scopes, days=2, by=ground.by
    )
    return officer, key


def summoned_anew(place: Province) -> Province:
    """The same people called to study again, and nobody has yet: whom the measurements check in."""
    by, ground = place.ground.by, place.ground
    document_id = place.campaign.documents.values_list("document_id", flat=True)[0]
    with access.acting(by):
        answers = campaigns.Answers(
            f"{RUNNING.title} (lần hai)",
            ground.day(RUNNING.began),
            ground.day(RUNNING.ends),
            documents=((document_id, CampaignDocument.Mode.THOROUGH),),
        )
        campaign = campaigns.plan(place.top, preset=RUNNING.preset, answers=answers, by=by)
    campaign = _start(campaign, ground, Results(lambda _words: None))
    statistics.refresh()
    with access.acting(by):
        conference = _call(campaign, document_id, ground)
    return replace(place, campaign=campaign, conference=conference)


def waiting(place: Province, count: int) -> Sequence[tuple[int, int]]:
    """People who have not studied, each with the site where he is expected: (person, site)."""
    codes = {unit.pk: results.top_code(unit) for unit in place.ground.units.values() if "-" in unit.code}
    with access.acting(place.ground.by):
        site_of = {
            site.unit.code: site.pk
            for site in Site.objects.filter(conference=place.conference).select_related("unit")
        }
        lines = (
            RollLine.objects.filter(campaign=place.campaign, fulfilled_on=None, state="summoned")
            .order_by("pk")
            .values_list("person_id", "unit_id")[: count * 2]
        )
        found = [
            (person_id, site_of[codes[unit_id]])
            for person_id, unit_id in lines
            if codes.get(unit_id, "") in site_of
        ]
    return found[:count]


def arrive(place: Province, people: Sequence[tuple[int, int]]) -> None:
    """These people are there, each at his site: one call a site."""
    by_site: dict[int, list[Mark]] = {}
    for person_id, site_id in people:
        by_site.setdefault(site_id, []).append(Mark(Ask(Act.PRESENT), person_id=person_id))
    by = place.ground.by
    with access.acting(by):
        sites_of = Site.objects.select_related("conference__campaign", "unit").in_bulk(by_site)
        for site_id, marks in by_site.items():
            attendance.record(sites_of[site_id], marks, by=by, key="bench-arrived")
