"""Addresses of units and people, for rows that link to them."""

from django.urls import reverse


def unit_href(unit_id: int) -> str:
    """The page of a unit."""
    return reverse("unit", args=[unit_id])


def person_href(person_id: int) -> str:
    """The page of a person."""
    return reverse("person", args=[person_id])
