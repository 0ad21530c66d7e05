"""Papers of a conference as values: summons, minutes, the title of the signature list, the cards.

Always Vietnamese, whatever language the reader of the pages has chosen, so nothing here is translated. Only
base organisations and above have a seal: a cell's minutes carry no number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from quantriet.conferences import codes
from quantriet.conferences.models import Conference, Site
from quantriet.conferences.queries.conferences import AgendaRow
from quantriet.conferences.queries.roster import Row
from quantriet.conferences.verdicts import HERE
from quantriet.core.office.letters import (
    PARTY,
    Align,
    Block,
    Bullet,
    HeaderCell,
    Heading,
    Letter,
    LetterColumn,
    Paragraph,
    Signature,
    TableBlock,
)
from quantriet.core.office.sheets_print import Card, TitleBlock
from quantriet.core.text import format_date, format_int, format_share, weekday_name
from quantriet.org import paper_words
from quantriet.org.models import Tree, Unit, UnitKind
from quantriet.org.models.units import Level

BLANK = "…………………………"


def when(conference: Conference) -> str:
    """`07:30 đến 11:00, thứ hai, ngày 23/11/2026`."""
    begins, ends = timezone.localtime(conference.starts_at), timezone.localtime(conference.ends_at)
    return (
        f"{begins:%H:%M} đến {ends:%H:%M}, {weekday_name(begins.date())}, ngày {format_date(begins.date())}"
    )


def _issuer(unit: Unit) -> str:
    """The name under which a unit issues papers."""
    return paper_words.issuer_of(unit.name, unit.tree == Tree.PARTY)


def _letter(
    conference: Conference,
    kind: str,
    body: Sequence[Block],
    *,
    superior: str,
    on: date | None,
    position: str,
) -> Letter:
    unit = conference.unit
    return Letter(
        layout=PARTY,
        superior=superior.upper(),
        issuer=_issuer(unit).upper(),
        number=BLANK[:6],
        place=paper_words.place_of(unit.name) or BLANK,
        day=on,
        kind_name=kind,
        abstract=conference.title,
        body=body,
        recipients=(),
        signature=Signature(position),
    )


def _agenda_table(agenda: Sequence[AgendaRow]) -> TableBlock:
    titles = ("TT", "Nội dung", "Văn bản", "Số phút", "Người trình bày")
    return TableBlock(
        columns=(
            LetterColumn(0.5, Align.CENTER),
            LetterColumn(3),
            LetterColumn(1.3),
            LetterColumn(0.7, Align.CENTER),
            LetterColumn(1.6),
        ),
        header=[[HeaderCell(title) for title in titles]],
        rows=[
            (
                str(item.position),
                item.title,
                item.number,
                str(item.actual_minutes if item.actual_minutes is not None else item.planned_minutes or ""),
                item.presenter,
            )
            for item in agenda
        ],
    )


HYBRID = "trực tiếp kết hợp trực tuyến"
SITES_AT_MOST = 201
"""On a summons, the hub among them; of the others it says how many there are."""


def _site_words(site: Site, conference: Conference) -> str:
    """A site on the list: name, place, telephone, and its own link where it does not join by the common one."""
    own_link = site.join_link if site.join_link != conference.join_link else ""
    return "; ".join(filter(None, (site.name, site.place, site.phone, own_link)))


def summons(
    conference: Conference,
    agenda: Sequence[AgendaRow],
    sites: Sequence[Site],
    *,
    superior: str,
    form: str,
    further: int = 0,
) -> Letter:
    """Giấy triệu tập: when, where, how to join, what, who chairs. ``superior``: the organisation named over the issuer;
    ``form`` as ``HYBRID`` or the form's word; ``further``: how many sites there are besides these.
    """
    hub = next((site for site in sites if site.is_hub), None)
    body: list[Block] = [
        Paragraph(
            f"{_issuer(conference.unit)} triệu tập các đồng chí trong danh sách dự {conference.title}."
        ),
        Paragraph(f"Thời gian: {when(conference)}."),
        Paragraph(f"Hình thức: {form}."),
    ]
    if hub is not None:
        place = f", {hub.place}" if hub.place else ""
        body.append(Paragraph(f"Điểm cầu chính: {hub.name}{place}."))
    if conference.join_link:
        body.append(Paragraph(f"Đường dẫn họp trực tuyến: {conference.join_link}"))
    if conference.chair:
        body.append(Paragraph(f"Chủ trì: {conference.chair}."))
    others = [site for site in sites if not site.is_hub]
    if others:
        body.append(Heading("Các điểm cầu", 2))
        body += [Bullet(_site_words(site, conference)) for site in others]
    if further:
        body.append(
            Paragraph(f"Và {format_int(further)} điểm cầu khác, có trong danh sách điểm cầu của hội nghị.")
        )
    if agenda:
        body += [Heading("Chương trình", 2), _agenda_table(agenda)]
    body.append(Paragraph("Đề nghị các đồng chí dự đúng giờ, đúng điểm cầu và mang theo thẻ điểm danh."))
    return _letter(
        conference, "GIẤY TRIỆU TẬP", body, superior=superior, on=None, position=_summoner(conference.unit)
    )


def _summoner(unit: Unit) -> str:
    """In whose name a unit summons; a cell has no standing committee."""
    if unit.tree != Tree.PARTY:
        return "TM. BAN THƯỜNG TRỰC" if unit.tree == Tree.FRONT else "TM. BAN THƯỜNG VỤ"
    if unit.kind in (UnitKind.CELL, UnitKind.BASE_CELL):
        return "T/M CHI ỦY"
    return "T/M ĐẢNG ỦY" if unit.level >= Level.BASE else "T/M BAN THƯỜNG VỤ"


@dataclass(frozen=True)
class Asked:
    """A question of a site as minutes tell it; without an answer it was spoken."""

    site: str
    speaker: str
    text: str
    answer: str


def minutes(
    site: Site,
    rows: Sequence[Row],
    agenda: Sequence[AgendaRow],
    *,
    remarks: Sequence[tuple[str, str]],
    asked: Sequence[Asked],
    superior: str,
    on: date,
) -> Letter:
    """Biên bản: presence as counted, content, remarks (a name only where the speaker wanted it), and what sites asked
    the hub.
    """
    conference = site.conference
    expected = [row for row in rows if row.is_expected]
    present = [row for row in expected if row.state in HERE]
    share = format_share(len(present), len(expected)) if expected else "–"
    excused = [row for row in expected if row.state == "excused"]
    absent = sum(row.state == "absent" for row in expected)
    unheard = len(expected) - len(present) - len(excused) - absent
    body: list[Block] = [
        Heading("I. Thời gian, địa điểm, thành phần"),
        Paragraph(f"Thời gian: {when(conference)}."),
        Paragraph(f"Địa điểm: {site.name}{', ' + site.place if site.place else ''}."),
        Paragraph(f"Chủ trì: {site.chair or conference.chair or BLANK}. Thư ký: {site.clerk or BLANK}."),
        Paragraph(_presence(share, len(expected), len(excused), absent, unheard)),
    ]
    body += [
        Bullet(f"Vắng có lý do: {row.full_name}{': ' + row.excuse if row.excuse else ''}") for row in excused
    ]
    body.append(Heading("II. Nội dung"))
    body += [_agenda_table(agenda)] if agenda else []
    body += [Paragraph(line) for line in (conference.content or BLANK).splitlines() if line.strip()]
    body.append(Heading("III. Ý kiến thảo luận"))
    body += [Bullet(f"{name}: {text}" if name else text) for name, text in remarks] or [Paragraph(BLANK)]
    if asked:
        body.append(Heading("Câu hỏi, kiến nghị của các điểm cầu", 2))
        body += [_asked(one) for one in asked]
    body.append(Heading("IV. Kết luận"))
    body += [Paragraph(line) for line in (conference.minutes or BLANK).splitlines() if line.strip()]
    return _letter(conference, "BIÊN BẢN", body, superior=superior, on=on, position="CHỦ TRÌ")


def _presence(share: str, expected: int, excused: int, absent: int, unheard: int) -> str:
    """Presence in one sentence whose figures add up; who is absent without a reason is counted, not named."""
    told = [
        f"Triệu tập {format_int(expected)}",
        f"có mặt {share}",
        f"vắng có lý do {format_int(excused)}",
        f"vắng không lý do {format_int(absent)}" if absent else "",
        f"chưa điểm danh {format_int(unheard)}" if unheard else "",
    ]
    return f"{', '.join(part for part in told if part)}."


def _asked(one: Asked) -> Bullet:
    who = f"{one.site} ({one.speaker})" if one.speaker else one.site
    end = f" Trả lời: {one.answer}" if one.answer else " Đã phát biểu tại hội nghị."
    return Bullet(f"{who}: {one.text}{end}")


def list_title(site: Site) -> TitleBlock:
    """What stands over the signature list."""
    conference = site.conference
    return TitleBlock(
        title="DANH SÁCH KÝ TÊN",
        issuer=_issuer(conference.unit).upper(),
        lines=(conference.title, f"Điểm cầu: {site.name}", when(conference)),
        closing=("THƯ KÝ", "CHỦ TRÌ"),
        code=codes.of_roll(conference.pk, site.pk),
    )


def cards(site: Site, rows: Sequence[Row]) -> list[Card]:
    """A card for each person: what the QR holds, and the short code to type."""
    key = bytes(site.conference.code_key)
    conference_id = site.conference_id
    return [
        Card(
            row.full_name,
            row.unit_name,
            codes.personal(key, conference_id, row.person_id),
            codes.shown(codes.short(key, conference_id, row.person_id)),
        )
        for row in rows
    ]
