"""URLs of lecturers, below ``bao-cao-vien/``."""

from django.urls import path

from quantriet.lecturers.pages import corps, feedback, lectures, outlines, own, renewal, results

urlpatterns = [
    path("", corps.lecturers, name="lecturers"),
    path("bo-nhiem/", corps.appoint, name="lecturer-appoint"),
    path("kien-toan/", renewal.renew, name="lecturers-renew"),
    path("kien-toan/mau.xlsx", renewal.own_sheet, name="lecturers-sheet"),
    path("cua-toi/", own.mine, name="my-lectures"),
    path("de-nghi/", lectures.requests, name="lectures"),
    path("de-nghi/moi/", lectures.ask, name="lecture-ask"),
    path("de-nghi/<int:lecture_id>/", lectures.lecture, name="lecture"),
    path("de-nghi/<int:lecture_id>/de-cuong/", outlines.outline, name="outline"),
    path("de-nghi/<int:lecture_id>/gop-y/", feedback.box, name="lecture-feedback"),
    path("de-nghi/<int:lecture_id>/ket-qua/", results.result, name="lecture-result"),
    path("ket-qua/", results.oral_work, name="oral-work"),
    path("gop-y/<str:code>/", feedback.sheet, name="feedback-sheet"),
    path("cu-nguoi/", lectures.board, name="lecture-board"),
    path("<int:lecturer_id>/", corps.lecturer, name="lecturer"),
    path("<int:lecturer_id>/sua/", corps.change, name="lecturer-change"),
    path("<int:lecturer_id>/thoi/", corps.dismiss, name="lecturer-dismiss"),
]
