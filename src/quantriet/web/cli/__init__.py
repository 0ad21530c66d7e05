"""The command line: ``quantriet <lệnh> …``, the same as ``python -m quantriet``.

Each command acts as whoever works on the server itself (``access.operator``) and calls the same commands as
the pages. Exit codes, for scripts: 0 done (or nothing wrong found), 1 refused or something wrong found, 2 the
command line was not understood. ``--json`` answers with one JSON object; ``--dry-run``, where a command
writes, does everything and takes it back.
"""

import argparse
import gettext
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps
from django.utils.translation import gettext as translated
from django.utils.translation import override

from quantriet.core.errors import DomainError
from quantriet.web import supervisor
from quantriet.web.cli.parsing import Parser, gettext_noop

REFUSED = 1
NOT_UNDERSTOOD = 2

FIRST_LANGUAGE, LANGUAGES = "vi", ("vi", "en")
LOCALE = Path(__file__).resolve().parent.parent / "locale"


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
    "serve": Entry("", gettext_noop("Chạy toàn bộ hệ thống và giữ cho nó chạy")),
    "worker": Entry("worker", gettext_noop("Chạy tiến trình làm việc dài (nhập tệp, gửi thư …)"), "worker"),
    "fold": Entry("fold", gettext_noop("Chạy tiến trình gộp số liệu mỗi giây"), "worker"),
    "migrate": Entry("migrate", gettext_noop("Tạo hoặc nâng cấp các bảng"), "owner"),
    "check": Entry(
        "check", gettext_noop("Kiểm tra cấu hình, cửa vào của từng trang, quyền của cơ sở dữ liệu")
    ),
    "found-root": Entry("units", gettext_noop("Lập đơn vị gốc đầu tiên của cây")),
    "act": Entry("acts", gettext_noop("Sắp xếp đơn vị: sáp nhập, chia tách, giải thể, đổi tên, chuyển …")),
    "act-resume": Entry("acts", gettext_noop("Làm tiếp một việc sắp xếp đang vướng, trả lời lại nếu cần")),
    "act-undo": Entry("acts", gettext_noop("Hoàn tác hoặc bỏ một việc sắp xếp")),
    "acts-draft": Entry(
        "acts", gettext_noop("Soạn bảng sắp xếp từ danh sách xã kèm “sáp nhập từ …”; điều chưa rõ thì hỏi")
    ),
    "acts": Entry("acts", gettext_noop("Sắp xếp nhiều đơn vị từ tệp Excel hoặc CSV")),
    "import-units": Entry("imports", gettext_noop("Nhập cây đơn vị từ tệp Excel hoặc CSV")),
    "import-people": Entry("imports", gettext_noop("Nhập danh sách người từ tệp Excel hoặc CSV")),
    "import-baselines": Entry(
        "baselines", gettext_noop("Nhập số liệu kỳ trước (tự khai) của một văn bản từ Excel hoặc CSV")
    ),
    "campaign": Entry("campaigns", gettext_noop("Đợt triển khai: liệt kê, soạn, giao xuống, xem số liệu")),
    "conference": Entry(
        "conferences",
        gettext_noop("Hội nghị: liệt kê, điểm cầu nào chưa sẵn sàng, kinh phí cả năm (JSON, CSV)"),
    ),
    "report": Entry("reports", gettext_noop("Báo cáo: liệt kê, lập, xuất Word và Excel, soi báo cáo cũ")),
    "account": Entry("accounts", gettext_noop("Tài khoản: tạo, giao vai trò, cấp lại mật khẩu")),
    "token": Entry("tokens", gettext_noop("Khóa truy cập API: tạo, liệt kê, thu hồi")),
    "ledger": Entry("ledger", gettext_noop("Sổ số liệu: đối chiếu, đếm lại từ dòng gốc, dựng lại"), "worker"),
    "freeze": Entry("freezes", gettext_noop("Số đã chốt: liệt kê các kỳ, chốt kỳ hôm nay hoặc kỳ đã qua")),
    "demo-load": Entry("demo", gettext_noop("Nạp dữ liệu trình diễn vào hệ thống trống")),
    "generate": Entry("generate", gettext_noop("Sinh dữ liệu cỡ xã, tỉnh hoặc cả nước vào hệ thống trống")),
    "bench": Entry("bench", gettext_noop("Đo tốc độ và bộ nhớ ở cỡ một tỉnh, hoặc trên dữ liệu sinh")),
    "backup": Entry("backup", gettext_noop("Sao lưu cơ sở dữ liệu, tệp và khóa vào một tệp")),
    "restore": Entry("backup", gettext_noop("Khôi phục từ một bản sao lưu")),
    "upgrade": Entry(
        "upgrade",
        gettext_noop("Nâng cấp sau khi thay bản mới: sao lưu, sửa bảng, đối chiếu số liệu"),
        "owner",
    ),
    "retention": Entry("retention", gettext_noop("Xóa hoặc khử tên dữ liệu đã hết thời hạn lưu"), "worker"),
}


