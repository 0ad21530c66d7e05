"""From a checked file to the lines of a paper. The file itself is opened in the cage only."""

from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.checking import CheckedFile
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office.documents_in import ReadTable, ReadText, WarningCode, read_docx, read_pdf
from quantriet.documents.reading.lines import PaperFile, PaperLine


def lines_of(checked: CheckedFile) -> PaperFile:
    """The lines of a .docx or .pdf; refuses as the readers of ``core.office.documents_in`` do."""
    reader = read_pdf if checked.kind is FileKind.PDF else read_docx
    return from_text(run_limited(reader, checked.source))


def from_text(read: ReadText) -> PaperFile:
    """The lines of a text that was read: of a PDF as printed, of a Word file its paragraphs and rows."""
    old = any(warning.code is WarningCode.LEGACY_FONT for warning in read.warnings)
    if read.printed:
        printed = tuple(
            PaperLine(line, page=number) for number, page in enumerate(read.printed, start=1) for line in page
        )
        return PaperFile(printed, len(read.printed), read.margins, old)
    return PaperFile(tuple(PaperLine(line) for line in _lines(read)), 0, read.margins, old)


HEAD = 12  # paragraphs before which a table without lines is the head of the paper


def _lines(read: ReadText) -> list[str]:
    """Paragraphs and the rows of tables.

    The table of a head sets columns side by side, so it is read line by line with tabs between the columns;
    a table of the text is read row by row.
    """
    lines: list[str] = []
    for block in read.blocks:
        if not isinstance(block, ReadTable):
            lines.extend(block.text.split("\n"))
            continue
        is_head = len(lines) < HEAD
        for row in block.rows:
            cells = [cell.split("\n") for cell in _once(row)]
            if not is_head:
                lines.append(" | ".join(" ".join(cell) for cell in cells).strip(" |"))
                continue
            tallest = max((len(cell) for cell in cells), default=0)
            lines.extend("\t".join(cell[at] for cell in cells if at < len(cell)) for at in range(tallest))
    return lines


def _once(row: tuple[str, ...]) -> list[str]:
    """The cells of a row; a merged cell, which stands in each place it covers, once."""
    return [cell for at, cell in enumerate(row) if at == 0 or cell != row[at - 1]]
