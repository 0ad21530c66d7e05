"""What every form of the house says in the same words."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.datastructures import MultiValueDict


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "Ô này còn trống. Hãy ghi rồi gửi lại."),
        ("en", "This is empty. Fill it in and send it again."),
    ],
)
@pytest.mark.parametrize("field", [forms.CharField, forms.DateField, forms.IntegerField])
def test_an_empty_field_says_what_to_do(field: type[forms.Field], language: str, sentence: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        field().clean("")
    with translation.override(language):
        told = refused.value.messages

    assert told == [sentence]


class Dropped(forms.Form):
    day = forms.DateField()
    file = forms.FileField()


def test_an_unread_day_and_an_empty_file_say_what_to_do() -> None:
    with translation.override("vi"):
        files = MultiValueDict[str, Any]({"file": [SimpleUploadedFile("a.docx", b"")]})
        form = Dropped({"day": "31/02/2026"}, files)

        assert {name: list(errors) for name, errors in form.errors.items()} == {
            "day": ["Không đọc được ngày này; hãy viết ngày/tháng/năm, ví dụ 05/02/2026."],
            "file": ["Tệp này rỗng, không có gì để đọc. Hãy chọn tệp khác."],
        }
