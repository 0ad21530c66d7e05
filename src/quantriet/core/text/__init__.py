"""Vietnamese text: one form for what comes in, the order of the dictionary, old encodings, numbers, dates.

Pure modules, values in and values out:

* ``normal``: NFC, cleaning, the folded search form, names with the tone in either place;
* ``order``: stored sort keys for units and for people (by given name);
* ``legacy``: TCVN3 and VNI recognised and converted;
* ``numbers``: 1.356 and 92,4 % (1.356/1.468), written and read;
* ``dates``: dd/mm/yyyy in Vietnamese time, written, read and found in prose;
* ``document_number``: 226-KL/TW and 123/UBND-VP;
* ``quantities``: printed percentages checked against their fractions;
* ``alphabet``: letters, tones and syllables, the facts under the others.

Order of intake: ``convert`` (old encodings), then ``clean_line`` or ``clean_text``, then ``fold`` and
``sort_key`` for the stored columns.
"""

from .alphabet import is_syllable
from .dates import (
    VIETNAM,
    FoundDate,
    end_of_day,
    find_dates,
    format_date,
    format_date_in_words,
    format_datetime,
    parse_date,
    weekday_name,
)
from .document_number import (
    PARTY_KINDS,
    STATE_KINDS,
    DocumentNumber,
    NumberForm,
    find_document_numbers,
    parse_document_number,
)
from .errors import TextError
from .legacy import Converted, Encoding, convert, decode, detect, encoding_of_font
from .normal import (
    ToneStyle,
    clean_line,
    clean_text,
    fold,
    fold_all,
    fold_iy,
    nfc,
    same_name,
    with_tone_style,
)
from .numbers import (
    ENGLISH,
    VIETNAMESE,
    NumberStyle,
    format_decimal,
    format_int,
    format_percent,
    format_share,
    parse_decimal,
    parse_int,
    parse_percent,
    percent_value,
)
from .order import given_name, person_key, person_keys, sort_key
from .quantities import Claim, find_claims

__all__ = [
    "ENGLISH",
    "PARTY_KINDS",
    "STATE_KINDS",
    "VIETNAM",
    "VIETNAMESE",
    "Claim",
    "Converted",
    "DocumentNumber",
    "Encoding",
    "FoundDate",
    "NumberForm",
    "NumberStyle",
    "TextError",
    "ToneStyle",
    "clean_line",
    "clean_text",
    "convert",
    "decode",
    "detect",
    "encoding_of_font",
    "end_of_day",
    "find_claims",
    "find_dates",
    "find_document_numbers",
    "fold",
    "fold_all",
    "fold_iy",
    "format_date",
    "format_date_in_words",
    "format_datetime",
    "format_decimal",
    "format_int",
    "format_percent",
    "format_share",
    "given_name",
    "is_syllable",
    "nfc",
    "parse_date",
    "parse_decimal",
    "parse_document_number",
    "parse_int",
    "parse_percent",
    "percent_value",
    "person_key",
    "person_keys",
    "same_name",
    "sort_key",
    "weekday_name",
    "with_tone_style",
]
