"""Refusals of the text readers: a code for programs, a Vietnamese sentence for people.

The readers of this package are pure, so they raise a `ValueError` and leave it to the caller to decide
what a bad value means (a fault in row 12 of a file, a refused form). The sentences are only marked for
translation here; show them with ``gettext(error.sentence)``.
"""

from django.utils.translation.trans_null import gettext_noop

SENTENCES = {
    "nul_character": gettext_noop("Văn bản chứa ký tự rỗng (NUL); hãy dán lại nội dung từ tệp gốc."),
    "broken_character": gettext_noop("Văn bản chứa ký tự hỏng; hãy dán lại nội dung từ tệp gốc."),
    "number_empty": gettext_noop("Chưa có số; hãy nhập số."),
    "number_unreadable": gettext_noop("Không đọc được số này; hãy viết như 1.356 hoặc 97,8 %."),
    "date_empty": gettext_noop("Chưa có ngày; hãy nhập theo dạng ngày/tháng/năm."),
    "date_unreadable": gettext_noop("Không đọc được ngày này; hãy viết ngày/tháng/năm, ví dụ 05/02/2026."),
    "date_impossible": gettext_noop("Ngày này không có trong lịch; hãy xem lại ngày và tháng."),
    "date_two_digit_year": gettext_noop("Năm chỉ có hai chữ số; hãy viết đủ bốn chữ số."),
    "date_year_only": gettext_noop("Chỉ có năm, thiếu ngày và tháng; hãy viết đủ ngày/tháng/năm."),
    "date_out_of_range": gettext_noop("Ngày nằm ngoài khoảng 1900 đến 2100; hãy xem lại năm."),
    "time_without_zone": gettext_noop("Thời điểm thiếu múi giờ."),
    "document_number_empty": gettext_noop("Chưa có số, ký hiệu văn bản."),
    "document_number_unreadable": gettext_noop(
        "Không đọc được số, ký hiệu này; hãy viết như 226-KL/TW hoặc 123/UBND-VP.",
    ),
    "document_number_no_symbol": gettext_noop(
        "Số văn bản thiếu ký hiệu; hãy viết đủ như 01-CT/TW.",
    ),
    "document_kind_unknown": gettext_noop("Không biết loại văn bản trong ký hiệu này; hãy xem lại."),
}
"""Every code of this package with its Vietnamese sentence."""


class TextError(ValueError):
    """A value that cannot be read as what it should be.

    ``code`` is one of `SENTENCES`, ``value`` the refused value as text, ``sentence`` the Vietnamese words.
    """

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = str(value)
        self.sentence = SENTENCES[code]
