"""The components: strict props, and what each of them shows."""

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from quantriet.core.components import Action, Crumb, Tab, TimelineEntry, page_numbers, segments
from quantriet.core.templatetags.ui.markup import link_markup
from quantriet.core.templatetags.ui.rows import ui_rows


def show(source: str, **context: Any) -> str:
    """The template's text with its blanks drawn together; those that do not break stay as they are."""
    return re.sub(r"[ \n]+", " ", Template(source).render(Context(context))).strip()


class BoardForm(forms.Form):
    name = forms.CharField(label="Tên", help_text="Như trong giấy mời")
    level = forms.ChoiceField(label="Cấp", choices=[("p", "Tỉnh")], widget=forms.RadioSelect)
    public = forms.BooleanField(label="Mời ngoài", required=False)
    kind = forms.ChoiceField(label="Loại", choices=[("a", "A")], required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize(
    "source",
    [
        '{% ui_state "done" colour="red" %}',
        "{% ui_state %}",
        "{% ui_evidence %}",
        "{% ui_share 1 %}",
        "{% ui_share 1 2 link='/' %}",
        "{% ui_progress 1 2 %}",
        '{% ui_empty "Trống" %}',
        "{% ui_error %}",
        '{% ui_page_head subtitle="x" %}',
        '{% ui_stat "x" %}',
        "{% ui_tabs tabs %}",
        '{% ui_button "Lưu" hxpost="/" %}',
        '{% ui_button "Lưu" href="/" kind="primary" onclick="x" %}',
        '{% ui_table phone="cards" %}{% endui_table %}',
        '{% ui_table "x" sticky=True %}{% endui_table %}',
        '{% ui_dialog "x" %}{% endui_dialog %}',
        '{% ui_chart "bar" data "x" %}{% endui_chart %}',
        "{% ui_pager %}",
        "{% ui_field %}",
        '{% ui_post "Xoá" kind="danger" %}',
    ],
)
def test_an_unknown_or_missing_prop_does_not_compile(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% ui_state "late" %}',
        "{% ui_state misspelt %}",
        "{% ui_icon misspelt %}",
        '{% ui_share "12" 20 %}',
        "{% ui_share misspelt 20 %}",
        "{% ui_share -1 20 %}",
        "{% ui_progress 1.5 2 'Nhập' %}",
        "{% ui_button misspelt %}",
        '{% ui_button "Lưu" kind="red" %}',
        "{% ui_page_head misspelt %}",
        '{% ui_empty "Trống" "Chưa có" action_href="/" %}',
        '{% ui_notice "x" kind="loud" %}',
        "{% ui_table misspelt %}{% endui_table %}",
        '{% ui_table "x" density="huge" %}{% endui_table %}',
        '{% ui_chart "pie" data "x" id="c" %}x{% endui_chart %}',
        '{% ui_chart "bar" data "x" id="c" %} {% endui_chart %}',
        "{% ui_scan misspelt %}",
        "{% ui_field misspelt %}",
        "{% ui_form_errors misspelt %}",
        "{% ui_pager misspelt %}",
    ],
)
def test_an_empty_or_impossible_prop_is_not_shown(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        show(source, data={})


def test_a_state_has_colour_shape_and_word() -> None:
    html = show('{% ui_state "overdue" detail="còn 3 người" %}')

    assert html == (
        '<span class="state state-overdue"><svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/quantriet/icons.svg#state-overdue"></use></svg>'
        '<span>Quá hạn <span class="state-detail">còn 3 người</span></span></span>'
    )


def test_a_share_shows_both_counts_and_opens_its_rows() -> None:
    html = show('{% ui_share 1356 1468 href="/rows/" %}')

    assert html == (
        '<a href="/rows/"><span class="share nowrap">92,4\u00a0%</span> '
        '<span class="share-counts nowrap">(1.356/1.468)</span></a>'
    )


def test_a_missing_figure_is_a_dash_and_a_zero_is_a_zero() -> None:
    missing = show("{% ui_share None 20 %}")
    nothing_due = show("{% ui_share 0 0 %}")
    zero = show("{% ui_share 0 20 %}")

    assert missing == '<span class="share-missing">– chưa báo cáo</span>'
    assert nothing_due == (
        '<span class="share nowrap">–</span> <span class="share-counts nowrap">(0/0)</span>'
    )
    assert '<span class="share nowrap">0\u00a0%</span>' in zero


def test_a_span_says_the_day_once() -> None:
    begins, ends = datetime(2026, 2, 5, 7, 5, tzinfo=UTC), datetime(2026, 2, 5, 9, 0, tzinfo=UTC)
    late = datetime(2026, 2, 5, 18, 0, tzinfo=UTC)

    shown = [show("{{ begins|vn_span:ends }}", begins=begins, ends=end) for end in (ends, late)]

    assert shown == ["05/02/2026 14:05–16:00", "05/02/2026 14:05–06/02/2026 01:00"]


def test_numbers_follow_the_language() -> None:
    with translation.override("en"):
        english = show("{{ 1356|vn_int }} {{ 1356|vn_percent:1468 }}")
    vietnamese = show("{{ 1356|vn_int }} {{ 1356|vn_percent:1468 }} {{ None|vn_int }}")

    assert english == "1,356 92.4%"
    assert vietnamese == "1.356 92,4\u00a0% –"


def test_dates_are_day_first_in_vietnamese_time() -> None:
    late_evening_utc = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

    html = show(
        "{{ day|vn_date }} {{ moment|vn_datetime }} {{ None|vn_date }}",
        day=date(2026, 2, 5),
        moment=late_evening_utc,
    )

    assert html == "05/02/2026 24/11/2026 00:30 –"


def test_evidence_is_told_in_words_and_in_four_fills() -> None:
    html = show(
        "{% ui_evidence mix %}", mix={"on_site": 900, "entered_later": 300, "documented": 100, "declared": 56}
    )

    assert 'aria-label="Ghi tại chỗ: 900, Nhập sau: 300, Có văn bản: 100, Tự khai: 56"' in html
    assert html.count("<rect") == 5  # the half-filled one is two
    assert html.count("stroke-dasharray") == 1


def test_evidence_takes_an_object_and_refuses_an_unknown_grade() -> None:
    @dataclass(frozen=True)
    class Mix:
        on_site: int = 1
        entered_later: int = 0
        documented: int = 0
        declared: int = 3

    assert [(part.grade, part.count) for part in segments(Mix())] == [("on_site", 1), ("declared", 3)]
    with pytest.raises(TemplateSyntaxError):
        segments({"on_sight": 1})
    with pytest.raises(TemplateSyntaxError):
        segments(object())


@given(st.lists(st.integers(0, 10**7), min_size=4, max_size=4))
def test_the_parts_of_the_bar_fill_it_exactly_once(counts: list[int]) -> None:
    mix = dict(zip(("on_site", "entered_later", "documented", "declared"), counts, strict=True))

    parts = segments(mix)

    assert sum(part.count for part in parts) == sum(counts)
    for before, after in itertools.pairwise(parts):
        assert abs(before.x + before.width - after.x) < 0.02
    if parts:
        assert parts[0].x == 0
        assert abs(parts[-1].x + parts[-1].width - 100) < 0.02


def test_progress_says_done_total_and_left() -> None:
    html = show('{% ui_progress 1356 2300 "Nhập" state="Dòng 1.356" %}')

    assert "1.356/2.300 (59,0\u00a0%) · còn 944" in html
    assert '<progress class="bar" value="1356" max="2300" aria-label="Nhập">' in html


def test_progress_of_nothing_has_a_valid_bar() -> None:
    assert '<progress class="bar" value="0" max="1" aria-label="Nhập">' in show(
        '{% ui_progress 0 0 "Nhập" %}'
    )


def test_a_button_is_a_link_a_submit_or_a_request() -> None:
    link = show('{% ui_button "Mở" href="/x/" %}')
    submit = show('{% ui_button "Lưu" kind="primary" name="act" value="save" confirm="Lưu?" %}')
    request = show('{% ui_button "Nhắc" hx_post="/n/" hx_target="#list" confirm="Nhắc cả?" %}')
    opener = show('{% ui_button "Trả lại" opens="back" %}')

    assert link == '<a class="btn btn-secondary" href="/x/"><span>Mở</span></a>'
    assert submit == (
        '<button class="btn btn-primary" type="submit" name="act" value="save" data-confirm="Lưu?">'
        "<span>Lưu</span></button>"
    )
    assert request == (
        '<button class="btn btn-secondary" hx-post="/n/" hx-target="#list" hx-confirm="Nhắc cả?" '
        'type="button">'
        "<span>Nhắc</span></button>"
    )
    assert (
        opener
        == '<button class="btn btn-secondary" type="button" data-opens="back"><span>Trả lại</span></button>'
    )


def test_a_button_that_cannot_be_used_says_why() -> None:
    html = show('{% ui_button "Chốt" href="/x/" why_not="Còn 3 đơn vị" %}')

    assert 'aria-disabled="true"' in html
    assert "(Còn 3 đơn vị)" in html
    assert "/x/" not in html


def test_a_post_is_a_form_with_the_token() -> None:
    html = show('{% ui_post "Xoá" "/delete/" kind="danger" confirm="Xoá?" %}', csrf_token="t0k")

    assert '<form method="post" action="/delete/">' in html
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="t0k">' in html
    assert 'data-confirm="Xoá?"' in html


def test_rows_stand_under_their_labels_and_are_escaped() -> None:
    rows = [("<b>", link_markup("Tân & Hội", "/don-vi/7/"))]

    assert ui_rows(rows, 'Nơi "ở"') == (
        '<tr><th scope="row">&lt;b&gt;</th>'
        '<td data-label="Nơi &quot;ở&quot;"><a href="/don-vi/7/">Tân &amp; Hội</a></td></tr>'
    )
    with pytest.raises(ValueError, match="zip"):
        ui_rows(rows, "một", "hai")


def test_values_are_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"

    html = show(
        '{% ui_state "done" label=evil detail=evil %}{% ui_button evil href=evil why_not=evil %}'
        "{% ui_error evil evil %}"
        "{% ui_empty evil evil %}{% ui_page_head evil %}{% ui_notice evil %}{% ui_stat evil evil %}"
        "{% ui_table evil %}<tr><td>{{ evil }}</td></tr>{% endui_table %}{% ui_toast evil undo_href=evil %}"
        '{% ui_wall_cell evil evil "done" evil evil %}{% ui_dialog evil evil %}{{ evil }}{% endui_dialog %}'
        '{% ui_chart "bar" data evil id="c" %}{{ evil }}{% endui_chart %}',
        evil=evil,
        data={"rows": [{"name": evil}]},
    )

    assert "<script>" not in html
    assert html.count("<script") == 0


def test_breadcrumbs_end_at_this_page() -> None:
    html = show("{% ui_breadcrumbs crumbs %}", crumbs=[Crumb("An Giang", "/1/"), ("Chi bộ 3", "/2/")])

    assert '<a href="/1/">An Giang</a>' in html
    assert '<span aria-current="page">Chi bộ 3</span>' in html
    assert "/2/" not in html


def test_tabs_mark_the_open_one() -> None:
    tabs = [Tab("Danh sách", "?t=1", active=True, count=1468), Tab("Quét", "?t=2")]

    html = show('{% ui_tabs tabs "Cách ghi" %}', tabs=tabs)

    assert (
        '<a class="tab" href="?t=1" aria-current="page">Danh sách <span class="count">1.468</span></a>'
        in html
    )
    assert '<a class="tab" href="?t=2">Quét</a>' in html


def test_a_stat_without_a_figure_says_so() -> None:
    assert "chưa báo cáo" in show('{% ui_stat "Báo cáo" None %}')
    assert "12.500" in show('{% ui_stat "Hội nghị" 12500 %}')


def test_a_page_head_has_one_heading_and_its_actions() -> None:
    html = show(
        "{% ui_page_head 'Đợt' actions=actions %}", actions=[Action("In", "/print/", "printer", "primary")]
    )

    assert html.count("<h1>") == 1
    assert '<a class="btn btn-primary" href="/print/">' in html


def test_a_timeline_writes_days_and_moments() -> None:
    entries = [
        TimelineEntry(date(2026, 11, 27), "Hạn nộp", state="due_soon"),
        TimelineEntry(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), "Ban hành", href="/k/"),
    ]

    html = show("{% ui_timeline entries %}", entries=entries)

    assert ">27/11/2026</time>" in html
    assert ">02/11/2026 08:00</time>" in html
    assert '<a href="/k/">Ban hành</a>' in html


