"""``quantriet migrate``: makes or upgrades the tables, as their owner."""

import argparse
import sys
from typing import Any

from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from quantriet.web.cli import REFUSED, Command

LOCK_TIMEOUT = "10s"  # a table that is in use is not waited for: everybody would wait behind the migration


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help=_("chỉ xem còn bước nào chưa làm (mã 1 nếu còn)")
    )
    parser.add_argument("--plan", action="store_true", help=_("liệt kê các bước sẽ làm, không làm"))
    parser.add_argument("--no-input", action="store_true", help=_("không hỏi gì"))
    parser.add_argument("--verbosity", type=int, default=1, help=_("0 im lặng, 1 thường, 2 chi tiết"))


def bring_up_to_date(**options: Any) -> None:
    """Django's ``migrate`` as the owner of the tables; a busy table ends it with ``OperationalError``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    call_command("migrate", **options)


def _run(options: argparse.Namespace) -> int:
    try:
        bring_up_to_date(
            check_unapplied=options.check,
            plan=options.plan,
            interactive=not options.no_input,
            verbosity=options.verbosity,
        )
    except OperationalError as error:
        sys.stderr.write(
            _(
                "Chưa nâng cấp xong: cơ sở dữ liệu không trả lời hoặc có bảng đang bận. "
                "Các bước đã xong được giữ; hãy chạy lại sau."
            )
            + f"\n({error})\n"
        )
        return REFUSED
    except SystemExit as ended:  # Django's way to say that --check found something
        return REFUSED if ended.code else 0
    return 0


COMMANDS = {"migrate": Command(_arguments, _run)}
