"""Reads of reports: which may be seen, whose turn it is, what the figures are and where they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quantriet.campaigns import queries as campaigns
from quantriet.campaigns.models import Campaign, Declaration, Obligation, Requirement
from quantriet.conferences.models import Conference
from quantriet.core import tasks as core_tasks
from quantriet.core.tasks import Task
from quantriet.core.text import format_date
from quantriet.ledger import queries as ledger
from quantriet.ledger.queries import Mark
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Tree, Unit
from quantriet.org.models.units import Level
from quantriet.org.permissions import Can
from quantriet.org.queries import units
from quantriet.reports import counts, outlines
from quantriet.reports.checking import Dispute, Draft, Finding, check
from quantriet.reports.counts import Annex, Counts, FigureValue, Part
from quantriet.reports.models import Kind, Report, ReportFigure, ReportOutline
from quantriet.reports.outlines import Section
from quantriet.reports.papers import Paper

NOT_REPORTED, IN_HAND_AGAIN = "chưa báo cáo", "báo cáo đang sửa lại"

# --- who may see and do what --------------------------------------------------------------------------------


def own_unit(by: Actor) -> Unit | None:
    """The unit whose reports the actor writes: where he acts, for a board the committee it is attached to.

    Nothing for the operator of the server, who acts for whichever unit is named.
    """
    return access.home(by)


def writable(by: Actor) -> QuerySet[Report]:
    """Reports of the actor's own unit. A superior does not write what its subordinates answer for."""
    rows = _joined().filter(unit__in=access.units(by, Can.REPORT_WRITE))
    own = own_unit(by)
    return rows if own is None else rows.filter(unit=own)


def readable(by: Actor) -> QuerySet[Report]:
    """The own unit's reports, and those units below have sent at least once: a draft is its writers' alone."""
    own = own_unit(by)
    sent = Q(sending__gt=0, unit__in=access.units(by, Can.CAMPAIGN_READ))
    if own is None:
        return _joined().filter(unit__in=access.units(by, Can.CAMPAIGN_READ))
    return _joined().filter(sent | Q(unit=own, unit__in=access.units(by, Can.REPORT_WRITE)))


def reviewable(by: Actor) -> QuerySet[Report]:
    """Sent reports of units directly below a unit where the actor reviews; never the own unit's."""
    over = access.units(by, Can.REPORT_REVIEW)
    directly = access.today_placements().filter(unit=OuterRef("unit_id"), parent__in=over)
    tied = Unit.objects.filter(pk=OuterRef("unit_id"), committee__in=over).exclude(
        Exists(access.today_placements().filter(unit=OuterRef("pk"), parent__isnull=False))
    )
    own = own_unit(by)
    rows = _joined().filter(Exists(directly) | Exists(tied), sending__gt=0)
    return rows if own is None else rows.exclude(unit=own)


def listed(rows: QuerySet[Report]) -> QuerySet[Report]:
    """The same reports with what a list shows of them: texts, tables and figures stay where they are."""
    shown = ("kind", "state", "sent_at", "unit__name", "campaign__title")
    return rows.select_related(None).select_related("campaign", "unit").only(*shown)


def _joined() -> QuerySet[Report]:
    return Report.objects.select_related("campaign", "unit", "obligation", "freeze")


# --- lists --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """A report that a unit owes, with what was written of it so far."""

    obligation: Obligation
    report: Report | None
    late: bool


def due(by: Actor, *, now: datetime | None = None) -> list[Due]:
    """The reports the actor's own unit owes in running campaigns, earliest deadline first."""
    own = own_unit(by)
    if own is None:
        return []
    owed = (
        Obligation.objects.filter(
            unit=own,
            kind=Requirement.Kind.REPORT,
            state=Obligation.State.OPEN,
            campaign__state=Campaign.State.ACTIVE,
            unit__in=access.units(by, Can.REPORT_WRITE),
        )
        .select_related("campaign", "unit")
        .order_by("due_at", "id")
    )
    begun = {
        report.campaign_id: report
        for report in Report.objects.filter(unit=own, kind=Kind.RESULT, campaign__in=owed.values("campaign"))
    }
    moment = now or timezone.now()
    return [Due(one, begun.get(one.campaign_id), late=moment > one.due_at) for one in owed]


