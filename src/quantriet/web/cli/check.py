"""``quantriet check``: is this installation put together as it must be?"""

import argparse

from django.conf import settings
from django.core.checks import run_checks
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from quantriet.org.models import Account
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import json_argument, tell


def _faults() -> list[str]:
    """Everything that is wrong, in sentences."""
    found = [str(message.msg) for message in run_checks() if message.level >= 30]
    try:
        found += _of_database()
    except OperationalError:
        found.append(_("Không nối được cơ sở dữ liệu; xem DATABASE_URL hoặc chạy quantriet serve."))
    return found


def _of_database() -> list[str]:
    found = []
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        found.append(_("Còn bảng chưa tạo hoặc chưa nâng cấp; chạy: quantriet migrate"))
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            found.append(
                _(
                    "Vai trò đang nối cơ sở dữ liệu vượt được tường theo hàng; phải dùng vai trò quantriet_app."
                )
            )
    if not settings.QUANTRIET.demo and Account.objects.filter(is_demo=True, is_active=True).exists():
        found.append(_("Có tài khoản trình diễn trong hệ thống thật; hãy khóa chúng trước khi mở cửa."))
    return found


def _run(options: argparse.Namespace) -> int:
    found = _faults()
    tell(options, found or [_("Mọi thứ đúng chỗ.")], {"ok": not found, "faults": found})
    return REFUSED if found else 0


COMMANDS = {"check": Command(json_argument, _run)}
