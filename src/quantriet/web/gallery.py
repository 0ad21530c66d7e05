"""The gallery: every component in every state on one page, with long names, empty and failing.

Open in the demonstration and in development only. What is ugly or unreadable here is so everywhere; the
browser test measures this page.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quantriet.core.components import (
    EVIDENCE,
    STATES,
    Action,
    Crumb,
    MapPlace,
    PlaceMap,
    Tab,
    TimelineEntry,
    number_style,
    share_step,
)
from quantriet.core.text import numbers
from quantriet.org.doors import public
from quantriet.web.context import Place

# The longest names of today's communes and cells: if these fit, all do.
LONG_UNIT = "Chi bộ Trung tâm Giáo dục nghề nghiệp – Giáo dục thường xuyên liên xã Mỹ Hoà Hưng"
LONG_PERSON = "Công Tằng Tôn Nữ Nguyễn Thị Phương Khánh"


@dataclass(frozen=True)
class SampleUnit:
    """A row of the sample board; None where nothing was reported."""

    name: str
    present: int | None
    summoned: int | None
    mix: dict[str, int]
    essays: int | None
    programme: str
    report: str


BOARD = (
    SampleUnit(
        "Phường Rạch Giá",
        1356,
        1468,
        {"on_site": 900, "entered_later": 300, "documented": 100, "declared": 56},
        1335,
        "done",
        "due_soon",
    ),
    SampleUnit("Xã Mỹ Hoà Hưng", 412, 412, {"on_site": 412}, 398, "done", "done"),
    SampleUnit("Đặc khu Phú Quốc", 0, 377, {}, 0, "overdue", "missing"),
    SampleUnit(LONG_UNIT, None, None, {}, None, "not_due", "missing"),
    SampleUnit("Xã Vĩnh Thạnh Trung", 208, 240, {"declared": 208}, 12, "doing", "exempt"),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Tên hội nghị"), help_text=_("Như ghi trong giấy mời."), max_length=200)
    held_on = forms.CharField(label=_("Ngày họp"), help_text=_("Ví dụ: 23/11/2026"))
    level = forms.ChoiceField(
        label=_("Cấp tổ chức"), choices=[("", "–"), ("province", _("Cấp tỉnh")), ("commune", _("Cấp xã"))]
    )
    form = forms.ChoiceField(
        label=_("Hình thức"),
        choices=[("hall", _("Trực tiếp")), ("line", _("Trực tuyến"))],
        widget=forms.RadioSelect,
        initial="hall",
    )
    groups = forms.MultipleChoiceField(
        label=_("Đối tượng"),
        choices=[("member", _("Đảng viên")), ("cadre", _("Cán bộ chủ chốt"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    open_to_public = forms.BooleanField(label=_("Mời cả người ngoài Đảng"), required=False)
    note = forms.CharField(
        label=_("Ghi chú"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Không quá 500 chữ."),
    )
    paper = forms.FileField(label=_("Văn bản kèm theo"), required=False)


@public("component gallery: sample values only, open in the demonstration and in development")
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    if not (settings.QUANTRIET.demo or settings.DEBUG):
        raise Http404
    return render(request, "gallery.html", _sample_context(request))


def _sample_context(request: HttpRequest) -> dict[str, Any]:
    faulty = SampleForm({"name": "", "held_on": "", "level": "ward", "form": "", "note": LONG_UNIT})
    faulty.add_error(None, _("Ngày họp rơi vào trước ngày ban hành văn bản."))
    return {
        "title": _("Mẫu thành phần"),
        "crumbs": [
            Crumb(_("An Giang"), "/"),
            ("Phường Rạch Giá", "/"),
            Crumb(LONG_UNIT, "/"),
            Crumb(_("Mẫu")),
        ],
        "actions": [
            Action(_("Xuất Excel"), "#", "file-spreadsheet"),
            Action(_("Lập báo cáo"), "#", "report", "primary"),
        ],
        "places": _places(),
        "states": list(STATES),
        "grades": list(EVIDENCE),
        "board": BOARD,
        "long_rows": [(unit.name, unit.summoned or "–", unit.essays or "–") for unit in BOARD],
        "mix": BOARD[0].mix,
        "long_unit": LONG_UNIT,
        "long_person": LONG_PERSON,
        "empty_form": SampleForm(),
        "faulty_form": faulty,
        "tabs": [
            Tab(_("Danh sách"), "?tab=list", active=True, count=1468),
            Tab(_("Quét"), "?tab=scan"),
            Tab(_("Tổng số"), "?tab=totals", count=0),
        ],
        "pager_page": Paginator(range(2300), 50).get_page(request.GET.get("page", 7)),
        "timeline": _timeline(),
        "day": date(2026, 11, 23),
        "moment": datetime(2026, 11, 23, 12, 42, tzinfo=UTC),
        **_charts(),
    }


def _places() -> list[Place]:
    named = (
        (_("Việc hôm nay"), "home"),
        (_("Đợt triển khai"), "flag"),
        (pgettext_lazy("place", "Hội nghị"), "users"),
        (pgettext_lazy("place", "Báo cáo"), "report"),
        (pgettext_lazy("place", "Đơn vị"), "sitemap"),
        (pgettext_lazy("place", "Văn bản"), "file-text"),
    )
    return [Place(label, "#", icon, active=i == 1) for i, (label, icon) in enumerate(named)]


def _timeline() -> list[TimelineEntry]:
    return [
        TimelineEntry(
            datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
            _("Ban hành kế hoạch"),
            _("Kế hoạch số 12-KH/TU"),
            href="#",
        ),
        TimelineEntry(date(2026, 11, 23), _("Hội nghị học tập cấp tỉnh"), LONG_UNIT, "doing"),
        TimelineEntry(date(2026, 11, 27), _("Hạn nộp bài thu hoạch"), "", "due_soon"),
        TimelineEntry(date(2026, 12, 15), _("Hạn báo cáo kết quả"), "", "not_due"),
    ]


def _charts() -> dict[str, Any]:
    missing = str(_("chưa báo cáo"))
    counted: list[tuple[str, int | None, int]] = [
        ("Phường Rạch Giá", 1356, 1468),
        ("Phường Long Xuyên", 1175, 1210),
        ("Phường Châu Đốc", 575, 804),
        ("Xã Mỹ Hoà Hưng", 227, 412),
        ("Đặc khu Phú Quốc", 45, 377),
        ("Xã Thổ Châu", None, 120),
    ]
    nodes = [_node(name, present, summoned) for name, present, summoned in counted]
    steps = [
        {"name": str(_("Triệu tập")), "value": 1468, "label": "1.468", "href": "#1"},
        {"name": str(_("Có mặt")), "value": 1356, "label": "1.356", "href": "#2"},
        {"name": str(_("Thu hoạch")), "value": 1335, "label": "1.335", "href": "#3"},
        {"name": str(_("Đạt")), "value": 1190, "label": "1.190", "href": "#4"},
    ]
    return {
        "treemap": {"nodes": nodes, "missing": missing},
        "funnel": {"steps": steps, "missing": missing},
        "line": {
            "days": ["01/11", "08/11", "15/11", "22/11", "29/11"],
            "series": [
                {"name": str(_("Có mặt")), "values": [0, 41.2, 78.0, 92.4, None]},
                {"name": str(_("Thu hoạch")), "values": [0, 12.5, 40.1, 66.0, None]},
            ],
            "target": {"name": str(_("Chỉ tiêu")), "value": 95},
            "unit": " %",
            "missing": missing,
        },
        "bar": {
            "rows": [{**node, "value": node["share"]} for node in nodes],
            "unit": " %",
            "missing": missing,
        },
        "place_map": _place_map(nodes),
        "nodes": nodes,
    }


def _node(name: str, present: int | None, summoned: int) -> dict[str, Any]:
    """One unit of the sample charts, with the figure already in words."""
    if present is None:
        return {"name": name, "size": summoned, "share": None, "label": str(_("chưa báo cáo")), "href": "#"}
    share = numbers.percent_value(present, summoned)
    return {
        "name": name,
        "size": summoned,
        "share": None if share is None else float(share),
        "label": numbers.format_share(present, summoned, style=number_style()),
        "href": "#",
    }


def _place_map(nodes: list[dict[str, Any]]) -> PlaceMap:
    """A map of squares: the gallery shows the map's look without real boundaries."""
    squares = [
        MapPlace(
            str(i),
            str(node["name"]),
            str(node["label"]),
            share_step(node["share"]),
            "#",
            f"M{200 * (i % 5)} {200 * (i // 5)}h200v200h-200z",
        )
        for i, node in enumerate(nodes)
    ]
    beside = MapPlace("beside", LONG_UNIT, str(_("chưa báo cáo")), share_step(None), "#")
    return PlaceMap("-4 -4 1008 408", squares, [beside], blank=["M800 200h200v200h-200z"])
