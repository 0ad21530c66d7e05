"""The components of the pages. Every page is built from these tags; no page writes their HTML itself.

Props are strict: Django refuses an unknown or a missing prop when the template is compiled, and a tag refuses an
empty or impossible one when it is shown, both with ``TemplateSyntaxError``. What appears once per row is written
with ``format_html`` (a few microseconds), what appears once per page has a template in ``templates/ui/``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template import Context, TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quantriet.core.components import (
    BUTTON_KINDS,
    EVIDENCE,
    NOTICE_KINDS,
    STATES,
    Action,
    Crumb,
    Tab,
    TimelineEntry,
    Words,
    count_of,
    crumbs_of,
    number_style,
    one_of,
    page_numbers,
    require,
    segments,
)
from quantriet.core.text import dates, numbers

register = template.Library()

CHART_KINDS = ("treemap", "map", "funnel", "line", "bar")


def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("quantriet/icons.svg"),
        name,
    )


# --- numbers and dates -------------------------------------------------------------------------------------------


@register.filter
def vn_int(value: int | None) -> str:
    """1356 as ``1.356`` (``1,356`` on an English page); a missing figure is a dash."""
    return "–" if value is None else numbers.format_int(value, number_style())


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


# --- what appears in rows ----------------------------------------------------------------------------------------


@register.simple_tag
def ui_icon(name: str, label: Words = "") -> SafeString:
    """An icon of the sprite. Without ``label`` it is decoration, with it the picture has a name."""
    require("ui_icon", name=name)
    if not label:
        return _icon(name)
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
        _icon(f"state-{state}"),
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
        return format_html('<span class="share-missing">–<span class="visually-hidden"> {}</span></span>', _("chưa có bằng chứng"))
    style = number_style()
    words = ", ".join(f"{part.word}: {numbers.format_int(part.count, style)}" for part in parts)
    bars = format_html_join("", "{}", ((_segment(part.grade, part.x, part.width),) for part in parts))
    picture = format_html(
        '<svg class="evidence-bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{}">'
        "<title>{}</title>{}</svg>",
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
    rows = ((_icon(f"evidence-{grade}"), word) for grade, word in EVIDENCE.items())
    return format_html('<ul class="evidence-key">{}</ul>', format_html_join("", "<li>{}<span>{}</span></li>", rows))


@register.simple_tag
def ui_share(numerator: int | None, denominator: int | None, href: str = "") -> SafeString:
    """``92,4 % (1.356/1.468)``, a link to its rows. What was not reported is a dash and says so, never a zero."""
    if numerator is None or denominator is None:
        inner = format_html('<span class="share-missing">– {}</span>', _("chưa báo cáo"))
    else:
        style = number_style()
        part, whole = count_of("ui_share", "numerator", numerator), count_of("ui_share", "denominator", denominator)
        inner = format_html(
            '<span class="share nowrap">{}</span> <span class="share-counts nowrap">({}/{})</span>',
            numbers.format_percent(part, whole, style=style),
            numbers.format_int(part, style),
            numbers.format_int(whole, style),
        )
    return format_html('<a href="{}">{}</a>', href, inner) if href else inner


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

    ``kind``: primary (one a page), secondary, danger, quiet. ``opens``: the id of a ``ui_dialog``. ``confirm``:
    a question asked first. ``why_not``: the button cannot be used now, and this says why.
    """
    require("ui_button", label=label)
    one_of("ui_button", "kind", kind, BUTTON_KINDS)
    one_of("ui_button", "size", size, ("normal", "large"))
    one_of("ui_button", "type", type, ("submit", "button"))
    classes = f"btn btn-{kind}" + (" btn-large" if size == "large" else "")
    content = format_html("{}<span>{}</span>", _icon(icon) if icon else "", label)
    if why_not:
        return format_html(
            '<span class="{}" role="link" aria-disabled="true" title="{}">{}<span class="visually-hidden"> ({})</span></span>',
            classes,
            why_not,
            content,
            why_not,
        )
    htmx = {"get": hx_get, "post": hx_post, "target": hx_target, "swap": hx_swap, "include": hx_include}
    htmx |= {"vals": hx_vals, "push-url": hx_push_url, "confirm": confirm if hx_get or hx_post else ""}
    attributes: dict[str, object] = {"id": id} | {f"hx-{key}": value for key, value in htmx.items()}
    if href:
        return format_html('<a class="{}" href="{}"{}>{}</a>', classes, href, _attributes(attributes), content)
    acts_alone = bool(opens or hx_get or hx_post)
    attributes |= {"type": "button" if acts_alone else type, "name": name, "value": value, "form": form}
    attributes |= {"data-opens": opens, "data-confirm": "" if acts_alone else confirm}
    return format_html('<button class="{}"{}>{}</button>', classes, _attributes(attributes), content)


