"""A generated commune: goes on where it was stopped, is the same for one seed, and its bulk ways leave what the
commands would leave.
"""

import hashlib
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from quantriet.campaigns.models import Campaign, Declaration, RollLine
from quantriet.campaigns.queries import Lens, board
from quantriet.conferences.commands import attendance, bulk
from quantriet.conferences.models import Attendance, AttendanceConflict, Conference
from quantriet.core.errors import DomainError
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import NOTHING
from quantriet.org import access
from quantriet.org.access import operator
from quantriet.org.commands import units
from quantriet.org.models import Person, Post, Unit
from quantriet.web.generation import drive, folk, logbook, mergers, running, stages, tree, turnout
from quantriet.web.generation.scales import Wanted
from quantriet.web.proofs.recount import recount

pytestmark = pytest.mark.django_db


def wanted(seed: int = 7, scale: str = "commune") -> Wanted:
    return Wanted(scale, seed, timezone.localdate())


def quiet(_words: str) -> None:
    return


class Stopped(Exception):  # noqa: N818 - what happens, not what is wrong
    """Somebody pulled the plug."""


def stop_at(title: str) -> running.Tell:
    """Pull the plug when a stage is told of."""

    def tell(words: str) -> None:
        if title in words:
            raise Stopped

    return tell


TOLD = (
    """SELECT book.title, unit.code, entry.measure, entry.slice, entry.grade, entry.occurred_on, sum(entry.amount)
       FROM ledger_entry AS entry JOIN ledger_book AS book ON book.id = entry.book_id
       JOIN org_unit AS unit ON unit.id = entry.unit_id GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6""",
    """SELECT unit.code, person.full_name, person.birth_date, person.phone FROM org_person AS person
       JOIN org_unit AS unit ON unit.id = person.home_unit_id ORDER BY 1, 2, 3, 4""",
    """SELECT meeting.title, unit.code, person.full_name, person.birth_date, mark.state, mark.in_at, mark.out_at,
              mark.source, mark.grade, mark.excuse, mark.client_id
       FROM conferences_attendance AS mark
       JOIN conferences_conference AS meeting ON meeting.id = mark.conference_id
       JOIN org_unit AS unit ON unit.id = mark.unit_id JOIN org_person AS person ON person.id = mark.person_id
       ORDER BY 1, 2, 3, 4, 5, 6, 7""",
    """SELECT unit.code, told.kind, told.figures, told.paper, told.happened_on FROM campaigns_declaration AS told
       JOIN org_unit AS unit ON unit.id = told.unit_id ORDER BY 1, 2""",
    """SELECT unit.code, owed.kind, owed.state, owed.done_on, owed.grade FROM campaigns_obligation AS owed
       JOIN org_unit AS unit ON unit.id = owed.unit_id ORDER BY 1, 2""",
)


def digest() -> str:
    """Of everything the generator decides, without ids and clocks."""
    told = hashlib.sha256()
    with access.whole_house("test"), connection.cursor() as cursor:
        for question in TOLD:
            cursor.execute(question)
            for row in cursor.fetchall():
                told.update(repr(row).encode())
    return told.hexdigest()


def made_and_taken_back(one: Wanted, *stops: str) -> str:
    """The digest of a generation that was stopped at each of these stages and started again."""
    with transaction.atomic():
        for stage in stops:
            with pytest.raises(Stopped):
                running.run(one, tell=stop_at(stage))
        running.run(one, tell=quiet)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_one_seed_gives_the_same_however_often_it_was_stopped() -> None:
    whole = made_and_taken_back(wanted())

    assert made_and_taken_back(wanted(), "Người", "Điểm danh", "Số khai") == whole
    assert made_and_taken_back(wanted(seed=8)) != whole  # control: the digest tells two seeds apart


def test_every_kind_of_row_is_there_and_every_tally_is_what_the_rows_say() -> None:
    made = running.run(wanted(), tell=quiet)

    with access.whole_house("test"):
        assert made.steps == len(
            [step for stage in stages.STAGES for step in stages.steps_of(stage, wanted())]
        )
        assert sorted(set(Unit.objects.values_list("level", flat=True))) == [0, 1, 2, 3, 4]
        assert Person.objects.count() == pytest.approx(1_700, rel=0.3)
        assert Campaign.objects.get().state == "active"
        assert set(Attendance.objects.values_list("state", flat=True)) >= {"excused", "late", "present"}
        assert set(Attendance.objects.values_list("source", flat=True)) == {"import", "list", "scan"}
        assert AttendanceConflict.objects.count() == turnout.CLAIMS
        assert set(Declaration.objects.values_list("kind", flat=True)) >= {"essays", "presence"}
        assert Conference.objects.get(title=drive.CONFERENCE).state == "closed"
        assert Post.objects.filter(title="head").count() > Unit.objects.filter(level__lt=4).count() / 2
        found = recount()
    assert (found.equal, found.differences) == (True, ())
    assert found.cells > 500


