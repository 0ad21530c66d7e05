"""The top of a long workbook: a copy whose sheets end after their first rows, for who asks what their titles are.

The reader of workbooks takes a sheet whole, a million rows for a header. Everything but the rows stays as it was
(names, merged cells, words, styles), so the reader tells of the copy's rows what it tells of the file's. A sheet is
left whole where its end could not be told for certain, and where nothing stands in its first rows.
"""

import io
import re
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import IO

TOP_ROWS = 200
PIECE = 1 << 16
_SHEET = re.compile(r"(?:^|/)worksheets/[^/]+\.xml$", re.IGNORECASE)
_END_OF_ROW = re.compile(rb"</(?:\w+:)?row\s*>")
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
_LONGEST_END = 64


def top(source: Path) -> bytes | None:
    """The shortened copy; ``None`` when no sheet is longer, or when this is no archive of sheets."""
    copy = io.BytesIO()
    was_cut = False
    try:
        with zipfile.ZipFile(source) as whole, zipfile.ZipFile(copy, "w") as short:
            for name in whole.namelist():
                with whole.open(name) as part, short.open(name, "w") as kept:
                    if _SHEET.search(name):
                        was_cut = _shorten(part, kept) or was_cut
                    else:
                        shutil.copyfileobj(part, kept, PIECE)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError):
        # Broken, locked by a password or packed in a way unknown here: who reads the whole file says so.
        return None
    return copy.getvalue() if was_cut else None


def _shorten(part: IO[bytes], kept: IO[bytes]) -> bool:
    """Copy a sheet's XML without the rows behind the first ones; whether there were any."""
    begun = bytearray()
    end = searched = found = 0
    while not end and (piece := part.read(PIECE)):
        begun += piece
        for row in _END_OF_ROW.finditer(begun, searched):
            found, searched = found + 1, row.end()
            if found == TOP_ROWS:
                end = row.end()
                break
        searched = max(searched, len(begun) - _LONGEST_END)
    if not end or not _VALUE.search(begun, 0, end):
        kept.write(begun)
        shutil.copyfileobj(part, kept, PIECE)
        return False
    kept.write(begun[:end])
    below = bytes(begun[end:])
    while not (found_end := _END_OF_ROWS.search(below)) and (piece := part.read(PIECE)):
        below = below[-_LONGEST_END:] + piece
    if found_end:  # else the sheet is broken off, and who reads the copy refuses it
        kept.write(below[found_end.start() :])
        shutil.copyfileobj(part, kept, PIECE)
    return True