def _attributes(values: Mapping[str, object]) -> SafeString:
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in values.items() if value != ""))


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
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}</form>',
        action,
        context.get("csrf_token", ""),
        button,
    )


# --- what appears once or a few times a page ---------------------------------------------------------------------


@register.inclusion_tag("ui/progress.html")
def ui_progress(done: int, total: int, label: Words, state: Words = "") -> dict[str, Any]:
    """How far a long work is: done, left, and in words what it does now (``state``)."""
    require("ui_progress", label=label)
    done, total = count_of("ui_progress", "done", done), count_of("ui_progress", "total", total)
    return {"done": done, "total": total, "left": max(total - done, 0), "label": label, "state": state}


@register.inclusion_tag("ui/empty.html")
def ui_empty(title: Words, text: Words, action_href: str = "", action_label: Words = "") -> dict[str, Any]:
    """Nothing here yet, and what to do next."""
    require("ui_empty", title=title, text=text)
    if bool(action_href) != bool(action_label):
        raise TemplateSyntaxError("ui_empty: action_href and action_label go together")
    return {"title": title, "text": text, "action_href": action_href, "action_label": action_label}


@register.inclusion_tag("ui/error.html")
def ui_error(sentence: Words, code: str = "") -> dict[str, Any]:
    """What happened, what was kept, what to do, and the code to tell on the telephone."""
    require("ui_error", sentence=sentence)
    return {"sentence": sentence, "code": code}


@register.inclusion_tag("ui/notice.html")
def ui_notice(text: Words, kind: str = "info") -> dict[str, Any]:
    """A remark on the page. ``kind``: info, success, warning, error."""
    require("ui_notice", text=text)
    one_of("ui_notice", "kind", kind, NOTICE_KINDS)
    return {"text": text, "kind": kind, "icon": NOTICE_KINDS[kind]}


@register.inclusion_tag("ui/page_head.html")
def ui_page_head(
    title: Words, subtitle: Words = "", kicker: Words = "", actions: Sequence[Action] = ()
) -> dict[str, Any]:
    """The head of a page: its one ``h1``, a line above, a line below, and where one goes from here."""
    require("ui_page_head", title=title)
    return {"title": title, "subtitle": subtitle, "kicker": kicker, "actions": actions}


@register.inclusion_tag("ui/breadcrumbs.html")
def ui_breadcrumbs(crumbs: Sequence[Crumb | tuple[Words, str]]) -> dict[str, Any]:
    """The way down the tree. ``crumbs``: ``Crumb`` values or (label, href) pairs; the last is this page."""
    return {"crumbs": crumbs_of(crumbs)}


@register.inclusion_tag("ui/tabs.html")
def ui_tabs(tabs: Sequence[Tab], label: Words) -> dict[str, Any]:
    """Views of one page, each with its address. ``label`` names the group for who does not see it."""
    require("ui_tabs", label=label)
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("ui/stat.html")
def ui_stat(
    label: Words, value: Words | int | None, href: str = "", detail: Words = "", state: str = ""
) -> dict[str, Any]:
    """One large figure with its name. A count is written the language's way, None is "chưa báo cáo"."""
    require("ui_stat", label=label)
    if state:
        one_of("ui_stat", "state", state, STATES)
    shown = numbers.format_int(value, number_style()) if isinstance(value, int) else value
    return {"label": label, "value": shown, "href": href, "detail": detail, "state": state}


@register.inclusion_tag("ui/timeline.html")
def ui_timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """What happened and what comes, in the order given."""
    for entry in entries:
        one_of("ui_timeline", "state", entry.state, STATES)
    return {"entries": [(entry, isinstance(entry.when, datetime)) for entry in entries]}


