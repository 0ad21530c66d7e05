"""``quantriet token``: keys of the API."""

import argparse

from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.org.permissions import Can
from quantriet.web import tokens
from quantriet.web.cli import Command
from quantriet.web.cli.telling import account_of, dry_run_argument, json_argument, operating, tell, unit_of


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("việc"))
    create = acts.add_parser("create", help=_("tạo khóa; khóa chỉ hiện một lần"))
    create.add_argument("label", metavar=_("TÊN_KHÓA"), help=_("để biết khóa dùng cho việc gì"))
    create.add_argument(
        "--account", required=True, metavar=_("TÊN_ĐĂNG_NHẬP"), help=_("khóa làm việc thay tài khoản này")
    )
    create.add_argument("--unit", required=True, metavar=_("MÃ"), help=_("tại đơn vị này"))
    create.add_argument(
        "--scope",
        required=True,
        action="append",
        choices=[can.value for can in Can],
        help=_("quyền (nêu được nhiều lần)"),
    )
    create.add_argument(
        "--days", type=int, default=90, help=_("số ngày có hiệu lực (mặc định 90, nhiều nhất 366)")
    )
    listed = acts.add_parser("list", help=_("liệt kê các khóa"))
    revoke = acts.add_parser("revoke", help=_("thu hồi một khóa"))
    revoke.add_argument("id", type=int, metavar=_("SỐ"))
    for act in (create, revoke):
        dry_run_argument(act)
    for act in (create, listed, revoke):
        json_argument(act)


def _create(options: argparse.Namespace) -> None:
    with operating(options) as by:
        token, key = tokens.create(
            account_of(options.account),
            unit_of(options.unit),
            label=options.label,
            scopes=frozenset(Can(scope) for scope in options.scope),
            days=options.days,
            by=by,
        )
        words = [
            _("Khóa số {number}: {key}").format(number=token.pk, key=key),
            _("Khóa chỉ hiện một lần này; hãy cất giữ như mật khẩu."),
        ]
        tell(options, words, {"id": token.pk, "key": key, "expires_at": token.expires_at})


def _list(options: argparse.Namespace) -> None:
    with operating(options) as by:
        rows = [
            {
                "id": token.pk,
                "label": token.label,
                "account": token.account.username,
                "unit": token.unit.code,
                "scopes": token.scopes,
                "expires_at": token.expires_at,
                "revoked": token.revoked_at is not None,
                "last_used_at": token.last_used_at,
            }
            for token in tokens.of_units(by)
        ]
    tell(options, [" ".join(str(value) for value in row.values()) for row in rows], {"tokens": rows})


def _revoke(options: argparse.Namespace) -> None:
    with operating(options) as by:
        found = tokens.of_units(by).filter(pk=options.id).first()
        if found is None:
            raise DomainError(
                "cli.token", _("Không có khóa số {number}. Chưa làm gì.").format(number=options.id)
            )
        tokens.revoke(found, by=by)
        tell(
            options,
            [_("Đã thu hồi khóa số {number}.").format(number=options.id)],
            {"id": options.id, "revoked": True},
        )


def _run(options: argparse.Namespace) -> int:
    {"create": _create, "list": _list, "revoke": _revoke}[options.act](options)
    return 0


COMMANDS = {"token": Command(_arguments, _run)}
