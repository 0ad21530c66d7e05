"""Accounts of a unit: open in bulk with printed slips, give and take roles, restore access, who may do what."""

from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quantriet.core.components import Action
from quantriet.core.errors import DomainError
from quantriet.org import access
from quantriet.org.commands import accounts as account_commands
from quantriet.org.commands import readings
from quantriet.org.commands.accounts import SLIP_DAYS, AccountSpec, Slip
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Account, RoleAssignment, Unit
from quantriet.org.permissions import ROLES, Can, Reach
from quantriet.org.queries import people as people_queries
from quantriet.org.queries import units as unit_queries

# What a permission lets one do, for the page "Ai được làm gì".
WORDS: dict[Can, str | Promise] = {
    Can.ACCOUNT_MANAGE: gettext_lazy("Cấp tài khoản, giao vai trò, cấp lại mật khẩu"),
    Can.ATTENDANCE_READ: gettext_lazy("Xem điểm danh của từng người"),
    Can.ATTENDANCE_RECORD: gettext_lazy("Điểm danh, khai tổng số"),
    Can.AUDIT_READ: gettext_lazy("Xem nhật ký ai đã làm gì"),
    Can.CAMPAIGN_MANAGE: gettext_lazy("Mở và sửa đợt triển khai"),
    Can.CAMPAIGN_READ: gettext_lazy("Xem đợt triển khai và số liệu"),
    Can.CONFERENCE_MANAGE: gettext_lazy("Triệu tập hội nghị, lập điểm cầu"),
    Can.CONFERENCE_READ: gettext_lazy("Xem hội nghị"),
    Can.DOCUMENT_MANAGE: gettext_lazy("Nhập và công bố văn bản"),
    Can.DOCUMENT_READ: gettext_lazy("Đọc văn bản, tài liệu"),
    Can.HOME: gettext_lazy("Mở trang Việc hôm nay"),
    Can.LECTURE_ASK: gettext_lazy("Đề nghị cử báo cáo viên"),
    Can.LECTURE_GIVE: gettext_lazy("Xem buổi mình được cử, soạn đề cương, ghi ngày bận của mình"),
    Can.LECTURER_MANAGE: gettext_lazy("Kiện toàn báo cáo viên, trả lời đề nghị, duyệt đề cương"),
    Can.LECTURER_READ: gettext_lazy("Xem báo cáo viên, tuyên truyền viên"),
    Can.OBLIGATION_FULFIL: gettext_lazy("Làm việc đơn vị phải làm"),
    Can.OWN_RECORD: gettext_lazy("Xem hồ sơ của chính mình"),
    Can.PERSON_MANAGE: gettext_lazy("Nhập, sửa danh sách người; trả lời yêu cầu về dữ liệu"),
    Can.PERSON_READ: gettext_lazy("Xem danh sách người"),
    Can.REMINDER_SEND: gettext_lazy("Nhắc đơn vị, nhắc người"),
    Can.REPORT_REVIEW: gettext_lazy("Duyệt, trả lại báo cáo"),
    Can.REPORT_WRITE: gettext_lazy("Soạn, gửi báo cáo"),
    Can.ROLL_CORRECT: gettext_lazy("Sửa danh sách triệu tập"),
    Can.UNIT_MANAGE: gettext_lazy("Nhập, sửa cây đơn vị"),
    Can.UNIT_READ: gettext_lazy("Xem cây đơn vị"),
}
REACH_WORDS: dict[Reach, str | Promise] = {
    Reach.SUBTREE: gettext_lazy("Đơn vị mình và mọi đơn vị bên dưới"),
    Reach.UNIT: gettext_lazy("Chỉ đơn vị mình"),
    Reach.SELF: gettext_lazy("Chỉ bản thân"),
}


@dataclass(frozen=True)
class AccountLine:
    """An account on the page of a unit, with the roles it holds anywhere."""

    account: Account
    roles: list[RoleAssignment]


@page(Can.HOME)
def roles(request: ActorRequest) -> HttpResponse:
    """Who may do what, rendered from the one table of roles."""
    told = [(role, REACH_WORDS[role.reach], role.code in request.actor.roles) for role in ROLES.values()]
    rows = [(WORDS[can], [can in role.can for role in ROLES.values()]) for can in Can]
    crumbs = [(pgettext("place", "Đơn vị"), reverse("units")), (_("Ai được làm gì"), "")]
    return render(request, "org/roles.html", {"roles": told, "rows": rows, "crumbs": crumbs})


