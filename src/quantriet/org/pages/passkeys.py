"""Adding, using and removing passkeys; the script of the page speaks JSON with these addresses."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from quantriet.core.errors import DomainError
from quantriet.org import passkeys, second_factor, secret_words
from quantriet.org.commands import one_time
from quantriet.org.commands import passkeys as commands
from quantriet.org.commands import second_factor as factor_commands
from quantriet.org.doors import public
from quantriet.org.models import Account, Passkey
from quantriet.org.pages.entering import let_in
from quantriet.org.pages.second_factor import may_change, next_address, own_account, to_confirm
from quantriet.org.passkeys import PasskeyRefusedError, Place
from quantriet.org.sign_in import is_open

STATE = "passkey"
VALID_SECONDS = 300
BODY_AT_MOST = 20_000


@public("adding a passkey to the account that has just shown who it is")
@never_cache
@require_POST
@own_account
def register_begin(request: HttpRequest, account: Account) -> HttpResponse:
    """What the browser is asked to make."""
    if not may_change(request, account):
        return _confirm_first()
    options, state = passkeys.begin_making(
        _place(request),
        handle=secret_words.digest("passkey user", str(account.pk)),
        name=account.username,
        title=account.display_name,
        known=[bytes(each.public_key) for each in account.passkeys.all()],
    )
    _keep(request, "make", state)
    return JsonResponse(options)


@public("adding a passkey to the account that has just shown who it is")
@never_cache
@require_POST
@own_account
def register(request: HttpRequest, account: Account) -> HttpResponse:
    """Keep what the browser made. Who had no recovery codes gets them on the next page."""
    if not may_change(request, account):
        return _confirm_first()
    body = _body(request)
    try:
        made = passkeys.finish_making(_place(request), _kept(request, "make"), body.get("credential", {}))
        commands.add(account, made, name=str(body.get("name", "")))
    except PasskeyRefusedError:
        return _refused(_("Chưa thêm khóa: thiết bị trả lời không khớp. Hãy thử lại."))
    except DomainError as error:
        return _refused(error.sentence)
    second_factor.confirm(request.session, account)
    messages.success(request, _("Đã thêm khóa. Lần sau có thể đăng nhập bằng khóa này, không cần mật khẩu."))
    return JsonResponse({"next": next_address(request, str(body.get("next", "")))})


@public("signing in by a passkey")
@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to show; after the password only keys of that account."""
    account = request.user
    known = list(account.passkeys.all()) if isinstance(account, Account) else []
    options, state = passkeys.begin_showing(_place(request), known=[bytes(each.public_key) for each in known])
    _keep(request, "show", state)
    return JsonResponse(options)


@public("signing in by a passkey")
@never_cache
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """Sign in, or confirm who is signed in, by what the browser showed. All refusals sound alike."""
    body = _body(request)
    answer = body.get("credential", {})
    refused = _refused(_("Khóa này không dùng được. Hãy thử lại hoặc đăng nhập bằng mật khẩu."))
    try:
        state = _kept(request, "show")
        passkey = Passkey.objects.select_related("account").filter(
            credential_id=passkeys.credential_of(answer)
        ).first()  # fmt: skip
        if passkey is None:
            return refused
        shown = passkeys.finish_showing(_place(request), state, answer, public_key=bytes(passkey.public_key))
    except PasskeyRefusedError:
        return refused
    account = passkey.account
    is_other = isinstance(request.user, Account) and request.user.pk != account.pk
    first = not is_other and is_open(account) and one_time.spend("passkey", state["challenge"])
    if not first or not commands.use(passkey, shown):
        return refused
    if not isinstance(request.user, Account):
        let_in(request, account, way="passkey")
    second_factor.confirm(request.session, account)
    return JsonResponse({"next": next_address(request, str(body.get("next", "")))})


@public("removing a passkey of the account that has just shown who it is")
@never_cache
@require_POST
@own_account
def remove(request: HttpRequest, account: Account, passkey_id: int) -> HttpResponse:
    """Take one of one's passkeys away."""
    if not second_factor.is_recent(request.session, account):
        return to_confirm(reverse("my-sign-in"))
    factor_commands.remove_passkey(account, passkey_id)
    messages.success(request, _("Đã gỡ khóa."))
    return HttpResponseRedirect(reverse("my-sign-in"))


def _place(request: HttpRequest) -> Place:
    host = request.get_host()
    return Place(host=host.rpartition(":")[0] or host, origin=f"{request.scheme}://{host}")


def _keep(request: HttpRequest, use: str, state: Mapping[str, Any]) -> None:
    request.session[STATE] = {"use": use, "at": timezone.now().timestamp(), "state": dict(state)}


def _kept(request: HttpRequest, use: str) -> Mapping[str, Any]:
    """The state of the ceremony begun last, taken out; refused when there is none or it is old."""
    kept = request.session.pop(STATE, None)
    if (
        not isinstance(kept, dict)
        or kept["use"] != use
        or timezone.now().timestamp() - kept["at"] > VALID_SECONDS
    ):
        raise PasskeyRefusedError("no ceremony under way")
    state: Mapping[str, Any] = kept["state"]
    return state


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > BODY_AT_MOST:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=422)


def _confirm_first() -> JsonResponse:
    return JsonResponse({"next": to_confirm(reverse("my-sign-in")).headers["Location"]}, status=200)
