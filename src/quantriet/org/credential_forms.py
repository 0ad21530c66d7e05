"""Forms by which somebody shows who he is."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Mã xác nhận"),
        help_text=_("6 chữ số trong ứng dụng, hoặc một mã dự phòng."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class AppCodeForm(forms.Form):
    """The first code of a new app."""

    code = forms.CharField(
        label=_("Mã trong ứng dụng"),
        help_text=_("6 chữ số, đổi sau mỗi 30 giây."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class OwnPasswordForm(forms.Form):
    """One's password, asked again before credentials are changed."""

    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class CardForm(forms.Form):
    """A card's code, scanned or typed, and its PIN."""

    code = forms.CharField(
        label=_("Mã trên thẻ"),
        help_text=_("Quét mã QR, hoặc nhập dòng chữ in trên thẻ."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    pin = forms.CharField(
        label=_("Mã PIN"),
        help_text=_("6 chữ số trên phiếu riêng."),
        max_length=12,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
