"""After the password: showing a second factor, setting one up, and the page of one's own sign-in."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from quantriet.core.errors import DomainError
from quantriet.core.office.sheets_print import qr_svg
from quantriet.org import access, second_factor, totp
from quantriet.org.commands import second_factor as commands
from quantriet.org.commands import sessions as session_commands
from quantriet.org.credential_forms import AppCodeForm, CodeForm, OwnPasswordForm
from quantriet.org.doors import ACTING_UNIT, ActorRequest, page, public
from quantriet.org.models import Account
from quantriet.org.pages.entering import account_below
from quantriet.org.permissions import Can
from quantriet.org.queries import credentials as queries

P = ParamSpec("P")

NAME = "Quán Triệt"


def next_address(request: HttpRequest, wanted: str | None = None) -> str:
    """Where to go on: an address of this site, otherwise the first page."""
    if wanted is None:
        wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    known = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if known else "/"


def own_account(
    view: Callable[Concatenate[HttpRequest, Account, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Hand the view the account that gave its password; a stranger is led to sign in."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, Account) or second_factor.CARD in request.session:
            return HttpResponseRedirect(reverse("sign-in"))
        return view(request, request.user, *args, **kwargs)

    return asked


def may_change(request: HttpRequest, account: Account) -> bool:
    """Whether credentials may be changed now: shown within a quarter of an hour, or the first set-up of who
    must have a second factor and has just given his password.
    """
    if second_factor.is_recent(request.session, account):
        return True
    return _must(request, account) and not second_factor.has_factor(account)


def _must(request: HttpRequest, account: Account) -> bool:
    """Whether the account needs a second factor for the unit it acts in."""
    found = access.actor(account, unit_id=request.session.get(ACTING_UNIT))
    return found is not None and second_factor.needs_second_factor(found)


def to_confirm(back: str) -> HttpResponse:
    """Ask who it is first, then come back."""
    return HttpResponseRedirect(f"{reverse('second-factor')}?{urlencode({'next': back})}")


@public("the second factor of the account that gave its password")
@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
@own_account
def ask(request: HttpRequest, account: Account) -> HttpResponse:
    """Show who you are: a code, a passkey or, without a second factor, the password again."""
    has_factor = second_factor.has_factor(account)
    if not has_factor and may_change(request, account):
        return HttpResponseRedirect(
            f"{reverse('second-factor-setup')}?{urlencode({'next': next_address(request)})}"
        )
    form_class = CodeForm if has_factor else OwnPasswordForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if has_factor:
                commands.answer(account, form.cleaned_data["code"])
                second_factor.confirm(request.session, account)
            else:
                commands.answer_with_password(account, form.cleaned_data["password"])
                second_factor.confirm_by_password(request.session, account)
        except DomainError as error:
            form.add_error(None, error.sentence)
        else:
            return HttpResponseRedirect(next_address(request))
    words = {
        "form": form,
        "next": next_address(request),
        "has_factor": has_factor,
        "has_passkey": account.passkeys.exists(),
    }
    return render(request, "org/second_factor.html", words, status=422 if form.errors else 200)


@public("the second factor of the account that gave its password")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@own_account
def set_up(request: HttpRequest, account: Account) -> HttpResponse:
    """Set up the app by its QR code, or a passkey; ends with the recovery codes, shown once."""
    if not may_change(request, account):
        return to_confirm(request.get_full_path())
    form = AppCodeForm(request.POST or None)
    try:
        secret = commands.pending_secret(account)
        if request.method == "POST" and form.is_valid():
            done = commands.confirm_app(account, form.cleaned_data["code"])
            second_factor.confirm(request.session, account)
            return render(
                request, "org/recovery_codes.html", {"codes": done.codes, "next": next_address(request)}
            )
    except DomainError as error:
        if error.code == "second_factor.there":
            messages.info(request, error.sentence)
            return HttpResponseRedirect(reverse("my-sign-in"))
        form.add_error(None, error.sentence)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    words = {"form": form, "secret": groups, "next": next_address(request), "must": _must(request, account)}
    return render(request, "org/second_factor_setup.html", words, status=422 if form.errors else 200)


@public("the second factor of the account that gave its password")
@never_cache
@own_account
def qr(request: HttpRequest, account: Account) -> HttpResponse:
    """The QR code of the app that is being set up, as a picture of its own (no inline data)."""
    if not may_change(request, account):
        return HttpResponse(status=404)
    try:
        secret = commands.pending_secret(account)
    except DomainError:
        return HttpResponse(status=404)
    picture = qr_svg(totp.address(secret, account=account.username, issuer=NAME))
    return HttpResponse(picture, content_type="image/svg+xml")


@page(Can.HOME)
def my_sign_in(request: ActorRequest) -> HttpResponse:
    """What I sign in with and where I am signed in."""
    account = _account(request)
    actor = request.actor
    words = {
        "factor": queries.factor(account),
        "passkeys": account.passkeys.order_by("id"),
        "must": second_factor.needs_second_factor(actor),
        "sessions": queries.sessions(account, current=request.session.session_key or ""),
        "by_card": second_factor.CARD in request.session,
    }
    return render(request, "org/my_sign_in.html", words)


@public("recovery codes of the account that has just shown who it is")
@never_cache
@require_POST
@own_account
def new_recovery_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """New recovery codes, shown once."""
    if not second_factor.is_recent(request.session, account) or not second_factor.has_factor(account):
        return to_confirm(reverse("my-sign-in"))
    codes = commands.new_recovery_codes(account)
    return render(request, "org/recovery_codes.html", {"codes": codes, "next": reverse("my-sign-in")})


@public("the app of the account that has just shown who it is")
@never_cache
@require_POST
@own_account
def remove_app(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the app away (before setting up another one)."""
    if not second_factor.is_recent(request.session, account):
        return to_confirm(reverse("my-sign-in"))
    commands.remove_app(account)
    messages.success(request, _("Đã gỡ ứng dụng mã."))
    return HttpResponseRedirect(reverse("my-sign-in"))


@page(Can.HOME, write=Can.HOME)
def end_sessions(request: ActorRequest) -> HttpResponse:
    """Sign out everywhere, here as well."""
    session_commands.end_all(_account(request), by=request.actor)
    request.session.flush()
    return HttpResponseRedirect(reverse("sign-in"))


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def clear(request: ActorRequest, account_id: int) -> HttpResponse:
    """The level above takes away the second factor of who lost his phone."""
    account = account_below(request, account_id)
    if request.method == "POST":
        commands.clear(account, by=request.actor)
        messages.success(request, _("Đã gỡ xác nhận hai bước; lần đăng nhập tới người này thiết lập lại."))
        return HttpResponseRedirect("/")
    return render(request, "org/second_factor_clear.html", {"account": account})


def _account(request: ActorRequest) -> Account:
    account = request.user
    if not isinstance(account, Account):  # pragma: no cover - the door found an actor by it
        raise access.not_found()
    return account
