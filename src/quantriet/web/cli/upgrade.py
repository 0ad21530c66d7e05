"""``quantriet upgrade``: after new code was put in place. Backup, tables, figures compared, what to restart."""

import argparse
import os

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quantriet.core.errors import DomainError
from quantriet.ledger import queries
from quantriet.org import access
from quantriet.web import backups
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.backup import as_role, usual_place
from quantriet.web.cli.migrate import bring_up_to_date
from quantriet.web.cli.telling import dry_run_argument, json_argument, tell

RESTART = gettext_lazy(
    "Khởi động lại để chạy bản mới: systemctl restart 'quantriet-*' (hoặc dừng rồi chạy lại quantriet serve)."
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    dry_run_argument(parser)
    json_argument(parser)


def _steps() -> list[str]:
    """The changes of tables that were not made yet, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _run(options: argparse.Namespace) -> int:
    steps = _steps()
    if options.dry_run or not steps:
        words = (
            [_("Còn {count} bước: {steps}.").format(count=len(steps), steps=", ".join(steps))]
            if steps
            else [_("Các bảng đã đúng bản này.")]
        )
        tell(options, words, {"steps": steps})
        return 0
    file = usual_place()
    backups.backup(backups.house(settings.QUANTRIET.home, os.environ), file)
    try:
        bring_up_to_date(interactive=False, verbosity=0)
    except OperationalError as error:
        raise DomainError(
            "upgrade.busy",
            _(
                "Chưa nâng cấp xong: có bảng đang bận hoặc cơ sở dữ liệu không trả lời. Các bước đã xong được giữ; "
                "hãy dừng hệ thống rồi chạy lại. Bản sao lưu trước khi nâng cấp: {file}."
            ).format(file=file),
            told=str(error),
        ) from error
    as_role("worker")
    with access.whole_house("upgrade"):
        equal = queries.verify().equal
    outcome = (
        _("Số liệu khớp.")
        if equal
        else _("SỐ LIỆU LỆCH: hãy dừng lại và xem bản sao lưu {file}.").format(file=file)
    )
    words = [
        _("Đã sao lưu vào {file}.").format(file=file),
        _("Đã làm {count} bước.").format(count=len(steps)),
        outcome,
        str(RESTART),
    ]
    tell(options, words, {"steps": steps, "file": str(file), "ledger_equal": equal})
    return 0 if equal else REFUSED


COMMANDS = {"upgrade": Command(_arguments, _run)}
