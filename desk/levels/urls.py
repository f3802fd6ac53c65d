"""Addresses of this part; included by `desk.urls`."""

from django.urls import URLPattern, URLResolver, path

from desk.levels import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.levels, name="levels"),
]