def test_a_cell_merged_in_mid_campaign_stands_below_its_heir_with_what_it_had_done() -> None:
    one = wanted()
    running.run(one, tell=quiet)
    codes = mergers.merged_and_heir(one, tree.provinces(one)[0])

    with access.acting(operator("test")):
        merged, heir = (Unit.objects.get(code=code) for code in codes)
        campaign = Campaign.objects.get()
        now = board(campaign, heir)
        before = Lens(on=one.day(1), as_then=True)
        then = board(campaign, heir, lens=before)
        own = board(campaign, merged, lens=before)

    assert (merged.closed_on, heir.closed_on) == (one.today, None)
    assert [row.unit for row in now.rows] == [merged]
    assert now.rows[0].amount(Measure.PRESENT) == own.top.amount(Measure.PRESENT) != NOTHING
    assert (now.top.amount(Measure.PRESENT), then.rows) == (
        then.top.amount(Measure.PRESENT) + own.top.amount(Measure.PRESENT),
        (),
    )


def test_a_second_start_finds_nothing_left_to_do() -> None:
    running.run(wanted(), tell=quiet)
    before = digest()

    again = running.run(wanted(), tell=quiet)

    assert (again.steps, digest()) == (0, before)


def test_goes_on_with_the_day_it_began_with() -> None:
    began = Wanted("commune", 7, timezone.localdate() - timedelta(days=3))
    with pytest.raises(Stopped):
        running.run(began, tell=stop_at("Đơn vị"))

    with access.whole_house("test"):
        assert logbook.refuse_other(wanted()) == began


@pytest.mark.parametrize(("scale", "seed"), [("commune", 8), ("province", 7)])
def test_refuses_another_wish_in_a_house_that_was_begun(scale: str, seed: int) -> None:
    with pytest.raises(Stopped):
        running.run(wanted(), tell=stop_at("Gốc"))

    with pytest.raises(DomainError) as refused:
        running.run(wanted(seed=seed, scale=scale), tell=quiet)

    assert refused.value.code == "generate.other"


def test_refuses_a_house_with_units_of_others() -> None:
    with access.acting(operator("test")):
        units.found(tree.top_specs(), by=operator("test"))

    with pytest.raises(DomainError) as refused:
        running.run(wanted(), tell=quiet)

    assert refused.value.code == "generate.not_empty"


def by_commands(sheets: list[bulk.Sheet]) -> None:
    for sheet in sheets:
        attendance.record(sheet.site, sheet.marks, by=operator("test"), key=turnout.KEY)


def in_bulk(sheets: list[bulk.Sheet]) -> None:
    bulk.record_all(drive.conference(), sheets, key=turnout.KEY, by=operator("test"))


ENTRIES = """
SELECT batch.key, batch.origin, batch.unit_id, entry.part, entry.unit_id, entry.measure, entry.slice, entry.grade,
       entry.occurred_on, entry.known_on, entry.amount
FROM ledger_entry AS entry JOIN ledger_batch AS batch ON batch.id = entry.batch_id ORDER BY 1, 4, 5, 6, 7, 8, 9
"""


def test_the_commands_give_the_same_marks_rows_entries_and_tallies() -> None:
    one = wanted()
    with pytest.raises(Stopped):
        running.run(one, tell=stop_at("Điểm cầu"))
    found = []
    for way in (by_commands, in_bulk):
        with transaction.atomic():
            with access.acting(operator("test")), connection.cursor() as cursor:
                way(turnout.sheets(one, folk.tops(tree.provinces(one)[0])))
                cursor.execute(ENTRIES)
                entries = cursor.fetchall()
                lines = list(
                    RollLine.objects.order_by("pk").values_list("pk", "fulfilled_on", "excuse", "means")
                )
            found.append((digest(), entries, lines))
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert {row[5] for row in found[0][1]} >= {
        Measure.PRESENT,
        Measure.ATTENDANCES,
        Measure.GUESTS,
        Measure.LATE,
    }


def test_the_country_has_its_provinces_communes_people_and_sites() -> None:
    country = wanted(scale="country")
    provinces = tree.provinces(country)
    specs = [*tree.top_specs(), *(spec for one in provinces for spec in tree.province_specs(country, one))]

    assert len(provinces) == 34
    assert sum(len(one.communes) for one in provinces) == 3_321
    assert len({spec.code for spec in specs}) == len(specs) == pytest.approx(60_000, rel=0.03)
    assert sum(folk.how_many(country).values()) == pytest.approx(5_600_000, rel=0.01)
    assert sum(map(tree.has_site, (spec.code for spec in specs))) == pytest.approx(31_000, rel=0.02)


def test_everybody_sits_at_a_site_that_exists() -> None:
    one = tree.provinces(wanted(scale="province"))[0]
    codes = {spec.code for spec in [*tree.top_specs(), *tree.province_specs(wanted(scale="province"), one)]}

    assert {tree.site_code(code) for code in codes} <= {code for code in codes if tree.has_site(code)} | {
        tree.TOP
    }
