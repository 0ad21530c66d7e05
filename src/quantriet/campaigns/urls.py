"""Addresses of campaigns."""

from django.urls import URLPattern, URLResolver, path

from quantriet.campaigns.pages import (
    board,
    closing,
    deadlines,
    figure,
    freezes,
    missing,
    roll,
    starting,
    trends,
    unit,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("dot/", starting.campaigns, name="campaigns"),
    path("dot/moi/", starting.campaign_new, name="campaign-new"),
    path("dot/<int:campaign_id>/", board.board, name="campaign"),
    path("dot/<int:campaign_id>/bang.xlsx", board.board_sheet, name="campaign-sheet"),
    path("dot/<int:campaign_id>/dien-bien/", trends.trends, name="campaign-trends"),
    path("dot/<int:campaign_id>/so-da-chot/", freezes.freezes, name="campaign-freezes"),
    path("dot/<int:campaign_id>/so-da-chot/<int:freeze_id>/", freezes.freeze, name="campaign-freeze"),
    path("dot/<int:campaign_id>/dieu-chinh/", starting.campaign_adjust, name="campaign-adjust"),
    path("dot/<int:campaign_id>/them-viec/", starting.campaign_require, name="campaign-require"),
    path("dot/<int:campaign_id>/giao-xuong/", starting.campaign_start, name="campaign-start"),
    path("dot/<int:campaign_id>/xoa/", starting.campaign_discard, name="campaign-discard"),
    path("dot/<int:campaign_id>/ket-thuc/", closing.campaign_close, name="campaign-close"),
    path("dot/<int:campaign_id>/bai-hoc/", closing.campaign_lessons, name="campaign-lessons"),
    path("dot/<int:campaign_id>/so-lieu/<slug:name>/", figure.figure, name="campaign-figure"),
    path("dot/<int:campaign_id>/so-lieu/<slug:name>.xlsx", figure.figure_sheet, name="campaign-figure-sheet"),
    path("dot/<int:campaign_id>/con-thieu/", missing.missing, name="campaign-missing"),
    path("dot/<int:campaign_id>/nhac/", missing.remind, name="campaign-remind"),
    path("dot/<int:campaign_id>/da-nhac/", missing.reminder_list, name="campaign-reminders"),
    path("dot/<int:campaign_id>/da-nhac/<int:reminder_id>/", missing.reminder, name="campaign-reminder"),
    path("dot/<int:campaign_id>/viec/", unit.unit_view, name="campaign-unit"),
    path("dot/<int:campaign_id>/nhap-nhanh/<slug:kind>/", unit.declare, name="campaign-declare"),
    path("dot/<int:campaign_id>/nghia-vu/<int:obligation_id>/", unit.obligation, name="campaign-obligation"),
    path("dot/<int:campaign_id>/thoi-han/", deadlines.deadlines, name="campaign-deadlines"),
    path("dot/<int:campaign_id>/danh-sach/", roll.roll, name="campaign-roll"),
    path("dot/<int:campaign_id>/danh-sach/<int:line_id>/", roll.roll_line, name="campaign-roll-line"),
]
