"""Who came to the conference of the country, as its sites wrote it down: scans, lists, imported sheets; a few sites
that say nothing, some that only declare; people claimed at two sites; make-ups; cells that talked it over.
"""

from collections.abc import Sequence
from random import Random

from quantriet.conferences.commands import attendance, bulk, makeups
from quantriet.conferences.commands import sites as site_commands
from quantriet.conferences.commands.bulk import Sheet
from quantriet.conferences.models import Site
from quantriet.conferences.models.attendance import Source
from quantriet.org.access import Actor
from quantriet.web.demonstration import results, sessions
from quantriet.web.demonstration.ground import Ground, Soul
from quantriet.web.generation import drive, folk, tree
from quantriet.web.generation.folk import Cell
from quantriet.web.generation.scales import Wanted

KEY = "nhan-su"
WAYS = (0.72, 0.16, 0.12)
"""Scans, lists, imported sheets."""
CALLED = 0.39
"""The share of a site's people who are called to the conference itself; the others study with their cell."""
DECLARED = 0.06
SILENT = 3
CLAIMS = 6
HALLS_THAT_MADE_UP = 12
CELLS_THAT_MET = 4


def silent(wanted: Wanted, province: tree.Province) -> set[str]:
    """The two or three communes of a province that have not met and say nothing."""
    codes = [province.commune_code(place) for place in province.communes]
    return set(wanted.chance("silent", province.code).sample(codes, min(SILENT, max(0, len(codes) - 1))))


def declares_only(wanted: Wanted, code: str) -> bool:
    """Whether the sites of a commune have no devices and only declare totals."""
    return wanted.chance("declared", code).random() < DECLARED


def sheets(wanted: Wanted, codes: Sequence[str]) -> list[Sheet]:
    """What the sites of these communes wrote down."""
    by_site: dict[str, list[Soul]] = {}
    for cells in folk.cells(codes).values():
        for cell in cells:
            by_site.setdefault(tree.site_code(cell.unit.code), []).extend(cell.souls)
    sites = drive.sites_of(by_site)
    told: list[Sheet] = []
    for code, souls in by_site.items():
        chance = wanted.chance("marks", code)
        source = chance.choices((Source.SCAN, Source.LIST, Source.IMPORT), WAYS)[0]
        share = results.attendance(chance)
        called = [soul for soul in souls if soul.person_class <= 2 or chance.random() < CALLED]
        site = sites[code]
        marks = [sessions.mark_of(chance, soul, source, share, site) for soul in called]
        told.append(Sheet(site, [mark for mark in marks if mark is not None]))
    return told


def record(wanted: Wanted, province: tree.Province, codes: Sequence[str], *, by: Actor) -> int:
    """Write down who came in these communes; returns how many marks."""
    quiet = silent(wanted, province)
    named = [code for code in codes if code not in quiet and not declares_only(wanted, code)]
    told = sheets(wanted, named) if named else []
    written = bulk.record_all(drive.conference(), told, key=KEY, by=by) if told else 0
    for code in codes:
        if code not in quiet and declares_only(wanted, code):
            hall = drive.sites_of([code])[code]
            site_commands.report(hall, state=Site.State.CONNECTED, by=by)
    return written


def of_the_day(wanted: Wanted, province: tree.Province, *, by: Actor) -> int:
    """What else happened in a province: claims at two sites, make-ups, cells that met; the province's own hall."""
    named = [
        code
        for code in folk.tops(province)
        if code not in silent(wanted, province) and not declares_only(wanted, code)
    ]
    rows = _own_hall(wanted, province, by)
    rows += _claim_twice(wanted, province, named, by)
    rows += _make_up(named[::8][:HALLS_THAT_MADE_UP], by)
    return rows + _meet(wanted, named[:CELLS_THAT_MET], by)


def _own_hall(wanted: Wanted, province: tree.Province, by: Actor) -> int:
    site = drive.sites_of([province.code])[province.code]
    souls = folk.souls_of([site.unit]).get(site.unit_id, [])
    chance = wanted.chance("hall", province.code)
    marks = [sessions.mark_of(chance, soul, Source.LIST, 1.0, site) for soul in souls]
    told = [mark for mark in marks if mark is not None]
    attendance.record(site, told, by=by, key=KEY)
    return len(told)


def _claim_twice(wanted: Wanted, province: tree.Province, codes: Sequence[str], by: Actor) -> int:
    """A few people are scanned at a site where they are not expected: claims that wait for a decision."""
    chance = wanted.chance("claims", province.code)
    count = min(CLAIMS, len(codes) * 2)
    for number in range(count):
        code = chance.choice(codes)
        cells = [cell for cell in folk.cells([code])[code] if cell.souls]
        sites = drive.sites_of(tree.site_code(cell.unit.code) for cell in cells)
        home = chance.choice(cells)
        elsewhere = sorted(set(sites) - {tree.site_code(home.unit.code)})
        soul = chance.choice([soul for soul in home.souls if soul.is_summoned])
        other = sites[chance.choice(elsewhere)]
        mark = sessions.present(chance, soul, Source.SCAN, other.conference)
        attendance.record(other, [mark], by=by, key=f"quet-nham-{number}")
    return count


def _make_up(codes: Sequence[str], by: Actor) -> int:
    """In some halls those who missed the conference have watched the recording since."""
    rows = 0
    for code in codes:
        site = drive.sites_of([code])[code]
        away = site.attendances.filter(state__in=("excused", "absent")).order_by("person_id")
        ids = list(away.values_list("person_id", flat=True)[:6])
        if ids:
            makeups.make_up(site, ids, note="Xem lại bản ghi tại hội trường xã", key="hoc-bu", by=by)
            rows += len(ids)
    return rows


def _meet(wanted: Wanted, codes: Sequence[str], by: Actor) -> int:
    """One base cell of each of these communes has talked the resolution over: presence by name, remarks."""
    running = drive.campaign()
    document = running.documents.select_related("document").get().document
    met = 0
    for code in codes:
        cell = _base_cell(wanted.chance("met", code), folk.cells([code])[code])
        ground = Ground(
            wanted.seed, wanted.today, by, {cell.unit.code: cell.unit}, {cell.unit.pk: list(cell.souls)}
        )
        ago = wanted.chance("met-on", code).randint(2, 20)
        sessions.meet(cell.unit, running, document, ago=ago, ground=ground)
        met += 1
    return met


def _base_cell(chance: Random, cells: Sequence[Cell]) -> Cell:
    return chance.choice([cell for cell in cells if "-CB" in cell.unit.code and len(cell.souls) > 2])
