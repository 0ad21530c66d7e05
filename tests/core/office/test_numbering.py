"""Numbers Word draws: levels, forms, beginning anew."""

from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from quantriet.core.office.numbering import Numbering


def level(at: int, form: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels: str, overrides: str = "") -> Numbering:
    return Numbering(
        parse_xml(
            f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
            f'<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
            f'<w:num w:numId="2"><w:abstractNumId w:val="7"/>{overrides}</w:num></w:numbering>'
        )
    )


def asked(at: int, number: int = 1) -> Any:
    return parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{at}"/><w:numId w:val="{number}"/></w:numPr>')


def test_levels_count_below_each_other_and_begin_again() -> None:
    found = numbering(
        level(0, "upperRoman", "%1."), level(1, "decimal", "%2."), level(2, "lowerLetter", "%3)")
    )

    assert [found.label(asked(at)) for at in (0, 1, 1, 2, 2, 1, 0, 1)] == [
        "I.", "1.", "2.", "a)", "b)", "3.", "II.", "1.",
    ]  # fmt: skip


def test_numbers_of_the_levels_above_are_put_in() -> None:
    found = numbering(level(0, "decimal", "%1."), level(1, "decimal", "%1.%2."))

    assert [found.label(asked(at)) for at in (0, 1, 0, 1, 1)] == ["1.", "1.1.", "2.", "2.1.", "2.2."]


def test_a_second_list_goes_on_unless_it_says_where_it_begins() -> None:
    begins = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    goes_on = numbering(level(0, "decimal", "%1."))
    anew = numbering(level(0, "decimal", "%1."), overrides=begins)

    assert [goes_on.label(asked(0, number)) for number in (1, 1, 2)] == ["1.", "2.", "3."]
    assert [anew.label(asked(0, number)) for number in (1, 1, 2, 2)] == ["1.", "2.", "1.", "2."]


def test_bullets_unknown_lists_and_none() -> None:
    found = numbering(level(0, "bullet", "·"))

    assert (found.label(asked(0)), found.label(asked(5)), found.label(asked(0, 99))) == ("-", "", "")
    assert (found.label(None), Numbering(None).label(asked(0))) == ("", "")
