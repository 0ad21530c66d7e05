"""The text of an old report, from a file or pasted. Nothing is kept."""

from quantriet.core.intake.cage import run_limited
from quantriet.core.intake.checking import check_upload
from quantriet.core.intake.kinds import FileKind
from quantriet.core.office.documents_in import ReadText, read_docx, read_pdf
from quantriet.core.office.sheets_in import decoded
from quantriet.core.text import clean_text, convert

KINDS = frozenset({FileKind.DOCX, FileKind.PDF, FileKind.TXT})
LONGEST = 2_000_000


def text_of_file(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a .docx, .pdf or .txt and what to be wary of. Refuses as ``check_upload`` and the readers do."""
    checked = check_upload(content, kind=KINDS)
    if checked.kind is FileKind.TXT:
        return text_typed(decoded(content)), ()
    read: ReadText = run_limited(read_docx if checked.kind is FileKind.DOCX else read_pdf, content)
    return read.text, tuple(warning.sentence for warning in read.warnings)


def text_typed(text: str) -> str:
    """Pasted text in the house's form; old encodings are converted."""
    return clean_text(convert(text[:LONGEST]).text)
