"""Checks at start: every URL passed a door or is openly public; every personal field has its fate."""

import functools
import inspect
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from quantriet.core.retention import PERIODS

# Whole URL modules of libraries, with the reason why a stranger may reach them.
PUBLIC_MODULES = {
    "django.views.static": "files of the demonstration",
    "django.contrib.staticfiles.views": "assets in development",
    "django.views.i18n": "language switch",
    "django.views.generic.base": "redirects",
    "ninja.openapi.views": "the root of the API says that nothing is there",
}

# Columns every table may have: identity and the server's clock say nothing of a person.
PLAIN_FIELDS = {"id", "created_at", "updated_at"}

OUR_PACKAGES = "quantriet."


def routes() -> Iterator[tuple[str, Any]]:
    """Every route of the site as (pattern, view)."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield prefix + str(pattern.pattern), pattern.callback

    return walk(get_resolver().url_patterns, "")


def operations(view: Any) -> list[Any] | None:
    """The functions behind one address of the API; ``None`` for any other view."""
    if getattr(view, "__module__", "") != PathView.__module__:
        return None
    path_view = inspect.getclosurevars(view).nonlocals.get("self")
    return [each.view_func for each in path_view.operations] if isinstance(path_view, PathView) else None


def states_its_door(view: Any) -> bool:
    """Whether the view passed ``@page``, ``@endpoint`` or ``@public``, or belongs to a listed library.

    Of an address of the API every operation must.
    """
    behind = operations(view)
    if behind is not None:
        return all(states_its_door(each) for each in behind)
    if hasattr(view, "permission") or hasattr(view, "public"):
        return True
    if isinstance(view, functools.partial):
        view = view.func
    module = str(getattr(view, "__module__", ""))
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        module = str(view_class.__module__)
    return any(module.startswith(known) for known in PUBLIC_MODULES)


def every_route_has_a_door(**_kwargs: Any) -> list[CheckMessage]:
    """Default deny: a URL without a stated permission stops the start."""
    return [
        Error(
            f"The route {pattern!r} states no permission.",
            hint="Use @page, @endpoint or @public.",
            id="gate.E001",
        )
        for pattern, view in routes()
        if not states_its_door(view)
    ]


def personal_models() -> list[type[Model]]:
    """Our tables that hold at least one personal field."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith(OUR_PACKAGES) and getattr(model, "PERSONAL", None)
    ]


def every_personal_field_has_a_fate(**_kwargs: Any) -> list[CheckMessage]:
    """A field that points to a person, and every name listed in PERSONAL, must be told in full."""
    errors: list[CheckMessage] = []
    for model in apps.get_models():
        if not model.__module__.startswith(OUR_PACKAGES):
            continue
        told = set(getattr(model, "PERSONAL", {}))
        names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's public-by-habit API
        pointing = {
            field.name
            for field in model._meta.concrete_fields  # noqa: SLF001 - as above
            if field.related_model is not None and field.related_model.__name__ in {"Person", "Account"}
        }
        errors.extend(
            Error(f"{model.__name__}.{name} has no fate.", hint="Add it to PERSONAL.", id="privacy.E001")
            for name in sorted(pointing - told)
        )
        errors.extend(
            Error(
                f"{model.__name__}.{name} is kept for {fate.retention!r}, which is no period.",
                id="privacy.E003",
            )
            for name, fate in sorted(getattr(model, "PERSONAL", {}).items())
            if fate.retention not in PERIODS
        )
        errors.extend(
            Error(f"{model.__name__}.PERSONAL names {name!r}, which is no field.", id="privacy.E002")
            for name in sorted(told - names)
        )
    return errors
