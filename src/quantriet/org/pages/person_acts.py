"""Acts on one person: takes a post, gives it up, moves to another unit by a decision."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quantriet.core.components import Crumb
from quantriet.core.errors import DomainError, NotFoundError
from quantriet.org import access
from quantriet.org.commands import people as commands
from quantriet.org.doors import ActorRequest, page
from quantriet.org.forms import PostEndForm, PostForm, TransferForm
from quantriet.org.models import Person
from quantriet.org.permissions import Can
from quantriet.org.queries import people as people_queries
from quantriet.org.queries import units as unit_queries


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def post_give(request: ActorRequest, person_id: int) -> HttpResponse:
    """A person takes a post in a unit from a day on."""
    found = _managed(request, person_id)
    form = PostForm(request.POST or None, initial={"unit": found.home_unit.code})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            unit = unit_queries.named(request.actor, Can.PERSON_MANAGE, told["unit"])
            commands.give_post(
                found, unit, title=told["title"], label=told["label"], on=told["on"], by=request.actor
            )
        except NotFoundError:
            raise
        except DomainError as error:
            _show(form, error)
        else:
            return _done(request, found, _("Đã ghi chức vụ."))
    words = {"title": _("Giao chức vụ"), "button": _("Giao chức vụ"), "note": ""}
    return _answer(request, found, form, words)


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def post_end(request: ActorRequest, person_id: int, post_id: int) -> HttpResponse:
    """A post ends on a day."""
    found = _managed(request, person_id)
    post = access.row_or_404(people_queries.posts(found), post_id)
    form = PostEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_post(post, on=form.cleaned_data["on"], by=request.actor)
        except NotFoundError:
            raise
        except DomainError as error:
            _show(form, error)
        else:
            return _done(request, found, _("Đã ghi ngày thôi chức vụ."))
    words = {
        "title": _("Thôi chức vụ"),
        "button": _("Ghi thôi chức vụ"),
        "note": f"{post.label or post.get_title_display()}, {post.unit.name}",
    }
    return _answer(request, found, form, words)


@page(Can.PERSON_MANAGE, write=Can.PERSON_MANAGE)
def transfer(request: ActorRequest, person_id: int) -> HttpResponse:
    """A person moves to another unit by a decision, from a day on."""
    found = _managed(request, person_id)
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            unit = unit_queries.named(request.actor, Can.PERSON_MANAGE, told["unit"])
            commands.transfer([found], to=unit, on=told["on"], decision=told["decision"], by=request.actor)
        except NotFoundError:
            raise
        except DomainError as error:
            _show(form, error)
        else:
            moved = {"name": found.full_name, "unit": unit.name}
            return _done(request, found, _("Đã chuyển %(name)s đến %(unit)s.") % moved)
    note = _(
        "Việc đã học giữ nguyên ở đơn vị cũ. Chức vụ và vai trò tài khoản không tự đổi; hãy xem lại sau khi chuyển."
    )
    words = {"title": _("Chuyển sinh hoạt"), "button": _("Chuyển"), "note": note}
    return _answer(request, found, form, words)


def _managed(request: ActorRequest, person_id: int) -> Person:
    found = access.row_or_404(people_queries.visible(request.actor), person_id)
    access.require(request.actor, Can.PERSON_MANAGE, found.home_unit_id)
    return found


def _done(request: ActorRequest, found: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("person", args=[found.pk]))


def _show(form: Form, error: DomainError) -> None:
    field = error.context.get("field")
    form.add_error(field if field in form.fields else None, error.sentence)


def _answer(request: ActorRequest, found: Person, form: Form, words: dict[str, Any]) -> HttpResponse:
    crumbs = [Crumb(found.full_name, reverse("person", args=[found.pk])), Crumb(words["title"])]
    told = {**words, "form": form, "person": found, "crumbs": crumbs}
    return render(request, "org/person_act.html", told, status=422 if form.errors else 200)
