"""What a board shows: what its address asks for, and its counts put into cells, one row a unit."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quantriet.campaigns import forms, queries
from quantriet.campaigns.models import Obligation, Requirement
from quantriet.campaigns.pages.board_markup import MAX_ROWS, Kept
from quantriet.campaigns.pages.looking import Looking, address, lens_of, lens_query, look
from quantriet.campaigns.queries import SIGNS_OF_LIFE, Board, BoardRow, Lens
from quantriet.core import tasks as core_tasks
from quantriet.core.components import Words, number_style
from quantriet.core.text import format_date, format_int, format_share, percent_value
from quantriet.ledger.indicators import INDICATORS, Indicator
from quantriet.ledger.measures import Measure
from quantriet.ledger.rollup import Amount
from quantriet.org import access
from quantriet.org.doors import ActorRequest
from quantriet.org.models import Tree, Unit
from quantriet.org.permissions import Can

GRADES = ("on_site", "entered_later", "documented", "declared")

# Which requirement an indicator belongs to; people who studied belong to the roll itself.
KIND_OF = {
    "materials": Requirement.Kind.MATERIALS,
    "conferences": Requirement.Kind.CONFERENCE,
    "essays": Requirement.Kind.ESSAYS,
    "programmes": Requirement.Kind.PROGRAMME,
    "on_time": Requirement.Kind.PROGRAMME,
    "outreach": Requirement.Kind.OUTREACH,
    "reports": Requirement.Kind.REPORT,
}
# Shares that stand in the table as one figure; the others stand there as the state of the unit's duty.
AS_SHARE = ("present", "essays", "outreach")
OF_PEOPLE = frozenset({"present", "essays"})


@dataclass(frozen=True)
class Share:
    """A figure of the board. ``part`` is ``None`` when nothing was reported, ``whole`` when none is owed."""

    code: str
    title: Words
    part: int | None
    whole: int | None
    href: str
    whole_href: str = ""

    @property
    def whole_words(self) -> str:
        """The denominator as text."""
        return format_int(self.whole or 0, number_style())

    @cached_property
    def percent(self) -> float | None:
        """The share in percent, for charts and sorting."""
        if self.part is None or not self.whole:
            return None
        value = percent_value(self.part, self.whole)
        return None if value is None else float(value)

    @cached_property
    def words(self) -> str:
        """The share as text, for the head of the board and for charts."""
        if self.part is None or not self.whole:
            return str(_("chưa báo cáo"))
        return format_share(self.part, self.whole, style=number_style())


@dataclass(frozen=True)
class Duty:
    """What a unit itself owes of a kind, and how many below it have done theirs."""

    title: Words
    state: str = ""
    label: Words = ""
    detail: str = ""
    part: int = 0
    whole: int = 0
    href: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    href: str
    shares: tuple[Share, ...]
    mix: Mapping[str, int]
    mix_href: str
    duties: tuple[Duty, ...]
    missing: int | None
    missing_href: str
    unit_id: int | None = None
    size: int = 0
    by_code: Mapping[str, Share] = field(default_factory=dict)
    key: tuple[object, ...] = ()

    @property
    def missing_words(self) -> str:
        """How many people are missing, in words."""
        return _("%(count)s người") % {"count": format_int(self.missing or 0, number_style())}

    @property
    def has_evidence(self) -> bool:
        """Whether there is anything to judge."""
        return any(self.mix.values())


ROWS: Kept[Row] = Kept(MAX_ROWS)


@dataclass(frozen=True)
class Shown:
    """What the address asks to see."""

    looking: Looking
    tree: str
    lens: Lens
    step: str
    order: str
    indicators: tuple[Indicator, ...]
    only_own: bool = False

    @property
    def query(self) -> dict[str, object]:
        """The filters as they stand in the address."""
        return {
            "cay": "" if self.tree == Tree.PARTY else self.tree,
            **lens_query(self.lens),
            "doi_tuong": self.lens.person_class or "",
            "buoc": "" if self.step == "present" else self.step,
            "xep": self.order,
            "rieng": 1 if self.only_own else "",
        }

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Everything that the rows of a board take from here, hashable."""
        codes = tuple(one.code for one in self.indicators)
        return (self.looking.campaign.pk, codes, tuple(self.query.items()))

    def href(self, name: str, unit: Unit | int | None, *args: object, **more: object) -> str:
        """A page of the campaign with the same filters."""
        if more or not self._filters:
            return address(name, self.looking.campaign, unit, *args, **{**self.query, **more})
        bare = address(name, self.looking.campaign, unit, *args)
        return f"{bare}{'&' if '?' in bare else '?'}{self._filters}"

    @cached_property
    def _filters(self) -> str:
        """The filters as every link of a board carries them: put together once, not thousands of times."""
        return address("campaign", self.looking.campaign, None, **self.query).partition("?")[2]


