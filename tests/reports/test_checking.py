"""What keeps a report from being sent, what is only told, and that "số khác" never blocks."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from quantriet.core.errors import DomainError
from quantriet.reports import outlines
from quantriet.reports.checking import Dispute, Draft, Weight, blockers, check
from quantriet.reports.counts import FigureValue
from quantriet.reports.outlines import Section

SECTIONS = (
    Section("numbers", "I. KẾT QUẢ", "", "", "figures", ("present",)),
    Section("words", "II. ĐÁNH GIÁ", "", "", "judgement", required=True),
)
GOOD = Draft(
    sections=SECTIONS,
    texts={"words": "Tốt."},
    figures={"present": FigureValue("present", 3, 4, (3, 0, 0, 0))},
    disputes={},
    number="05-BC/ĐU",
    signer_name="Nguyễn Văn An",
    dated_on=date(2026, 3, 1),
    starts_on=date(2026, 1, 28),
    last_session_on=date(2026, 2, 7),
    today=date(2026, 3, 2),
)


def codes(**changed: Any) -> list[tuple[str, str]]:
    return [(finding.weight.value, finding.code) for finding in check(replace(GOOD, **changed))]


def test_a_whole_report_has_nothing_to_say() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"texts": {"words": " \n"}}, [("blocker", "report.section_empty")]),
        ({"signer_name": ""}, [("blocker", "report.no_signer")]),
        ({"number": ""}, [("warning", "report.no_number")]),
        ({"dated_on": None}, [("blocker", "report.no_date")]),
        ({"dated_on": date(2026, 3, 3)}, [("blocker", "report.future")]),
        ({"dated_on": date(2026, 1, 27)}, [("blocker", "report.before_campaign")]),
        ({"dated_on": date(2026, 2, 6)}, [("blocker", "report.before_session")]),
        ({"dated_on": date(2026, 2, 7)}, []),
        ({"disputes": {"present": Dispute(5, "")}}, [("blocker", "report.disputed_without_reason")]),
        ({"disputes": {"present": Dispute(5, "Thiếu một người")}}, []),
        (
            {"figures": {"present": FigureValue("present", 5, 4, (5, 0, 0, 0))}},
            [("blocker", "report.part_above_whole")],
        ),
        (
            {
                "figures": {"present": FigureValue("present", 5, 4, (5, 0, 0, 0))},
                "disputes": {"present": Dispute(4, "Ghi trùng một người")},
            },
            [],
        ),
        ({"texts": {"words": "Có 1.356/1.468, đạt 97,8 %"}}, [("warning", "report.wrong_percentage")]),
        ({"texts": {"words": "Họp ngày 31/02/2026"}}, [("warning", "report.impossible_date")]),
        ({"not_reported": 3}, [("warning", "report.units_below")]),
    ],
)
def test_each_fault_is_found_once(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert codes(**changed) == expected


def test_blockers_come_first_and_name_their_section() -> None:
    found = check(replace(GOOD, number="", texts={}))

    assert [finding.weight for finding in found] == [Weight.BLOCKER, Weight.WARNING]
    assert [finding.section for finding in blockers(found)] == ["words"]
    assert found[0].sentence == "Mục “II. ĐÁNH GIÁ” còn trống."


@pytest.mark.parametrize("kind", ["result", "flash"])
def test_the_usual_outlines_are_outlines(kind: str) -> None:
    usual = outlines.DEFAULTS[kind]

    assert outlines.from_data([section.to_data() for section in usual]) == usual


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ([], "outline.length"),
        ([{"code": "a", "chapter": "I", "kind": "judgement"}] * 2, "outline.code"),
        ([{"code": "a b", "chapter": "I", "kind": "judgement"}], "outline.code"),
        ([{"code": "a", "chapter": " ", "kind": "judgement"}], "outline.chapter"),
        ([{"code": "a", "chapter": "I", "kind": "figures"}], "outline.figures"),
        ([{"code": "a", "chapter": "I", "kind": "figures", "figures": ["nothing"]}], "outline.figures"),
        ([{"code": "a", "chapter": "I", "kind": "other"}], "outline.figures"),
    ],
)
def test_what_cannot_be_an_outline_is_refused(changed: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        outlines.from_data(changed)
    assert refused.value.code == code
