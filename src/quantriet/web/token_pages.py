"""Pages of the API's tokens: which there are, one more, one less. A key is shown once and kept nowhere."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.org import access
from quantriet.org.doors import ActorRequest, page
from quantriet.org.models import Account
from quantriet.org.pages.accounts import WORDS
from quantriet.org.permissions import Can
from quantriet.org.queries import units as unit_queries
from quantriet.web import tokens
from quantriet.web.models import ApiToken


class TokenForm(forms.Form):
    """What a program needs: a name to know it by, as whom and where it acts, what it may do, how long."""

    label = forms.CharField(
        label=gettext_lazy("Tên khóa"), max_length=120, help_text=gettext_lazy("Ví dụ: phần mềm báo cáo tuần")
    )
    account = forms.CharField(
        label=gettext_lazy("Thay tài khoản"),
        max_length=60,
        help_text=gettext_lazy("Tên đăng nhập; khóa không bao giờ làm được hơn tài khoản này"),
    )
    unit = forms.CharField(
        label=gettext_lazy("Tại đơn vị"),
        max_length=200,
        help_text=gettext_lazy("Mã đơn vị, hoặc tên đầy đủ như trong hệ thống"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Được làm"),
        choices=[(can.value, WORDS[can]) for can in Can],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Số ngày có hiệu lực"), min_value=1, max_value=tokens.LONGEST_DAYS, initial=90
    )


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def api_tokens(request: ActorRequest) -> HttpResponse:
    """The tokens of my units; a post makes one and shows its key this once."""
    home = access.home(request.actor)
    form = TokenForm(request.POST or None, initial={"unit": home.code if home else ""})
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            key = _made(request, form.cleaned_data)
        except ForbiddenError:
            raise
        except DomainError as error:
            field = error.context.get("field")
            form.add_error(field if field in form.fields else None, error.sentence)
    words = {
        "form": form,
        "key": key,
        "tokens": [_line(token) for token in tokens.of_units(request.actor)[:200]],
        "crumbs": [Crumb(pgettext("place", "Đơn vị"), reverse("units")), Crumb(_("Khóa API"))],
    }
    return render(request, "tokens/tokens.html", words, status=422 if form.errors else 200)


def _made(request: ActorRequest, told: dict[str, Any]) -> str:
    unit = unit_queries.named(request.actor, Can.ACCOUNT_MANAGE, told["unit"])
    account = Account.objects.filter(username__iexact=told["account"].strip(), is_active=True).first()
    acting = access.actor(account, unit_id=unit.pk) if account is not None else None
    # Who acts elsewhere only is answered as an unknown name is: the page tells nobody which accounts there are.
    if account is None or acting is None or acting.unit_id != unit.pk:
        raise DomainError(
            "token.no_account",
            _("Không có tài khoản này ở đơn vị đã ghi. Chưa tạo khóa; hãy xem lại tên đăng nhập."),
            field="account",
        )
    scopes = frozenset(Can(scope) for scope in told["scopes"])
    return tokens.create(
        account, unit, label=told["label"], scopes=scopes, days=told["days"], by=request.actor
    )[1]


def _line(token: ApiToken) -> dict[str, Any]:
    """A token with the state its row shows."""
    if token.revoked_at is not None and token.revoked_at < token.expires_at:
        state, word = "exempt", _("Đã thu hồi")
    elif token.expires_at <= timezone.now():
        state, word = "overdue", _("Hết hạn")
    else:
        state, word = "done", _("Đang dùng được")
    scopes = [WORDS[Can(scope)] for scope in token.scopes if scope in set(Can)]
    return {"token": token, "state": state, "word": word, "scopes": scopes, "live": state == "done"}


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def api_token_revoke(request: ActorRequest, token_id: int) -> HttpResponse:
    """End a token by a post."""
    found = access.row_or_404(tokens.of_units(request.actor), token_id)
    if request.method == "POST":
        tokens.revoke(found, by=request.actor)
        messages.success(request, _("Đã thu hồi khóa “%(label)s”.") % {"label": found.label})
    return HttpResponseRedirect(reverse("api-tokens"))