def mine(by: Actor) -> QuerySet[Report]:
    """Every report of the own unit, newest first."""
    return writable(by).order_by("-id")


def below(by: Actor, *, state: str = "") -> QuerySet[Report]:
    """Reports of units below that were sent at least once: what waits first, then by time of sending."""
    own = own_unit(by)
    rows = readable(by).filter(sending__gt=0)
    if own is not None:
        rows = rows.exclude(unit=own)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-sent_at", "-id")


def waiting(by: Actor) -> QuerySet[Report]:
    """Reports that wait for the actor's word, the longest waiting first."""
    return reviewable(by).filter(state=Report.State.SENT).order_by("sent_at", "id")


@dataclass(frozen=True)
class Subordinate:
    """A unit directly below and where its report stands; ``report`` is None while nothing was sent."""

    unit: Unit
    obligation: Obligation
    report: Report | None
    late: bool


def subordinates(campaign: Campaign, top: Unit, *, now: datetime | None = None) -> list[Subordinate]:
    """The units directly below ``top`` that owe a report, by name, each with its report if it was sent."""
    children = access.today_placements().filter(parent=top, former=False).values("unit")
    tops = access.today_placements().filter(parent=None).values("unit")  # outside the Party's tree
    owed = (
        Obligation.objects.filter(campaign=campaign, kind=Requirement.Kind.REPORT)
        .filter(Q(unit__in=children) | Q(unit__committee=top, unit__in=tops))
        .exclude(state__in=Obligation.NOT_OWED)
        .select_related("unit")
        .order_by("unit__sort_key", "unit_id")
    )
    sent = {
        report.unit_id: report
        for report in Report.objects.filter(
            campaign=campaign, kind=Kind.RESULT, sending__gt=0, unit__in=owed.values("unit")
        ).only("unit_id", "state", "sent_at")
    }
    moment = now or timezone.now()
    return [
        Subordinate(
            one.unit,
            one,
            sent.get(one.unit_id),
            late=one.state == Obligation.State.OPEN and moment > one.due_at,
        )
        for one in owed
    ]


def tasks(actor: Actor) -> list[Task]:
    """Lines for "Việc hôm nay": what to write, what came back, what to review."""
    lines: list[Task] = []
    for one in due(actor):
        back = one.report is not None and one.report.state == Report.State.RETURNED
        words = _("Báo cáo bị trả lại: %(title)s") if back else _("Báo cáo kết quả: %(title)s")
        lines.append(
            core_tasks.due(
                text=words % {"title": one.obligation.campaign.title},
                href=reverse("report-begin", args=[one.obligation.campaign_id]),
                act=_("Sửa") if back else _("Soạn"),
                due_at=one.obligation.due_at,
            )
        )
    count = waiting(actor).count() if actor.can(Can.REPORT_REVIEW) else 0
    if count:
        text = ngettext("%(count)s báo cáo chờ duyệt", "%(count)s báo cáo chờ duyệt", count) % {
            "count": count
        }
        href = reverse("reports-review")
        lines.append(core_tasks.waiting(text=text, when=_("Chờ duyệt"), href=href, act=_("Duyệt")))
    return lines


# --- the figures --------------------------------------------------------------------------------------------


def outline(campaign: Campaign, kind: str) -> tuple[Section, ...]:
    """The outline a campaign asks for, the usual one where it set none."""
    own = ReportOutline.objects.filter(campaign=campaign, kind=kind).first()
    return outlines.DEFAULTS[kind] if own is None else outlines.from_data(own.sections)


def sections_of(report: Report) -> tuple[Section, ...]:
    """The outline a report follows: as sent, else the campaign's of today."""
    if not report.is_open and report.sections:
        return outlines.from_data(report.sections)
    return outline(report.campaign, report.kind)


@dataclass(frozen=True)
class Reading:
    """The figures of a unit's report at one instant, with what a freeze keeps of them."""

    clock: Mark
    whole: dict[str, dict[str, dict[str, int]]]
    figures: dict[str, FigureValue]
    annex: Annex
    not_reported: int


