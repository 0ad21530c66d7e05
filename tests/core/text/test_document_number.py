import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.text.document_number import (
    PARTY_KINDS,
    STATE_KINDS,
    DocumentNumber,
    NumberForm,
    find_document_numbers,
    parse_document_number,
)
from quantriet.core.text.errors import TextError

MET_IN_SOURCES = [
    "01-ĐA/TU", "2182-TB/TU", "23-CT/TU", "02-NQ/ĐUK", "54-QĐ/TW", "05-CT/TW", "251-KH/TU", "09-KH/ĐU",
    "96-CV/VPTU", "132-CV/TU", "107-CV/BTGDVTU", "128-KH/BTGDVTW", "03-HD/BTGDVTW", "43-HD/BTCTW",
    "08-QC/TW", "226-KL/TW", "151-TTr/VPTW", "01-CTr/TU", "24-BS/UBKTTU", "02-QC/BCĐTW", "36-HD/VPTW",
    "123/UBND-VP", "30/2020/NĐ-CP", "91/2025/QH15", "356/2025/NĐ-CP", "19/2025/QĐ-TTg", "3739/QĐ-UBND",
    "30/2026/NQ-QH16", "237/NQ-UBTVQH16", "01/2022/TT-BTTTT", "05/NQ-HĐND",
]  # fmt: skip


@pytest.mark.parametrize("text", MET_IN_SOURCES)
def test_numbers_met_in_sources_are_read_and_written_alike(text: str) -> None:
    assert parse_document_number(text).canonical == text


@pytest.mark.parametrize("text", MET_IN_SOURCES)
def test_small_letters_and_blanks_are_put_right(text: str) -> None:
    small = f" Số:  {text.lower().replace('-', ' – ').replace('/', ' / ')} "
    assert parse_document_number(small).canonical == text


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("54-QD/TW", "54-QĐ/TW"),
        ("2182 - TB/TU", "2182-TB/TU"),
        ("1-CT/TW", "01-CT/TW"),
        ("001-CT/TW", "01-CT/TW"),
        ("01-DA/TU", "01-ĐA/TU"),
        ("02-nq/duk", "02-NQ/ĐUK"),
        ("02-QC/BCDTW", "02-QC/BCĐTW"),
        ("19/2025/qd-ttg", "19/2025/QĐ-TTg"),
        ("05/NQ-HDND", "05/NQ-HĐND"),
        ("30/2020/ND-CP", "30/2020/NĐ-CP"),
        ("12/DA-UBND", "12/DA-UBND"),
        ("54-QĐ/TW".replace("Đ", "Đ").replace("-", "\u2011"), "54-QĐ/TW"),
        ("7/UBND-VP", "07/UBND-VP"),
        ("5/KH-UBND-VP", "05/KH-UBND-VP"),
        ("số 226-KL/TW", "226-KL/TW"),
    ],
)
def test_typed_numbers_are_put_right(typed: str, canonical: str) -> None:
    assert parse_document_number(typed).canonical == canonical


def test_the_parts_of_a_number() -> None:
    assert parse_document_number("2182 - TB/TU") == DocumentNumber(2182, "TB", "TU", "2182 - TB/TU")
    assert parse_document_number("30/2020/NĐ-CP") == DocumentNumber(
        30, "NĐ", "CP", "30/2020/NĐ-CP", NumberForm.STATE, "", 2020,
    )  # fmt: skip
    letter = parse_document_number("123/UBND-VP")
    assert (letter.kind, letter.issuer, letter.department) == ("", "UBND", "VP")
    assert (letter.symbol, letter.kind_name) == ("UBND-VP", "Công văn")


def test_kinds_have_their_vietnamese_names() -> None:
    assert parse_document_number("226-KL/TW").kind_name == "Kết luận"
    assert parse_document_number("01-CTr/TU").kind_name == "Chương trình"
    assert parse_document_number("30/2020/NĐ-CP").kind_name == "Nghị định"
    assert parse_document_number("91/2025/QH15").kind_name == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "document_number_empty"),
        ("   ", "document_number_empty"),
        ("01", "document_number_no_symbol"),
        ("Chỉ thị số 01", "document_number_no_symbol"),
        ("12-XYZ/TW", "document_kind_unknown"),
        ("226-KL", "document_number_unreadable"),
        ("226 KL TW", "document_number_unreadable"),
        ("1.356/1.468", "document_number_unreadable"),
        ("123456-KL/TW", "document_number_unreadable"),
        ("KL/TW", "document_number_unreadable"),
        ("12/2020", "document_number_unreadable"),
    ],
)
def test_what_is_no_number_is_refused(text: str, code: str) -> None:
    with pytest.raises(TextError) as refusal:
        parse_document_number(text)
    assert refusal.value.code == code


@given(
    st.integers(1, 99999),
    st.sampled_from(sorted(PARTY_KINDS)),
    st.sampled_from(["TW", "TU", "ĐU", "ĐUK", "VPTW", "BTGDVTW", "UBKTTU", "BCĐTW"]),
)
def test_the_canonical_form_is_read_as_itself(number: int, kind: str, issuer: str) -> None:
    built = DocumentNumber(number, kind, issuer, "")
    again = parse_document_number(built.canonical)
    assert dataclasses.replace(again, raw="") == built
    assert parse_document_number(again.canonical.lower()).canonical == built.canonical


@given(st.integers(1, 99999), st.sampled_from(sorted(STATE_KINDS)), st.none() | st.integers(1945, 2099))
def test_the_canonical_state_form_is_read_as_itself(number: int, kind: str, year: int | None) -> None:
    built = DocumentNumber(number, kind, "UBND", "", NumberForm.STATE, "", year)
    again = parse_document_number(built.canonical)
    assert dataclasses.replace(again, raw="") == built


def test_numbers_are_found_in_prose() -> None:
    text = (
        "Thực hiện Kết luận số 226-KL/TW ngày 05/02/2026, Quyết định 54 - QĐ/TW, Nghị định 30/2020/NĐ-CP và "
        "Công văn số 123/UBND-VP; có 1.356/1.468 đảng viên, đạt 97,8 %, nhiệm kỳ 2020-2025."
    )
    found = find_document_numbers(text)
    assert [number.canonical for _, _, number in found] == [
        "226-KL/TW",
        "54-QĐ/TW",
        "30/2020/NĐ-CP",
        "123/UBND-VP",
    ]
    assert all(text[start:end] == number.raw for start, end, number in found)