def test_a_fault_stands_beside_its_field_and_on_top() -> None:
    form = BoardForm({"level": "p"})

    summary = show("{% ui_form_errors form %}", form=form)
    field = show("{% ui_field form.name %}", form=form)

    assert '<a href="#id_name">Tên: ' in summary
    assert 'aria-describedby="id_name_help id_name_fault"' in field
    assert 'id="id_name_fault"' in field
    assert (
        field.index("</label>")
        < field.index("id_name_help")
        < field.index("id_name_fault")
        < field.index("<input")
    )


def test_a_form_without_faults_has_no_summary() -> None:
    assert show("{% ui_form_errors form %}", form=BoardForm()) == ""


def test_each_kind_of_field_has_its_own_markup() -> None:
    form = BoardForm()

    assert "<legend>Cấp</legend>" in show("{% ui_field form.level %}", form=form)
    assert "field-check" in show("{% ui_field form.public %}", form=form)
    assert "form-select" in show("{% ui_field form.kind %}", form=form)
    assert "không bắt buộc" in show("{% ui_field form.kind %}", form=form)
    assert show("{% ui_field form.token %}", form=form) == '<input type="hidden" name="token" id="id_token">'


def test_a_pager_keeps_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/list/?q=an&page=3")

    html = show("{% ui_pager page %}", request=request, page=Paginator(range(2300), 50).get_page(3))

    assert 'href="?q=an&amp;page=4" rel="next"' in html
    assert "101–150 trong 2.300" in html