def shown(request: ActorRequest, campaign_id: int) -> tuple[Shown, forms.LensForm]:
    """Read the address. A filter that makes no sense is left out, and the form says so."""
    looking = look(request, campaign_id)
    lens, form = lens_of(request.GET)
    looking, tree = _in_tree(looking, request.GET.get("cay", ""))
    owed = set(
        Requirement.objects.filter(campaign=looking.campaign, tree=tree).values_list("kind", flat=True)
    )
    indicators = tuple(
        one
        for code, one in INDICATORS.items()
        if (code == "present" and tree == Tree.PARTY) or KIND_OF.get(code) in owed
    )
    codes = [one.code for one in indicators]
    step = request.GET.get("buoc", "")
    if step not in codes:
        step = codes[0] if codes and "present" not in codes else "present"
    order = request.GET.get("xep", "")
    order = order if order in (*codes, "missing") else ""
    only_own = request.GET.get("rieng") == "1"
    return Shown(looking, tree, lens, step, order, indicators, only_own), form


def _in_tree(looking: Looking, tree: str) -> tuple[Looking, str]:
    """The unit of the wanted organisation that stands beside the unit looked at, if there is one."""
    unit = looking.unit
    if tree not in Tree.values or tree == unit.tree:
        return looking, unit.tree
    committee = unit.pk if unit.tree == Tree.PARTY else unit.committee_id
    seen = access.units(looking.actor, Can.CAMPAIGN_READ)
    beside = (
        seen.filter(pk=committee or 0) if tree == Tree.PARTY else seen.filter(committee=committee, tree=tree)
    )
    found = beside.order_by("level", "sort_key", "id").first()
    if found is None:
        return looking, unit.tree
    return Looking(looking.actor, looking.campaign, found, looking.highest), tree


# ---- from counts to cells --------------------------------------------------------------------------------


def _share(view: Shown, one: Indicator, row: BoardRow, whole: BoardRow) -> Share:
    counts = row if one.code in OF_PEOPLE else whole
    part, denominator = counts.counts.get(one.numerator), counts.counts.get(one.denominator)
    known = part is not None or any(sign in row.counts for sign in SIGNS_OF_LIFE)
    measure = one.numerator.name.lower()
    unit = row.unit.pk if row.unit else None
    return Share(
        one.code,
        one.title,
        (part.total if part else 0) if known and denominator else None,
        denominator.total if denominator else None,
        view.href("campaign-figure", unit, measure) if unit else "",
        view.href("campaign-figure", unit, one.denominator.name.lower()) if unit else "",
    )


def mix_of(amount: Amount) -> dict[str, int]:
    """The evidence of a count as the bar wants it; a correction beyond a grade's own count shows as none."""
    return {grade: max(0, count) for grade, count in zip(GRADES, amount.by_grade, strict=True)}


def state_of(one: Obligation, now: datetime) -> tuple[str, Words]:
    """The state of an obligation and its word."""
    if one.state == Obligation.State.WAIVED:
        return "exempt", ""
    if one.state == Obligation.State.HANDED:
        return "exempt", _("Đã bàn giao")
    if one.state == Obligation.State.OPEN:
        return core_tasks.state_of(one.due_at, now), ""
    late = one.done_on is not None and one.done_on > access.local_day(one.due_at)
    return "done", _("Xong, muộn") if late else ""


def _duty(view: Shown, one: Indicator, whole: BoardRow, own: Mapping[str, Obligation], now: datetime) -> Duty:
    kind = KIND_OF[one.code]
    due, done = whole.amount(one.denominator).total, whole.amount(one.numerator).total
    obligation = None if view.lens.is_past else own.get(kind)
    href = view.href("campaign-figure", whole.unit, one.denominator.name.lower()) if whole.unit else ""
    if obligation is None:
        counted = one.code != "outreach"
        return Duty(one.title, part=done if counted else 0, whole=due if counted else 0, href=href)
    state, label = state_of(obligation, now)
    detail = format_date(access.local_day(obligation.due_at)) if obligation.state == "open" else ""
    if state in ("not_due", "due_soon"):  # the day says it; the table stays narrow
        label = _("Hạn") if state == "not_due" else _("Sắp hạn")
    below = (
        due > 1 and one.code != "outreach"
    )  # there the counts are of people, and stand in their own column
    return Duty(
        one.title, state, label, detail[:5], part=done if below else 0, whole=due if below else 0, href=href
    )


