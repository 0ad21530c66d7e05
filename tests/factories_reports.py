"""Reports for tests, made through the commands."""

from datetime import date

from quantriet.campaigns.models import Campaign
from quantriet.org import access
from quantriet.org.access import Actor
from quantriet.org.models import Unit
from quantriet.reports import queries
from quantriet.reports.commands import reports
from quantriet.reports.commands.reports import Head
from quantriet.reports.models import Report
from tests import factories
from tests import factories_campaigns as made

WORDS = "Đã lãnh đạo, chỉ đạo kịp thời."


class House:
    """A province with communes, a base organisation and cells, and a campaign whose people have partly studied."""

    def __init__(self, *, communes: int = 1, people: int = 3) -> None:
        self.top = factories.province("Đảng bộ tỉnh An Giang")
        self.communes: list[Unit] = []
        self.cells: list[Unit] = []
        self.people = []
        for number in range(communes):
            commune = factories.commune(
                self.top, f"Đảng bộ xã Tân Hội {number}" if number else "Đảng bộ xã Tân Hội"
            )
            cell = factories.cell(commune, f"Chi bộ ấp {number + 1}")
            self.communes.append(commune)
            self.cells.append(cell)
            self.people += [factories.person(cell, f"Nguyễn Văn {name}") for name in "ABCDEFGHIK"[:people]]
        self.document = made.document(self.top)
        self.campaign: Campaign = made.started(self.top, [self.document])
        self.commune = self.communes[0]
        self.officer = factories.actor("officer", self.top)
        self.secretary = factories.actor("secretary", self.commune)
        self.clerk = factories.actor("clerk", self.commune)

    def study(self, count: int, *, key: str, on: date = date(2026, 2, 7)) -> None:
        """The first ``count`` people study."""
        made.study(self.campaign, self.people[:count], [self.document], key=key, on=on)


def begun(house: House, *, by: Actor | None = None) -> Report:
    """The commune's report, begun by its secretary."""
    actor = by or house.secretary
    with access.acting(actor):
        return reports.draft(house.campaign, house.commune, by=actor)


def fill(report: Report, *, by: Actor, number: str = "05-BC/ĐU") -> Report:
    """Write every section that may not be empty, and the head."""
    with access.acting(by):
        for section in queries.sections_of(report):
            if section.required:
                kept = Report.objects.get(pk=report.pk).texts.get(section.code, {"version": 0})
                reports.write(report, section=section.code, text=WORDS, version=kept["version"], by=by)
        kept_version = Report.objects.get(pk=report.pk).version
        head = Head(
            kept_version,
            number,
            "Tân Hội",
            date(2026, 3, 1),
            "BAN THƯỜNG VỤ",
            "BÍ THƯ",
            "Lê Văn Bình",
            "Tỉnh ủy\nLưu.",
        )
        return reports.set_head(report, head, by=by)


def sent(house: House) -> Report:
    """The commune's report, written and sent."""
    report = fill(begun(house), by=house.secretary)
    with access.acting(house.secretary):
        return reports.send(report, by=house.secretary)


__all__ = ["WORDS", "House", "begun", "fill", "sent"]
