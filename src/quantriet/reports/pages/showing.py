"""A report as its pages show it: chapters, sections, locked figures with their sentences and ticks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from quantriet.org import access, paper_words
from quantriet.org.doors import ActorRequest
from quantriet.org.queries import units
from quantriet.reports import papers, queries
from quantriet.reports.counts import Annex
from quantriet.reports.models import Report
from quantriet.reports.outlines import FIGURES, Section
from quantriet.reports.queries import Contents


@dataclass(frozen=True)
class ShownFigure:
    """A figure on the page. ``sentence`` is what the paper says of it, if it is ``printed`` at all."""

    code: str
    label: str
    sentence: str
    dispute: str
    href: str
    dispute_href: str
    printed: bool


@dataclass(frozen=True)
class ShownSection:
    """A section on the page. ``chapter`` is empty where the one above goes on. ``state`` gives the tick."""

    section: Section
    chapter: str
    text: str
    version: int
    state: str
    figures: tuple[ShownFigure, ...]
    href: str
    rows: int


def sources_href(report: Report, code: str) -> str:
    """Where a figure of a report opens to, as the ledger stands now."""
    return reverse("report-figure", args=[report.pk, code])


def shown_figure(
    shown: Contents, code: str, *, opens: Callable[[Report, str], str] = sources_href
) -> ShownFigure:
    """One figure with its sentence and, when disputed, the unit's own number. ``opens`` gives where it leads."""
    spec, value = FIGURES[code], shown.figures[code]
    dispute = shown.disputes.get(code)
    return ShownFigure(
        code,
        spec.label,
        papers.sentence(spec, value),
        "" if dispute is None else papers.dispute_sentence(spec, value, dispute),
        opens(shown.report, code),
        reverse("report-dispute", args=[shown.report.pk, code]),
        papers.is_printed(value, dispute),
    )


def shown_sections(
    shown: Contents, *, opens: Callable[[Report, str], str] = sources_href
) -> list[ShownSection]:
    """Every section that holds words or figures, in order; figures lead where ``opens`` says."""
    found: list[ShownSection] = []
    chapter = ""
    for section in shown.sections:
        kept = shown.report.texts.get(section.code, {})
        text = str(kept.get("text", ""))
        found.append(
            ShownSection(
                section,
                section.chapter if section.chapter != chapter else "",
                text,
                int(kept.get("version", 0)),
                tick(section, text),
                tuple(
                    shown_figure(shown, code, opens=opens)
                    for code in section.figures
                    if code in shown.figures
                ),
                reverse("report-section", args=[shown.report.pk, section.code]),
                min(16, max(3, len(text) // 70 + text.count("\n") + 2)),
            )
        )
        chapter = section.chapter
    return found


def annex_words(annex: Annex) -> dict[str, Any]:
    """The tables of a report as rows of texts."""
    return {
        "annex_rows": [papers.annex_cells(str(at), row) for at, row in enumerate(annex.rows, 1)],
        "annex_sum": papers.annex_cells("", annex.sum),
        "class_rows": [papers.class_cells(str(at), row) for at, row in enumerate(annex.classes, 1)],
        "class_sum": papers.class_cells("", annex.classes_sum),
    }


def letter_words(report: Report) -> dict[str, Any]:
    """The head of the paper: who issues it, to whom, about what."""
    superior = units.superior_of(report.unit)
    party = report.unit.tree == "party"
    return {
        "superior": superior,
        "issuer": paper_words.issuer_of(report.unit.name, party),
        "superior_name": "" if superior is None else paper_words.issuer_of(superior.name, party),
        "title": queries.title_of(report),
    }


def tick(section: Section, text: str) -> str:
    """The state of a section: written, still to be written, may stay as it is."""
    if section.kind == "table" or text.strip():
        return "done"
    return "missing" if section.required else "not_due"


def one_section(sections: Sequence[ShownSection], code: str) -> int:
    """The place of a section in its list; 404 for one that is not there."""
    for at, one in enumerate(sections):
        if one.section.code == code:
            return at
    raise access.not_found()


def writable_or_404(request: ActorRequest, report_id: int) -> Report:
    """A report the actor may write; else the answer for what does not exist."""
    return access.row_or_404(queries.writable(request.actor), report_id)


def readable_or_404(request: ActorRequest, report_id: int) -> Report:
    """A report the actor may read; else the answer for what does not exist."""
    return access.row_or_404(queries.readable(request.actor), report_id)
