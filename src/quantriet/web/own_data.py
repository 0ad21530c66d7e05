"""What the top floor keeps about a person: the keys by which programs act as his account."""

from django.utils.translation import gettext_noop

from quantriet.org import holdings
from quantriet.org.holdings import Holding, moment
from quantriet.org.models import Person
from quantriet.web.models import ApiToken, CalendarFeed


def _tokens(person: Person) -> list[list[str]]:
    rows = ApiToken.objects.filter(account__person=person).select_related("unit").order_by("id")
    return [
        [
            row.label,
            row.unit.name,
            ", ".join(row.scopes),
            moment(row.created_at),
            moment(row.expires_at),
            moment(row.revoked_at),
            moment(row.last_used_at),
        ]
        for row in rows
    ]


def _feeds(person: Person) -> list[list[str]]:
    rows = CalendarFeed.objects.filter(account__person=person).select_related("unit").order_by("id")
    return [
        [
            row.get_kind_display(),
            row.unit.name,
            moment(row.created_at),
            moment(row.revoked_at),
            moment(row.last_used_at),
        ]
        for row in rows
    ]


def register_all() -> None:
    """Called once, when the package is ready."""
    holdings.register(
        Holding(
            gettext_noop("Khóa cho phần mềm khác"),
            (gettext_noop("Tên"), gettext_noop("Đơn vị"), gettext_noop("Quyền"), gettext_noop("Lập lúc"),
             gettext_noop("Hết hạn"), gettext_noop("Thôi lúc"), gettext_noop("Dùng lần cuối")),
            ("web.ApiToken.account",),
            _tokens,
        ),
        Holding(
            gettext_noop("Địa chỉ lịch riêng"),
            (gettext_noop("Loại"), gettext_noop("Đơn vị"), gettext_noop("Lập lúc"), gettext_noop("Thôi lúc"),
             gettext_noop("Dùng lần cuối")),
            ("web.CalendarFeed.account",),
            _feeds,
        ),
    )  # fmt: skip
