"""Numbers, dates and the components that appear many times a page."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quantriet.core.components import (
    BUTTON_KINDS,
    EVIDENCE,
    STATES,
    Words,
    count_of,
    number_style,
    one_of,
    require,
    segments,
)
from quantriet.core.templatetags.ui.markup import attributes_markup, icon_markup, register
from quantriet.core.text import apart, dates, numbers


@register.filter
def vn_int(value: int | None) -> str:
    """1356 as ``1.356`` (``1,356`` on an English page); a missing figure is a dash."""
    return "–" if value is None else numbers.format_int(value, number_style())


@register.filter
def apart_from(name: str, other: str) -> str:
    """``{{ cell|apart_from:unit }}``: the name of a cell in a list of its unit, without the unit's own words."""
    return apart.apart_from(name, other)


@register.filter
def vn_percent(numerator: int | None, denominator: int | None) -> str:
    """``{{ present|vn_percent:summoned }}`` as ``92,4 %``; a dash when either is missing or none is due."""
    if numerator is None or denominator is None:
        return "–"
    return numbers.format_percent(numerator, denominator, style=number_style())


@register.filter
def vn_date(value: date | None) -> str:
    """A day as ``05/02/2026``; a missing one is a dash."""
    return "–" if value is None else dates.format_date(value)


@register.filter
def vn_datetime(value: datetime | None) -> str:
    """A moment in Vietnamese time as ``05/02/2026 14:05``; a missing one is a dash."""
    return "–" if value is None else dates.format_datetime(value)


@register.filter
def vn_span(begins: datetime, ends: datetime) -> str:
    """``{{ begins|vn_span:ends }}`` as ``05/02/2026 14:05–16:00``; over midnight both days are written."""
    first, last = dates.format_datetime(begins), dates.format_datetime(ends)
    return f"{first}–{last.split(' ')[-1] if first.split(' ')[0] == last.split(' ')[0] else last}"


@register.simple_tag
def ui_icon(name: str, label: Words = "") -> SafeString:
    """An icon of the sprite. Without ``label`` it is decoration, with it the picture has a name."""
    require("ui_icon", name=name)
    if not label:
        return icon_markup(name)
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
        label,
        static("quantriet/icons.svg"),
        name,
    )


@register.simple_tag
def ui_state(state: str, label: Words = "", detail: Words = "") -> SafeString:
    """A state by colour, shape and word. ``label`` replaces the usual word, ``detail`` follows it in ink."""
    one_of("ui_state", "state", state, STATES)
    after = format_html(' <span class="state-detail">{}</span>', detail) if detail else ""
    return format_html(
        '<span class="state state-{}">{}<span>{}{}</span></span>',
        state,
        icon_markup(f"state-{state}"),
        label or STATES[state],
        after,
    )


@register.simple_tag
def ui_evidence(mix: object, href: str = "") -> SafeString:
    """How well a figure is evidenced: four counts as one bar of four fills, in words for who does not see it.

    ``mix``: a mapping or object with ``on_site``, ``entered_later``, ``documented``, ``declared``.
    """
    parts = segments(mix)
    if not parts:
        return format_html(
            '<span class="share-missing">–<span class="visually-hidden"> {}</span></span>',
            _("chưa có bằng chứng"),
        )
    style = number_style()
    words = ", ".join(f"{part.word}: {numbers.format_int(part.count, style)}" for part in parts)
    bars = format_html_join("", "{}", ((_segment(part.grade, part.x, part.width),) for part in parts))
    picture = format_html(
        '<svg class="evidence-bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><title>{}</title>{}</svg>',
        words,
        words,
        bars,
    )
    if href:
        return format_html('<a class="evidence" href="{}">{}</a>', href, picture)
    return format_html('<span class="evidence">{}</span>', picture)


def _segment(grade: str, x: float, width: float) -> SafeString:
    """One part of the bar: full, half full, outlined, outlined with dashes; all of one hue."""
    inner = max(width - 1, 0.5)
    outline = (
        '<rect x="{}" y="1" width="{}" height="12" fill="{}" stroke="currentColor" stroke-width="1.5" '
        'vector-effect="non-scaling-stroke"{}/>'
    )
    fill = "currentColor" if grade == "on_site" else "#fff"
    dashes = mark_safe(' stroke-dasharray="3 3"') if grade == "declared" else ""
    box = format_html(outline, x, inner, fill, dashes)
    if grade != "entered_later":
        return box
    return format_html('{}<rect x="{}" y="7" width="{}" height="6" fill="currentColor"/>', box, x, inner)


@register.simple_tag
def ui_evidence_key() -> SafeString:
    """The legend of the evidence bar."""
    rows = ((icon_markup(f"evidence-{grade}"), word) for grade, word in EVIDENCE.items())
    return format_html(
        '<ul class="evidence-key">{}</ul>', format_html_join("", "<li>{}<span>{}</span></li>", rows)
    )


