"""The door to typst: a template of ours and values as JSON in, the bytes of a PDF out.

Values reach the template as strings of data and are never read as markup, so no name can change a page. Only
the four Tinos fonts beside this module are used (same widths as Times New Roman, all Vietnamese letters, SIL
Open Font Licence): what a server has installed must not decide how a paper looks.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
# Cards are cut out of paper; tags for screen readers would cost two thirds of the time and half of the size.
UNTAGGED = {"cards"}
# Characters no font draws and PDF readers stumble over; line ends and tabs stay.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read from disk once for each process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
    )


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """Set the data with one of the templates in ``typst/`` (name without ending); gives a PDF."""
    packed = json.dumps(_printable(data), ensure_ascii=False)
    compiler = typst.Compiler(
        input=str(HERE / "typst" / f"{template}.typ"),
        root=str(HERE / "typst"),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": packed},
    )
    document = compiler.compile(format="pdf", pdf_tags=template not in UNTAGGED)
    if not isinstance(document, bytes):
        raise TypeError("typst gave no PDF")
    return document


def _printable(value: Any) -> Any:
    """The same values without unprintable characters."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return value