def _row(view: Shown, row: BoardRow, whole: BoardRow, own: Mapping[str, Obligation], now: datetime) -> Row:
    """One line of the table: made anew only when something that it shows has changed."""
    states = tuple((kind, one.state, one.due_at, *map(str, state_of(one, now))) for kind, one in own.items())
    key = (get_language(), view.key, row.key, None if whole is row else whole.key, states)
    return ROWS.get(key, lambda: dataclasses.replace(_new_row(view, row, whole, own, now), key=key))


def _new_row(
    view: Shown, row: BoardRow, whole: BoardRow, own: Mapping[str, Obligation], now: datetime
) -> Row:
    shares = {one.code: _share(view, one, row, whole) for one in view.indicators}
    summoned, present = row.amount(Measure.SUMMONED).total, row.amount(Measure.PRESENT).total
    unit = row.unit
    evidence = "present" if "present" in shares else next(iter(shares), "")
    measure = INDICATORS[evidence].numerator if evidence else Measure.PRESENT
    return Row(
        name=(unit.name if unit else str(_("Phần còn lại"))),
        href=view.href("campaign", unit) if unit else "",
        shares=tuple(share for code, share in shares.items() if code in AS_SHARE),
        mix=mix_of((row if evidence in OF_PEOPLE else whole).amount(measure)),
        mix_href=view.href("campaign-figure", unit, measure.name.lower()) if unit else "",
        duties=tuple(
            _duty(view, one, whole, own, now)
            for one in view.indicators
            if one.code not in ("present", "essays", "on_time")
        ),
        missing=max(0, summoned - present) if summoned and view.tree == Tree.PARTY else None,
        missing_href=address("campaign-missing", view.looking.campaign, unit) if unit else "",
        unit_id=unit.pk if unit else None,
        size=summoned,
        by_code=shares,
    )


def _ordered(view: Shown, rows: list[Row]) -> list[Row]:
    """By name as they come, or the worst first."""
    if view.order == "missing":
        return sorted(rows, key=lambda row: -(row.missing or 0))
    if view.order:

        def share_of(row: Row) -> float:
            share = row.by_code.get(view.order)
            return share.percent if share and share.percent is not None else -1.0

        return sorted(rows, key=share_of)
    return rows


@dataclass(frozen=True)
class BoardShown:
    """Everything of a board that the page, the sheet and the API show."""

    view: Shown
    top: Row
    rows: list[Row]
    own: Row | None
    board: Board


def build(view: Shown) -> BoardShown:
    """Count and put into cells: a fixed number of queries whatever the number of rows."""
    campaign, unit = view.looking.campaign, view.looking.unit
    board = queries.board(campaign, unit, lens=view.lens)
    seen = [row for row in board.rows if row.unit is not None]
    whole = board
    if view.lens.person_class:
        whole = queries.board(campaign, unit, lens=dataclasses.replace(view.lens, person_class=0))
    whole_rows = {row.unit.pk: row for row in whole.rows if row.unit is not None}
    ids = [row.unit.pk for row in seen if row.unit] + [unit.pk]
    owed = queries.duty_states(campaign, ids) if campaign.book_id and not view.lens.is_past else {}
    now = timezone.now()
    nothing: Mapping[str, Obligation] = {}
    rows = [
        _row(view, row, whole_rows.get(row.unit.pk, row), owed.get(row.unit.pk, nothing), now)
        for row in seen
        if row.unit
    ]
    top = _row(view, board.top, whole.top, owed.get(unit.pk, nothing), now)
    alone = dataclasses.replace(view, only_own=True)
    own = _row(alone, board.own, whole.own, owed.get(unit.pk, nothing), now) if seen else None
    has_own = own is not None and bool(board.own.counts or whole.own.counts)
    return BoardShown(view, top, _ordered(view, rows), own if has_own else None, board)
