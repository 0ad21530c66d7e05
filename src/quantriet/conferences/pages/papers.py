"""One tap prints: summons, signature list, QR cards, minutes form. Papers are Vietnamese in any language."""

import io
import zipfile
from collections.abc import Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from quantriet.conferences import papers
from quantriet.conferences.models import Site
from quantriet.conferences.pages.roll_call import site_of
from quantriet.conferences.queries import conferences as reads
from quantriet.conferences.queries import questions, roster
from quantriet.core.errors import DomainError
from quantriet.core.office import letters_docx, letters_pdf, sheets_print
from quantriet.core.office.sheets_print import Card
from quantriet.core.text import fold
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.permissions import Can
from quantriet.org.queries import units

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
ZIP = "application/zip"
SPARE_LINES = 5
"""For guests: with more of them the signatures at the end go over to a second sheet."""
CARDS_A_FILE = 3_000
"""Above it the cards come as several files in one: a printer takes them one after another."""


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A download whose name has no marks: every phone keeps it readable."""
    response = HttpResponse(content, content_type=kind)
    plain = fold(name).replace(" ", "-")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(plain)}"
    return response


@page(Can.CONFERENCE_READ)
def summons(request: ActorRequest, conference_id: int, kind: str) -> HttpResponse:
    """Giấy triệu tập of a conference, as Word or PDF."""
    one = access.row_or_404(reads.conferences(request.actor), conference_id)
    seen = reads.sites(request.actor, Can.CONFERENCE_READ).filter(conference=one)
    shown = list(seen[: papers.SITES_AT_MOST])
    further = seen.count() - len(shown)
    with translation.override("vi"):
        form = papers.HYBRID if reads.is_hybrid(one) else str(one.get_form_display()).lower()
    superior = units.superior_on_paper(one.unit)
    letter = papers.summons(one, reads.agenda(one), shown, superior=superior, form=form, further=further)
    if kind == "pdf":
        return download(letters_pdf.to_pdf(letter), PDF, f"giay trieu tap {one.pk}.pdf")
    return download(letters_docx.to_docx(letter), WORD, f"giay trieu tap {one.pk}.docx")


@page(Can.ATTENDANCE_READ)
def signature_list(request: ActorRequest, site_id: int) -> HttpResponse:
    """The list to sign on, by given name, with empty lines for guests."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    rows = [row for row in roster.of_site(site) if row.is_expected]
    people = [
        sheets_print.SignatureLine(row.full_name, str(row.birth_year or ""), row.unit_name) for row in rows
    ]
    content = sheets_print.signature_list(papers.list_title(site), people, blank_lines=SPARE_LINES)
    return download(content, PDF, f"danh sach ky ten {site.pk}.pdf")


@page(Can.ATTENDANCE_RECORD)
def cards(request: ActorRequest, site_id: int) -> HttpResponse:
    """A card with QR and code for everybody expected at the site."""
    site = site_of(request, site_id, Can.ATTENDANCE_RECORD)
    rows = [row for row in roster.of_site(site) if row.is_expected]
    if not rows:
        raise DomainError("cards.nobody", _("Điểm này chưa có ai trong danh sách nên chưa có thẻ để in."))
    heading = site.conference.title[:120]
    files = [
        sheets_print.qr_cards(some, heading=heading)
        for some in _in_files(papers.cards(site, rows), CARDS_A_FILE)
    ]
    name = f"the diem danh {site.pk}"
    return download(files[0], PDF, f"{name}.pdf") if len(files) == 1 else _packed(files, name)


def _in_files(cards: Sequence[Card], at_most: int) -> list[Sequence[Card]]:
    return [cards[begins : begins + at_most] for begins in range(0, len(cards), at_most)]


def _packed(files: Sequence[bytes], name: str) -> HttpResponse:
    """Several papers in one download, numbered in their order."""
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_STORED) as packed:
        for number, content in enumerate(files, start=1):
            packed.writestr(f"{fold(name).replace(' ', '-')}-{number}.pdf", content)
    return download(pack.getvalue(), ZIP, f"{name}.zip")


@page(Can.ATTENDANCE_READ)
def minutes(request: ActorRequest, site_id: int) -> HttpResponse:
    """The minutes as Word: filled with what is known, room for the rest."""
    site = site_of(request, site_id, Can.ATTENDANCE_READ)
    asked = [
        papers.Asked(name, one.speaker, one.text, one.answer) for name, one in questions.for_minutes(site)
    ]
    letter = papers.minutes(
        site,
        roster.of_site(site),
        reads.agenda(site.conference),
        remarks=_remarks(site),
        asked=asked,
        superior=units.superior_on_paper(site.conference.unit),
        on=timezone.localdate(),
    )
    return download(letters_docx.to_docx(letter), WORD, f"bien ban {site.pk}.docx")


def _remarks(site: Site) -> list[tuple[str, str]]:
    return [
        (remark.author.full_name if remark.author is not None else "", remark.text)
        for remark in reads.remarks_at(site)
    ]
