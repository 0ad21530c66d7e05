"""``quantriet backup`` and ``restore``."""

import argparse
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.ledger import commands as ledger
from quantriet.ledger import queries
from quantriet.org import access
from quantriet.web import backups
from quantriet.web.backups import Contents
from quantriet.web.cli import REFUSED, Command
from quantriet.web.cli.telling import dry_run_argument, json_argument, tell
from quantriet.web.database import read_database_settings


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar=_("TỆP"),
        help=_("tệp sẽ ghi (mặc định: QUANTRIET_HOME/backups, tên theo giờ)"),
    )
    parser.add_argument(
        "--keep",
        type=int,
        metavar="N",
        help=_("sau khi sao lưu xong, chỉ giữ N bản mới nhất mang tên theo giờ trong thư mục đó"),
    )
    json_argument(parser)


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar=_("TỆP"), help=_("bản sao lưu"))
    parser.add_argument(
        "--replace", action="store_true", help=_("bỏ dữ liệu đang có (phải dừng hệ thống trước)")
    )
    dry_run_argument(parser)
    json_argument(parser)


def usual_place() -> Path:
    """A new name below the home; carrying it to another machine is the owner's own script."""
    folder: Path = settings.QUANTRIET.home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return backups.place(folder, timezone.localtime())


def _told(contents: Contents, file: Path) -> dict[str, object]:
    return {
        "file": str(file),
        "made_at": contents.made_at,
        "parts": len(contents.parts),
        "bytes": contents.size,
    }


def _backup(options: argparse.Namespace) -> int:
    file = (options.file or usual_place()).absolute()
    made = backups.backup(backups.house(settings.QUANTRIET.home, os.environ), file)
    words = [
        _("Đã sao lưu vào {file}: {count} phần, {size} byte. Tệp có cả khóa: cất kỹ.").format(
            file=file, count=len(made.parts), size=made.size
        )
    ]
    told = _told(made, file)
    if options.keep is not None:
        gone = backups.rotate(file.parent, keep=options.keep)
        words.append(
            _("Đã bỏ {count} bản cũ, giữ {keep} bản mới nhất.").format(count=len(gone), keep=options.keep)
        )
        told["deleted"] = [path.name for path in gone]
    tell(options, words, told)
    return 0


def _restore(options: argparse.Namespace) -> int:
    found = backups.look(options.file)
    house = backups.house(settings.QUANTRIET.home, os.environ)
    if not backups.is_empty(house) and not options.replace:
        raise DomainError(
            "restore.not_empty",
            _(
                "Hệ thống này đang có dữ liệu; khôi phục sẽ bỏ chúng. Chưa làm gì; nếu đúng ý, thêm --replace."
            ),
        )
    if options.dry_run:
        tell(
            options,
            [_("Bản sao lưu lành, lập lúc {made_at}.").format(made_at=found.made_at)],
            _told(found, options.file),
        )
        return 0
    connections.close_all()
    backups.restore(house, options.file)
    as_role("owner")
    call_command("migrate", interactive=False, verbosity=0)
    as_role("worker")
    with access.whole_house("restore"):
        epoch = ledger.rebuild()
        equal = queries.verify().equal
    words = [
        _("Đã khôi phục bản lập lúc {made_at}; số liệu dựng lại ở kỷ {epoch}.").format(
            made_at=found.made_at, epoch=epoch
        )
    ]
    tell(options, words, {**_told(found, options.file), "epoch": epoch, "ledger_equal": equal})
    return 0 if equal else REFUSED


def as_role(role: str) -> None:
    """Connect as another role of the database from here on."""
    connections.close_all()
    values = read_database_settings(settings.QUANTRIET.home, {**os.environ, "QUANTRIET_DB_ROLE": role})
    connections["default"].settings_dict.update(values)


COMMANDS = {"backup": Command(_backup_arguments, _backup), "restore": Command(_restore_arguments, _restore)}