def test_a_single_page_has_no_pager() -> None:
    assert show("{% ui_pager page %}", page=Paginator(range(5), 50).get_page(1)) == ""


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (1, [1, 2, None, 46]),
        (3, [1, 2, 3, 4, None, 46]),
        (4, [1, 2, 3, 4, 5, None, 46]),
        (7, [1, None, 6, 7, 8, None, 46]),
        (46, [1, None, 45, 46]),
    ],
)
def test_the_pager_shows_ends_and_neighbours(here: int, expected: list[int | None]) -> None:
    assert page_numbers(Paginator(range(2300), 50).get_page(here)) == expected


def test_a_table_has_a_name_and_its_ways() -> None:
    html = show(
        '{% ui_table "Đơn vị" id="b" density="dense" phone="scroll" %}<tbody></tbody>{% endui_table %}'
    )

    assert html == (
        '<div class="table-box table-dense table-scroll table-scroll-first" role="region" tabindex="0" '
        'aria-label="Đơn vị"><table id="b"><caption class="visually-hidden">Đơn vị</caption><tbody></tbody>'
        "</table></div>"
    )


def test_a_chart_carries_its_data_and_its_figures() -> None:
    html = show('{% ui_chart "bar" data "Có mặt" id="c" %}<p>92,4 %</p>{% endui_chart %}', data={"rows": []})

    assert '<span id="c" hidden>{&quot;rows&quot;: []}</span>' in html
    assert 'data-chart="bar" data-source="c" aria-hidden="true"' in html
    assert "<p>92,4 %</p>" in html


def test_a_toast_without_a_way_back_has_no_undo() -> None:
    assert "data-toast-undo" not in show('{% ui_toast "Đã gửi." %}')
    assert 'data-toast-undo="/undo/"' in show('{% ui_toast "Đã gửi." undo_href="/undo/" %}')
