"""The components that appear once or a few times a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template import Context, TemplateSyntaxError

from quantriet.core.components import (
    NOTICE_KINDS,
    STATES,
    Action,
    Crumb,
    PlaceMap,
    Tab,
    TimelineEntry,
    Words,
    count_of,
    crumbs_of,
    number_style,
    one_of,
    page_numbers,
    require,
    share_steps,
)
from quantriet.core.templatetags.ui.markup import register
from quantriet.core.text import numbers


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
    attributes: dict[str, str | bool] = {}
    if described and kind != "choices":
        attributes["aria-describedby"] = " ".join(described)
    if kind == "input" and hasattr(widget, "choices"):
        attributes["class"] = f"{widget.attrs.get('class', '')} form-select".strip()
    control = field.as_widget(attrs=attributes)
    return {"field": field, "kind": kind, "control": control, "described": " ".join(described)}


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


@register.inclusion_tag("ui/scan.html")
def ui_scan(form: str) -> dict[str, Any]:
    """The camera that reads QR codes and sends each through ``form`` (a selector; it has ``name="code"``).

    The page also loads ``quantriet/scan.js``; its answer sets ``needs_wasm``; the form stays usable by hand.
    """
    require("ui_scan", form=form)
    return {"form": form}


@register.inclusion_tag("ui/place_map.html")
def ui_place_map(
    place_map: PlaceMap,
    caption: Words,
    id: str,  # noqa: A002 (the attribute's own name)
) -> dict[str, Any]:
    """A map drawn on the server: each place is a link with its name and figure; works without scripts."""
    require("ui_place_map", caption=caption, id=id)
    return {"map": place_map, "caption": caption, "id": id, "steps": share_steps()}
