"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.notices import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.notices, name="notices"),
    path("<slug:name>/", views.notice, name="notice-text"),
    path("<slug:name>/preview/", views.preview, name="notice-preview"),
    path("<slug:name>/reset/", views.reset, name="notice-reset"),
]