# What the overview says besides the commands.
USAGE = gettext_noop("Cách dùng: quantriet LỆNH [THAM_SỐ]   (quantriet LỆNH --help để xem từng lệnh)")
SPEAKING = gettext_noop(
    "Tiếng nói: --lang vi hoặc en, hoặc biến môi trường QUANTRIET_LANG; mặc định tiếng Việt."
)
CODES = gettext_noop("Mã kết thúc: 0 xong; 1 bị từ chối hoặc tìm thấy điều sai; 2 dòng lệnh không hiểu được.")
NO_COMMAND = gettext_noop("Không có lệnh “{name}”. Xem: quantriet --help")
NO_LANGUAGE = gettext_noop("--lang: chỉ có vi (tiếng Việt) và en (tiếng Anh). Chưa làm gì.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words, language = spoken(sys.argv[1:] if arguments is None else arguments)
    if language not in LANGUAGES:
        sys.stderr.write(_before_settings(NO_LANGUAGE, FIRST_LANGUAGE) + "\n")
        return NOT_UNDERSTOOD
    if not words or words[0] in {"-h", "--help"}:
        sys.stdout.write(overview(language))
        return 0 if words else NOT_UNDERSTOOD
    name, rest = words[0], words[1:]
    entry = ENTRIES.get(name)
    if entry is None:
        sys.stderr.write(_before_settings(NO_COMMAND, language).format(name=name) + "\n")
        return NOT_UNDERSTOOD
    if name == "serve":
        return supervisor.main(rest)
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quantriet.web.settings")
        os.environ.setdefault("QUANTRIET_DB_ROLE", entry.role)
        django.setup()
    with override(language):
        return _carry_out(name, entry, rest)


def spoken(words: Sequence[str]) -> tuple[list[str], str]:
    """The words without ``--lang``, and the language it names; without it that of ``QUANTRIET_LANG``.

    ``LANG`` is not asked, as pages do not ask the browser (``web.language``): most machines say English, or
    nothing, without anybody having chosen it.
    """
    rest, named = list(words), ""
    for at, word in enumerate(words):
        option, mark, value = word.partition("=")
        if option == "--lang":
            named = value if mark else "".join(words[at + 1 : at + 2])
            del rest[at : at + (1 if mark else 2)]
            return rest, named
    kept = os.environ.get("QUANTRIET_LANG", "")
    return rest, kept if kept in LANGUAGES else FIRST_LANGUAGE


def _carry_out(name: str, entry: Entry, words: Sequence[str]) -> int:
    """Read the words of a command and run it; its refusal becomes a sentence and exit code 1."""
    command: Command = importlib.import_module(f"quantriet.web.cli.{entry.module}").COMMANDS[name]
    parser = Parser(prog=f"quantriet {name}", description=translated(entry.words))
    command.arguments(parser)
    options = parser.parse_args(words)
    try:
        return command.run(options)
    except DomainError as error:
        if getattr(options, "json", False):
            told = {"code": error.code, "detail": error.sentence, "context": error.context}
            sys.stdout.write(json.dumps({"error": told}, ensure_ascii=False, default=str) + "\n")
        else:
            sys.stderr.write(f"{error.sentence} ({error.code})\n")
        return REFUSED


def overview(language: str) -> str:
    """The list of commands."""
    width = max(map(len, ENTRIES))
    lines = [
        f"  {name:<{width}}  {_before_settings(entry.words, language)}" for name, entry in ENTRIES.items()
    ]
    usage, speaking, codes = (_before_settings(words, language) for words in (USAGE, SPEAKING, CODES))
    return "\n".join((usage, "", *lines, "", speaking, codes, ""))


def _before_settings(words: str, language: str) -> str:
    """A text of ours while nothing is configured: asking for help leaves no keys and no folders behind."""
    if language == FIRST_LANGUAGE:
        return words
    return gettext.translation("django", LOCALE, [language]).gettext(words)
