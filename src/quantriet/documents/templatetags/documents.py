"""Filters that the tree of clauses and the list of materials need."""

import json
from collections.abc import Iterable, Mapping

from django import template

from quantriet.org.models import PersonClass

register = template.Library()


@register.filter
def of(values: Mapping[int, str], key: int) -> str:
    """The value kept for a row: ``fingerprints|of:clause.pk``."""
    return values[key]


@register.filter
def plus(text: str, number: int) -> str:
    """``"#clause-"|plus:7``: a selector of a row."""
    return f"{text}{number}"


@register.filter
def after(href: str, clause_id: int) -> str:
    """The address of the form for a clause behind this one."""
    return f"{href}?after={clause_id}"


@register.filter
def as_seen(fingerprint: str) -> str:
    """The fingerprint as the values htmx sends along."""
    return json.dumps({"seen": fingerprint})


@register.filter
def class_names(audiences: Iterable[int]) -> str:
    """The classes of people a material is for, in words."""
    return ", ".join(str(PersonClass(number).label) for number in audiences)
