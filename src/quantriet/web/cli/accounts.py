"""``quantriet account``: create one, give it a role, give a new one-time password."""

import argparse

from quantriet.org.commands import accounts
from quantriet.org.commands.accounts import AccountSpec
from quantriet.org.permissions import ROLES
from quantriet.web.cli import Command
from quantriet.web.cli.telling import account_of, dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="việc")
    create = acts.add_parser("create", help="tạo tài khoản và in mật khẩu dùng một lần")
    create.add_argument("name", metavar="HỌ_TÊN", help="tên hiện trên trang")
    grant = acts.add_parser("grant", help="giao thêm vai trò cho một tài khoản")
    reset = acts.add_parser("reset", help="cấp mật khẩu dùng một lần mới")
    for act in (grant, reset):
        act.add_argument("username", metavar="TÊN_ĐĂNG_NHẬP")
    for act in (create, grant):
        act.add_argument("--role", required=True, choices=sorted(ROLES), help="vai trò")
        act.add_argument("--unit", required=True, metavar="MÃ", help="mã đơn vị")
    create.add_argument("--username", default="", help="tên đăng nhập (mặc định: tạo từ họ tên)")
    create.add_argument("--email", default="", help="thư điện tử")
    for act in (create, grant, reset):
        dry_run_argument(act)
        json_argument(act)


def _run(options: argparse.Namespace) -> int:
    with operating(options) as by:
        if options.act == "grant":
            unit = unit_of(options.unit)
            accounts.grant(account_of(options.username), options.role, unit, by=by)
            words = f"Đã giao vai trò {options.role} tại {unit.name} cho {options.username}."
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
        shown = slip.password or "(giữ nguyên, tài khoản đã có)"
        tell(
            options,
            [f"Tên đăng nhập: {slip.username}", f"Mật khẩu dùng một lần: {shown}"],
            {"account_id": slip.account_id, "username": slip.username, "password": slip.password},
        )
    return 0


COMMANDS = {"account": Command(_arguments, _run)}
