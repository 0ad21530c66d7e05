"""Loads the demonstration into an empty house, part after part, each in transactions of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign
from quantriet.core.errors import DomainError
from quantriet.documents.commands import receipts
from quantriet.documents.models import Document
from quantriet.ledger import commands as ledger
from quantriet.org import access, notices
from quantriet.org.access import Actor
from quantriet.org.commands import people as person_commands
from quantriet.org.commands import units as unit_commands
from quantriet.org.models import Person, Tree, Unit, UnitKind
from quantriet.org.models.people import PostTitle
from quantriet.org.notices import NoticeText
from quantriet.web.demonstration import (
    accounts,
    drives,
    halls,
    papers,
    people,
    reporting,
    results,
    sessions,
    speakers,
    statistics,
    tree,
)
from quantriet.web.demonstration.ground import Ground, souls_of
from quantriet.web.demonstration.results import Pace
from quantriet.web.demonstration.sessions import Session

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """What to load. ``communes``: how many of them (``None``: all 102); ``people``: about how many."""

    seed: int
    today: date
    communes: int | None = None
    people: int = 20_000


def load(wanted: Wanted, *, tell: Tell) -> Ground:
    """Load the demonstration. The same ``seed`` and ``today`` give the same figures.

    Refuses outside a demonstration (``demo.off``), where units are (``demo.not_empty``) and a day that has
    not come yet (``demo.future``): the server's clock grades what happened.
    """
    _refuse(wanted)
    by = access.operator("Dữ liệu trình diễn")
    with _part(tell, "Cây đơn vị và người"), access.acting(by):
        ground = _settle(wanted, by)
    statistics.refresh()
    with _part(tell, "Văn bản"), access.acting(by):
        province = ground.units[tree.PROVINCE]
        documents = {one: papers.publish(one, province, today=wanted.today, by=by) for one in papers.ALL}
    for drive, paper, go in (
        (drives.FIRST, papers.RESOLUTION_A, _first),
        (drives.SECOND, papers.DIRECTIVE, _second),
        (drives.RUNNING, papers.RESOLUTION_B, _running),
    ):
        with _part(tell, drive.title):
            with access.acting(by):
                campaign = drives.start(drive, documents[paper], ground=ground)
            statistics.refresh()
            with access.acting(by):
                go(campaign, ground, documents[paper])
    with _part(tell, "Sinh hoạt chi bộ, báo cáo, tài khoản"), access.acting(by):
        _meetings(ground, campaign, documents[papers.RESOLUTION_B])
        reporting.of_the_day(campaign, share=0.37, ground=ground)
        told = accounts.open_all(ground)
        _known_already(ground, [documents[papers.RESOLUTION_A], documents[papers.DIRECTIVE]])
        _ask_the_inspector(ground, campaign)
    with _part(tell, "Báo cáo viên, hội trường"), access.acting(by):
        speakers.serve(ground)
        halls.equip(ground)
    keep = settings.QUANTRIET.home / "demo-accounts.txt"
    keep.write_text(told, encoding="utf-8")
    return ground


def _settle(wanted: Wanted, by: Actor) -> Ground:
    """The trees and the people."""
    places = tree.places()
    if wanted.communes is not None:
        places = sorted(places, key=lambda place: place.name != accounts.TOWN)[: wanted.communes]
    chance = Random(f"{wanted.seed}:tree")  # noqa: S311 - invented data, nothing secret
    units = unit_commands.found(tree.specs(chance, places), by=by)
    chance = Random(f"{wanted.seed}:people")  # noqa: S311 - as above
    specs = people.specs(chance, units, wanted=wanted.people, today=wanted.today)
    registered = person_commands.register(specs, by=by)
    souls = souls_of(specs, registered.ids)
    ground = Ground(wanted.seed, wanted.today, by, {unit.code: unit for unit in units}, souls)
    _second_posts(ground)
    return ground


def _second_posts(ground: Ground) -> None:
    """In some communes one person holds two posts: he counts once as a person, twice as attendances."""
    chance = ground.chance("posts")
    for front in ground.of_kinds(UnitKind.MASS, tree=Tree.FRONT)[1:]:
        committee = ground.units[f"{tree.PROVINCE}-{front.code.rpartition('-')[2]}"]
        if chance.random() < 0.15:
            person = Person.objects.get(pk=ground.souls[committee.pk][0].person_id)
            person_commands.give_post(
                person,
                front,
                title=PostTitle.DEPUTY,
                label="Ủy viên Ban Thường trực",
                on=people.since(ground.today),
                by=ground.by,
            )


def _first(campaign: Campaign, ground: Ground, document: Document) -> None:
    """Ten months ago: figures declared in totals, much of it without a list."""
    del document  # nobody was recorded by name, so no session rests on it
    meeting = [unit for top in ground.subordinates for unit in ground.below(top)]
    results.presence(campaign, meeting, Pace(295, 275, 0.985, paper=0.55), ground=ground)
    results.materials(campaign, Pace(308, 302, 0.96), ground=ground)
    results.essays(campaign, Pace(275, 262, 0.97, paper=0.5), ground=ground)
    results.programmes(campaign, Pace(280, 240, 0.92), late=0.20, ground=ground)
    results.outreach(campaign, Pace(250, 225, 0.95), ground=ground)
    reporting.on_paper(campaign, Pace(260, 238, 0.93, paper=0.8), ground=ground)
    drives.finish(drives.FIRST, campaign, ground=ground)


def _second(campaign: Campaign, ground: Ground, document: Document) -> None:
    """Half a year ago: one streamed conference, lists and sheets sent in afterwards."""
    session = Session(
        "Hội nghị trực tuyến toàn tỉnh phổ biến Chỉ thị số 07-CT/TU",
        ago=163,
        hours=(7, 10),
        ways=(0.1, 0.5, 0.4),
        silent=1,
        declared=0.08,
    )
    sessions.end(sessions.hold(session, campaign, document, ground=ground), ground=ground)
    reporting.on_paper(campaign, Pace(150, 132, 0.94, paper=0.8), ground=ground)
    drives.finish(drives.SECOND, campaign, ground=ground)


def _running(campaign: Campaign, ground: Ground, document: Document) -> None:
    """Five weeks ago until today: scanned at most sites, a few have not met, essays are coming in."""
    results.materials(campaign, Pace(34, 27, 0.96), ground=ground)
    session = Session(
        "Hội nghị trực tuyến toàn tỉnh quán triệt Nghị quyết số 12-NQ/TU",
        ago=29,
        hours=(7, 11),
        ways=(0.72, 0.16, 0.12),
        silent=3,
        declared=0.06,
    )
    conference = sessions.hold(session, campaign, document, ground=ground)
    sessions.claim_twice(conference, count=6, ground=ground)
    sessions.end(conference, ground=ground)
    halls.pay(conference, ground=ground)
    sessions.make_up(conference, ground.subordinates[::4], ground=ground)
    results.essays(campaign, Pace(20, 1, 0.72, paper=0.45), ground=ground)
    results.programmes(campaign, Pace(16, 1, 0.91), late=0.21, ground=ground)
    results.outreach(campaign, Pace(15, 1, 0.40), ground=ground)


def _meetings(ground: Ground, campaign: Campaign, document: Document) -> None:
    """Cells that talked it over, and those that will this evening."""
    chance = ground.chance("meetings")
    for unit in sessions.cells_that_met(ground, communes=4):
        sessions.meet(unit, campaign, document, ago=chance.randint(2, 20), ground=ground)
    for unit in accounts.cells_of_the_day(ground):
        meeting = sessions.plan_meeting(unit, campaign, document, ago=0, ground=ground)
        sessions.in_two_shifts(meeting, ground=ground)


def _known_already(ground: Ground, documents: list[Document]) -> None:
    """The units of the accounts have said long ago that they have the older papers."""
    for seat in accounts.seats(ground):
        if seat.role in ("secretary", "clerk", "front_officer"):
            receipts.acknowledge(documents, unit=seat.unit, by=ground.acting_for(seat.unit))


def _ask_the_inspector(ground: Ground, campaign: Campaign) -> None:
    """The board asks the inspection committee to look at those who have not met."""
    notice = NoticeText(
        title="Đề nghị xem các đơn vị chưa tổ chức hội nghị",
        text="Ba đảng bộ xã quá hạn tổ chức hội nghị quán triệt Nghị quyết số 12-NQ/TU; đề nghị cho ý kiến.",
        link=f"{reverse('campaign-missing', args=[campaign.pk])}?loai=conference",
        key=f"demonstration:{campaign.pk}:inspection",
    )
    notices.notify([ground.units[tree.INSPECTION].pk], notice)


def _refuse(wanted: Wanted) -> None:
    if not settings.QUANTRIET.demo:
        raise DomainError(
            "demo.off", _("Chỉ nạp dữ liệu trình diễn khi chạy trình diễn (make demo). Chưa ghi gì.")
        )
    if Unit.objects.exists():
        raise DomainError("demo.not_empty", _("Hệ thống đã có đơn vị; không nạp dữ liệu trình diễn."))
    if wanted.today > timezone.localdate():
        raise DomainError("demo.future", _("Ngày của dữ liệu chưa đến. Chưa ghi gì; hãy chọn ngày sớm hơn."))


@contextmanager
def _part(tell: Tell, name: str) -> Iterator[None]:
    """Say what is being loaded and how long it took; what was posted meanwhile is folded."""
    begun = time.monotonic()
    yield
    with access.whole_house("demonstration"):
        ledger.fold()
    tell(f"  {name}: {time.monotonic() - begun:.1f} s")