@page(Can.ACCOUNT_MANAGE)
def unit_accounts(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Accounts with a role at the unit or of its people, and the people who have none yet."""
    found = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    accounts = list(people_queries.accounts_of(found)[:500])
    held: dict[int, list[RoleAssignment]] = defaultdict(list)
    for assignment in people_queries.roles_of(accounts):
        held[assignment.account_id].append(assignment)
    waiting = list(people_queries.without_account(found)[:500])
    readings.note([person.pk for person in waiting], page="unit-accounts", by=request.actor)
    crumbs = [
        *unit_queries.way_down(request.actor, found)[:-1],
        (found.name, reverse("unit", args=[found.pk])),
    ]
    words = {
        "unit": found,
        "lines": [AccountLine(account, held[account.pk]) for account in accounts],
        "titles": {code: role.title for code, role in ROLES.items()},
        "waiting": waiting,
        "givable": [role for role in ROLES.values() if account_commands.may_give(request.actor, role.code)],
        "crumbs": [*crumbs, (_("Tài khoản"), "")],
        "actions": [Action(_("Khóa API"), reverse("api-tokens"), "key")],
        "own_account": request.actor.account_id,
    }
    return render(request, "org/unit_accounts.html", words)


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def open_accounts(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Open accounts for the ticked people; the answer is the sheet of slips, printed once and never kept."""
    found = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    role = str(request.POST.get("role", "member"))
    people = people_queries.of_unit(found).filter(pk__in=_numbers(request, "person"))
    specs = [
        AccountSpec(person.full_name, role, found.pk, person_id=person.pk, email=person.email)
        for person in people
    ]
    name = str(request.POST.get("name", "")).strip()
    if name:
        specs.append(AccountSpec(name[:120], role, found.pk))
    if not specs:
        raise DomainError("account.nobody", _("Chưa chọn ai. Hãy đánh dấu người cần mở tài khoản."))
    slips = account_commands.open_accounts(specs, by=request.actor)
    return _slips(request, found, slips)


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def reset_accounts(request: ActorRequest, unit_id: int) -> HttpResponse:
    """New one-time passwords for the ticked accounts: the way back in without e-mail."""
    found = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    accounts = list(people_queries.accounts_of(found).filter(pk__in=_numbers(request, "account")))
    if not accounts:
        raise DomainError("account.nobody", _("Chưa chọn tài khoản nào. Hãy đánh dấu tài khoản cần cấp lại."))
    return _slips(request, found, account_commands.reset(accounts, by=request.actor))


def _slips(request: ActorRequest, unit: Unit, slips: list[Slip]) -> HttpResponse:
    words = {
        "unit": unit,
        "slips": [slip for slip in slips if slip.password],
        "known": [slip for slip in slips if not slip.password],
        "days": SLIP_DAYS,
        "address": request.build_absolute_uri(reverse(settings.LOGIN_URL)),
        "back_href": reverse("unit-accounts", args=[unit.pk]),
    }
    return render(request, "org/slips.html", words)


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def grant_role(request: ActorRequest, unit_id: int) -> HttpResponse:
    """Give an account of the unit a role there."""
    found = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    numbers = _numbers(request, "account")
    account = access.row_or_404(people_queries.accounts_of(found), numbers[0] if numbers else 0)
    account_commands.grant(account, str(request.POST.get("role", "")), found, by=request.actor)
    messages.success(request, _("Đã giao vai trò; có hiệu lực từ lần mở trang kế tiếp."))
    return HttpResponseRedirect(reverse("unit-accounts", args=[found.pk]))


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def revoke_role(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Take a role back."""
    mine = RoleAssignment.objects.filter(unit__in=access.units(request.actor, Can.ACCOUNT_MANAGE))
    assignment = access.row_or_404(mine.select_related("account"), assignment_id)
    account_commands.revoke(assignment, by=request.actor)
    messages.success(request, _("Đã thu hồi vai trò; có hiệu lực từ lần mở trang kế tiếp."))
    return HttpResponseRedirect(reverse("unit-accounts", args=[assignment.unit_id]))


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def close_account(request: ActorRequest, unit_id: int, account_id: int) -> HttpResponse:
    """Close an account of the unit."""
    found = access.unit_or_404(request.actor, Can.ACCOUNT_MANAGE, unit_id)
    account = access.row_or_404(people_queries.accounts_of(found), account_id)
    account_commands.close(account, by=request.actor)
    messages.success(request, _("Đã đóng tài khoản."))
    return HttpResponseRedirect(reverse("unit-accounts", args=[found.pk]))


def _numbers(request: ActorRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal()]
