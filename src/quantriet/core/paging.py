"""Cursor pages of the API: stable while rows come and go, as a page begins after a row, not at a number."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from quantriet.core.errors import DomainError

M = TypeVar("M", bound=Model)
S = TypeVar("S", bound=Schema)

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(max_length=2000, pattern=r"^[A-Za-z0-9_=-]*$")]


class Page(Schema, Generic[S]):
    """Rows and the cursor of the next page; without a cursor it was the last one."""

    items: list[S]
    next: str | None


def page_of(
    rows: QuerySet[M], *, by: Sequence[str], cursor: str, limit: int, show: Callable[[M], S]
) -> Page[S]:
    """One page of ``rows`` ordered by the fields ``by`` (ascending, the last one unique, e.g. ``id``).

    ``by`` holds plain, never-null fields. ``cursor`` is what the page before told; one that is not ours is
    refused.
    """

    def show_each(found: list[M]) -> list[S]:
        return [show(row) for row in found]

    return page_together(rows, by=by, cursor=cursor, limit=limit, show=show_each)


def page_together(
    rows: QuerySet[M], *, by: Sequence[str], cursor: str, limit: int, show: Callable[[list[M]], list[S]]
) -> Page[S]:
    """``page_of`` where what belongs to the rows is read for all of a page at once."""
    ordered = rows.order_by(*by)
    if cursor:
        ordered = ordered.filter(_after(by, _read(cursor, rows.model, by)))
    found = list(ordered[: limit + 1])
    more = len(found) > limit
    shown = found[:limit]
    following = _write([getattr(shown[-1], field) for field in by]) if more else None
    # Not validated here: the operation's own response schema does that, with the type of its rows.
    return Page[Any].model_construct(items=show(shown), next=following)


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind these values: (a, b) > (x, y) as a > x or a = x and b > y."""
    behind = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(by, values, strict=True):
        behind |= Q(**equal, **{f"{field}__gt": value})
        equal[field] = value
    return behind


def _write(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values), default=str).encode()).decode()


def _read(cursor: str, model: type[Model], by: Sequence[str]) -> list[Any]:
    """The values of a cursor, each of the kind its column holds."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor))
        plain = [value for value in values if _is_plain(value)]
        fields: list[Any] = [model._meta.get_field(name) for name in by]  # noqa: SLF001 - Django's public-by-habit API
        return [field.to_python(value) for field, value in zip(fields, plain, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError) as error:
        raise DomainError(
            "api.cursor", _("Con trỏ trang không đọc được. Hãy lấy lại từ trang đầu.")
        ) from error


def _is_plain(value: object) -> bool:
    """A value that a column can be compared with: PostgreSQL knows no NUL and no larger numbers."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str) and "\x00" not in value
