"""The English catalogues: every text of a package has its English, with the same places to fill in, compiled.

The catalogues are read by a small reader of our own, so that the test needs no tool of gettext.
"""

import ast
import gettext
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "quantriet"
PACKAGES = ("core", "org", "ledger", "documents", "campaigns", "lecturers", "conferences", "reports", "web")

# What a text leaves open to be filled in, and the marks of a page it carries.
PLACE = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{[^{}\s]*\}|</?[a-z][^<>]*>")
LINE = re.compile(r'(?:(?P<key>msgctxt|msgid_plural|msgid|msgstr)(?:\[(?P<form>\d)\])? +)?(?P<text>".*")')


@dataclass
class Text:
    """One entry of a catalogue. ``forms`` are the English texts, one for each form of the plural."""

    fuzzy: bool = False
    context: str | None = None
    source: str | None = None
    plural: str | None = None
    forms: dict[int, str] = field(default_factory=dict)

    def add(self, key: str, form: int, text: str) -> None:
        """Append a piece of text under its keyword."""
        if key == "msgstr":
            self.forms[form] = self.forms.get(form, "") + text
        elif key == "msgctxt":
            self.context = (self.context or "") + text
        elif key == "msgid_plural":
            self.plural = (self.plural or "") + text
        else:
            self.source = (self.source or "") + text


def read(catalogue: str) -> list[Text]:
    """The entries of a .po file in order, the header among them; ValueError at a line of no known shape."""
    texts: list[Text] = []
    for block in re.split(r"\n\s*\n", catalogue.strip()):
        text, key, form = Text(), "", 0
        for line in block.splitlines():
            if line.startswith("#"):
                text.fuzzy = text.fuzzy or (line.startswith("#,") and "fuzzy" in line)
                continue
            found = LINE.fullmatch(line.strip())
            if found is None:
                raise ValueError(line)
            key, form = found["key"] or key, int(found["form"] or 0) if found["key"] else form
            text.add(key, form, ast.literal_eval(found["text"]))
        if text.source is not None:
            texts.append(text)
    return texts


def faults(texts: list[Text]) -> list[str]:
    """What is wrong with the entries of a catalogue, one line each."""
    found = []
    for text in texts:
        wanted = {0, 1} if text.plural is not None else {0}
        if text.fuzzy:
            found.append(f"fuzzy: {text.source}")
        elif set(text.forms) != wanted or not all(text.forms.values()):
            found.append(f"not translated: {text.source}")
        elif text.source:
            places = Counter(PLACE.findall(text.source))
            if any(Counter(PLACE.findall(english)) != places for english in text.forms.values()):
                found.append(f"other places: {text.source}")
    return found


def compiled_entries(texts: list[Text]) -> dict[str | tuple[str, int], str]:
    """What ``gettext`` holds after reading the compiled form of these entries, the header aside."""
    entries: dict[str | tuple[str, int], str] = {}
    for text in texts:
        if text.source:
            source = text.source if text.context is None else f"{text.context}\x04{text.source}"
            for form, english in text.forms.items():
                entries[source if text.plural is None else (source, form)] = english
    return entries


def disagreements(catalogues: list[list[Text]]) -> list[str]:
    """Texts with another English in another package. Django joins all catalogues, so one of the two never shows."""
    first: dict[tuple[str | None, str | None], dict[int, str]] = {}
    return [
        f"{text.source}: {first[text.context, text.source]} or {text.forms}"
        for texts in catalogues
        for text in texts
        if text.source and first.setdefault((text.context, text.source), text.forms) != text.forms
    ]


def catalogue(package: str) -> Path:
    """The English catalogue of a package, without the ending of its name."""
    return SOURCE / package / "locale" / "en" / "LC_MESSAGES" / "django"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_has_its_english(package: str) -> None:
    texts = read(catalogue(package).with_suffix(".po").read_text(encoding="utf-8"))

    assert (faults(texts), len(texts) > 1) == ([], True)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_compiled_catalogue_is_that_of_the_texts(package: str) -> None:
    texts = read(catalogue(package).with_suffix(".po").read_text(encoding="utf-8"))

    with catalogue(package).with_suffix(".mo").open("rb") as compiled:
        held = dict(vars(gettext.GNUTranslations(compiled))["_catalog"])

    held.pop("", None)  # the header
    assert held == compiled_entries(texts)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_header_names_the_project_and_the_language_and_nobody(package: str) -> None:
    header = read(catalogue(package).with_suffix(".po").read_text(encoding="utf-8"))[0]

    facts = dict(line.split(": ", 1) for line in header.forms[0].splitlines() if line.split(": ", 1)[1:])

    assert (header.source, facts["Project-Id-Version"], facts["Language"], "@" in header.forms[0]) == (
        "",
        "Quán Triệt",
        "en",
        False,
    )
    assert facts["Plural-Forms"].replace(" ", "") == "nplurals=2;plural=(n!=1);"


def test_a_text_of_several_packages_has_one_english() -> None:
    catalogues = [
        read(catalogue(package).with_suffix(".po").read_text(encoding="utf-8")) for package in PACKAGES
    ]

    assert disagreements(catalogues) == []


MADE_UP = r"""
msgid ""
msgstr ""
"Language: en\n"

#: whole.py
msgid "Nhắc %(count)s đơn vị của {unit}"
msgstr "Remind %(count)s units of {unit}"

#: place.py
msgid "Còn %(days)s ngày"
msgstr "Days left"

#: twice.py
msgid ""
"Có {count} dòng\n"
"trong {count} tệp"
msgstr "There are {count} rows"

#, fuzzy, python-format
msgid "Quá hạn %(days)s ngày"
msgstr "%(days)s days late"

msgctxt "nút"
msgid "Gửi"
msgstr ""

msgid "%(n)s người"
msgid_plural "%(n)s người"
msgstr[0] "%(n)s person"
"""


def test_control_each_fault_is_found() -> None:
    assert faults(read(MADE_UP)) == [
        "other places: Còn %(days)s ngày",
        "other places: Có {count} dòng\ntrong {count} tệp",
        "fuzzy: Quá hạn %(days)s ngày",
        "not translated: Gửi",
        "not translated: %(n)s người",
    ]


def test_control_a_line_of_no_known_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="msgstring"):
        read('msgid "Gửi"\nmsgstring "Send"')


def test_control_two_words_for_one_text_are_found() -> None:
    here, there = (read(f'msgid "Đóng"\nmsgstr "{english}"') for english in ("Close", "Shut"))

    assert disagreements([here, there, here]) == ["Đóng: {0: 'Close'} or {0: 'Shut'}"]
