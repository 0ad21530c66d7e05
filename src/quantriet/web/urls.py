"""The root of all URLs. Every one of them passes a door; a check at start holds that."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from quantriet.web import api, calendar_pages, gallery, health, home, metrics, token_pages, works

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.today, name="today"),
    path("viec-hom-nay/", home.today_all, name="today-all"),
    path("thong-bao/", home.notices, name="notices"),
    path("nhip/", home.pulse, name="pulse"),
    path("viec/", works.works, name="works"),
    path("viec/<int:work_id>/", works.work, name="work"),
    path("viec/<int:work_id>/tien-do/", works.work_progress, name="work-progress"),
    path("khoa-api/", token_pages.api_tokens, name="api-tokens"),
    path("khoa-api/<int:token_id>/thu-hoi/", token_pages.api_token_revoke, name="api-token-revoke"),
    path("lich/", calendar_pages.overview, name="calendars"),
    path("lich/cua-toi.ics", calendar_pages.own_file, name="calendar-own"),
    path("lich/don-vi.ics", calendar_pages.unit_file, name="calendar-unit"),
    path("lich/hoi-nghi/<int:conference_id>.ics", calendar_pages.conference_file, name="calendar-conference"),
    path("lich/rieng/<str:secret>.ics", calendar_pages.feed, name="calendar-feed"),
    path("ngon-ngu/", set_language, name="set_language"),
    path("api/v1/openapi.json", api.openapi, name="openapi"),
    path("api/v1/", api.api.urls),
    path("", include("quantriet.org.credential_urls")),
    path("", include("quantriet.campaigns.urls")),
    path("", include("quantriet.campaigns.follow_up_urls")),
    path("", include("quantriet.org.urls")),
    path("van-ban/", include("quantriet.documents.urls")),
    path("bao-cao-vien/", include("quantriet.lecturers.urls")),
    path("hoi-nghi/", include("quantriet.conferences.urls")),
    path("may-diem-danh/", include("quantriet.conferences.check_in_urls")),
    path("bao-cao/", include("quantriet.reports.urls")),
    path("design/", gallery.gallery, name="gallery"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "quantriet.web.errors.bad_request"
handler403 = "quantriet.web.errors.forbidden"
handler404 = "quantriet.web.errors.not_found"
handler500 = "quantriet.web.errors.server_error"