@register.simple_tag
def ui_share(numerator: int | None, denominator: int | None, href: str = "") -> SafeString:
    """``92,4 % (1.356/1.468)``, a link to its rows. What was not reported is a dash, not a zero."""
    if numerator is None or denominator is None:
        inner = format_html('<span class="share-missing">– {}</span>', _("chưa báo cáo"))
    else:
        style = number_style()
        part, whole = (
            count_of("ui_share", "numerator", numerator),
            count_of("ui_share", "denominator", denominator),
        )
        inner = format_html(
            '<span class="share nowrap">{}</span> <span class="share-counts nowrap">({}/{})</span>',
            numbers.format_percent(part, whole, style=style),
            numbers.format_int(part, style),
            numbers.format_int(whole, style),
        )
    return format_html('<a href="{}">{}</a>', href, inner) if href else inner


@register.simple_tag
def ui_rows(rows: Iterable[Sequence[Any]], *labels: Words) -> SafeString:
    """Rows of a long table: the first cell of each is its head, the others stand under ``labels``.

    Written at once, as a hundred rows drawn by a template cost more than all else on their page. A cell is text,
    or markup of ``link_markup`` and of the tags above.
    """
    opened = [format_html('<td data-label="{}">', label) for label in labels]
    drawn = []
    for head, *cells in rows:
        told = (f"{start}{conditional_escape(cell)}</td>" for start, cell in zip(opened, cells, strict=True))
        drawn.append(f'<tr><th scope="row">{conditional_escape(head)}</th>{"".join(told)}</tr>')
    return mark_safe("\n".join(drawn))  # noqa: S308 (every cell and label is escaped above)


@register.simple_tag
def ui_button(
    label: Words,
    href: str = "",
    *,
    kind: str = "secondary",
    size: str = "normal",
    icon: str = "",
    type: str = "submit",  # noqa: A002 (the attribute's own name)
    id: str = "",  # noqa: A002 (the attribute's own name)
    name: str = "",
    value: str | int = "",
    form: str = "",
    opens: str = "",
    confirm: Words = "",
    why_not: Words = "",
    hx_get: str = "",
    hx_post: str = "",
    hx_target: str = "",
    hx_swap: str = "",
    hx_include: str = "",
    hx_vals: str = "",
    hx_push_url: str = "",
) -> SafeString:
    """A button, or a link that looks like one when ``href`` is given. The label is a verb.

    ``kind``: primary (one a page), secondary, danger, quiet. ``opens``: the id of a ``ui_dialog``.
    ``confirm``: a question asked first. ``why_not``: the button cannot be used now, and this says why.
    """
    require("ui_button", label=label)
    one_of("ui_button", "kind", kind, BUTTON_KINDS)
    one_of("ui_button", "size", size, ("normal", "large"))
    one_of("ui_button", "type", type, ("submit", "button"))
    classes = f"btn btn-{kind}" + (" btn-large" if size == "large" else "")
    content = format_html("{}<span>{}</span>", icon_markup(icon) if icon else "", label)
    if why_not:
        return format_html(
            '<span class="{}" role="link" aria-disabled="true" title="{}">{}'
            '<span class="visually-hidden"> ({})</span></span>',
            classes,
            why_not,
            content,
            why_not,
        )
    htmx: dict[str, object] = {
        "get": hx_get,
        "post": hx_post,
        "target": hx_target,
        "swap": hx_swap,
        "include": hx_include,
    }
    htmx |= {"vals": hx_vals, "push-url": hx_push_url, "confirm": confirm if hx_get or hx_post else ""}
    attributes: dict[str, object] = {"id": id, **{f"hx-{key}": value for key, value in htmx.items()}}
    if href:
        return format_html(
            '<a class="{}" href="{}"{}>{}</a>', classes, href, attributes_markup(attributes), content
        )
    acts_alone = bool(opens or hx_get or hx_post)
    attributes |= {"type": "button" if acts_alone else type, "name": name, "value": value, "form": form}
    attributes |= {"data-opens": opens, "data-confirm": "" if acts_alone else confirm}
    return format_html('<button class="{}"{}>{}</button>', classes, attributes_markup(attributes), content)


@register.simple_tag(takes_context=True)
def ui_post(
    context: Context,
    label: Words,
    action: str,
    *,
    kind: str = "secondary",
    size: str = "normal",
    icon: str = "",
    name: str = "",
    value: str | int = "",
    confirm: Words = "",
) -> SafeString:
    """One act that writes: a form of its own with one button and the token; works without a script."""
    require("ui_post", label=label, action=action)
    button = ui_button(label, kind=kind, size=size, icon=icon, name=name, value=value, confirm=confirm)
    return format_html(
        '<form method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}</form>',
        action,
        context.get("csrf_token", ""),
        button,
    )


@register.simple_tag
def ui_wall_cell(name: Words, href: str, state: str, figures: Words, detail: Words = "") -> SafeString:
    """One site on the wall: name, state, present/summoned, seconds since its last word."""
    require("ui_wall_cell", name=name, href=href)
    after = format_html('<span class="small-type muted">{}</span>', detail) if detail else ""
    return format_html(
        '<a class="wall-cell wall-{}" href="{}"><strong>{}</strong>'
        '{} <span class="nowrap">{}</span><br>{}</a>',
        state,
        href,
        name,
        ui_state(state),
        figures,
        after,
    )
