"""Addresses of many rows of one kind."""

from collections.abc import Callable

from django.urls import reverse


def addresses(name: str, *before: object) -> Callable[[int], str]:
    """The way from a row's number to its page: ``name`` is looked up once, not once a row.

    The number is the last argument of the route, ``before`` are those that stand in front of it.
    """
    head, _zero, tail = reverse(name, args=[*before, 0]).rpartition("0")
    return lambda number: f"{head}{number}{tail}"
