"""What this floor keeps about a person besides his record: his account, how he signs in, what he did."""

from datetime import datetime

from django.utils.translation import gettext_noop

from quantriet.org import holdings
from quantriet.org.holdings import Holding, day, moment
from quantriet.org.models import Account, ActPerson, AuditEvent, Notice, Person, RoleAssignment
from quantriet.org.permissions import ROLES
from quantriet.org.queries import credentials

_UNIT, _SINCE, _UNTIL, _WHEN = (
    gettext_noop("Đơn vị"),
    gettext_noop("Từ ngày"),
    gettext_noop("Đến ngày"),
    gettext_noop("Lúc"),
)
_KIND, _NAME, _LAST = gettext_noop("Loại"), gettext_noop("Tên"), gettext_noop("Dùng lần cuối")


def _account(person: Person) -> Account | None:
    return Account.objects.filter(person=person).first()


def _accounts(person: Person) -> list[list[str]]:
    found = _account(person)
    if found is None:
        return []
    return [
        [
            found.username,
            found.display_name,
            found.email,
            moment(found.created_at),
            moment(found.last_login),
        ]
    ]


def _roles(person: Person) -> list[list[str]]:
    rows = RoleAssignment.objects.filter(account__person=person).select_related("unit")
    return [
        [row.unit.name, str(ROLES[row.role].title) if row.role in ROLES else row.role, day(row.from_on),
         day(row.to_on)]
        for row in rows.order_by("from_on", "id")
    ]  # fmt: skip


def _sign_in(person: Person) -> list[list[str]]:
    """Passkeys, the app, codes on paper, cards and issuers: their facts; secrets and digests tell nobody anything."""
    account = _account(person)
    if account is None:
        return []
    found: list[tuple[str, str, datetime | None, datetime | None]] = [
        ("Khóa truy cập", one.name, one.created_at, one.last_used_at) for one in account.passkeys.all()
    ]
    app_since = credentials.factor(account).app_since
    if app_since is not None:
        found.append(("Ứng dụng tạo mã", "", app_since, None))
    found += [
        ("Mã dự phòng", "", one.created_at, one.used_at) for one in account.recovery_codes.order_by("id")
    ]
    found += [("Thẻ đăng nhập", "", one.created_at, one.last_used_at) for one in account.cards.order_by("id")]
    found += [
        ("Tài khoản liên kết", f"{one.issuer} {one.subject}", one.created_at, one.last_used_at)
        for one in account.identities.order_by("id")
    ]
    return [[kind, name, moment(since), moment(last)] for kind, name, since, last in found]


def _sessions(person: Person) -> list[list[str]]:
    account = _account(person)
    open_ones = credentials.sessions(account, current="") if account is not None else []
    return [[one.browser, one.address, moment(one.since), moment(one.seen_at)] for one in open_ones]


def _notices(person: Person) -> list[list[str]]:
    rows = Notice.objects.filter(account__person=person).order_by("-id")
    return [[moment(row.created_at), row.title, row.text, moment(row.read_at)] for row in rows]


def _arranged(person: Person) -> list[list[str]]:
    rows = ActPerson.objects.filter(person=person).select_related("act", "unit", "target").order_by("id")
    return [
        [
            row.act.decision,
            day(row.act.effective_on),
            row.unit.name,
            row.target.name if row.target else "",
            row.act.get_state_display(),
        ]
        for row in rows
    ]


def _done(person: Person) -> list[list[str]]:
    rows = AuditEvent.objects.filter(account__person=person).select_related("unit").order_by("-id")
    return [
        [moment(row.created_at), row.action, row.subject, row.role, row.unit.name if row.unit else ""]
        for row in rows.iterator(chunk_size=2000)
    ]


_BY_AUDIT = "what he did in office is told by the audit, under “Việc đã làm”"
_PASSING = "goes by itself within days; what came of it is told by the audit"
_LEFT_OUT = {
    "org.SignInCard.issued_by": _BY_AUDIT,
    "org.DataRequest.answered_by": _BY_AUDIT,
    "org.Import.account": _BY_AUDIT,
    "org.ActSheet.account": _BY_AUDIT,
    "org.Act.account_id": _BY_AUDIT,
    "org.IssuerInvitation.account": "a digest and a day; the link it led to is told under “Cách đăng nhập”",
    "core.Work.account_id": _PASSING,
    "core.KeptAnswer.account_id": _PASSING,
}


def register_all() -> None:
    """Called once, when the package is ready."""
    _register_account()
    _register_record()
    holdings.leave_out(_LEFT_OUT)


def _register_account() -> None:
    """The account, what it may do, how and where it signs in."""
    holdings.register(
        Holding(
            gettext_noop("Tài khoản"),
            (gettext_noop("Tên đăng nhập"), gettext_noop("Tên hiện"), gettext_noop("Thư điện tử"),
             gettext_noop("Lập lúc"), gettext_noop("Đăng nhập lần cuối")),
            ("org.Account.person",),
            _accounts,
        ),
        Holding(
            gettext_noop("Vai trò"),
            (_UNIT, gettext_noop("Vai trò"), _SINCE, _UNTIL),
            ("org.RoleAssignment.account",),
            _roles,
        ),
        Holding(
            gettext_noop("Cách đăng nhập"),
            (_KIND, _NAME, _WHEN, _LAST),
            ("org.Passkey.account", "org.SecondFactor.account", "org.RecoveryCode.account",
             "org.SignInCard.account", "org.IssuerIdentity.account"),
            _sign_in,
        ),
        Holding(
            gettext_noop("Phiên đang đăng nhập"),
            (gettext_noop("Trình duyệt"), gettext_noop("Địa chỉ mạng"), _WHEN, _LAST),
            ("org.SignedInSession.account",),
            _sessions,
        ),
    )  # fmt: skip


def _register_record() -> None:
    """What was decided about the person, what he was told and what he did."""
    holdings.register(
        Holding(
            gettext_noop("Đổi đơn vị theo quyết định"),
            (gettext_noop("Quyết định"), _SINCE, gettext_noop("Đơn vị cũ"), gettext_noop("Đơn vị mới"),
             gettext_noop("Tình trạng")),
            ("org.ActPerson.person",),
            _arranged,
        ),
        Holding(
            gettext_noop("Thông báo"),
            (_WHEN, gettext_noop("Tiêu đề"), gettext_noop("Nội dung"), gettext_noop("Đọc lúc")),
            ("org.Notice.account",),
            _notices,
        ),
        Holding(
            gettext_noop("Việc đã làm"),
            (_WHEN, gettext_noop("Hành động"), gettext_noop("Trên"), gettext_noop("Vai trò"), _UNIT),
            ("org.AuditEvent.account",),
            _done,
        ),
    )  # fmt: skip
