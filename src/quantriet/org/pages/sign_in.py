"""Signing in and out, one's password, the unit in which one acts."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from quantriet.core.errors import DomainError
from quantriet.org import access, audit, second_factor
from quantriet.org.commands import accounts, sign_ins
from quantriet.org.doors import ACTING_UNIT, ActorRequest, page, public
from quantriet.org.forms import PasswordForm, SignInForm
from quantriet.org.models import Account
from quantriet.org.permissions import Can


def _address(request: HttpRequest) -> str:
    """Where the request comes from: behind our proxy, what the proxy added last."""
    forwarded = str(request.headers.get("X-Forwarded-For", ""))
    if settings.QUANTRIET.https and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _next(request: HttpRequest) -> str:
    """Where to go on: an address of this site, otherwise the first page."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    known = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if known else "/"


@public("signing in")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. What is answered does not tell whether the name exists."""
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = _checked(request, form)
        if account is not None:
            return _let_in(request, account)
    demo = (
        Account.objects.filter(is_demo=True, is_active=True).order_by("id")[:20]
        if settings.QUANTRIET.demo
        else []
    )
    words = {"form": form, "next": _next(request), "demo_accounts": demo}
    return render(request, "org/sign_in.html", words, status=200 if not form.errors else 422)


def _checked(request: HttpRequest, form: SignInForm) -> Account | None:
    """The account behind the right password; otherwise the form says why not."""
    name, address = form.cleaned_data["username"], _address(request)
    if sign_ins.locked_until(name, address) is None:
        account = authenticate(request, username=name, password=form.cleaned_data["password"])
        if isinstance(account, Account):
            sign_ins.forget(name, address)
            return account
        if sign_ins.fail(name, address) is None:
            form.add_error(
                None,
                _("Tên đăng nhập hoặc mật khẩu không đúng, hoặc mật khẩu dùng một lần đã hết hạn. "
                  "Hãy nhập lại, hoặc nhờ đơn vị cấp trên cấp lại mật khẩu."),
            )  # fmt: skip
            return None
    form.add_error(None, _("Đã nhập sai quá nhiều lần. Hãy chờ 15 phút rồi thử lại."))
    return None


def _let_in(request: HttpRequest, account: Account) -> HttpResponse:
    login(request, account)  # a new session key: what was known before signing in is worth nothing after
    found = access.actor(account)
    if found is not None:
        with access.acting(found):
            audit.record(found, "account.sign_in", account, unit=found.unit_id)
    if account.must_change_password:
        return HttpResponseRedirect(reverse("change-password"))
    return HttpResponseRedirect(_next(request))


@public("signing out of one's own session")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("sign-in"))


@public("one's own password: needed before any role may be used; asks for the password itself")
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; other sessions of the account end."""
    account = request.user
    if not isinstance(account, Account):
        return HttpResponseRedirect(reverse("sign-in"))
    if second_factor.has_factor(account) and second_factor.confirmed_at(request.session, account) is None:
        return HttpResponseRedirect(f"{reverse('second-factor')}?{urlencode({'next': request.path})}")
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_password(account, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except DomainError as error:
            form.add_error("old" if error.code == "account.wrong_password" else "new", error.sentence)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))
            return HttpResponseRedirect("/")
    words = {"form": form, "first": account.must_change_password}
    return render(request, "org/change_password.html", words, status=422 if form.errors else 200)


@page(Can.HOME, write=Can.HOME)
def switch_unit(request: ActorRequest) -> HttpResponse:
    """Act in another of one's units from now on."""
    wanted = str(request.POST.get("unit", ""))
    chosen = next((unit for unit in request.actor.posts if str(unit.pk) == wanted), None)
    if chosen is None:
        raise access.not_found()
    request.session[ACTING_UNIT] = chosen.pk
    messages.success(request, _("Đang làm việc tại {unit}.").format(unit=chosen.name))
    return HttpResponseRedirect("/")
