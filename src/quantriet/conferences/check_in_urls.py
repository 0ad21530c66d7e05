"""URLs of the check-in page, below ``may-diem-danh/``: a worker answers for its own folder only."""

from django.urls import path

from quantriet.conferences.pages import check_in

urlpatterns = [
    path("", check_in.check_in, name="check-in"),
    path("worker.js", check_in.worker, name="check-in-worker"),
    path("<slug:language>.webmanifest", check_in.manifest, name="check-in-manifest"),
]
