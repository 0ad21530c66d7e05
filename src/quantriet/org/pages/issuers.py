"""Signing in by the organisation's OpenID Connect provider."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from quantriet.core.errors import DomainError
from quantriet.org import issuer, second_factor
from quantriet.org.commands import issuers as commands
from quantriet.org.commands import one_time
from quantriet.org.doors import ActorRequest, page, public
from quantriet.org.issuer import IssuerError
from quantriet.org.pages.entering import account_below, let_in
from quantriet.org.pages.second_factor import next_address
from quantriet.org.permissions import Can

UNDER_WAY = "issuer"
VALID_SECONDS = 600

log = logging.getLogger(__name__)


@public("signing in by the organisation's provider")
@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    client = settings.QUANTRIET.issuer
    if client is None:
        return HttpResponse(status=404)
    try:
        start = issuer.start(client, _back_to(request))
    except IssuerError as error:
        log.warning("issuer: %s", error)
        return _refused(request, _("Chưa hỏi được nơi đăng nhập chung. Hãy thử lại sau, hoặc dùng mật khẩu."))
    request.session[UNDER_WAY] = {
        "state": start.state,
        "nonce": start.nonce,
        "verifier": start.verifier,
        "next": next_address(request),
        "invitation": request.GET.get("loi-moi", "")[:80],
        "at": timezone.now().timestamp(),
    }
    return HttpResponseRedirect(start.address)


@public("signing in by the organisation's provider")
@never_cache
@require_GET
@sensitive_variables("kept")
def finish(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code. Whatever does not hold sounds alike; the log has the reason."""
    client = settings.QUANTRIET.issuer
    kept = request.session.pop(UNDER_WAY, None)
    if client is None:
        return HttpResponse(status=404)
    if not _is_answer_to(request, kept):
        return _refused(request, _("Lần đăng nhập này không còn hiệu lực. Hãy bấm đăng nhập lại từ đầu."))
    try:
        told = issuer.finish(
            client,
            code=request.GET.get("code", ""),
            verifier=kept["verifier"],
            nonce=kept["nonce"],
            back_to=_back_to(request),
        )
        account = commands.recognise(client.address, told, invitation=kept["invitation"])
    except IssuerError as error:
        log.warning("issuer: %s", error)
        return _refused(
            request, _("Nơi đăng nhập chung trả lời không hợp lệ. Hãy thử lại, hoặc dùng mật khẩu.")
        )
    except DomainError as error:
        return _refused(request, error.sentence)
    request.session.flush()
    let_in(request, account, way="issuer")
    if told.by_two_factors:
        second_factor.confirm(request.session, account)
    return HttpResponseRedirect(kept["next"])


@public("an invitation to tie one's account to the organisation's provider")
@never_cache
@require_GET
def invited(request: HttpRequest, word: str) -> HttpResponse:
    """The page behind the link of an invitation; its button goes to the provider."""
    if settings.QUANTRIET.issuer is None:
        return HttpResponse(status=404)
    to = f"{reverse('issuer-begin')}?{urlencode({'loi-moi': word})}"
    return render(request, "org/issuer_invited.html", {"to": to})


@page(Can.ACCOUNT_MANAGE, write=Can.ACCOUNT_MANAGE)
def invite(request: ActorRequest, account_id: int) -> HttpResponse:
    """A post makes an invitation for an account below; its address is shown this once."""
    account = account_below(request, account_id)
    words: dict[str, object] = {"account": account, "issuer": settings.QUANTRIET.issuer}
    if request.method == "POST":
        word = commands.invite(account, by=request.actor)
        words["address"] = request.build_absolute_uri(reverse("issuer-invited", args=[word]))
    return render(request, "org/issuer_invitation.html", words)


def _is_answer_to(request: HttpRequest, kept: object) -> bool:
    """Whether this is the first answer to the sign-in begun in this very browser."""
    if not isinstance(kept, dict) or timezone.now().timestamp() - kept["at"] > VALID_SECONDS:
        return False
    told = request.GET.get("state", "")
    return bool(told) and told == kept["state"] and one_time.spend("issuer state", told)


def _back_to(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("issuer-finish"))


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "org/issuer_refused.html", {"sentence": sentence}, status=422)
