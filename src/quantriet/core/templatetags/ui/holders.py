"""The components that hold other content: block tags."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quantriet.core.components import Words, one_of, require, share_steps
from quantriet.core.templatetags.ui.markup import attributes_markup, register

CHART_KINDS = ("treemap", "funnel", "line", "bar")


@register.simple_block_tag
def ui_table(
    content: str,
    caption: Words,
    *,
    id: str = "",  # noqa: A002 (the attribute's own name)
    caption_place: str = "hidden",
    density: str = "normal",
    phone: str = "cards",
) -> SafeString:
    """A table: ``thead`` and ``tbody`` stand between the tags; the head stays while one scrolls.

    ``phone="cards"``: rows become cards below 768 px; each ``td`` then needs ``data-label`` and each row
    begins with ``<th scope="row">``. ``phone="scroll"``: it scrolls sideways. ``density``: normal or dense.
    """
    require("ui_table", caption=caption)
    one_of("ui_table", "caption_place", caption_place, ("hidden", "top"))
    one_of("ui_table", "density", density, ("normal", "dense"))
    one_of("ui_table", "phone", phone, ("cards", "scroll"))
    return format_html(
        '<div class="table-box table-{} table-{}{}" role="region" tabindex="0" aria-label="{}">'
        '<table{}><caption class="{}">{}</caption>{}</table></div>',
        density,
        phone,
        " table-scroll-first" if phone == "scroll" else "",
        caption,
        attributes_markup({"id": id}),
        "visually-hidden" if caption_place == "hidden" else "",
        caption,
        mark_safe(content),  # noqa: S308 (rendered by the template, which escapes)
    )


@register.simple_block_tag
def ui_actions(content: str) -> SafeString:
    """A row of buttons; on the phone one below the other."""
    return format_html('<div class="actions">{}</div>', mark_safe(content))  # noqa: S308 (see ui_table)


@register.simple_block_tag
def ui_sheet(content: str, title: Words = "") -> SafeString:
    """A white sheet for one matter, with a heading when ``title`` is given."""
    head = format_html('<h2 class="h3">{}</h2>', title) if title else ""
    return format_html('<section class="sheet">{}{}</section>', head, mark_safe(content))  # noqa: S308 (see ui_table)


@register.simple_block_tag
def ui_dialog(content: str, id: str, title: Words) -> SafeString:  # noqa: A002 (the attribute's own name)
    """A question on top of the page, opened by a button with ``opens="<id>"``; Escape closes it."""
    require("ui_dialog", id=id, title=title)
    return format_html(
        '<dialog class="ask" id="{}" aria-labelledby="{}-title"><h2 id="{}-title">{}</h2>{}'
        '<div class="actions"><button class="btn btn-quiet" type="button" data-closes>{}</button></div>'
        "</dialog>",
        id,
        id,
        id,
        title,
        mark_safe(content),  # noqa: S308 (see ui_table)
        _("Đóng"),
    )


@register.simple_block_tag
def ui_chart(
    content: str,
    kind: str,
    data: Mapping[str, Any],
    caption: Words,
    *,
    id: str,  # noqa: A002 (the attribute's own name)
    height: str = "normal",
) -> SafeString:
    """A chart with its figures below: between the tags stands the table that says the same in text.

    ``data``: see the head of ``frontend/src/charts.js`` for the shape of each kind. The page also loads
    ``quantriet/charts.js``. ``height``: low, normal, tall.
    """
    require("ui_chart", caption=caption, id=id, content=content.strip())
    one_of("ui_chart", "kind", kind, CHART_KINDS)
    one_of("ui_chart", "height", height, ("low", "normal", "tall"))
    return format_html(
        '<figure class="chart-box"><figcaption>{}</figcaption>'
        '<div class="chart chart-{}" data-chart="{}" data-source="{}" aria-hidden="true"></div>{}'
        '<span id="{}" hidden>{}</span>'
        '<details class="disclosure"><summary>{}</summary>{}</details></figure>',
        caption,
        height,
        kind,
        id,
        _chart_key() if kind == "treemap" else "",
        id,
        # not a script element: those are dropped from fragments
        json.dumps(data, default=str, ensure_ascii=False),
        _("Xem bằng số"),
        mark_safe(content),  # noqa: S308 (see ui_table)
    )


def _chart_key() -> SafeString:
    return format_html(
        '<ul class="chart-key">{}</ul>', format_html_join("", '<li class="step-{}">{}</li>', share_steps())
    )
