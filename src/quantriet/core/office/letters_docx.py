"""Set an official letter as a Word file.

The Word file names the font "Times New Roman" for all scripts: it goes on to offices that have it, and their
copies must look like their own papers. Our PDFs use Tinos, which has the same widths and all Vietnamese
letters, because a server has no Times New Roman; both break lines alike.
"""

import copy
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from quantriet.core.office import wordml
from quantriet.core.office.letters import (
    Align,
    Annex,
    Block,
    Bullet,
    Heading,
    Layout,
    Letter,
    PageBreak,
    Paragraph,
    Run,
    Style,
    TableBlock,
    runs_of,
)

FONT = "Times New Roman"
A4_SHORT, A4_LONG = 210.0, 297.0
SIGNING_ROOM = 64.0
RIGHT_SHARE_OF_SIGNATURE = 0.5


def to_docx(letter: Letter) -> bytes:
    """The letter as the bytes of a .docx file."""
    document = docx.Document()
    _set_styles(document, letter.layout)
    _set_page(document, letter.layout)
    document.core_properties.title = wordml.NOT_XML.sub("", f"{letter.kind_name} {letter.abstract}".strip())[
        :250
    ]
    document.core_properties.author = wordml.NOT_XML.sub("", letter.issuer)[:250]
    document.core_properties.language = "vi-VN"
    document.core_properties.comments = ""
    document.core_properties.created = datetime.now(UTC).replace(tzinfo=None)
    markup = _sections(letter, document.element.body.sectPr)
    # Parsed as a whole: moving thousands of parsed elements into the old tree costs five times as much.
    document.part._element = parse_xml(  # noqa: SLF001  the part has no public way to take a new body
        f"<w:document {nsdecls('w', 'r')}><w:body>{markup}</w:body></w:document>"
    )
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _sections(letter: Letter, template: Any) -> str:
    """The whole body: each part ends with the page properties of its own (the last one's stand alone)."""
    markup = _main(letter)
    landscape, first = False, True
    for annex in letter.annexes:
        section = _section(template, landscape=landscape, first=first)
        markup += wordml.paragraph("", extra=section) + _annex(letter.layout, annex)
        landscape, first = annex.landscape, False
    return markup + _section(template, landscape=landscape, first=first)


def _section(template: Any, *, landscape: bool, first: bool) -> str:
    """A copy of the page's properties, turned if asked; only the first section hides its first number."""
    section = copy.deepcopy(template)
    size = section.find(qn("w:pgSz"))
    short, long = str(wordml.twips(A4_SHORT)), str(wordml.twips(A4_LONG))
    size.set(qn("w:w"), long if landscape else short)
    size.set(qn("w:h"), short if landscape else long)
    size.attrib.pop(qn("w:orient"), None)
    if landscape:
        size.set(qn("w:orient"), "landscape")
    title_page = section.find(qn("w:titlePg"))
    if not first and title_page is not None:
        section.remove(title_page)
    return str(section.xml)


def _text_width(layout: Layout, *, landscape: bool = False) -> float:
    _top, _bottom, left, right = layout.margins
    return (A4_LONG if landscape else A4_SHORT) - left - right


def _main(letter: Letter) -> str:
    layout = letter.layout
    return "".join(
        [
            _head(letter),
            _title(letter),
            *_blocks(layout, letter.body, _text_width(layout)),
            _foot(letter),
        ]
    )


def _head(letter: Letter) -> str:
    """Two columns: who issues and the number; the national lines, place and date."""
    layout = letter.layout
    width = _text_width(layout)
    left, right = width * layout.left_share, width * (1 - layout.left_share)
    issuer = [
        wordml.line(letter.superior, layout.superior) if letter.superior else "",
        wordml.line(letter.issuer, layout.issuer),
        wordml.line(layout.issuer_mark, Style(layout.issuer.size)) if layout.issuer_mark else "",
        wordml.rule(layout.issuer_rule, left) if layout.issuer_rule else "",
    ]
    national = [wordml.line(line.text, line.style) for line in layout.national]
    national.append(wordml.rule(layout.national_rule, right))
    number = [wordml.line(letter.number_line, layout.number, before=2)]
    if not letter.kind_name and letter.abstract:
        number.append(wordml.line(letter.abstract, layout.abstract_without_kind))
    dated = wordml.line(letter.place_date_line, layout.place_date, before=2)
    return wordml.bare_table(
        [left, right], [["".join(issuer), "".join(national)], ["".join(number), dated]]
    ) + wordml.paragraph("", after=6)


