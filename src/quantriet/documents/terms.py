"""What a running number belongs to: the year (state papers) or the term of the committee (Party papers).

HD 36-HD/VPTW of 3/4/2018: numbers of a committee run from 01 for each kind in each term, and a term begins
the day after the congress closed. Decree 30/2020/NĐ-CP: state papers begin again each year.
"""

from datetime import date

from quantriet.core.text.document_number import DocumentNumber, NumberForm

# First day of each term of the Central Committee: the day after a congress closed.
CENTRAL_TERMS = (
    (date(2026, 1, 24), "XIV"),
    (date(2021, 2, 2), "XIII"),
    (date(2016, 1, 29), "XII"),
    (date(2011, 1, 20), "XI"),
)


def term_of(number: DocumentNumber | None, issuer_symbol: str, day: date) -> str:
    """The term a number of that day most likely belongs to; the officer may write another.

    Local congresses are held in the months before the national one, so the date alone only proposes: their
    terms run 2020–2025, 2025–2030 … and begin about July.
    """
    if number is not None and number.form is NumberForm.STATE:
        return str(number.year or day.year)
    if issuer_symbol.endswith("TW"):
        central = next((name for first, name in CENTRAL_TERMS if day >= first), "")
        if central:
            return central
    first_year = day.year - day.year % 5
    if day.year % 5 == 0 and day.month < 7:
        first_year -= 5
    return f"{first_year}-{first_year + 5}"
