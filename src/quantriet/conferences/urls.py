"""URLs of conferences, below ``hoi-nghi/``."""

from django.urls import path

from quantriet.conferences.pages import (
    conferences,
    devices,
    imports,
    lists,
    meetings,
    papers,
    roll_call,
    sites,
)

urlpatterns = [
    path("", lists.board, name="conferences"),
    path("cua-toi/", lists.mine, name="my-sessions"),
    path("trieu-tap/", conferences.call, name="conference-call"),
    path("sinh-hoat/", meetings.new, name="cell-meeting-new"),
    path("<int:conference_id>/", conferences.conference, name="conference"),
    path("<int:conference_id>/sua/", conferences.change, name="conference-change"),
    path("<int:conference_id>/viec/", conferences.act, name="conference-act"),
    path("<int:conference_id>/diem-cau/", sites.wall, name="conference-wall"),
    path("<int:conference_id>/xep-don-vi/", sites.seating, name="conference-seating"),
    path("<int:conference_id>/cho-quyet-dinh/", conferences.conflicts, name="conference-conflicts"),
    path("<int:conference_id>/giay-trieu-tap.<str:kind>", papers.summons, name="conference-summons"),
    path("diem-cau/<int:site_id>/", sites.site, name="site"),
    path("diem-cau/<int:site_id>/sua/", sites.describe, name="site-describe"),
    path("diem-cau/<int:site_id>/bao/", sites.report, name="site-report"),
    path("diem-cau/<int:site_id>/diem-danh/", roll_call.roll_call, name="site-roll-call"),
    path("diem-cau/<int:site_id>/diem-danh/so-lieu/", roll_call.site_tally, name="site-tally"),
    path("diem-cau/<int:site_id>/diem-danh/ghi/", roll_call.mark, name="site-mark"),
    path("diem-cau/<int:site_id>/diem-danh/hoan-tac/", roll_call.undo, name="site-undo"),
    path("diem-cau/<int:site_id>/diem-danh/co-mat-ca/", roll_call.everyone, name="site-everyone"),
    path("diem-cau/<int:site_id>/quet/", roll_call.scan, name="site-scan"),
    path("diem-cau/<int:site_id>/may/", devices.devices, name="site-devices"),
    path("diem-cau/<int:site_id>/may/trinh-duyet/", devices.enrol, name="site-device"),
    path("diem-cau/<int:site_id>/may/ngung/", devices.revoke, name="site-device-revoke"),
    path("diem-cau/<int:site_id>/tong-so/", roll_call.totals, name="site-totals"),
    path("diem-cau/<int:site_id>/hoc-bu/", roll_call.make_up, name="site-make-up"),
    path("diem-cau/<int:site_id>/khach/", roll_call.guest_list, name="site-guests"),
    path("diem-cau/<int:site_id>/bien-ban/", meetings.minutes, name="site-minutes"),
    path("diem-cau/<int:site_id>/nhap-tep/", imports.upload, name="site-import"),
    path("diem-cau/<int:site_id>/nhap-tep/mau.xlsx", imports.own_sheet, name="site-sheet"),
    path("diem-cau/<int:site_id>/danh-sach-ky-ten.pdf", papers.signature_list, name="site-signatures"),
    path("diem-cau/<int:site_id>/the.pdf", papers.cards, name="site-cards"),
    path("diem-cau/<int:site_id>/bien-ban.docx", papers.minutes, name="site-minutes-paper"),
]
