"""A report as its pages show it: chapters, sections, locked figures with their sentences and ticks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from quantriet.org import access
from quantriet.org.doors import ActorRequest
from quantriet.reports import papers, queries
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


def shown_figure(shown: Contents, code: str) -> ShownFigure:
    """One figure with its sentence and, when disputed, the unit's own number."""
    spec, value = FIGURES[code], shown.figures[code]
    dispute = shown.disputes.get(code)
    at = [shown.report.pk, code]
    return ShownFigure(
        code,
        spec.label,
        papers.sentence(spec, value),
        "" if dispute is None else papers.dispute_sentence(spec, value, dispute),
        reverse("report-figure", args=at),
        reverse("report-dispute", args=at),
        papers.is_printed(value, dispute),
    )


def shown_sections(shown: Contents) -> list[ShownSection]:
    """Every section that holds words or figures, in order."""
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
                tuple(shown_figure(shown, code) for code in section.figures if code in shown.figures),
                reverse("report-section", args=[shown.report.pk, section.code]),
                min(16, max(3, len(text) // 70 + text.count("\n") + 2)),
            )
        )
        chapter = section.chapter
    return found


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
