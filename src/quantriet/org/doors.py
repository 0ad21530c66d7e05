"""The doors: pages, API endpoints and jobs. Each states its permission, finds the actor, opens the scope,
and turns a refusal into an answer. A URL whose view passed no door does not start (``org.checks``).
"""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from quantriet.core import answers, jobs
from quantriet.core.errors import DomainError, ForbiddenError
from quantriet.core.models import Work
from quantriet.org import access, second_factor, sessions
from quantriet.org.access import Actor
from quantriet.org.models import Account
from quantriet.org.permissions import Can
from quantriet.org.second_factor import Standing

P = ParamSpec("P")
R = TypeVar("R")

ACTING_UNIT = "acting_unit"


class ActorRequest(HttpRequest):
    """A request behind a door: it has an actor."""

    actor: Actor


View = Callable[Concatenate[ActorRequest, P], HttpResponse]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def find_actor(request: HttpRequest) -> Actor | None:
    """The signed-in account in the unit it acts in, read anew at each request; nobody while the session has
    not shown what this actor must show (``org.second_factor``).
    """
    user = request.user
    if not isinstance(user, Account):
        return None
    found = access.actor(user, unit_id=request.session.get(ACTING_UNIT))
    if found is None or second_factor.standing(request.session, user, found) is not Standing.OPEN:
        return None
    sessions.note(request)
    return found


def page(read: Can, *, write: Can | None = None) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """A page: ``read`` for looking, ``write`` for every other method (without it there is no other method).

    A stranger is led to sign in; an account without the permission gets 403; a ``DomainError`` becomes its
    sentence with its status, as a page or, for htmx, as a fragment. Nothing behind a door is ever cached.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = _answer(request, view, read if request.method in SAFE else write, args, kwargs)
            response["Cache-Control"] = "no-store, private"
            patch_vary_headers(response, ("Cookie",))
            return response

        door.permission = read  # type: ignore[attr-defined]
        door.write_permission = write  # type: ignore[attr-defined]
        return door

    return decorate


def endpoint(needed: Can) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An operation of the API, below ``@router.get`` and its like: ``needed`` is its permission.

    ``request.actor`` was found by ``web.api`` from the session or the token. A ``DomainError`` becomes
    problem details (RFC 9457) there. A write asked with an ``Idempotency-Key`` is done once: whoever asks
    again gets the answer that was given. An operation returns a Schema or ``Status(201, schema)``, never a queryset:
    the scope is closed before the answer is written.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def door(request: ActorRequest, *args: Any, **kwargs: Any) -> Any:
            with access.acting(request.actor):
                if not request.actor.can(needed):
                    raise _lacks(needed)
                key = "" if request.method in SAFE else request.headers.get("Idempotency-Key", "")
                if not key:
                    return view(request, *args, **kwargs)
                return answers.once(
                    request.actor.account_id,
                    answers.Asked(f"{request.method} {request.path}", key, _sent(request)),
                    lambda: view(request, *args, **kwargs),
                )

        door.permission = needed  # type: ignore[attr-defined]
        return door

    return decorate


def _sent(request: HttpRequest) -> bytes:
    """What tells one write from another. A form with files was read while it came in: its fields, and the digest of
    each file, stand for it.
    """
    if request.content_type != "multipart/form-data":
        return request.body
    parts = [(name, *values) for name, values in sorted(request.POST.lists())]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts.append((name, str(file.name), hashlib.file_digest(file, "sha256").hexdigest()))
            file.seek(0)
    return json.dumps(parts).encode()


def public(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view or an operation for anybody. The reason is part of the declaration and of the routes test's report."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.public = reason  # type: ignore[attr-defined]
        return view

    return decorate


def _answer(
    request: HttpRequest, view: View[Any], needed: Can | None, args: Any, kwargs: Any
) -> HttpResponse:
    if needed is None:
        return HttpResponse(status=405)
    actor = find_actor(request)
    if actor is None:
        return _to_sign_in(request)
    acting_request = cast("ActorRequest", request)
    acting_request.actor = actor
    try:
        with access.acting(actor):
            if not actor.can(needed):
                raise _lacks(needed)
            return view(acting_request, *args, **kwargs)
    except DomainError as error:
        with access.acting(actor):
            return refuse(request, error)


def _lacks(needed: Can) -> ForbiddenError:
    return ForbiddenError(
        "gate.forbidden",
        _("Vai trò đang dùng không có quyền mở trang này. Hãy đổi đơn vị hoặc vai trò ở góc trên."),
        permission=needed.value,
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    user = request.user
    found = (
        access.actor(user, unit_id=request.session.get(ACTING_UNIT)) if isinstance(user, Account) else None
    )
    if isinstance(user, Account) and found is not None:
        return _to_what_lacks(request, second_factor.standing(request.session, user, found))
    if user.is_authenticated:
        return refuse(
            request,
            ForbiddenError(
                "gate.no_role",
                _(
                    "Tài khoản này hiện không giữ vai trò nào. "
                    "Hãy nhờ quản trị của đơn vị hoặc cấp trên giao vai trò."
                ),
            ),
        )
    return _led_to(request, settings.LOGIN_URL)


def _to_what_lacks(request: HttpRequest, standing: Standing) -> HttpResponse:
    if standing is Standing.CARD_TOO_NARROW:
        return refuse(
            request,
            ForbiddenError(
                "sign_in.card_narrow",
                _(
                    "Thẻ chỉ dùng cho chi bộ và hồ sơ của chính mình. "
                    "Hãy đăng xuất rồi đăng nhập bằng mật khẩu."
                ),
            ),
        )
    if standing is Standing.CARD_ENDED:
        logout(request)
        return _led_to(request, settings.LOGIN_URL)
    return _led_to(request, "change-password" if standing is Standing.ONE_TIME else "second-factor")


def _led_to(request: HttpRequest, name: str) -> HttpResponse:
    """To the page ``name`` first, and from there back to what was asked for."""
    back = request.get_full_path() if request.method in SAFE and "HX-Request" not in request.headers else "/"
    target = f"{reverse(name)}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal as a page, or as a fragment that htmx puts into the place of messages."""
    template = "ui/refusal.html" if request.headers.get("HX-Request") else "refusal.html"
    response = render(request, template, {"error": error}, status=error.status)
    if request.headers.get("HX-Request"):
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
    return response


