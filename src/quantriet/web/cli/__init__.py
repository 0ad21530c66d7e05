"""The command line: ``quantriet <lệnh> …``, the same as ``python -m quantriet``.

Each command acts as whoever works on the server itself (``access.operator``) and calls the same commands as
the pages. Exit codes, for scripts: 0 done (or nothing wrong found), 1 refused or something wrong found, 2 the
command line was not understood. ``--json`` answers with one JSON object; ``--dry-run``, where a command
writes, does everything and takes it back.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import django
from django.apps import apps

from quantriet.core.errors import DomainError
from quantriet.web import supervisor

REFUSED = 1


@dataclass(frozen=True)
class Command:
    """What a command takes and what it does; ``run`` returns the exit code."""

    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Entry:
    """Where a command is, what it is for, as which role of the database it works."""

    module: str
    words: str
    role: str = "app"


ENTRIES: Mapping[str, Entry] = {
    "serve": Entry("", "Chạy toàn bộ hệ thống và giữ cho nó chạy"),
    "worker": Entry("worker", "Chạy tiến trình làm việc dài (nhập tệp, gửi thư …)", "worker"),
    "fold": Entry("fold", "Chạy tiến trình gộp số liệu mỗi giây", "worker"),
    "migrate": Entry("migrate", "Tạo hoặc nâng cấp các bảng", "owner"),
    "check": Entry("check", "Kiểm tra cấu hình, cửa vào của từng trang, quyền của cơ sở dữ liệu"),
    "found-root": Entry("units", "Lập đơn vị gốc đầu tiên của cây"),
    "act": Entry("acts", "Sắp xếp đơn vị: sáp nhập, chia tách, giải thể, đổi tên, chuyển …"),
    "act-resume": Entry("acts", "Làm tiếp một việc sắp xếp đang vướng, trả lời lại nếu cần"),
    "act-undo": Entry("acts", "Hoàn tác hoặc bỏ một việc sắp xếp"),
    "acts-draft": Entry(
        "acts", "Soạn bảng sắp xếp từ danh sách xã kèm “sáp nhập từ …”; điều chưa rõ thì hỏi"
    ),
    "acts": Entry("acts", "Sắp xếp nhiều đơn vị từ tệp Excel hoặc CSV"),
    "import-units": Entry("imports", "Nhập cây đơn vị từ tệp Excel hoặc CSV"),
    "import-people": Entry("imports", "Nhập danh sách người từ tệp Excel hoặc CSV"),
    "import-baselines": Entry(
        "baselines", "Nhập số liệu kỳ trước (tự khai) của một văn bản từ Excel hoặc CSV"
    ),
    "campaign": Entry("campaigns", "Đợt triển khai: liệt kê, soạn, giao xuống, xem số liệu"),
    "conference": Entry(
        "conferences", "Hội nghị: liệt kê, điểm cầu nào chưa sẵn sàng, kinh phí cả năm (JSON, CSV)"
    ),
    "report": Entry("reports", "Báo cáo: liệt kê, lập, xuất Word và Excel, soi báo cáo cũ"),
    "account": Entry("accounts", "Tài khoản: tạo, giao vai trò, cấp lại mật khẩu"),
    "token": Entry("tokens", "Khóa truy cập API: tạo, liệt kê, thu hồi"),
    "ledger": Entry("ledger", "Sổ số liệu: đối chiếu, đếm lại từ dòng gốc, dựng lại", "worker"),
    "demo-load": Entry("demo", "Nạp dữ liệu trình diễn vào hệ thống trống"),
    "generate": Entry("generate", "Sinh dữ liệu cỡ xã, tỉnh hoặc cả nước vào hệ thống trống"),
    "bench": Entry("bench", "Đo tốc độ và bộ nhớ ở cỡ một tỉnh, hoặc trên dữ liệu sinh"),
    "backup": Entry("backup", "Sao lưu cơ sở dữ liệu, tệp và khóa vào một tệp"),
    "restore": Entry("backup", "Khôi phục từ một bản sao lưu"),
    "upgrade": Entry(
        "upgrade", "Nâng cấp sau khi thay bản mới: sao lưu, sửa bảng, đối chiếu số liệu", "owner"
    ),
    "retention": Entry("retention", "Xóa hoặc khử tên dữ liệu đã hết thời hạn lưu", "worker"),
}


class Parser(argparse.ArgumentParser):
    """Speaks Vietnamese where argparse does not."""

    def format_help(self) -> str:
        """The help text with its headings translated."""
        text = super().format_help()
        for english, vietnamese in (
            ("usage:", "Cách dùng:"),
            ("positional arguments:", "Tham số:"),
            ("options:", "Tùy chọn:"),
            ("show this help message and exit", "hiện trang này"),
        ):
            text = text.replace(english, vietnamese)
        return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help"}:
        sys.stdout.write(overview())
        return 0 if words else 2
    name, rest = words[0], words[1:]
    entry = ENTRIES.get(name)
    if entry is None:
        sys.stderr.write(f"Không có lệnh “{name}”. Xem: quantriet --help\n")
        return 2
    if name == "serve":
        return supervisor.main(rest)
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
        os.environ.setdefault("QUANTRIET_DB_ROLE", entry.role)
        django.setup()
    command: Command = importlib.import_module(f"quantriet.web.cli.{entry.module}").COMMANDS[name]
    parser = Parser(prog=f"quantriet {name}", description=entry.words)
    command.arguments(parser)
    return _run(command, parser.parse_args(rest))


def _run(command: Command, options: argparse.Namespace) -> int:
    """The command; its refusal becomes a sentence and exit code 1."""
    try:
        return command.run(options)
    except DomainError as error:
        if getattr(options, "json", False):
            told = {"code": error.code, "detail": error.sentence, "context": error.context}
            sys.stdout.write(json.dumps({"error": told}, ensure_ascii=False, default=str) + "\n")
        else:
            sys.stderr.write(f"{error.sentence} ({error.code})\n")
        return REFUSED


def overview() -> str:
    """The list of commands."""
    width = max(map(len, ENTRIES))
    lines = [f"  {name:<{width}}  {entry.words}" for name, entry in ENTRIES.items()]
    return "\n".join(
        (
            "Cách dùng: quantriet <lệnh> [tham số]   (quantriet <lệnh> --help để xem từng lệnh)",
            "",
            *lines,
            "",
            "Mã kết thúc: 0 xong; 1 bị từ chối hoặc tìm thấy điều sai; 2 dòng lệnh không hiểu được.",
            "",
        )
    )
