"""Addresses of following a document up, beside those of the document."""

from django.urls import URLPattern, URLResolver, path

from quantriet.campaigns.pages import baselines, follow_up

urlpatterns: list[URLPattern | URLResolver] = [
    path("van-ban/<int:document_id>/theo-doi/", follow_up.follow_up, name="document-follow-up"),
    path("van-ban/<int:document_id>/theo-doi/so-lieu-cu/", baselines.upload, name="document-baselines"),
    path("van-ban/<int:document_id>/theo-doi/mau.xlsx", baselines.template, name="document-baselines-sheet"),
]
