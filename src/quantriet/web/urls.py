"""The root of all URLs. Every one of them passes a door; a check at start holds that."""

from django.urls import path

from quantriet.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