def reading(campaign: Campaign, unit: Unit, codes: Sequence[str]) -> Reading:
    """Read the ledger once for everything a report shows: figures, annex and freeze agree with each other."""
    parts = (
        ledger.Parts(ledger.NO_MARK, {})
        if campaign.book_id is None
        else ledger.parts_below(campaign.book_id, unit.pk, on=timezone.localdate())
    )
    with translation.override("vi"):  # papers are Vietnamese, whatever language the page is in
        named, not_reported = _parts(campaign, unit, parts.counts)
        tables = counts.annex(named, parts.counts)
    return Reading(
        parts.mark,
        parts.whole,
        counts.figures(codes, parts.counts, unit.pk),
        tables,
        not_reported,
    )


def _parts(campaign: Campaign, unit: Unit, found: Mapping[int, Counts]) -> tuple[list[Part], int]:
    """The lines of the annex of today, and how many of those directly below have not reported yet."""
    states = {one.unit.pk: one for one in subordinates(campaign, unit)}
    notes = {pk: _report_words(state) for pk, state in states.items()}
    late = sum(one.obligation.state == Obligation.State.OPEN for one in states.values())
    return annex_lines(unit, found, campaigns.board_units(unit, timezone.localdate()), notes), late


def annex_lines(
    unit: Unit, found: Mapping[int, Counts], below: tuple[list[Unit], list[Unit]], notes: Mapping[int, str]
) -> list[Part]:
    """The lines of an annex: the live children by name, what else holds counts, the unit itself last. ``below`` is
    what a board shows below the unit, always and when it holds counts.
    """
    usual, seldom = below
    shown = [*usual, *(one for one in seldom if found.get(one.pk))]
    lines = [Part(one.pk, one.name, str(Level(one.level).label), notes.get(one.pk, "")) for one in shown]
    if found.get(unit.pk) or not lines:
        name = f"Ghi tại {unit.name}" if lines else unit.name
        lines.append(Part(unit.pk, name, str(Level(unit.level).label)))
    return lines


def _report_words(state: Subordinate) -> str:
    """The note of a line of the annex; papers are Vietnamese."""
    if state.report is None or state.report.sent_at is None:
        return NOT_REPORTED
    if state.report.state == Report.State.RETURNED:
        return IN_HAND_AGAIN
    return reported_words(state.report.sent_at)


def reported_words(sent_at: datetime) -> str:
    """That a report was sent, and on which day."""
    return f"đã báo cáo {format_date(timezone.localdate(sent_at))}"


@dataclass(frozen=True)
class Contents:
    """Everything a report's pages and papers show. ``frozen``: as it was sent, not as the ledger is now."""

    report: Report
    sections: tuple[Section, ...]
    figures: dict[str, FigureValue]
    disputes: dict[str, Dispute]
    annex: Annex
    frozen: bool
    not_reported: int

    @property
    def texts(self) -> dict[str, str]:
        """The words of each section."""
        return {code: str(kept.get("text", "")) for code, kept in self.report.texts.items()}

    @property
    def has_annex(self) -> bool:
        """Whether the outline asks for the tables."""
        return any(section.kind == "table" for section in self.sections)


def contents(report: Report) -> Contents:
    """A report with its figures: those sent, or while it is written those of the ledger."""
    sections = sections_of(report)
    if report.is_open:
        return contents_with(report, sections, reading_of(report, sections))
    rows = _figure_rows(report)
    figures = {
        code: FigureValue(code, row.numerator, row.denominator, tuple(row.grades))
        for code, row in rows.items()
        if row.numerator is not None
    }
    kept = counts.annex_from_data(report.annex)
    return Contents(report, sections, figures, _disputes(rows), kept, frozen=True, not_reported=0)


def reading_of(report: Report, sections: Sequence[Section]) -> Reading:
    """The ledger's figures for a report and its outline."""
    return reading(report.campaign, report.unit, outlines.figure_codes(sections))


def contents_with(report: Report, sections: tuple[Section, ...], read: Reading) -> Contents:
    """A report in hand, shown with figures just read."""
    return Contents(
        report,
        sections,
        read.figures,
        _disputes(_figure_rows(report)),
        read.annex,
        frozen=False,
        not_reported=read.not_reported,
    )


