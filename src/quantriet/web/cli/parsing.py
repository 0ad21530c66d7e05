"""How a command line is read and how its faults are told, in the language that is spoken.

``argparse`` has its own words, in English only; here its headings and faults get ours. A fault it may learn to
tell in a later Python is passed on as it is.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from django.utils.translation import gettext as _


def gettext_noop(words: str) -> str:
    """Mark a text for the catalogue. Django's own asks for settings, and here there may be none yet."""
    return words


HEADINGS = {
    "positional arguments": gettext_noop("Tham số"),
    "options": gettext_noop("Tùy chọn"),
}

# What argparse says (Python 3.11 to 3.14) → what we say.
FAULTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"the following arguments are required: (?P<names>.+)"),
        gettext_noop("Còn thiếu: {names}."),
    ),
    (
        re.compile(r"unrecognized arguments: (?P<names>.+)"),
        gettext_noop("Không hiểu: {names}."),
    ),
    (
        re.compile(r"ambiguous option: (?P<name>.+?) could match (?P<names>.+)"),
        gettext_noop("“{name}” có thể là nhiều tùy chọn: {names}. Hãy viết đủ."),
    ),
    (
        re.compile(
            r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \((?:choose from|maybe you meant) (?P<names>.+)\)"
        ),
        gettext_noop("{name}: không có lựa chọn {value}. Hãy chọn một trong: {names}."),
    ),
    (
        re.compile(r"argument (?P<name>.+?): invalid \S+ value: (?P<value>.+)"),
        gettext_noop("{name}: không đọc được giá trị {value}."),
    ),
    (
        re.compile(r"argument (?P<name>.+?): expected (?:one|at least one|at most one|\d+) arguments?"),
        gettext_noop("{name}: thiếu hoặc thừa giá trị."),
    ),
    (
        re.compile(r"argument (?P<name>.+?): ignored explicit argument (?P<value>.+)"),
        gettext_noop("{name}: không nhận giá trị {value}."),
    ),
)


class Formatter(argparse.HelpFormatter):
    """The page of help with our headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The first line."""
        super().add_usage(usage, actions, groups, prefix if prefix is not None else _("Cách dùng: "))

    def start_section(self, heading: str | None) -> None:
        """A heading, ours where it is one of argparse's."""
        super().start_section(_(HEADINGS[heading]) if heading in HEADINGS else heading)


class Parser(argparse.ArgumentParser):
    """Reads the words of one command."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **words, "add_help": False})
        self.add_argument("-h", "--help", action="help", help=_("hiện trang này"))

    def error(self, message: str) -> NoReturn:
        """Say what was not understood; exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {told(message)}\n")


def told(message: str) -> str:
    """A fault of argparse in our words."""
    for pattern, words in FAULTS:
        found = pattern.fullmatch(message)
        if found is not None:
            return _(words).format(**found.groupdict())
    return message