@register.inclusion_tag("ui/field.html")
def ui_field(field: BoundField) -> dict[str, Any]:
    """A field of a form: label, help, its fault beside it, in this order."""
    if not isinstance(field, BoundField):
        raise TemplateSyntaxError("ui_field: not a field of a form (misspelt?)")
    widget = field.field.widget
    kind = "input"
    if widget.is_hidden:
        kind = "hidden"
    elif isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    described = [f"{field.auto_id}_help"] if field.help_text else []
    described += [f"{field.auto_id}_fault"] if field.errors else []
    attributes: dict[str, str] = {}
    if described and kind != "choices":
        attributes["aria-describedby"] = " ".join(described)
    if kind == "input" and hasattr(widget, "choices"):
        attributes["class"] = f"{widget.attrs.get('class', '')} form-select".strip()
    return {"field": field, "kind": kind, "control": field.as_widget(attrs=attributes), "described": " ".join(described)}


@register.inclusion_tag("ui/form_errors.html")
def ui_form_errors(form: BaseForm) -> dict[str, Any]:
    """The faults of a form on top, each a link to its field. Nothing when there is none."""
    if not isinstance(form, BaseForm):
        raise TemplateSyntaxError("ui_form_errors: not a form (misspelt?)")
    faults = [(field, fault) for field in form for fault in field.errors]
    return {"form": form, "faults": faults, "general": form.non_field_errors()}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def ui_pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    """First, last and the pages around this one; filters of the address stay. Nothing on a single page."""
    if not isinstance(page, Page):
        raise TemplateSyntaxError("ui_pager: not a page of a paginator (misspelt?)")
    query = context["request"].GET.copy() if "request" in context else None
    if query is not None:
        query.pop("page", None)
    kept = f"{query.urlencode()}&" if query else ""
    return {"page": page, "numbers": page_numbers(page), "kept": kept}


@register.inclusion_tag("ui/toast.html")
def ui_toast(text: Words, undo_href: str = "", undo_target: str = "") -> dict[str, Any]:
    """A short word after an act, with ten seconds to take it back (``undo_href`` is posted to)."""
    require("ui_toast", text=text)
    return {"text": text, "undo_href": undo_href, "undo_target": undo_target}


@register.inclusion_tag("ui/line.html")
def ui_line() -> dict[str, Any]:
    """Whether the line is up, always visible."""
    return {}


@register.inclusion_tag("ui/line_bar.html")
def ui_line_bar() -> dict[str, Any]:
    """The bar that opens when the line is down or something waits to be sent."""
    return {}


@register.inclusion_tag("ui/list_filter.html")
def ui_list_filter(list_id: str, label: Words) -> dict[str, Any]:
    """Filters the rows of a list in the page while one types, with or without marks."""
    require("ui_list_filter", list_id=list_id, label=label)
    return {"list_id": list_id, "label": label}


@register.simple_tag
def ui_wall_cell(name: Words, href: str, state: str, figures: Words, detail: Words = "") -> SafeString:
    """One site on the wall: name, state, present/summoned, seconds since its last word."""
    require("ui_wall_cell", name=name, href=href)
    after = format_html('<span class="small-type muted">{}</span>', detail) if detail else ""
    return format_html(
        '<a class="wall-cell wall-{}" href="{}"><strong>{}</strong>{} <span class="nowrap">{}</span><br>{}</a>',
        state,
        href,
        name,
        ui_state(state),
        figures,
        after,
    )


# --- what holds other content ------------------------------------------------------------------------------------


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

    ``phone="cards"``: rows become cards below 768 px; each ``td`` then needs ``data-label`` and each row begins with
    ``<th scope="row">``. ``phone="scroll"``: it scrolls sideways. ``density``: normal or dense.
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
        _attributes({"id": id}),
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
        '<div class="actions"><button class="btn btn-quiet" type="button" data-closes>{}</button></div></dialog>',
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
        '<div class="chart chart-{}" data-chart="{}" data-source="{}" aria-hidden="true"></div>{}{}'
        '<details class="disclosure"><summary>{}</summary>{}</details></figure>',
        caption,
        height,
        kind,
        id,
        _chart_key() if kind in ("treemap", "map") else "",
        json_script(json.loads(json.dumps(data, default=str)), id),
        _("Xem bằng số"),
        mark_safe(content),  # noqa: S308 (see ui_table)
    )


def _chart_key() -> SafeString:
    """The legend of the five steps in which shares are coloured; the limits are those of ``charts.js``."""
    steps = (
        ("1", _("dưới 50 %")),
        ("2", _("50 đến dưới 70 %")),
        ("3", _("70 đến dưới 85 %")),
        ("4", _("85 đến dưới 95 %")),
        ("5", _("từ 95 %")),
        ("none", _("chưa báo cáo")),
    )
    return format_html('<ul class="chart-key">{}</ul>', format_html_join("", '<li class="step-{}">{}</li>', steps))