def _figure_rows(report: Report) -> dict[str, ReportFigure]:
    return {row.code: row for row in ReportFigure.objects.filter(report=report).order_by("id")}


def _disputes(rows: Mapping[str, ReportFigure]) -> dict[str, Dispute]:
    return {
        code: Dispute(row.disputed_value, row.disputed_reason)
        for code, row in rows.items()
        if row.disputed_value is not None
    }


def as_sent(report: Report) -> Contents:
    """A report as its superior last got it: also while its unit is putting it right."""
    if not report.is_open or not report.sending:
        return contents(report)
    event = report.events.filter(kind="sent").order_by("-sending").first()
    if event is None:
        return contents(report)
    kept = event.snapshot
    copy = Report.objects.select_related("campaign", "unit").get(pk=report.pk)
    copy.texts, copy.sections, copy.annex = kept["texts"], kept["sections"], kept["annex"]
    for name in ("number", "place", "authority", "signer_position", "signer_name", "recipients"):
        setattr(copy, name, kept["head"][name])
    copy.dated_on = date.fromisoformat(kept["head"]["dated_on"])
    return Contents(
        copy,
        outlines.from_data(kept["sections"]),
        {
            code: FigureValue(code, one["numerator"], one["denominator"], tuple(one["grades"]))
            for code, one in kept["figures"].items()
        },
        {
            code: Dispute(one["disputed_value"], one["disputed_reason"])
            for code, one in kept["figures"].items()
            if one["disputed_value"] is not None
        },
        counts.annex_from_data(kept["annex"]),
        frozen=True,
        not_reported=0,
    )


# --- checking -----------------------------------------------------------------------------------------------


def findings(shown: Contents) -> list[Finding]:
    """What is wrong with a report before it is sent."""
    report = shown.report
    return check(
        Draft(
            sections=shown.sections,
            texts=shown.texts,
            figures=shown.figures,
            disputes=shown.disputes,
            number=report.number,
            signer_name=report.signer_name,
            dated_on=report.dated_on,
            starts_on=report.campaign.starts_on,
            last_session_on=last_session_on(report.campaign, report.unit),
            today=timezone.localdate(),
            not_reported=shown.not_reported,
        )
    )


def last_session_on(campaign: Campaign, unit: Unit) -> date | None:
    """The last day people at or below a unit studied: closed conferences and declared presence."""
    inside = campaigns.units_below(unit)
    held = Conference.objects.filter(
        campaign=campaign, unit__in=inside, state=Conference.State.CLOSED
    ).aggregate(last=Max("starts_at"))["last"]
    declared = Declaration.objects.filter(
        campaign=campaign, unit__in=inside, kind=Declaration.Kind.PRESENCE
    ).aggregate(last=Max("happened_on"))["last"]
    days = [declared] if declared else []
    if held is not None:
        days.append(access.local_day(held))
    return max(days, default=None)


# --- where a figure comes from ------------------------------------------------------------------------------


def paper(shown: Contents) -> Paper:
    """A report as the paper shows it."""
    report = shown.report
    return Paper(
        party=report.unit.tree == Tree.PARTY,
        superior=units.superior_on_paper(report.unit),
        unit=report.unit.name,
        number=report.number,
        place=report.place,
        dated_on=report.dated_on,
        authority=report.authority,
        signer_position=report.signer_position,
        signer_name=report.signer_name,
        recipients=[line.strip() for line in report.recipients.split("\n") if line.strip()],
        title=title_of(report),
        sections=shown.sections,
        texts=shown.texts,
        figures=shown.figures,
        disputes=shown.disputes,
        annex=shown.annex,
    )


def title_of(report: Report) -> str:
    """The summary under "BÁO CÁO" on the paper, in Vietnamese."""
    name = report.campaign.title.strip()
    words = name[:1].lower() + name[1:] if name.lower().startswith(("đợt", "học tập", "quán triệt")) else name
    if report.kind == Kind.FLASH:
        return f"nhanh tiến độ thực hiện {words}"
    return f"kết quả {words}" if words != name else f"kết quả thực hiện {words}"
