"""Papers as they are handed in: checked, read, and only then kept. What was kept waits a day for who handed it in."""

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from quantriet.core.errors import DomainError
from quantriet.core.intake.checking import check_upload
from quantriet.documents import files
from quantriet.documents.commands.papers import Source
from quantriet.documents.files import HANDOUTS, PAPERS, KeptFile
from quantriet.documents.reading.files import lines_of
from quantriet.documents.reading.lines import PaperFile, PaperLine
from quantriet.documents.reading.paper import Reading, read, refuse_marked
from quantriet.org.access import Actor

SALT = "quantriet.documents.drop"
A_DAY = 24 * 3600


@dataclass(frozen=True)
class Dropped:
    """A file that was read and kept until the officer saves the draft; ``token`` proves that it was his."""

    file: KeptFile
    reading: Reading
    token: str


def drop(content: bytes, name: str, by: Actor) -> Dropped:
    """Check, read, and only then keep: a refused file leaves nothing behind."""
    checked = check_upload(content, kind=PAPERS)
    reading = read(lines_of(checked))
    kept = files.keep(content, name=name, kinds=PAPERS)
    token = signing.dumps([by.account_id, kept.sha256, kept.name], salt=SALT)
    return Dropped(kept, reading, token)


def pasted(text: str) -> Reading:
    """A paper whose whole text was given."""
    return read(PaperFile(tuple(PaperLine(line) for line in text.splitlines())))


def again(token: str, by: Actor) -> Dropped:
    """The file behind a token of this actor, read once more: nothing of it travels through a page or a program.

    Refuses with ``document.drop_lost``.
    """
    try:
        account_id, sha256, name = signing.loads(token, salt=SALT, max_age=A_DAY)
    except (signing.BadSignature, ValueError) as error:
        raise _lost() from error
    if account_id != by.account_id:
        raise _lost()
    with files.open_kept(sha256) as kept:
        return drop(kept.read(), name, by)


def _lost() -> DomainError:
    return DomainError(
        "document.drop_lost", _("Tệp gửi lên đã quá một ngày hoặc không phải của bạn. Hãy gửi lại tệp.")
    )


def source_of(dropped: Dropped | None, reading: Reading | None, relations: set[str]) -> Source:
    """What a draft is entered from; ``relations`` are the wanted ones of those read, as ``kind:number``."""
    return Source(
        dropped.file if dropped else None,
        reading.text if reading else "",
        tuple(pair for pair in (reading.relations if reading else ()) if ":".join(pair) in relations),
    )


def handout(content: bytes, name: str) -> KeptFile:
    """A material: a Word file or PDF is read first, for one marked MẬT is refused before anything is kept."""
    checked = check_upload(content, kind=HANDOUTS)
    if checked.kind in PAPERS:
        refuse_marked(lines_of(checked))
    return files.keep(content, name=name, kinds=HANDOUTS)