def _title(letter: Letter) -> str:
    layout = letter.layout
    parts: list[str] = []
    if letter.kind_name:
        parts = [
            wordml.line(letter.kind_name, layout.kind, before=6),
            wordml.line(letter.abstract, layout.abstract),
            wordml.line(layout.abstract_mark, Style(layout.abstract.size)) if layout.abstract_mark else "",
            wordml.rule(layout.abstract_rule, _text_width(layout)) if layout.abstract_rule else "",
            wordml.paragraph("", after=4),
        ]
    for number, addressee in enumerate(letter.addressees):
        text = f"Kính gửi: {addressee}" if number == 0 else addressee
        parts.append(wordml.line(text, layout.body, after=layout.paragraph_gap))
    return "".join(parts)


def _blocks(layout: Layout, blocks: Sequence[Block], width: float) -> list[str]:
    return [_block(layout, block, width) for block in blocks]


def _block(layout: Layout, block: Block, width: float) -> str:
    match block:
        case Heading(text, level):
            style = layout.headings[min(level, len(layout.headings)) - 1]
            return wordml.paragraph(
                wordml.run(text, style),
                before=layout.paragraph_gap,
                after=layout.paragraph_gap / 2,
                indent=layout.indent,
                spacing=layout.line_spacing,
                keep_next=True,
                style_name=f"Heading{min(level, 3)}",
            )
        case Paragraph(runs):
            return _text(layout, runs_of(runs))
        case Bullet(runs):
            return _text(layout, (Run("- "), *runs_of(runs)))
        case TableBlock():
            return wordml.data_table(block, width, layout.table)
        case PageBreak():
            return wordml.page_break()


def _text(layout: Layout, runs: Sequence[Run]) -> str:
    return wordml.paragraph(
        wordml.runs(runs, layout.body),
        align=wordml.JUSTIFY,
        after=layout.paragraph_gap,
        indent=layout.indent,
        spacing=layout.line_spacing,
    )


def _foot(letter: Letter) -> str:
    """Recipients on the left, authority, post, room to sign and name on the right; never torn apart."""
    layout = letter.layout
    width = _text_width(layout)
    recipients = ""
    if letter.recipients:
        recipients = wordml.line("Nơi nhận:", layout.recipients_label, align=Align.LEFT.value)
        recipients += "".join(
            wordml.line(f"- {text}", layout.recipients, align=Align.LEFT.value) for text in letter.recipients
        )
    signature = [wordml.line(text, layout.authority) for text in letter.authority_lines]
    signature.append(wordml.line(letter.signature.position, layout.position, after=SIGNING_ROOM))
    signature.append(wordml.line(letter.signature.name, layout.signer))
    right = width * RIGHT_SHARE_OF_SIGNATURE
    return wordml.paragraph("", after=4, keep_next=True) + wordml.bare_table(
        [width - right, right], [[recipients or wordml.paragraph(""), "".join(signature)]]
    )


def _annex(layout: Layout, annex: Annex) -> str:
    size = layout.body.size
    return "".join(
        [
            wordml.line(annex.label, Style(size, bold=True)),
            wordml.line(annex.title, Style(size, bold=True), after=8),
            *_blocks(layout, annex.blocks, _text_width(layout, landscape=annex.landscape)),
        ]
    )


def _set_styles(document: Any, layout: Layout) -> None:
    """One font for all scripts in the default, the normal and the heading styles; language Vietnamese."""
    styles = document.styles
    default = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _name_font(default)
    language = default.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        default.append(language)
    for script in ("w:val", "w:eastAsia"):
        language.set(qn(script), "vi-VN")
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = styles[name]
        _name_font(style.element.get_or_add_rPr())
        style.font.size = Pt(layout.body.size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        if name != "Normal":
            style.font.bold = None
            style.font.italic = None


def _name_font(properties: Any) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.attrib.clear()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)


def _set_page(document: Any, layout: Layout) -> None:
    """A4, the layout's margins, and the page number in the middle of the top margin from page 2."""
    section = document.sections[0]
    top, bottom, left, right = layout.margins
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(A4_SHORT), Mm(A4_LONG)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance = Mm(top / 2)
    section.different_first_page_header_footer = True
    size = round(layout.page_number.size * 2)
    number = (
        f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>'
        f'<w:fldSimple w:instr="PAGE"><w:r><w:rPr><w:sz w:val="{size}"/></w:rPr><w:t>2</w:t></w:r>'
        "</w:fldSimple></w:p>"
    )
    header = section.header
    header.is_linked_to_previous = False
    for old in list(header._element):  # noqa: SLF001  python-docx has no public way to empty a header
        header._element.remove(old)  # noqa: SLF001
    header._element.append(parse_xml(number))  # noqa: SLF001
    section.first_page_header.is_linked_to_previous = False
