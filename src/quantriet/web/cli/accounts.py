"""``quantriet account``: create one, give it a role, give a new one-time password."""

import argparse

from django.utils.translation import gettext as _

from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.permissions import ROLES
from quantriet.web.cli import Command
from quantriet.web.cli.telling import account_of, dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    create = acts.add_parser("create", help=_("tạo tài khoản và in mật khẩu dùng một lần"))
    create.add_argument("name", metavar=_("HỌ_TÊN"), help=_("tên hiện trên trang"))
    grant = acts.add_parser("grant", help=_("giao thêm vai trò cho một tài khoản"))
    reset = acts.add_parser("reset", help=_("cấp mật khẩu dùng một lần mới"))
    for act in (grant, reset):
        act.add_argument("username", metavar=_("TÊN_ĐĂNG_NHẬP"))
    for act in (create, grant):
        act.add_argument("--role", required=True, choices=sorted(ROLES), help=_("vai trò"))
        act.add_argument("--unit", required=True, metavar=_("MÃ"), help=_("mã đơn vị"))
    create.add_argument("--username", default="", help=_("tên đăng nhập (mặc định: tạo từ họ tên)"))
    create.add_argument("--email", default="", help=_("thư điện tử"))
    for act in (create, grant, reset):
        dry_run_argument(act)
        json_argument(act)


def _run(options: argparse.Namespace) -> int:
    with operating(options) as by:
        if options.act == "grant":
            unit = unit_of(options.unit)
            accounts.grant(account_of(options.username), options.role, unit, by=by)
            words = _("Đã giao vai trò {role} tại {name} cho {username}.").format(
                role=options.role, name=unit.name, username=options.username
            )
            tell(options, [words], {"username": options.username, "role": options.role, "unit": unit.code})
            return 0
        if options.act == "create":
            spec = AccountSpec(
                display_name=options.name,
                role=options.role,
                unit_id=unit_of(options.unit).pk,
                username=options.username,
                email=options.email,
            )
            slip = accounts.open_accounts([spec], by=by)[0]
        else:
            slip = accounts.reset([account_of(options.username)], by=by)[0]
        shown = slip.password or _("(giữ nguyên, tài khoản đã có)")
        tell(
            options,
            [
                _("Tên đăng nhập: {username}").format(username=slip.username),
                _("Mật khẩu dùng một lần: {shown}").format(shown=shown),
            ],
            {"account_id": slip.account_id, "username": slip.username, "password": slip.password},
        )
    return 0


COMMANDS = {"account": Command(_arguments, _run)}
