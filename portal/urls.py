"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from portal.views import help, home, new, request, survey

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("new/", new.services, name="services"),
    path("new/<slug:slug>/", new.new, name="new"),
    path("requests/<slug:number>/", request.show, name="request"),
    path("requests/<slug:number>/changes/", request.changes, name="changes"),
    path("requests/<slug:number>/<slug:act>/", request.act, name="act"),
    path("survey/<str:token>/", survey.survey, name="survey"),
    path("agreements/", include("portal.agreements.urls")),
    path("help/", help.help, name="help"),
]
