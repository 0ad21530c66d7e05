"""Addresses of the reports, below ``bao-cao/``."""

from django.urls import URLPattern, URLResolver, path

from quantriet.reports.pages import examining, files, lists, outlining, reading, through_time, writing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.mine, name="reports"),
    path("cap-duoi/", lists.below, name="reports-review"),
    path("soi/", examining.examine, name="report-examine"),
    path("dot/<int:campaign_id>/", lists.campaign, name="report-campaign"),
    path("dot/<int:campaign_id>/soan/", lists.begin, name="report-begin"),
    path("dot/<int:campaign_id>/de-cuong/", outlining.outline, name="report-outline"),
    path("<int:report_id>/", reading.report, name="report"),
    path("<int:report_id>/theo-ngay/", through_time.through_time, name="report-through-time"),
    path("<int:report_id>/muc/<slug:code>/", writing.section, name="report-section"),
    path("<int:report_id>/dau-trang/", writing.head, name="report-head"),
    path("<int:report_id>/so-lieu/<slug:code>/", writing.figure, name="report-figure"),
    path("<int:report_id>/so-lieu/<slug:code>/so-khac/", writing.dispute, name="report-dispute"),
    path("<int:report_id>/kiem-tra/", writing.check, name="report-check"),
    path("<int:report_id>/gui/", writing.send, name="report-send"),
    path("<int:report_id>/chap-nhan/", reading.accept, name="report-accept"),
    path("<int:report_id>/tra-lai/", reading.return_, name="report-return"),
    path("<int:report_id>/dinh-chinh/", reading.correct, name="report-correct"),
    path("<int:report_id>/ban-in.docx", files.docx, name="report-docx"),
    path("<int:report_id>/ban-in.pdf", files.pdf, name="report-pdf"),
    path("<int:report_id>/so-lieu.xlsx", files.xlsx, name="report-xlsx"),
    path("<int:report_id>/danh-sach/", files.people, name="report-people"),
    path("<int:report_id>/danh-sach/<int:work_id>.xlsx", files.people_file, name="report-people-file"),
]
