"""What every form of the house says in the same words."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation


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