def as_actor(needed: Can, account_id: int, unit_id: int) -> Actor:
    """The actor who ordered a job, found again when it starts; ``ForbiddenError`` if he may no more."""
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    found = access.actor(account, unit_id=unit_id) if account is not None else None
    if found is None or found.unit_id != unit_id or not found.can(needed):
        raise _lacks(needed)
    return found


def job(
    needed: Can,
) -> Callable[[Callable[..., Mapping[str, Any] | None]], jobs.Task]:
    """A job runs as the actor who ordered it, checked anew when it starts.

    ``(actor, running, *, …ids) -> {"href": …} | None``: the job opens its own transactions with
    ``access.acting(actor)`` around its command, a long one several in turn, and asks
    ``running.stop_if_asked()`` between them. Its name is ``<package>.<function>``; ``order`` orders it.
    """

    def decorate(work: Callable[..., Mapping[str, Any] | None]) -> jobs.Task:
        @functools.wraps(work)
        def door(
            account_id: int, unit_id: int, running: jobs.Running, **ids: Any
        ) -> Mapping[str, Any] | None:
            return work(as_actor(needed, account_id, unit_id), running, **ids)

        package = work.__module__.removeprefix("quantriet.").partition(".")[0]
        return jobs.register(f"{package}.{work.__name__}", door, permission=needed.value)

    return decorate


def order(task: jobs.Task, *, by: Actor, title: str, key: str = "", **ids: Any) -> Work:
    """Let the worker do ``task`` as ``by``, after this transaction commits. See ``core.jobs.order``."""
    if not by.can(Can(task.permission)):
        raise _lacks(Can(task.permission))
    return jobs.order(task, by_account=by.account_id, by_unit=by.unit_id, title=title, key=key, **ids)
