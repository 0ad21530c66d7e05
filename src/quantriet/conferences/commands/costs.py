"""Writes of what a conference or one of its sites costs: the whole list at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from quantriet.conferences.models import Conference, CostLine, Site
from quantriet.core.errors import ConflictError, DomainError
from quantriet.core.text import clean_line
from quantriet.org import access, audit
from quantriet.org.access import Actor
from quantriet.org.permissions import Can

AT_MOST = 10**15
"""More đồng than any line can be; what is above was typed wrong."""
LINES = 60
"""So many lines stand on the page of a list; what does not fit there could be lost by saving it."""


@dataclass(frozen=True)
class Cost:
    """One line: what for, whose money, whole đồng planned and (once known) spent."""

    item: str
    title: str
    money: str
    planned: int
    actual: int | None = None

    @classmethod
    def of(cls, line: CostLine) -> "Cost":
        """A line as it stands."""
        return cls(line.item, line.title, line.money, line.planned, line.actual)

    @property
    def label(self) -> str:
        """What the money is for, in words."""
        words = str(CostLine.Item(self.item).label)
        return f"{words}: {self.title}" if self.title else words


@dataclass(frozen=True)
class Purse:
    """What has costs: a conference as a whole, or one of its sites."""

    conference: Conference
    site: Site | None = None

    @property
    def unit_id(self) -> int:
        """The unit that bears them."""
        return self.conference.unit_id if self.site is None else self.site.unit_id

    def standing(self) -> list[Cost]:
        """Its lines as they stand."""
        rows = CostLine.objects.filter(conference=self.conference, site=self.site)
        return [Cost.of(line) for line in rows.order_by("position", "id")]


def version(costs: Sequence[Cost]) -> str:
    """Names exactly these lines: a form sends back the version of what its reader saw."""
    told = "\x1e".join("\x1f".join(str(value) for value in asdict(cost).values()) for cost in costs)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def keep(purse: Purse, costs: Sequence[Cost], *, seen: str, by: Actor) -> list[Cost]:
    """Put these lines in place of those that stand. Sent again nothing changes.

    ``seen`` is the version the user had before him; when somebody else changed the list meanwhile, raises
    ``ConflictError`` (``costs.changed``): nothing is kept then. Refuses more than ``LINES`` (``costs.too_many``).
    """
    access.require(by, Can.CONFERENCE_MANAGE, purse.unit_id)
    if len(costs) > LINES:
        raise DomainError(
            "costs.too_many",
            _("Nhiều nhất {most} dòng. Hãy gộp các khoản giống nhau. Chưa lưu gì.").format(most=LINES),
        )
    wanted = [_checked(cost) for cost in costs]
    with transaction.atomic():
        # One writer of a conference's costs at a time: there may be no line yet that could be locked.
        Conference.objects.select_for_update(no_key=True).get(pk=purse.conference.pk)
        standing = purse.standing()
        if wanted == standing:
            return standing
        if version(standing) != seen:
            raise ConflictError(
                "costs.changed",
                _("Có người vừa sửa kinh phí này. Bản của bạn chưa ghi; hãy xem bản mới rồi sửa lại."),
                yours=[asdict(cost) for cost in wanted],
                theirs=[asdict(cost) for cost in standing],
            )
        CostLine.objects.filter(conference=purse.conference, site=purse.site).delete()
        CostLine.objects.bulk_create(
            CostLine(conference=purse.conference, site=purse.site, position=at, **asdict(cost))
            for at, cost in enumerate(wanted, start=1)
        )
        detail: dict[str, object] = {
            "planned": sum(cost.planned for cost in wanted),
            "actual": sum(cost.actual or 0 for cost in wanted),
            "lines": len(wanted),
        }
        audit.record(by, "costs.keep", purse.site or purse.conference, unit=purse.unit_id, detail=detail)
    return wanted


def _checked(cost: Cost) -> Cost:
    amounts = [cost.planned, cost.actual or 0]
    known = cost.item in CostLine.Item.values and cost.money in CostLine.Money.values
    if not known or not all(0 <= amount <= AT_MOST for amount in amounts):
        raise DomainError(
            "costs.out_of_range", _("Khoản chi, nguồn kinh phí hoặc số tiền không hợp lệ. Chưa lưu gì.")
        )
    return replace(cost, title=clean_line(cost.title)[:200])
