"""Rows of people as markup: who, where, of which class, and how far."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quantriet.campaigns.models import Campaign, RollLine
from quantriet.core.addresses import addresses
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import ui_state, vn_date
from quantriet.org.models import PersonClass


def people_rows(lines: Iterable[RollLine]) -> Iterator[Sequence[object]]:
    """The cells of each line: name, unit, class of people, result."""
    return ((line.person.full_name, *_cells(line)) for line in lines)


def linked_rows(campaign: Campaign, lines: Iterable[RollLine]) -> Iterator[Sequence[object]]:
    """The same, each name leading to where its line is corrected."""
    href = addresses("campaign-roll-line", campaign.pk)
    return ((link_markup(line.person.full_name, href(line.pk)), *_cells(line)) for line in lines)


def _cells(line: RollLine) -> tuple[object, ...]:
    return line.unit.name, PersonClass(line.person_class).label, _result(line)


def _result(line: RollLine) -> SafeString:
    if line.state == RollLine.State.REMOVED:
        return ui_state("exempt", label=_("Đã đưa ra"), detail=line.reason)
    if line.fulfilled_on:
        return ui_state("done", label=_("Đã học"), detail=vn_date(line.fulfilled_on))
    if line.excuse:
        return ui_state("exempt", label=_("Vắng có lý do"), detail=line.excuse)
    return ui_state("not_due", label=_("Chưa học"))
